"""China's working days as the package knows them, and a year it does not know."""

from datetime import date

from saima.server.kit.workdays import working_days


def test_spring_festival_2026_is_off_and_two_saturdays_are_worked():
    days = [d for d in range(12, 29) if working_days().works(date(2026, 2, d))]

    assert days == [12, 13, 14, 24, 25, 26, 27, 28]


def test_a_year_not_yet_announced_is_monday_to_friday_and_is_named():
    known = max(working_days().years)

    assert working_days().unknown(date(known, 12, 1), date(known + 1, 1, 31)) == (known + 1,)
    first = date(known + 1, 10, 1)
    assert [working_days().works(first.replace(day=d)) for d in range(1, 8)] == [
        first.replace(day=d).weekday() < 5 for d in range(1, 8)
    ]
