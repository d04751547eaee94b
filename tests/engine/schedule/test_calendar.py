"""Working days with holidays and the weekend days worked instead."""

from datetime import date

from saima.engine.schedule import WorkingDays

SPRING_2026 = WorkingDays(
    holidays=frozenset(date(2026, 2, d) for d in range(15, 24)),
    made_up=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    years=frozenset({2026}),
)


def test_spring_festival_2026_moves_work_to_two_saturdays():
    days = [d for d in range(12, 29) if SPRING_2026.works(date(2026, 2, d))]

    assert days == [12, 13, 14, 24, 25, 26, 27, 28]


def test_days_are_counted_forwards_and_backwards_alike():
    origin = date(2026, 2, 12)

    there = [SPRING_2026.day(origin, n) for n in range(-3, 9)]

    assert there[:3] == [date(2026, 2, 9), date(2026, 2, 10), date(2026, 2, 11)]
    assert there[3:] == [date(2026, 2, d) for d in (12, 13, 14, 24, 25, 26, 27, 28)] + [date(2026, 3, 2)]
    assert [SPRING_2026.number(origin, d) for d in there] == list(range(-3, 9))


def test_a_holiday_ends_on_the_next_working_day_and_begins_after_the_last():
    assert SPRING_2026.from_day(date(2026, 2, 15)) == date(2026, 2, 24)
    assert SPRING_2026.until_day(date(2026, 2, 23)) == date(2026, 2, 14)
    assert SPRING_2026.between(date(2026, 2, 15), date(2026, 2, 23)) == 0
    assert SPRING_2026.between(date(2026, 2, 24), date(2026, 2, 12)) == 0


def test_a_year_without_data_is_monday_to_friday_and_is_named():
    assert [SPRING_2026.works(date(2027, 2, d)) for d in (5, 6, 7, 8)] == [True, False, False, True]
    assert SPRING_2026.unknown(date(2025, 12, 1), date(2027, 1, 31)) == (2025, 2027)
    assert SPRING_2026.unknown(date(2026, 1, 1), date(2026, 12, 31)) == ()
