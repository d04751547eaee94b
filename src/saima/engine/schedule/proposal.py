"""A first plan from what is lacking: a short network of tasks for each indicator, and its amount month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final, Literal

from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.engine.schedule.calendar import WorkingDays
from saima.engine.schedule.quantities import spread
from saima.engine.schedule.shortfall import Shortfall

Kind = Literal["agree", "collect", "carry", "prove", "report", "check"]
DAYS: Final[dict[Kind, int]] = {"agree": 5, "collect": 10, "carry": 5, "prove": 3, "report": 5, "check": 3}
MOST_INDICATORS: Final = 6


@dataclass(frozen=True, slots=True)
class ProposedTask:
    """``kind`` is what is to be done, ``about`` the indicator; the sentence is said elsewhere."""

    code: str
    kind: Kind
    about: str
    days: int
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedQuantity:
    """An indicator's amount over the periods left. ``short``: what does not fit even at the best step in each."""

    indicator: str
    figure: float | None
    needed: float
    amount: float
    best: float
    parts: tuple[tuple[Period, float], ...]
    short: float


def first_day(period: Period) -> date:
    return period.next(-1).last_day + timedelta(days=1)


def proposed_tasks(
    lacking: Sequence[Shortfall], calendar: WorkingDays, *, start: date, deadline: date, periods: int
) -> tuple[ProposedTask, ...]:
    """Agree help, then for each indicator collect, carry out, prove; in the end check all of it.

    Carrying out takes as many best periods as the amount is worth, in working days, within what the days left allow.

    Notes
    -----
    docs/method/schedule.md, "A first plan".
    """
    left = calendar.between(start, deadline)
    per_period = left / max(1, periods)
    fixed = DAYS["agree"] + DAYS["collect"] + DAYS["prove"] + DAYS["check"]
    found = [ProposedTask("agree", "agree", "", DAYS["agree"], ())]
    ends = []
    for n, one in enumerate(lacking[:MOST_INDICATORS], 1):
        if one.figure is None:
            found.append(ProposedTask(f"i{n}-report", "report", one.indicator, DAYS["report"], ("agree",)))
            ends.append(f"i{n}-report")
            continue
        wanted = ceil(one.effort * per_period - 1e-9)
        days = max(DAYS["carry"], min(wanted, left - fixed))
        found += [
            ProposedTask(f"i{n}-collect", "collect", one.indicator, DAYS["collect"], ("agree",)),
            ProposedTask(f"i{n}-carry", "carry", one.indicator, days, (f"i{n}-collect",)),
            ProposedTask(f"i{n}-prove", "prove", one.indicator, DAYS["prove"], (f"i{n}-carry",)),
        ]
        ends.append(f"i{n}-prove")
    found.append(ProposedTask("check", "check", "", DAYS["check"], tuple(ends) or ("agree",)))
    return tuple(found)


def proposed_quantities(
    season: Season, lacking: Sequence[Shortfall], periods: Sequence[Period]
) -> tuple[ProposedQuantity, ...]:
    """Each amount over the periods left, along the curve, within the best step. Without an amount: left out."""
    found = []
    for one in lacking[:MOST_INDICATORS]:
        if not one.amount > 0:
            continue
        decimals = season.indicator[one.indicator].decimals
        shared = spread(one.amount, one.shares, one.best if one.best > 0 else None, decimals)
        parts = tuple(zip(periods, shared.parts, strict=True))
        found.append(ProposedQuantity(one.indicator, one.figure, one.needed, one.amount, one.best, parts, shared.short))
    return tuple(found)
