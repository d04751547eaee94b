"""Pace before and after a day, from published periods."""

from datetime import date

import pytest

from saima.engine.model.periods import Period
from saima.engine.race.around import Around, Point, pace_around

MONTHS = [Point(Period.parse(f"2026-0{n}"), c, n / 12) for n, c in ((1, 0.04), (2, 0.09), (3, 0.20), (4, 0.32))]


def test_the_example_of_the_method_page():
    found = pace_around(list(reversed(MONTHS)), date(2026, 3, 10))

    assert (found.before, found.after) == (MONTHS[1], MONTHS[3])
    assert found.change == pytest.approx(0.42)
    assert found.gain_before == pytest.approx(0.06)
    assert found.gain_after == pytest.approx(0.21)


@pytest.mark.parametrize(("day", "before", "after"), [
    (date(2026, 1, 31), None, 3),  # a period that ends on the day is after it
    (date(2026, 2, 1), 0, 3),
    (date(2026, 5, 1), 3, None),
])  # fmt: skip
def test_a_period_belongs_to_one_side(day, before, after):
    found = pace_around(MONTHS, day)

    assert found.before == (None if before is None else MONTHS[before])
    assert found.after == (None if after is None else MONTHS[after])
    assert (found.change is None) == (before is None or after is None)


def test_what_was_not_due_or_not_known_is_passed_over():
    holes = [Point(Period.parse("2026-01"), None, 0.1), Point(Period.parse("2026-02"), 0.1, 0.0)]

    assert pace_around(holes, date(2026, 2, 1)) == Around(None, None, None, None)
