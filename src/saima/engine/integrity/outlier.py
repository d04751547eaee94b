"""A figure unlike all its own past."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context, modified_z
from saima.engine.model.evaluation import Finding
from saima.engine.model.known import FloatArray

FEWEST = 6  # earlier points of its own


def outlier(context: Context) -> Iterator[Finding]:
    """Modified z against own history above ``outlier_score``, from six earlier points on. Warning.

    Figures that add up are judged by their increment per planned share of the year, so a heavy December is no
    outlier where the curve plans one; all others by their value. Yes-no figures are not judged.
    """
    judged = np.array([i.measure != "yes-no" for i in context.season.indicators], bool)
    series = context.figures
    if context.grows.any():
        series = np.where(context.grows[:, None], _rates(context), series)
    if series.shape[-1] <= FEWEST:
        return
    z, median = modified_z(series[:, :, -1], series[:, :, :-1])
    enough = np.isfinite(series[:, :, :-1]).sum(-1) >= FEWEST
    wrong = judged & enough & (np.abs(z) > context.rules.outlier_score)
    grown = wrong & context.grows
    per_period = len(context.season.targets_cover)
    yield from context.found(
        "outlier",
        "warning",
        grown,
        "outlier_step",
        value=context.now,
        step=_shown(series[:, :, -1] / per_period),
        median=_shown(median / per_period),
        score=_shown(np.abs(z), 1),
    )
    yield from context.found(
        "outlier",
        "warning",
        wrong & ~context.grows,
        "outlier",
        value=context.now,
        median=median,
        score=_shown(np.abs(z), 1),
    )


def _shown(values: FloatArray, decimals: int = 4) -> FloatArray:
    return np.round(values, decimals)


def _rates(context: Context) -> FloatArray:
    """(contestants, indicators, periods): increment since the last figure of the cycle over the share planned for it.

    The first figure of a cycle counts from 0, or not at all where the indicator has a baseline.
    """
    figures, planned = context.figures, context.planned
    from_zero = np.where(np.isfinite(context.baseline), np.nan, 0.0)
    found = np.full(figures.shape, np.nan)
    before, passed = from_zero, np.zeros(planned.shape[0])
    for k in range(figures.shape[-1]):
        if k and context.cycles[k] != context.cycles[k - 1]:
            before, passed = from_zero, np.zeros(planned.shape[0])
        there = np.isfinite(figures[:, :, k])
        step = planned[:, k] - passed
        with np.errstate(invalid="ignore", divide="ignore"):
            found[:, :, k] = np.where(step > 0, (figures[:, :, k] - before) / np.where(step > 0, step, 1.0), np.nan)
        before = np.where(there, figures[:, :, k], before)
        passed = np.where(there, planned[:, k], passed)
    return found
