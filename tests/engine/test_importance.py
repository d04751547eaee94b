"""Nominal weight against what really decides."""

import numpy as np
import pytest

from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings, ReadingTable
from saima.engine.race.board import board_of
from saima.engine.race.importance import importance
from seasons import indicator, month, readings, season

ZONES = ("ash", "birch", "cedar", "date", "elm")


def shares(figures, **changes):
    columns = [indicator("jobs", weight=3.0), indicator("labs", weight=1.0)]
    of = season(*columns, contestants=tuple(figures), **changes)
    table = Readings(ReadingTable.of(readings(figures)))
    return importance(board_of(of, table, Projects(), History(), AsOf(month(4))))


def test_shares_follow_weight_times_covariance_and_add_up_to_one():
    jobs, labs = np.array([10.0, 20, 30, 40, 50]), np.array([60.0, 10, 80, 20, 55])

    found = shares({z: {"jobs": a, "labs": b} for z, a, b in zip(ZONES, jobs, labs, strict=True)})

    total = 0.75 * jobs + 0.25 * labs
    expected = [
        0.75 * np.cov(jobs, total)[0, 1] / total.var(ddof=1),
        0.25 * np.cov(labs, total)[0, 1] / total.var(ddof=1),
    ]
    assert [i.weight for i in found] == [0.75, 0.25]
    assert [i.variance_share for i in found] == pytest.approx(expected, abs=1e-12)
    assert sum(i.variance_share for i in found) == pytest.approx(1, abs=1e-12)


def test_the_spread_is_the_jackknife_of_leaving_each_out():
    figures = {
        z: {"jobs": a, "labs": b} for z, a, b in zip(ZONES, (10, 20, 30, 40, 50), (60, 10, 80, 20, 55), strict=True)
    }
    left = [shares({k: v for k, v in figures.items() if k != z})[0].variance_share for z in ZONES]
    error = np.sqrt(4 / 5 * ((np.array(left) - np.mean(left)) ** 2).sum())

    jobs = shares(figures)[0]

    assert (jobs.high - jobs.low) / 2 == pytest.approx(1.6448536269514722 * error, abs=1e-9)


def test_an_indicator_in_which_all_are_equal_decides_nothing():
    found = shares({z: {"jobs": 40, "labs": k} for k, z in enumerate(ZONES)})

    assert [i.variance_share for i in found] == [0.0, 1.0]


@pytest.mark.parametrize(
    "figures",
    [
        {z: {"jobs": k, "labs": k} for k, z in enumerate(ZONES[:3])},
        {z: {"jobs": 40, "labs": 40} for z in ZONES},
    ],
)
def test_nothing_is_said_of_three_contestants_or_of_equal_scores(figures):
    assert [(i.variance_share, i.low, i.high) for i in shares(figures)] == [(None, None, None)] * 2
