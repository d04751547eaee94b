"""The scheduler: what is due runs once, what fails is told, what died is taken over."""

import threading
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from saima.server.kit import clock, leases, tick
from saima.server.kit.context import request_id
from saima.server.kit.models import JobRun, Lease

NOON = datetime(2026, 6, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
ROUNDS = """
import sys, time
from datetime import timedelta
from saima.server.kit import clock, tick
tick._jobs.clear()
tick.autodiscover_modules = lambda name: None
@tick.job("counted", every=timedelta(seconds=1))
def counted():
    with open(sys.argv[1], "a") as file:
        file.write("ran\\n")
    time.sleep(0.02)
until = time.monotonic() + 3
while time.monotonic() < until:
    tick.tick()
    time.sleep(0.01)
"""
TRIES = """
from saima.server.kit.models import JobRun
print(*JobRun.objects.filter(job="counted").values_list("tries", flat=True))
"""


@pytest.fixture(autouse=True)
def no_jobs(monkeypatch):
    """Only the jobs of the test."""
    monkeypatch.setattr(tick, "_jobs", {})
    monkeypatch.setattr(tick, "autodiscover_modules", lambda _name: None)


@pytest.fixture
def wall(monkeypatch):
    """The clock on the wall, to be moved."""

    class Wall:
        at = datetime(2026, 11, 23, 12, 0, 3, tzinfo=UTC)

        def on(self, **by):
            self.at += timedelta(**by)

    wall = Wall()
    monkeypatch.setattr(clock, "real", lambda: wall.at)
    return wall


def outcomes(job):
    return list(JobRun.objects.filter(job=job).order_by("id").values_list("outcome", "tries", "detail"))


def test_a_job_runs_once_in_each_interval(db, wall):
    ran = []
    tick.job("mail", every=timedelta(seconds=30))(lambda: ran.append(wall.at) or "2 sent")

    first = [tick.tick(), tick.tick()]
    wall.on(seconds=26)
    still = tick.tick()
    wall.on(seconds=1)
    then = tick.tick()

    assert (first, still, then) == ([("mail",), ()], (), ("mail",))
    assert outcomes("mail") == [("done", 1, "2 sent")] * 2


def test_a_daily_job_runs_at_its_time_of_the_installations_day(db):
    days = []
    tick.job("lock", daily=time(12, 30))(lambda: days.append(clock.now()))

    with clock.at(NOON):
        tick.tick()  # yesterday's, as the program was off
        tick.tick()
    with clock.at(NOON + timedelta(minutes=29)):
        tick.tick()
    with clock.at(NOON + timedelta(minutes=31)):
        tick.tick()
        tick.tick()

    assert days == [NOON, NOON + timedelta(minutes=31)]


def test_days_that_were_missed_are_made_up_for_once(db):
    days = []
    tick.job("lock", daily=time(12))(lambda: days.append(1))

    for day in (0, 9):
        with clock.at(NOON + timedelta(days=day)):
            tick.tick()

    assert len(days) == 2


def test_a_job_that_fails_is_recorded_and_the_others_run(db, wall, caplog):
    def fails():
        raise ValueError("the office is closed")

    tick.job("first", every=timedelta(seconds=30))(fails)
    tick.job("second", every=timedelta(seconds=30))(lambda: "well")

    assert tick.tick() == ("first", "second")
    assert outcomes("first") == [("failed", 1, "ValueError: the office is closed")]
    assert outcomes("second") == [("done", 1, "well")]


def test_a_daily_job_that_fails_is_tried_again_with_growing_pauses(db, wall):
    tried = []

    def fails():
        tried.append(wall.at)
        raise ValueError

    tick.job("lock", daily=time(1))(fails)
    with clock.at(NOON):
        for _minute in range(240):
            tick.tick()
            wall.on(minutes=1)

    assert [b - a for a, b in pairwise(tried)] == [timedelta(minutes=10 * n) for n in (1, 2, 3, 4)]
    assert outcomes("lock") == [("failed", 5, "ValueError: ")]


def test_a_job_somebody_else_is_at_is_left_alone(db, wall):
    tick.job("mail", every=timedelta(seconds=30))(lambda: "done")
    leases.take("job:mail", "another worker", seconds=600)

    assert tick.tick() == ()
    wall.on(seconds=601)
    assert tick.tick() == ("mail",), "its lease fell back"


def test_a_run_that_died_is_taken_over(db, wall):
    tick.job("lock", daily=time(1))(lambda: "well")
    slot = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
    JobRun.objects.create(job="lock", slot=slot, tries=1, started_at=wall.at)

    with clock.at(NOON):
        assert tick.tick() == ("lock",)

    assert outcomes("lock") == [("done", 2, "well")]


def test_what_a_job_writes_carries_its_id(db, wall):
    seen = []
    tick.job("mail", every=timedelta(seconds=30))(lambda: seen.append(request_id()))

    tick.tick()

    assert seen == [f"job:{JobRun.objects.get(job='mail').pk}"]
    assert request_id() == ""


def test_of_each_job_the_newest_runs_are_kept(db, wall, monkeypatch):
    monkeypatch.setattr(tick, "_KEPT", 3)
    tick.job("mail", every=timedelta(seconds=30))(lambda: str(wall.at))

    for _ in range(6):
        tick.tick()
        wall.on(seconds=30)

    assert JobRun.objects.filter(job="mail").count() == 3
    assert JobRun.objects.filter(job="mail").latest("id").detail == str(wall.at - timedelta(seconds=30))


def test_each_tick_is_a_heartbeat(db, wall):
    tick.tick()

    assert Lease.objects.get(name=tick.HEARTBEAT).until == wall.at + timedelta(seconds=tick.HEARTBEAT_SECONDS)


def test_jobs_have_one_name_and_one_kind_of_time():
    tick.job("a", every=timedelta(seconds=1))(lambda: None)

    with pytest.raises(RuntimeError, match="two jobs are called a"):
        tick.job("a", every=timedelta(seconds=1))(lambda: None)
    with pytest.raises(TypeError):
        tick.job("b")
    with pytest.raises(TypeError):
        tick.job("b", every=timedelta(seconds=1), daily=time(1))


def test_the_loop_stops_when_told_and_survives_a_failing_tick(db, monkeypatch):
    stop, ticks = threading.Event(), []

    def once():
        ticks.append(1)
        if len(ticks) == 3:
            stop.set()
        raise ZeroDivisionError

    monkeypatch.setattr(tick, "tick", once)
    monkeypatch.setattr(tick, "close_old_connections", lambda: None)

    tick.loop(stop, seconds=0)

    assert len(ticks) == 3


def test_two_schedulers_run_each_slot_once(desk, tmp_path):
    told = tmp_path / "slots"
    processes = [desk.popen(ROUNDS, told) for _ in range(2)]
    for process in processes:
        _out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err

    tries = desk.python(TRIES).split()

    assert len(tries) >= 2
    assert set(tries) == {"1"}
    assert len(told.read_text().split()) == len(tries)
