"""A year's work that arrives in one period."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context
from saima.engine.model.evaluation import Finding

FEWEST_COUNTED = 5  # a count that grows by less says nothing about when the work was done


def jump(context: Context) -> Iterator[Finding]:
    """The last step of the cycle holds more of its whole increase than ``jump_share`` and twice the curve. Notice.

    The increase is from the baseline, or 0; the step is from the last figure of the cycle; the curve says which share
    of the planned work so far that step was to hold.
    """
    before, planned_before = context.before
    start = np.nan_to_num(context.baseline)
    planned_now = context.planned[:, -1]
    whole, step = context.now - start, context.now - before
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where((before > start) & (step > 0), step / whole, np.nan)
        expected = (planned_now - planned_before) / planned_now
    counted = np.array([i.measure == "count" for i in context.season.indicators], bool)
    enough = ~counted | (step >= FEWEST_COUNTED)
    wrong = context.grows & enough & (share > np.maximum(context.rules.jump_share, 2 * expected))
    yield from context.found(
        "jump",
        "notice",
        wrong,
        "jump",
        value=context.now,
        before=before,
        share=np.round(share * 100, 1),
        expected=np.round(expected * 100, 1),
    )
