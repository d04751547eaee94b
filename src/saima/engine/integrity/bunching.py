"""Many contestants that stop just above the target."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context
from saima.engine.model.evaluation import Finding

WITHIN = 0.02
FEWEST = 5  # contestants with a figure and a target
SMALLEST_COUNT = 50  # below, 2 % is less than one of the things counted


def bunching(context: Context) -> Iterator[Finding]:
    """At least ``bunching_share`` of the contestants within 2 % of the task above what is due. Notice.

    One per indicator: it is about the column, so the finding names no contestant.
    """
    adds_up = context.grows | np.array([i.measure == "completion" for i in context.season.indicators], bool)
    curved = adds_up | np.array([bool(i.curve) for i in context.season.indicators], bool)
    start = np.nan_to_num(context.baseline)
    share = np.where(curved, context.planned[:, -1], 1.0)
    due = start + share * (context.target - start)
    lower = np.array([i.better == "lower" for i in context.season.indicators], bool)
    above = np.where(lower, due - context.now, context.now - due)
    tested = np.isfinite(above) & (due != 0)
    inside = tested & (above >= -1e-12 * np.abs(due)) & (above <= WITHIN * np.abs(due - start))
    for n, indicator in enumerate(context.season.indicators):
        if indicator.measure in ("yes-no", "growth"):
            continue
        judged = tested[:, n]
        if indicator.measure == "count":
            judged = judged & (np.abs(due[:, n]) * indicator.scale >= SMALLEST_COUNT)
        among, bunched = int(judged.sum()), int((inside[:, n] & judged).sum())
        if among >= FEWEST and bunched >= context.rules.bunching_share * among:
            yield Finding(
                key=f"bunching::{indicator.code}:{context.period}",
                severity="notice",
                contestant="",
                indicator=indicator.code,
                period=context.period,
                code="integrity.bunching",
                params={
                    "indicator": indicator.title,
                    "period": str(context.period),
                    "bunched": bunched,
                    "among": among,
                },
            )
