"""Leases: one holder at a time, and none for ever."""

from datetime import timedelta

import pytest

from saima.server.kit import clock, leases
from saima.server.kit.models import Lease

CONTEST = """
import sys, time
from saima.server.kit import leases
won = 0
until = time.monotonic() + 120
while won < 4 and time.monotonic() < until:
    with leases.held("contest", seconds=60) as mine:
        if mine:
            won += 1
            place = sys.argv[1] + "/inside"
            with open(place, "x"):  # fails when somebody else is inside
                time.sleep(0.002)
            import os; os.unlink(place)
print(won)
"""


def run_out(name):
    Lease.objects.filter(name=name).update(until=clock.real() - timedelta(seconds=1))


def test_only_one_holds_a_lease_until_it_is_given_back(db):
    assert leases.take("cut", "a", seconds=60)
    assert not leases.take("cut", "b", seconds=60)

    leases.release("cut", "b")
    assert not leases.take("cut", "b", seconds=60), "nobody gives back another's lease"

    leases.release("cut", "a")
    assert leases.take("cut", "b", seconds=60)


def test_leases_of_other_names_stand_beside_it(db):
    assert leases.take("cut", "a", seconds=60)
    assert leases.take("mail", "b", seconds=60)


def test_a_lease_falls_back_after_its_time(db):
    leases.take("cut", "a", seconds=60)
    run_out("cut")

    assert leases.take("cut", "b", seconds=60)
    assert not leases.renew("cut", "a", seconds=60), "who lost it must know"
    assert leases.renew("cut", "b", seconds=60)


def test_the_holder_holds_it_longer_by_taking_or_renewing(db):
    leases.take("cut", "a", seconds=1)
    first = Lease.objects.get(name="cut").until

    assert leases.renew("cut", "a", seconds=60)
    second = Lease.objects.get(name="cut").until
    assert leases.take("cut", "a", seconds=600)

    assert first < second < Lease.objects.get(name="cut").until


def test_it_is_given_back_when_the_work_fails(db):
    with pytest.raises(AssertionError), leases.held("cut", seconds=60) as mine:
        assert not mine

    assert not Lease.objects.filter(name="cut").exists()


def test_a_demonstration_that_stands_on_its_day_lets_leases_run_out(db):
    with clock.at(clock.now()):
        leases.take("cut", "a", seconds=60)

    assert abs(Lease.objects.get(name="cut").until - clock.real() - timedelta(seconds=60)) < timedelta(seconds=5)


def test_programs_at_once_never_hold_one_together(desk, tmp_path):
    contestants = [desk.popen(CONTEST, tmp_path) for _ in range(3)]

    won = []
    for process in contestants:
        out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        won.append(int(out))

    assert won == [4, 4, 4]
