"""Amounts shared out over months and weeks: by hand, within what was ever achieved, sums exact."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.errors import QuestionRefused
from saima.engine.schedule import Spread, WorkingDays, by_week, spread

JUNE = WorkingDays(frozenset(date(2026, 6, d) for d in (19, 20, 21)), frozenset(), frozenset({2026}))


@pytest.mark.parametrize(
    ("amount", "shares", "most", "decimals", "parts", "short"),
    [
        (10, (5, 3, 2), 4, 0, (4, 4, 2), 0),
        (10, (5, 3, 2), None, 0, (5, 3, 2), 0),
        (7, (1, 1, 1), None, 0, (3, 2, 2), 0),
        (7, (0, 0, 0), None, 0, (3, 2, 2), 0),
        (9, (1, 1), 3, 0, (3, 3), 3),
        (1, (1, 1, 1, 1), None, 2, (0.25, 0.25, 0.25, 0.25), 0),
        (2.5, (1, 1), None, 0, (1, 1.5), 0),
        (0, (1, 2), 5, 0, (0, 0), 0),
        (10, (1, 1, 1), 2.5, 0, (3, 2, 2), 3),
    ],
)
def test_amounts_by_hand(amount, shares, most, decimals, parts, short):
    assert spread(amount, shares, most, decimals) == Spread(tuple(map(float, parts)), float(short))


def test_no_period_left_is_refused():
    with pytest.raises(QuestionRefused):
        spread(3, ())


@given(
    st.integers(0, 5000),
    st.lists(st.floats(0, 10), min_size=1, max_size=14),
    st.one_of(st.none(), st.integers(0, 700)),
    st.integers(0, 3),
)
def test_parts_and_what_is_short_add_up_exactly_and_none_is_above_the_most(units, shares, most, decimals):
    grain = Decimal(1).scaleb(-decimals)
    amount, bound = float(units * grain), None if most is None else float(most * grain)

    got = spread(amount, shares, bound, decimals)

    assert sum((Decimal(repr(p)) for p in got.parts), Decimal(repr(got.short))) == units * grain
    assert min(got.parts) >= 0
    assert bound is None or max(got.parts) <= bound + 1e-9


def test_weeks_share_a_month_by_working_days_and_one_week_may_belong_to_two_months():
    weeks = by_week([(date(2026, 6, 1), date(2026, 6, 30), 21), (date(2026, 7, 1), date(2026, 7, 31), 23)], JUNE)

    assert [(w.first.day, w.last.day, w.days, w.amount) for w in weeks[:5]] == [
        (1, 7, 5, 5.0),
        (8, 14, 5, 5.0),
        (15, 21, 4, 4.0),
        (22, 28, 5, 5.0),
        (29, 5, 5, 5.0),
    ]
    assert sum(w.amount for w in weeks) == 44
