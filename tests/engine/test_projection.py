import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from saima.engine.model.inputs import AsOf, Reading, Readings, ReadingTable
from saima.engine.model.known import known_at
from saima.engine.model.periods import Period
from saima.engine.model.season import Curve, Target
from saima.engine.race.projection import project, student_cdf, upper_quantile
from saima.words import Text
from seasons import indicator, month, season


def ahead(of, figures, number, **changes):
    """From a list of figures by month, None for no reading."""
    rows = [
        Reading("ash", of.indicators[0].code, month(k), str(x), **changes)
        for k, x in enumerate(figures, 1)
        if x is not None
    ]
    found = project(of, known_at(of, Readings(ReadingTable.of(rows)), AsOf(month(number))), month(number))
    return {name: float(getattr(found, name)[0, 0]) for name in found.__dataclass_fields__}


def test_projection_of_the_method_page():
    found = ahead(season(indicator("jobs")), [6, 16, 24, 36], 4)

    # Rate 36 / (4/12) = 108; increments 6, 10, 8, 12 against 9: squares 9, 1, 1, 9 over 1/12 each = 240, / 3 = 80.
    # Error = sqrt(80 x (2/3 + (2/3)^2 / (1/3))) = sqrt(160); t(3, 0.9) = 1.637744.
    assert found["projected"] == pytest.approx(108)
    assert found["projected_low"] == pytest.approx(108 - 1.637744 * 160**0.5, abs=1e-4)
    assert found["projected_high"] == pytest.approx(108 + 1.637744 * 160**0.5, abs=1e-4)
    assert found["p_target"] == pytest.approx(0.7140, abs=1e-4)
    assert found["required_rate"] == pytest.approx(64 / 8)


def test_two_increments_give_a_projection_and_no_interval():
    found = ahead(season(indicator("jobs")), [6, 16], 2)

    assert found["projected"] == pytest.approx(96)
    assert np.isnan([found["projected_low"], found["projected_high"], found["p_target"]]).all()


def test_count_has_no_lower_end_without_an_upper_one():
    found = ahead(season(indicator("firms", measure="count")), [6, 16], 2)

    assert np.isnan([found["projected_low"], found["projected_high"]]).all()


def test_exactly_at_pace_in_equal_steps_meets_the_target_whatever_the_last_bits():
    of = season(targets=(Target("*", "jobs", 24.0),))

    found = [ahead(of, [2 * (k + 1) for k in range(n)], n) for n in range(3, 12)]

    assert [f["p_target"] for f in found] == [1.0] * 9
    assert all(f["projected_low"] == f["projected"] == f["projected_high"] for f in found)


def test_projection_follows_the_curve_not_the_calendar():
    shares = tuple((month(k), s) for k, s in ((1, 0.05), (2, 0.1), (3, 0.2), (12, 1.0)))
    of = season(indicator("jobs", curve="late"), curves=(Curve("late", Text("Late"), shares),))

    found = ahead(of, [6, 11, 21], 3)

    assert found["projected"] == pytest.approx(105)


def test_month_without_a_reading_joins_the_next():
    found = ahead(season(indicator("jobs")), [9, None, 27, 36, 45], 5)

    assert found["projected"] == pytest.approx(108)
    assert found["projected_low"] == pytest.approx(108)


def test_completion_is_projected_against_a_hundred():
    found = ahead(season(indicator("task", measure="completion"), targets=()), [10, 20, 29, 41], 4)

    assert found["projected"] == pytest.approx(123)
    assert found["required_rate"] == pytest.approx(59 / 8)
    assert found["p_target"] > 0.9


def test_count_never_projects_below_what_is_there_and_once_reached_stays_reached():
    of = season(indicator("firms", measure="count"))

    reached = ahead(of, [1, 2, 100, 101], 4)

    assert reached["projected_low"] == 101
    assert (reached["p_target"], reached["required_rate"]) == (1.0, 0.0)


def test_ceiling_has_the_odds_of_staying_below():
    of = season(indicator("waste", better="lower"))

    assert ahead(of, [5, 11, 15, 21], 4)["p_target"] > 0.9
    assert ahead(of, [15, 31, 45, 61], 4)["p_target"] < 0.1


def test_end_of_the_span_is_certain():
    found = ahead(season(indicator("jobs")), [None] * 10 + [80, 100], 12)

    assert (found["projected"], found["projected_low"], found["projected_high"]) == (100, 100, 100)
    assert found["p_target"] == 1.0
    assert np.isnan(found["required_rate"])


@pytest.mark.parametrize("measure", ["level", "share", "growth", "yes-no"])
def test_states_are_not_projected_without_a_curve(measure):
    found = ahead(season(indicator("rate", measure=measure)), [1, 2, 3, 4], 4)

    assert all(np.isnan(v) for v in found.values())


def test_level_with_a_curve_drifts_from_its_own_first_figure():
    shares = tuple((month(k), k / 12) for k in range(1, 13))
    of = season(indicator("rate", measure="level", curve="even"), curves=(Curve("even", Text("Even"), shares),))

    found = ahead(of, [50, 52, 53, 56], 4)

    assert found["projected"] == pytest.approx(56 + 8 * 2)
    assert found["projected_low"] < 72 < found["projected_high"]
    assert np.isnan(found["required_rate"])


def test_baseline_is_where_the_work_starts():
    of = season(indicator("jobs"), targets=(Target("*", "jobs", 100.0, 40.0),))

    assert ahead(of, [45, 50, 55], 3)["projected"] == pytest.approx(100)


def test_unverified_figures_count_only_where_the_season_says_so():
    assert np.isnan(ahead(season(counts="verified"), [6, 16, 24], 3, state="reported")["projected"])
    assert ahead(season(counts="reported"), [6, 16, 24], 3, state="reported")["projected"] == 96


def test_nothing_before_the_span_begins():
    found = project(season(), known_at(season(), Readings(), AsOf(Period.parse("2025-12"))), Period.parse("2025-12"))

    assert np.isnan(found.projected).all()


@settings(max_examples=40)
@given(st.lists(st.integers(1, 50), min_size=4, max_size=11), st.sampled_from([0.001, 7.0, 1e4]))
def test_unit_scales_the_projection_and_not_the_odds(steps, scale):
    figures = np.cumsum(steps)
    plain = ahead(season(), figures.tolist(), len(steps))
    scaled_season = season(targets=(Target("*", "jobs", 100.0 * scale),))

    scaled = ahead(scaled_season, [f"{x * scale:.6f}" for x in figures], len(steps))

    assert scaled["projected"] == pytest.approx(plain["projected"] * scale, rel=1e-6)
    assert scaled["p_target"] == pytest.approx(plain["p_target"], abs=1e-5)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 12, 35])
def test_student_agrees_with_scipy(freedom):
    at = np.linspace(-6, 6, 25)

    assert student_cdf(at, freedom) == pytest.approx(t.cdf(at, freedom), abs=1e-12)
    assert upper_quantile(freedom) == pytest.approx(t.ppf(0.9, freedom), abs=1e-9)
