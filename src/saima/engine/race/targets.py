"""Targets proposed for the next season, with a guard against the ratchet: one good year does not set the next bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from statistics import median
from typing import Final

import numpy as np

from saima.engine.model.curves import cycle
from saima.engine.model.decimals import rounded
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.known import REPORTED, VERIFIED
from saima.engine.model.periods import PER_YEAR
from saima.engine.model.season import Season
from saima.engine.race.asking import asked_board
from saima.engine.race.projection import ADDS_UP, project
from saima.words import Text

TREND: Final = 0.5  # weight of the trend; the rest is the old target
UP: Final = 0.10  # of the old target: the most it is made harder
DOWN: Final = 0.05  # the most it is made easier
ONE_YEAR: Final = 0.05  # the most the newest year alone may move it


@dataclass(frozen=True, slots=True)
class Year:
    """A year's result; ``expected``: the year is not over and this is its projection."""

    year: int
    value: float
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target for the next season with everything it was made from. ``code`` is the reason in words.

    ``low`` and ``high`` are the bounds that held; ``mixed`` is what the formula said before them.
    """

    contestant: str
    indicator: str
    title: Text
    old: float | None
    years: tuple[Year, ...]
    trend: float | None
    mixed: float | None
    low: float | None
    high: float | None
    proposed: float | None
    baseline: float | None
    code: str


def trend_of(values: Sequence[float]) -> float:
    """Next year's value if things go on: the median of all lines through two years, at the median of their ends.

    Notes
    -----
    Theil (1950) and Sen (1968). Of one year: that year.

    Examples
    --------
    >>> trend_of([100, 104, 108]), trend_of([100, 104, 150]), trend_of([7])
    (112.0, 175.0, 7.0)
    """
    n = len(values)
    if n == 1:
        return float(values[0])
    slope = median((values[b] - values[a]) / (b - a) for a in range(n) for b in range(a + 1, n))
    return float(median(v + slope * (n - at) for at, v in enumerate(values)))


def propose(
    values: Sequence[float], old: float | None, *, lower: bool = False, decimals: int = 2
) -> tuple[float | None, float | None, float | None, float | None, float | None, str]:
    """(trend, mixed, low, high, proposed, code) from the results of all years, the newest last.

    Notes
    -----
    docs/method/targets.md. Mixed = TREND x trend + (1 - TREND) x old target. Bounds: UP harder and DOWN easier than the
    old target, and ONE_YEAR from what would be proposed without the newest year; at least one step of the decimals.

    Examples
    --------
    >>> propose([80, 90, 100], 100.0, decimals=0)
    (110.0, 105.0, 95.0, 105.0, 105.0, 'targets.why.mixed')
    """
    grain = 10.0**-decimals
    if not values and old is None:
        return None, None, None, None, None, "targets.why.nothing"
    if not values:
        return None, None, None, None, old, "targets.why.no_year"
    trend = trend_of(values)
    if old is None:
        # Without a target there is nothing to hold on to but the years themselves.
        low, high = _around(median(values), UP, DOWN, lower, grain)
        return trend, trend, low, high, _inside(trend, low, high, decimals), "targets.why.no_target"
    mixed = TREND * trend + (1 - TREND) * old
    low, high = _around(old, UP, DOWN, lower, grain)
    before = min(max(_mixed(values[:-1], old), low), high)
    one_low, one_high = _around(before, ONE_YEAR, ONE_YEAR, lower, grain)
    low, high = max(low, min(one_low, high)), min(high, max(one_high, low))
    proposed = _inside(mixed, low, high, decimals)
    code = "targets.why.mixed"
    if mixed > high + 1e-9:
        code = "targets.why.one_year" if high < _around(old, UP, DOWN, lower, grain)[1] - 1e-9 else "targets.why.capped"
    elif mixed < low - 1e-9:
        code = "targets.why.one_year" if low > _around(old, UP, DOWN, lower, grain)[0] + 1e-9 else "targets.why.capped"
    return trend, mixed, low, high, proposed, code


def _mixed(values: Sequence[float], old: float) -> float:
    """What would be proposed of these years; one year alone is no trend, and the old target stands."""
    return TREND * trend_of(values) + (1 - TREND) * old if len(values) > 1 else old


def _around(value: float, up: float, down: float, lower: bool, grain: float) -> tuple[float, float]:
    """From ``down`` easier to ``up`` harder, each at least one step; harder is below where less is better."""
    harder, easier = max(abs(value) * up, grain), max(abs(value) * down, grain)
    return (value - harder, value + easier) if lower else (value - easier, value + harder)


def _inside(value: float, low: float, high: float, decimals: int) -> float:
    """Rounded at the indicator's decimals, without leaving the bounds where a step lies between them."""
    found = rounded(min(max(value, low), high), decimals)
    grain = 10.0**-decimals
    if found > high + 1e-9 * max(1.0, abs(high)):
        found = rounded(floor(high / grain + 1e-9) * grain, decimals)
    elif found < low - 1e-9 * max(1.0, abs(low)):
        found = rounded(-floor(-low / grain + 1e-9) * grain, decimals)
    return found


def proposals(
    season: Season, readings: Readings, projects: Projects, history: History, as_of: AsOf
) -> tuple[Proposal, ...]:
    """A target for every contestant and indicator that has one, or has years to make one from.

    The year of the season counts with its last figure when it is over, else with its projection. Figures that are
    shares of a task (completion) and yes-no have a target of their own and are left out.

    Raises
    ------
    SeasonRefused, ReadingsRefused
        As ``evaluate`` does.
    """
    board = asked_board(season, readings, projects, history, as_of)
    known = board.known
    counts = np.ones(known.value.shape, bool) if season.counts == "reported" else known.state == VERIFIED
    counts &= np.isin(known.state, (VERIFIED, REPORTED))
    value = np.where(counts, known.value, np.nan)
    projected = project(season, known, as_of.period).projected
    span = season.targets_cover
    found = []
    for c, contestant in enumerate(season.contestants):
        for i, indicator in enumerate(season.indicators):
            if indicator.role != "scored" or indicator.measure in ("completion", "yes-no"):
                continue
            if indicator.applies_to and not set(indicator.applies_to) & set(contestant.tags):
                continue
            target = season.target.get((contestant.code, indicator.code))
            old = target.target if target else None
            years = []
            by_cycle: dict[int, list[tuple[int, float]]] = {}
            for k, period in enumerate(known.periods):
                if np.isfinite(value[c, i, k]) and (n := cycle(season, period)) <= 0:
                    by_cycle.setdefault(n, []).append(((period - span.first) % len(span), float(value[c, i, k])))
            for n, figures in sorted(by_cycle.items()):
                at, last = figures[-1]
                year = span.first.year + n * len(span) // PER_YEAR[season.frequency]
                whole = at == len(span) - 1
                if whole:
                    years.append(Year(year, last))
                elif n == 0 and np.isfinite(projected[c, i]):
                    expected = float(projected[c, i])
                    years.append(Year(year, expected, expected=True))
                elif indicator.measure not in ADDS_UP:
                    years.append(Year(year, last, expected=n == 0))
            made = propose(
                [y.value for y in years], old, lower=indicator.better == "lower", decimals=indicator.decimals
            )
            if made[4] is None:
                continue
            trend, mixed, low, high, proposed, code = made
            baseline = (
                rounded(years[-1].value, indicator.decimals) if years and indicator.measure not in ADDS_UP else None
            )
            found.append(
                Proposal(
                    contestant.code, indicator.code, indicator.title, old, tuple(years), trend, mixed, low, high,
                    proposed, baseline, code,
                )
            )  # fmt: skip
    return tuple(found)
