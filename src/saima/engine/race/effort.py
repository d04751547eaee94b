"""What figures have ever moved by in one period: the yardstick of effort, capacity and of what nobody ever did."""

from dataclasses import dataclass

import numpy as np

from saima.engine.model.known import VERIFIED, FloatArray
from saima.engine.race.board import Board
from saima.engine.race.projection import ADDS_UP


@dataclass(frozen=True, eq=False)
class Effort:
    """In the unit of the reading, per period, in the better direction; 0 where a figure never moved that way.

    ``own`` and ``pace`` (contestants, indicators): a contestant's best step, and its mean step over the span the
    targets cover. ``anybody`` (indicators,): the best step of all. ``remaining``: periods left to the end of that
    span, at least 1.
    """

    own: FloatArray
    anybody: FloatArray
    pace: FloatArray
    remaining: int


def effort_of(board: Board) -> Effort:
    """Steps between the counted figures of successive periods, shared out where a period between has none."""
    season, known = board.season, board.known
    shape = board.sheet.raw.shape
    better = np.array([1.0 if i.better == "higher" else -1.0 for i in season.indicators])
    counts = np.ones(known.value.shape, bool) if season.counts == "reported" else known.state == VERIFIED
    value = np.where(counts, known.value, np.nan)
    own, steps, number = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    last, at = np.full(shape, np.nan), np.zeros(shape)
    for k, period in enumerate(known.periods):
        now = value[:, :, k]
        there = np.isfinite(now)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = (now - last) / (period.ordinal - at)
        known_step = np.isfinite(step)
        own = np.where(known_step, np.maximum(own, better * np.nan_to_num(step)), own)
        inside = known_step & (period in season.targets_cover) & (at >= season.targets_cover.first.ordinal)
        steps, number = steps + np.where(inside, step, 0.0), number + inside
        last, at = np.where(there, now, last), np.where(there, period.ordinal, at)
    adds_up = np.array([i.measure in ADDS_UP for i in season.indicators])
    pace = np.where(adds_up & (number > 0), steps / np.maximum(number, 1), 0.0)
    return Effort(own, own.max(0), pace, max(1, season.targets_cover.last - board.period))
