"""Where a cumulative figure is heading: run rate on the plan curve, its 80 % interval, and the odds of the target."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.curves import planned_shares
from saima.engine.model.known import REPORTED, VERIFIED, FloatArray, Known
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Measure, Season

FEWEST_READINGS: Final = 2  # one figure is a fact, not a rate
FEWEST_INCREMENTS: Final = 3
UPPER: Final = 0.9  # of an 80 % interval
LAST_BITS: Final = 1e-9  # relative; 5 x 2/12 is not 10/12 in floats, and such noise is neither spread nor distance
ADDS_UP: Final[frozenset[Measure]] = frozenset({"cumulative", "count", "completion"})


@dataclass(frozen=True, eq=False)
class Projection:
    """All (contestants, indicators), in the indicator's unit, at the end of the span the targets cover.

    ``required_rate`` is per period; ``p_target`` 0-1. NaN where it does not apply or the past is too short.
    """

    required_rate: FloatArray
    projected: FloatArray
    projected_low: FloatArray
    projected_high: FloatArray
    p_target: FloatArray


@dataclass(frozen=True, eq=False)
class _Path:
    """What the periods so far say, (contestants, indicators): newest figure and share, and their spread."""

    value: FloatArray
    share: FloatArray
    rate: FloatArray  # per whole task
    covered: FloatArray  # share of the task the rate was seen over
    variance: FloatArray  # per whole task
    increments: NDArray[np.int64]


def project(season: Season, known: Known, period: Period) -> Projection:
    """Project every figure that adds up, and any other that has a curve.

    Parameters
    ----------
    known : figures as of the cut; those of the span the targets cover, up to ``period``, are read.

    Notes
    -----
    docs/method/projection.md. With x achieved over the share s of the curve, and r = 1 - s still to come, the
    projection is x + r (x - start) / s. Increments are taken as independent with a variance in proportion to the
    share of the curve they cover; the interval is Student's with the number of increments less one degrees of
    freedom, from three increments on. Closed form, nothing drawn.
    """
    span = season.targets_cover
    shape = (len(season.contestants), len(season.indicators))
    target, baseline = _targets(season)
    periods = [p for p in span if p <= period]
    if not periods:
        return Projection(*(np.full(shape, np.nan) for _ in range(5)))
    fits = np.array([_fits(i) for i in season.indicators], bool)
    adds_up = np.array([i.measure in ADDS_UP for i in season.indicators], bool)
    counts = np.array([i.measure == "count" for i in season.indicators], bool)
    lower = np.array([i.better == "lower" for i in season.indicators], bool)
    shares = planned_shares(season, list(span))  # (indicators, span)
    figures = _figures(season, known, periods)
    figures[:, :, ~fits] = np.nan

    start = np.where(adds_up, np.nan_to_num(baseline), baseline)
    path = _path(figures, shares[:, : len(periods)], start)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = np.clip(shares[:, -1] - path.share, 0.0, None)
        known_rate = np.isfinite(figures).sum(0) >= FEWEST_READINGS
        projected = np.where(known_rate, path.value + left * path.rate, np.nan)
        error = np.sqrt(path.variance * (left + left**2 / path.covered))
        error = np.where(path.increments >= FEWEST_INCREMENTS, error, np.nan)
        error = np.where((left == 0) & np.isfinite(projected), 0.0, error)
        freedom = np.clip(path.increments - 1, 1, None)
        half = np.array([0.0, *(upper_quantile(n) for n in range(1, int(freedom.max()) + 1))])[freedom] * error
        low, high = projected - half, projected + half
        low = np.where(counts, np.maximum(low, np.minimum(path.value, projected)), low)

        better_by = np.where(lower, target - projected, projected - target)
        better_by = np.where(np.abs(better_by) <= LAST_BITS * np.abs(target), 0.0, better_by)
        odds = np.where(
            error > 0,
            _odds(better_by / np.where(error > 0, error, 1.0), freedom),
            np.where(better_by >= 0, 1.0, 0.0),
        )
        settled = np.where(lower, path.value > target, path.value >= target) & counts
        odds = np.where(settled, np.where(lower, 0.0, 1.0), odds)
        odds = np.where(np.isfinite(better_by) & (np.isfinite(error) | settled), odds, np.nan)

        remaining = span.last - period
        required = np.clip(target - path.value, 0.0, None) / remaining if remaining > 0 else np.full(shape, np.nan)
    return Projection(np.where(adds_up & known_rate, required, np.nan), projected, low, high, odds)


def _fits(indicator: Indicator) -> bool:
    """A run rate makes sense: the figure adds up or follows a named curve, and it is no ratio to be formed first."""
    if indicator.denominator or indicator.measure == "yes-no":
        return False
    return indicator.measure in ADDS_UP or bool(indicator.curve)


def _targets(season: Season) -> tuple[FloatArray, FloatArray]:
    target = np.full((len(season.contestants), len(season.indicators)), np.nan)
    baseline = target.copy()
    at = {c.code: n for n, c in enumerate(season.contestants)}
    column = {i.code: n for n, i in enumerate(season.indicators)}
    for n, indicator in enumerate(season.indicators):
        if indicator.measure == "completion":
            target[:, n] = 100.0
    for (contestant, code), t in season.target.items():
        if contestant in at and code in column:
            here = at[contestant], column[code]
            if season.indicators[here[1]].measure == "completion":
                continue  # reported as a percentage: 0 to 100 whatever the figures behind it are
            target[here] = np.nan if t.target is None else t.target
            baseline[here] = np.nan if t.baseline is None else t.baseline
    return target, baseline


def _figures(season: Season, known: Known, periods: list[Period]) -> FloatArray:
    """(periods, contestants, indicators), NaN where nothing counts."""
    counts = known.state == VERIFIED
    if season.counts == "reported":
        counts |= known.state == REPORTED
    found = np.full((len(periods), *known.value.shape[:2]), np.nan)
    for k, p in enumerate(periods):
        if (slot := known.at(p)) is not None:
            found[k] = np.where(counts[:, :, slot], known.value[:, :, slot], np.nan)
    return found


def _path(figures: FloatArray, shares: FloatArray, start: FloatArray) -> _Path:
    """Walk the periods twice: for the rate, then for the spread around it.

    Where ``start`` is NaN the first figure is the start. An increment without any share of the curve joins the next.
    """
    begin, began = start.copy(), np.where(np.isnan(start), np.nan, 0.0)
    value, at = np.full(start.shape, np.nan), np.full(start.shape, np.nan)
    for k, now in enumerate(figures):
        there = np.isfinite(now)
        first = there & np.isnan(began)
        begin, began = np.where(first, now, begin), np.where(first, shares[:, k], began)
        value, at = np.where(there, now, value), np.where(there, shares[:, k], at)
    covered = at - began
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = np.where(covered > 0, covered, np.nan)
        rate = (value - begin) / covered

        before, passed = begin.copy(), began.copy()
        squares, increments = np.zeros(start.shape), np.zeros(start.shape, np.int64)
        for k, now in enumerate(figures):
            step = shares[:, k] - passed
            moved = np.isfinite(now) & (step > 0)
            off = now - before - rate * step
            off = np.where(np.abs(off) <= LAST_BITS * np.abs(value), 0.0, off)
            squares += np.where(moved, off**2 / np.where(moved, step, 1.0), 0.0)
            increments += moved
            before, passed = np.where(moved, now, before), np.where(moved, shares[:, k], passed)
        variance = np.where(increments > 1, squares / np.maximum(increments - 1, 1), np.nan)
    return _Path(value, at, rate, covered, variance, increments)


def _odds(t: FloatArray, freedom: NDArray[np.int64]) -> FloatArray:
    found = np.full(t.shape, np.nan)
    for n in np.unique(freedom):
        here = freedom == n
        found[here] = student_cdf(t[here], int(n))
    return found


def student_cdf(t: FloatArray, freedom: int) -> FloatArray:
    """Student's distribution function for whole degrees of freedom, any shape.

    Notes
    -----
    Abramowitz and Stegun (1964), 26.7.3 and 26.7.4: a finite sum in the angle arctan(t / sqrt(freedom)).

    Examples
    --------
    >>> student_cdf(np.array([0.0, 2.919986]), 2).round(6)
    array([0.5 , 0.95])
    """
    odd = freedom % 2 == 1
    angle = np.arctan(t / np.sqrt(freedom))
    sine, cosine = np.sin(angle), np.cos(angle)
    term: FloatArray = cosine if odd else np.ones_like(t)
    total: FloatArray = np.zeros_like(t) if freedom == 1 else term
    for k in range(2 if odd else 1, freedom - 1, 2):
        term = term * cosine**2 * k / (k + 1)
        total = total + term
    half: FloatArray = (angle + sine * total) / np.pi if odd else sine * total / 2
    return 0.5 + half


@cache
def upper_quantile(freedom: int) -> float:
    """The t below which Student's variable stays with probability 0.9, by halving.

    Examples
    --------
    >>> round(upper_quantile(2), 6), round(upper_quantile(11), 6)
    (1.885618, 1.36343)
    """
    low, high = 0.0, 4.0  # 3.078 for one degree of freedom, less for more
    for _ in range(60):
        middle = (low + high) / 2
        if float(student_cdf(np.array([middle]), freedom)[0]) < UPPER:
            low = middle
        else:
            high = middle
    return (low + high) / 2
