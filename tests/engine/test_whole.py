from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.model.season import Target
from saima.engine.race.whole import heaviest, wholes_of
from seasons import indicator, readings, run, season

TARGETS = (Target("ash", "jobs", 100.0), Target("birch", "jobs", 300.0), Target("cedar", "jobs", 600.0))


def of_jobs(figures, **changes):
    of = season(indicator("jobs", **changes), targets=TARGETS)
    (found,) = wholes_of(run(of, readings({c: {"jobs": v} for c, v in figures.items()})))
    return found


def test_whole_of_the_method_page_counts_by_the_task():
    found = of_jobs({"ash": 30, "birch": 150})

    assert found.done == pytest.approx(0.45)
    assert found.due == pytest.approx(4 / 12)
    assert (found.known, found.of) == (2, 3)


def test_shares_of_the_method_page_count_the_same():
    found = of_jobs({"ash": 30, "birch": 150}, measure="share")

    assert found.done == pytest.approx(0.40)


def test_sum_of_figures_over_sum_of_targets_when_all_are_known():
    found = of_jobs({"ash": 30, "birch": 150, "cedar": 90})

    assert found.done == pytest.approx((30 + 150 + 90) / 1000)


def test_indicator_of_which_nothing_is_known_has_no_answer():
    of = season(indicator("jobs"), indicator("firms"))

    assert [w.indicator for w in wholes_of(run(of, readings({"ash": {"jobs": 1}})))] == ["jobs"]


def test_heaviest_come_first_and_ties_keep_their_order():
    of = season(indicator("jobs"), indicator("firms", weight=3.0), indicator("patents"))
    found = wholes_of(run(of, readings({"ash": {"jobs": 1, "firms": 2, "patents": 3}})))

    assert [w.indicator for w in heaviest(found, 2)] == ["firms", "jobs"]


@given(st.permutations(["ash", "birch", "cedar"]), st.integers(1, 1000))
def test_order_and_unit_change_nothing(order, scale):
    figures = {"ash": 30, "birch": 150, "cedar": 90}
    of = season(indicator("jobs"), targets=tuple(replace(t, target=t.target * scale) for t in TARGETS))

    (found,) = wholes_of(run(of, readings({c: {"jobs": figures[c] * scale} for c in order})))

    assert found.done == pytest.approx(0.27)
