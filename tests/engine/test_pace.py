"""Completion, due and pace against figures worked by hand (docs/method/pace.md)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.periods import Period
from saima.engine.model.season import Curve
from saima.engine.race.pace import completion, due_share
from saima.words import Text
from seasons import YEAR, indicator, month, season

NOTHING = float("nan")


def done(value, target, baseline, due, better, measure):
    found = completion(*(np.array([x]) for x in (value, target, baseline, due)), better=better, measure=measure)
    return float(found[0])


@pytest.mark.parametrize(
    ("value", "target", "baseline", "due", "better", "measure", "expected"),
    [
        (64.9, NOTHING, NOTHING, 1 / 3, "higher", "completion", 0.649),
        (60, NOTHING, NOTHING, 1 / 3, "higher", "completion", 0.6),
        (30, 120, NOTHING, 1 / 3, "higher", "cumulative", 0.25),
        (130, 200, 100, 1, "higher", "level", 0.3),
        (6, 12, NOTHING, 4 / 12, "lower", "cumulative", 1 / 6),
        (0, 12, NOTHING, 4 / 12, "lower", "count", 2 / 3),
        (12, 12, NOTHING, 1, "lower", "cumulative", 1.0),
        (30, 20, 40, 1, "lower", "level", 0.5),
        (25, 20, NOTHING, 1, "lower", "share", 0.8),
        (41.7, 12, NOTHING, 1, "higher", "growth", 3.475),
        (1, NOTHING, NOTHING, 1, "higher", "yes-no", 1.0),
        (1, NOTHING, NOTHING, 1, "lower", "yes-no", 0.0),
    ],
)
def test_completion_of_each_measure(value, target, baseline, due, better, measure, expected):
    assert done(value, target, baseline, due, better, measure) == pytest.approx(expected, abs=1e-12)


def test_completion_of_zero_without_baseline_is_no_number_where_less_is_better():
    assert np.isnan(done(0, 20, NOTHING, 1, "lower", "level"))


def test_ceiling_pace_is_two_minus_used_over_allowed():
    due = 4 / 12

    assert [done(x, 12, NOTHING, due, "lower", "cumulative") / due for x in (0, 4, 8)] == pytest.approx([2, 1, 0])


def test_due_share_is_even_pace_over_what_targets_cover():
    assert due_share(season(), indicator("jobs"), month(4)) == pytest.approx(4 / 12)


def test_due_share_of_level_is_in_full_from_its_first_due_month():
    stock = indicator("firms", measure="level", due_months=(3, 6, 9, 12))

    assert [due_share(season(), stock, month(n)) for n in (2, 3, 4, 6)] == [None, 1.0, None, 1.0]


def test_due_share_follows_a_curve_and_keeps_its_last_share():
    curve = Curve("late", Text("Late"), ((month(3), 0.1), (month(6), 0.4), (month(12), 1.0)))
    planned = season(indicator("jobs", curve="late"), curves=(curve,))

    assert [due_share(planned, planned.indicators[0], month(n)) for n in (2, 3, 5, 6, 12)] == [None, 0.1, 0.1, 0.4, 1.0]


def test_due_share_before_the_span_is_nothing_and_after_it_everything():
    assert due_share(season(), indicator("jobs"), Period.parse("2025-12")) is None
    assert due_share(season(), indicator("jobs"), YEAR.last.next()) == 1.0


@settings(max_examples=60)
@given(
    st.floats(-1e3, 1e3),
    st.floats(0.01, 1e3),
    st.sampled_from(["cumulative", "level", "share", "growth", "count"]),
    st.sampled_from(["higher", "lower"]),
)
def test_a_better_figure_never_lowers_completion(value, step, measure, better):
    baseline, target = (0.0, 50.0) if better == "higher" or measure in ("cumulative", "count") else (50.0, 10.0)
    improved = value + step if better == "higher" else value - step

    assert done(improved, target, baseline, 0.5, better, measure) >= done(value, target, baseline, 0.5, better, measure)


@settings(max_examples=40)
@given(st.floats(0, 1e3), st.floats(1, 1e3), st.sampled_from([0.0001, 10, 1e8]))
def test_scaling_a_unit_changes_no_completion(value, target, factor):
    assert done(value * factor, target * factor, NOTHING, 0.5, "higher", "cumulative") == pytest.approx(
        done(value, target, NOTHING, 0.5, "higher", "cumulative"), rel=1e-12
    )
