"""How much of an amount falls on each period and week: along a curve, within what was ever achieved, sums exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.known import FloatArray
from saima.engine.schedule.calendar import WorkingDays


@dataclass(frozen=True, slots=True)
class Spread:
    """``parts`` add up to the amount less ``short``: what does not fit even at the most in every period."""

    parts: tuple[float, ...]
    short: float


def spread(amount: float, shares: Sequence[float], most: float | None = None, decimals: int = 0) -> Spread:
    """Share an amount out over periods.

    Parameters
    ----------
    amount : at least 0, in the indicator's unit.
    shares : what each period is to carry, in any unit; all 0 means evenly.
    most : the most one period ever carried; None for no bound. A whole step is not cut: none gets more than ``most``
        rounded up, and all together not more than ``most`` in each.
    decimals : of the indicator. Whole steps of 10^-decimals are given out, a rest below one step to the last of them.

    Raises
    ------
    QuestionRefused
        ``schedule.no_periods``.

    Notes
    -----
    docs/method/schedule.md, "Quantities". In proportion to the shares; what is above ``most`` goes to the others in
    proportion, again and again; then whole steps by largest remainder, the earlier period first among equals.

    Examples
    --------
    >>> spread(10, [1, 1, 1]).parts, spread(10, [5, 3, 2], most=4).parts
    ((4.0, 3.0, 3.0), (4.0, 4.0, 2.0))
    >>> spread(10, [1, 1], most=4)
    Spread(parts=(4.0, 4.0), short=2.0)
    >>> spread(10, [1, 1, 1], most=2.5).parts
    (3.0, 2.0, 2.0)
    """
    if not shares:
        raise QuestionRefused(Problem("schedule.no_periods"))
    grain = 10.0**-decimals
    # Whole steps are counted as integers, so that sums are exact.
    units = int(np.floor(amount / grain + 1e-9))
    room = None if most is None else max(0, int(np.ceil(most / grain - 1e-9)))
    weight = np.array(shares, np.float64).clip(0.0)
    if not weight.sum() > 0:
        weight = np.ones(len(shares))
    placed = units if most is None else min(units, max(0, int(np.floor(most * len(shares) / grain + 1e-9))))
    parts = _whole(_filled(placed, weight, room), placed, room)
    rest = amount - units * grain
    short = (units - placed) * grain
    given = [round(p * grain, decimals) for p in parts]
    if rest > 1e-9 * max(1.0, amount) and placed == units:
        last = max(n for n in range(len(given)) if weight[n] > 0)
        given[last] = round(given[last] + rest, 12)
    return Spread(tuple(given), round(short, 12))


def _filled(units: int, weight: FloatArray, room: int | None) -> FloatArray:
    """Shares of ``units`` in proportion, none above ``room``; the full ones are set aside and the rest shared again."""
    share: FloatArray = np.zeros(len(weight))
    open_ = np.ones(len(weight), bool)
    left = float(units)
    while left > 1e-9 and open_.any():
        here = np.where(open_, weight, 0.0)
        if not here.sum() > 0:
            here = open_.astype(float)
        wanted = here / here.sum() * left
        over = np.zeros(len(weight), bool) if room is None else open_ & (wanted >= room - 1e-9)
        if room is None or not over.any():
            share += wanted
            break
        share[over] = room
        left -= room * int(over.sum())
        open_ &= ~over
    return share


def _whole(share: FloatArray, units: int, room: int | None) -> list[int]:
    whole = np.floor(share + 1e-9).astype(int)
    order = sorted(range(len(share)), key=lambda n: (-(share[n] - whole[n]), n))
    missing = units - int(whole.sum())
    while missing > 0:
        for n in order:
            if missing > 0 and (room is None or whole[n] < room):
                whole[n] += 1
                missing -= 1
    return [int(n) for n in whole]


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, cut at the ends of the plan; ``days`` are its working days."""

    first: date
    last: date
    days: int
    amount: float


def by_week(parts: Sequence[tuple[date, date, float]], calendar: WorkingDays, decimals: int = 0) -> tuple[Week, ...]:
    """Amounts of periods shared out over their weeks by working days; a week across two periods takes from both.

    Parameters
    ----------
    parts : (first day, last day, amount) of each period, one after the other.

    Returns
    -------
    Weeks in order; their amounts add up to those of the periods, exactly at ``decimals``.
    """
    amounts: dict[date, float] = {}
    ends: dict[date, tuple[date, date]] = {}
    for first, last, amount in parts:
        pieces = _weeks(first, last)
        days = [calendar.between(a, b) for a, b in pieces]
        for (a, b), given in zip(pieces, spread(amount, days, decimals=decimals).parts, strict=True):
            monday = a - timedelta(days=a.weekday())
            amounts[monday] = round(amounts.get(monday, 0.0) + given, 12)
            ends[monday] = (ends[monday][0] if monday in ends else a, b)
    return tuple(Week(a, b, calendar.between(a, b), amounts[m]) for m, (a, b) in sorted(ends.items()))


def _weeks(first: date, last: date) -> list[tuple[date, date]]:
    found = []
    while first <= last:
        sunday = first + timedelta(days=6 - first.weekday())
        found.append((first, min(sunday, last)))
        first = sunday + timedelta(days=1)
    return found
