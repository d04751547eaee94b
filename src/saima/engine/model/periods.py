"""Months, quarters, half-years and years as values that can be compared and counted."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from saima.engine.errors import Problem, QuestionRefused

Frequency = Literal["month", "quarter", "half", "year"]

PER_YEAR: Final[dict[Frequency, int]] = {"month": 12, "quarter": 4, "half": 2, "year": 1}
_SHAPES: Final[dict[Frequency, re.Pattern[str]]] = {
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII),
    "quarter": re.compile(r"(\d{4})Q([1-4])", re.ASCII),
    "half": re.compile(r"(\d{4})H([12])", re.ASCII),
    "year": re.compile(r"(\d{4})()", re.ASCII),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month, quarter, half-year or year; ``ordinal`` counts periods since year 0.

    Examples
    --------
    >>> Period.parse("2026-04").index, str(Period.parse("2026Q1").next(4))
    (4, '2027Q1')
    """

    frequency: Frequency
    ordinal: int

    @classmethod
    def of(cls, frequency: Frequency, year: int, index: int = 1) -> "Period":
        return cls(frequency, year * PER_YEAR[frequency] + index - 1)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """2026-04, 2026Q1, 2026H1 or 2026.

        Raises
        ------
        QuestionRefused
            ``period.unknown``: the text is none of the four.
        """
        for frequency, shape in _SHAPES.items():
            if found := shape.fullmatch(text.strip()):
                return cls.of(frequency, int(found[1]), int(found[2] or 1))
        raise QuestionRefused(Problem("period.unknown", {"text": text}))

    @property
    def year(self) -> int:
        return self.ordinal // PER_YEAR[self.frequency]

    @property
    def index(self) -> int:
        """Place in the year, from 1."""
        return self.ordinal % PER_YEAR[self.frequency] + 1

    @property
    def last_month(self) -> int:
        """Calendar month (1-12) in which the period ends: due months are compared with it."""
        return self.index * 12 // PER_YEAR[self.frequency]

    @property
    def last_day(self) -> date:
        return date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])

    def next(self, steps: int = 1) -> "Period":
        return Period(self.frequency, self.ordinal + steps)

    def __sub__(self, other: "Period") -> int:
        if self.frequency != other.frequency:
            raise ValueError(f"{self} and {other} have different frequencies")
        return self.ordinal - other.ordinal

    def __str__(self) -> str:
        match self.frequency:
            case "month":
                return f"{self.year:04d}-{self.index:02d}"
            case "quarter":
                return f"{self.year:04d}Q{self.index}"
            case "half":
                return f"{self.year:04d}H{self.index}"
            case "year":
                return f"{self.year:04d}"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last period, both included."""

    first: Period
    last: Period

    def __contains__(self, period: Period) -> bool:
        return self.first <= period <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[Period]:
        return (self.first.next(n) for n in range(len(self)))
