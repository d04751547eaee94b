"""The ledger of steps: what is done is not done again, whoever is killed when."""

import pytest
from django.db import connection

from saima.server.kit.models import Installation, Step
from saima.server.kit.steps import run_step, steps_done

CLOSE = """
import sys, time
from saima.server.kit.models import Outbox
from saima.server.kit.steps import run_step
from saima.server.kit import clock

def send(n):
    def do():
        Outbox.objects.create(dedupe=f"{sys.argv[1]} {n} {time.time_ns()}", kind="k", to="t", payload="{}",
                              next_try_at=clock.real())
        print(n, flush=True)
        time.sleep(0.15)
        return str(n)
    return do

for n in range(8):
    run_step(sys.argv[1], f"step {n}", send(n))
"""
COUNT = "from saima.server.kit.models import Outbox, Step; print(Outbox.objects.count(), Step.objects.count())"


def test_a_step_is_done_once_and_says_the_same_again(db):
    done = []

    said = [run_step("close 2026-04", "cut", lambda: done.append(1) or "cut 7") for _ in range(3)]

    assert (said, done) == (["cut 7"] * 3, [1])
    assert steps_done("close 2026-04") == ("cut",)


def test_runs_do_not_know_each_other(db):
    done = []

    for run in ("close 2026-04", "close 2026-05"):
        run_step(run, "cut", lambda: done.append(1))

    assert len(done) == 2


def test_a_step_that_fails_writes_nothing_and_is_done_the_next_time(db):
    def fails():
        Installation.objects.filter(id=1).update(solo=True)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_step("close", "cut", fails)

    assert not Installation.objects.get(id=1).solo
    assert steps_done("close") == ()
    assert run_step("close", "cut", lambda: "now") == "now"


def test_a_long_step_holds_no_transaction(db):
    depth = len(connection.savepoint_ids)
    seen = []

    said = run_step("close", "render", lambda: seen.append(len(connection.savepoint_ids)) or "file", together=False)

    assert (said, seen) == ("file", [depth])
    assert run_step("close", "render", lambda: "other", together=False) == "file"


def test_of_two_at_one_step_the_first_counts(db):
    def meanwhile():
        Step.objects.create(run_key="close", step="render", result="theirs")
        return "mine"

    assert run_step("close", "render", meanwhile, together=False) == "theirs"


def test_killed_again_and_again_each_step_happens_once(desk):
    for _ in range(3):
        process = desk.popen(CLOSE, "close 2026-05")
        process.stdout.readline()
        process.stdout.readline()  # one step is done, and it is in the middle of the next
        process.kill()
        _out, err = process.communicate()
        assert process.returncode == -9, err

    rest = desk.python(CLOSE + COUNT, "close 2026-05").split()

    assert rest[-2:] == ["8", "8"], "each step wrote one message"
    assert len(rest) - 2 < 8, "what was done before the kills was not done again"
