"""Working days as data: weekends, holidays, weekend days worked instead. Where they come from is not here."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday, without ``holidays``, with ``made_up`` weekend days. ``years`` are those the data covers.

    A day of any other year is a working day from Monday to Friday, and ``unknown`` names the year.

    Examples
    --------
    >>> calendar = WorkingDays(frozenset({date(2026, 2, 16)}), frozenset({date(2026, 2, 14)}), frozenset({2026}))
    >>> [calendar.works(date(2026, 2, d)) for d in (13, 14, 15, 16, 17)]
    [True, True, False, False, True]
    """

    holidays: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def works(self, day: date) -> bool:
        return day in self.made_up or (day.weekday() < _SATURDAY and day not in self.holidays)

    def from_day(self, day: date) -> date:
        """The day itself, or the next working day."""
        while not self.works(day):
            day += _DAY
        return day

    def until_day(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        while not self.works(day):
            day -= _DAY
        return day

    def between(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included; 0 when ``last`` is earlier."""
        return sum(self.works(first + n * _DAY) for n in range((last - first).days + 1))

    def number(self, origin: date, day: date) -> int:
        """How many working days ``day`` comes after ``origin``; negative before it. Both are working days."""
        return self.between(origin, day) - 1 if day >= origin else 1 - self.between(day, origin)

    def day(self, origin: date, number: int) -> date:
        """The working day that many working days after ``origin``, itself a working day; before it when negative."""
        found, step = origin, _DAY if number >= 0 else -_DAY
        for _ in range(abs(number)):
            found += step
            while not self.works(found):
                found += step
        return found

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """Years of the span the data does not cover: there, holidays are not known."""
        return tuple(y for y in range(first.year, last.year + 1) if y not in self.years)
