"""Targets of the next season by hand, and the guard: no one year moves a target by more than its bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.targets import ONE_YEAR, UP, Year, proposals, propose, trend_of
from saima.files import load_season


def proposed(*args, **more):
    return propose(*args, **more)[4]


def reason(*args, **more):
    return propose(*args, **more)[5]


def test_the_examples_of_the_page():
    assert propose([80, 90, 100], 100.0, decimals=0) == (110.0, 105.0, 95.0, 105.0, 105.0, "targets.why.mixed")
    assert (proposed([80, 90, 160], 100.0, decimals=0), reason([80, 90, 160], 100.0, decimals=0)) == (
        105.0,
        "targets.why.one_year",
    )
    assert proposed([0.5, 0.4], 0.45, lower=True, decimals=3) == 0.428


@pytest.mark.parametrize(
    ("values", "old", "target", "code"),
    [
        ([], 40.0, 40.0, "targets.why.no_year"),
        ([], None, None, "targets.why.nothing"),
        ([50], 40.0, 42.0, "targets.why.one_year"),
        ([50, 60], None, 60.5, "targets.why.no_target"),
        ([90, 100, 110, 120, 130], 100.0, 110.0, "targets.why.capped"),
        ([60, 50, 40, 30], 100.0, 95.0, "targets.why.capped"),
        ([100, 100, 100], 100.0, 100.0, "targets.why.mixed"),
    ],
)
def test_each_reason_has_its_numbers(values, old, target, code):
    got = propose(values, old, decimals=1)

    assert (got[4], got[5]) == (target, code)


def test_small_counts_may_move_by_one():
    assert proposed([6, 9], 6.0, decimals=0) == 7.0
    assert proposed([6, 2], 6.0, decimals=0) == 5.0


def test_the_trend_of_one_year_is_that_year():
    assert (trend_of([3]), trend_of([3, 5])) == (3.0, 7.0)


years = st.lists(st.floats(1, 1000).map(lambda v: round(v, 1)), min_size=1, max_size=6)
old_targets = st.floats(1, 1000).map(lambda v: round(v, 1))


@given(years, old_targets, st.booleans(), st.floats(0, 10_000))
def test_one_years_result_moves_the_target_by_at_most_its_bound(values, old, lower, other):
    here = proposed(values, old, lower=lower, decimals=1)
    changed = proposed([*values[:-1], round(other, 1)], old, lower=lower, decimals=1)

    # both lie within ONE_YEAR of what the years before say
    most = max(ONE_YEAR * old * (1 + UP), 0.1)
    assert abs(here - changed) <= 2 * most + 1e-9


@given(years, old_targets, st.booleans())
def test_a_target_is_never_made_harder_than_its_bound(values, old, lower):
    here = proposed(values, old, lower=lower, decimals=1)

    harder = old - here if lower else here - old
    assert harder <= max(UP * old, 0.1) + 1e-9


@given(years, old_targets, st.floats(0.1, 500))
def test_a_better_newest_year_never_lowers_the_target(values, old, more):
    better = [*values[:-1], round(values[-1] + more, 1)]

    assert proposed(better, old, decimals=1) >= proposed(values, old, decimals=1)


def test_the_demonstration_has_two_years_and_the_second_is_expected():
    bundle = load_season("demo-city")
    as_of = AsOf(Period.parse("2026-04"))

    found = proposals(bundle.season, bundle.readings, bundle.projects, History(), as_of)

    teams = next(p for p in found if (p.contestant, p.indicator) == ("crane", "teams"))
    assert [(y.year, y.expected) for y in teams.years] == [(2025, False), (2026, True)]
    assert teams.old == 24
    assert isinstance(teams.years[0], Year)
    assert {p.indicator for p in found} & {"graduates", "pilot"} == set()
    for p in found:
        if p.old and p.proposed is not None:
            grain = 10.0 ** -bundle.season.indicator[p.indicator].decimals
            assert abs(p.proposed - p.old) <= max(UP * abs(p.old), grain) + 1e-9, p
