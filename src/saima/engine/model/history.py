"""The digested compact state of published periods. Published results are never refolded from today's readings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from saima.engine.model.periods import Period

Colour = Literal["green", "yellow", "red", "none"]


@dataclass(frozen=True, slots=True)
class CellThen:
    """One contestant and indicator (or project) as published."""

    light: Colour
    value: str  # canonical text as first published; empty when missing
    completion: float | None
    due: float | None
    weight: float  # effective weight then, of what was due; 0 when not due
    missing: float  # share of what was due and was missing, 0-1; 0 when not due


@dataclass(frozen=True, slots=True)
class RankThen:
    rank: int
    score: float


@dataclass(frozen=True)
class Published:
    """What one bulletin fixed. ``cells`` by (contestant, subject), subject an indicator code or ``project:x``.

    ``ranks`` by (scope, kind, contestant); ``tiers`` and ``proposals`` are in the bulletin itself.
    """

    period: Period
    known_at: datetime
    dated: date
    number: int
    version: int = 1
    spec_digest: str = ""
    data_digest: str = ""
    cells: Mapping[tuple[str, str], CellThen] = field(default_factory=lambda: MappingProxyType({}))
    ranks: Mapping[tuple[str, str, str], RankThen] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class History:
    """Published periods, ascending; of several versions of a period the highest counts from its date on."""

    published: tuple[Published, ...] = ()

    @cached_property
    def by_period(self) -> Mapping[Period, Published]:
        latest: dict[Period, Published] = {}
        for p in sorted(self.published, key=_in_order):
            latest[p.period] = p
        return latest

    def before(self, period: Period) -> tuple[Published, ...]:
        """The published periods before ``period``, ascending: all that an evaluation of it may know of the past."""
        return tuple(p for at, p in sorted(self.by_period.items()) if at < period)

    def until(self, period: Period) -> "History":
        """Every version of the periods before ``period``: lights remember what any of them issued."""
        return History(tuple(sorted((p for p in self.published if p.period < period), key=_in_order)))

    @cached_property
    def ever_red(self) -> frozenset[tuple[Period, str, str]]:
        """(period, contestant, subject) issued red by any version."""
        return frozenset(
            (p.period, contestant, subject)
            for p in self.published
            for (contestant, subject), cell in p.cells.items()
            if cell.light == "red"
        )


def _in_order(published: Published) -> tuple[Period, int]:
    return published.period, published.version
