"""Completion, due and pace of each measure: how much of the task is done, and how much of it is due by now.

docs/method/pace.md has the table of measures with worked figures.
"""

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.periods import Period
from saima.engine.model.season import Better, Indicator, Measure, Season

_IN_FULL: frozenset[Measure] = frozenset({"level", "growth", "share"})


def due_share(season: Season, indicator: Indicator, period: Period) -> float | None:
    """Share of the whole task due by the end of ``period``, 0 to 1, or None when it does not fall due then.

    A named curve rules; without one, level, growth and share are due in full from their first due month, and the
    others at even pace over the span the targets cover. Before the span nothing is due, after it everything.
    """
    if not indicator.is_due(period):
        return None
    span = season.targets_cover
    if indicator.curve:
        shares = dict(season.curve[indicator.curve].shares)
        passed = [share for at, share in shares.items() if at <= period]
        share = max(passed, default=0.0)
    elif indicator.measure in _IN_FULL:
        share = 1.0 if period >= span.first else 0.0
    else:
        share = min(1.0, max(0.0, (period - span.first + 1) / len(span)))
    return share if share > 0 else None


def completion(
    value: FloatArray, target: FloatArray, baseline: FloatArray, due: FloatArray, *, better: Better, measure: Measure
) -> FloatArray:
    """Share of the task that is done; 1 = all of it.

    Parameters
    ----------
    value : (..., contestants), in the indicator's unit; NaN where nothing counts.
    target, baseline : (contestants,), same unit; NaN where there is none.
    due : share due by now, of any shape that goes with value; only a ceiling (lower is better, cumulative) needs it.

    Returns
    -------
    (..., contestants), NaN where value or target is missing.

    Notes
    -----
    docs/method/pace.md. Higher is better: (x - b) / (t - b), b = 0 without a baseline. Lower is better with a
    baseline: (b - x) / (b - t); without one t / x for level, growth and share. A cumulative figure of which less is
    better is a ceiling: 2 x due - x / t, so that pace is 2 - used / allowed and reaches 1 exactly at what is allowed.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> completion(64.9 * one, np.nan * one, np.nan * one, one / 3, better="higher", measure="completion")
    array([0.649])
    >>> completion(30 * one, 20 * one, 40 * one, one, better="lower", measure="level")
    array([0.5])
    """
    if measure == "completion":
        return value / 100
    if measure == "yes-no":
        return value if better == "higher" else 1 - value
    start = np.nan_to_num(baseline, nan=0.0)
    if better == "higher":
        return (value - start) / (target - start)
    if measure in ("cumulative", "count"):
        return 2 * due - (value - start) / (target - start)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(value > 0, target / value, np.nan)
    return np.where(np.isnan(baseline), ratio, (baseline - value) / (baseline - target))


def needs_target(indicator: Indicator) -> bool:
    """Whether completion of this measure is against a target of the season."""
    return indicator.measure not in ("completion", "yes-no")
