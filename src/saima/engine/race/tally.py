"""Counts of drawn ranks in one scope: how often who came where, and who was ahead of whom. Bounded memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.known import FloatArray

IntArray = NDArray[np.int64]
_COUNTED_UP_TO: Final = 1400  # contestants: above it single ranks are kept instead of a square of counts
_KEPT_BYTES: Final = 48_000_000
_LARGEST: Final = 2**61


def most_draws(contestants: int, draws: int, tallies: int) -> int:
    """As many draws as are made: all, or for more than 1,400 contestants what fits 48 MB of ranks in all tallies."""
    if contestants <= _COUNTED_UP_TO:
        return draws
    return max(1, min(draws, _KEPT_BYTES // (2 * contestants * max(tallies, 1))))


@dataclass(eq=False)
class Tally:
    """Ranks of one scope from one source, added up block by block.

    ``groups`` : positions on the season's contestant axis that are ranked among each other (one per class).
    ``order`` : all of them, best first as published. ``compare``: also count who is ahead of the next in that order;
    ``pairs``: and of every other.
    """

    groups: Sequence[IntArray]
    order: IntArray
    decimals: int
    contestants: int
    compare: bool = False
    pairs: bool = False
    draws: int = 0
    ahead_of_next: FloatArray = field(init=False)
    ahead: FloatArray = field(init=False)
    _counts: list[NDArray[np.int32]] = field(init=False)
    _kept: list[NDArray[np.uint16]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.order)
        self.ahead_of_next = np.zeros(max(size - 1, 0))
        self.ahead = np.zeros((size, size) if self.pairs else (0, 0))
        self._counts = [np.zeros((len(g), len(g)), np.int32) for g in self.groups if len(g) <= _COUNTED_UP_TO]

    def add(self, scores: FloatArray) -> None:
        """Count ``scores`` (draws, contestants); NaN comes last."""
        level = _levels(scores, self.decimals)
        ordered = level[:, self.order] if self.compare else level[:, :0]
        # Halves of a draw: a tie counts half for each.
        upper, lower = ordered[:, :-1], ordered[:, 1:]
        beside = (upper < lower).sum(0) + 0.5 * (upper == lower).sum(0)
        counts, kept = [], []
        for group in self.groups:
            own = level if len(group) == level.shape[1] else level[:, group]
            who, rank = _ranked(own)
            if len(group) <= _COUNTED_UP_TO:
                size = len(group)
                counts.append(np.bincount((who * size + rank).ravel(), minlength=size * size).reshape(size, size))
            else:
                ranks = np.empty(own.shape, np.uint16)
                np.put_along_axis(ranks, who, rank.astype(np.uint16), 1)
                kept.append(ranks)
        pairs = _pairs(ordered) if self.pairs else None
        self.draws += len(scores)
        if self.compare:
            self.ahead_of_next += beside
        for k, here in enumerate(counts):
            self._counts[k] += here.astype(np.int32)
        self._kept += kept
        if pairs is not None:
            self.ahead += pairs

    def quantiles(self, shares: Sequence[float]) -> IntArray:
        """Rank at each share of the ordered draws, nearest observation, (shares, contestants); 0 = not ranked."""
        found = np.zeros((len(shares), self.contestants), np.int64)
        places = np.rint(np.array(shares) * (self.draws - 1)).astype(np.int64)
        counted = iter(self._counts)
        large = [g for g in self.groups if len(g) > _COUNTED_UP_TO]
        for group in self.groups:
            if len(group) <= _COUNTED_UP_TO:
                passed = next(counted).cumsum(1)
                for k, place in enumerate(places):
                    found[k, group] = 1 + (passed <= place).sum(1)
            else:
                n = next(k for k, g in enumerate(large) if g is group)
                ranks = np.concatenate(self._kept[n :: len(large)]).T
                for k, row in enumerate(np.sort(ranks, 1)[:, places].T):
                    found[k, group] = 1 + row.astype(np.int64)
        return found

    def probabilities(self) -> FloatArray:
        """P(rank) in the published order, (contestants, largest group); only for what is counted."""
        width = max(len(g) for g in self.groups)
        found = np.zeros((self.contestants, width))
        for group, counts in zip(self.groups, self._counts, strict=True):
            found[group, : len(group)] = counts / self.draws
        return found[self.order]


def _levels(scores: FloatArray, decimals: int) -> NDArray[np.int64]:
    """Scores rounded half up as whole numbers, smaller is better, from 0; small enough to carry a position beside."""
    size = scores.shape[1]
    least, most = float(scores.min()), float(scores.max())
    some = np.isnan(most)
    gone = np.isnan(scores) if some else np.zeros(0, bool)
    if some:
        least, most = (float(np.nanmin(scores)), float(np.nanmax(scores))) if not gone.all() else (0.0, 0.0)
    scale = 10.0**decimals
    room = _LARGEST / (max(size, 2) * 2)
    if (most - least) * scale > room:
        scale = room / (most - least)
    # 1e-9 lifts a half that arithmetic left a bit below, as model.decimals.rounded does.
    level = scores * scale
    level += 0.5 + 1e-9
    np.floor(level, out=level)
    top = np.floor(most * scale + (0.5 + 1e-9))
    np.subtract(top, level, out=level)
    if some:
        level = np.where(gone, top - np.floor(least * scale) + 2, level)
    found: IntArray = level.astype(np.int64 if (most - least) * scale * size > 2**29 else np.int32)
    return found


def _ranked(level: NDArray[np.int64]) -> tuple[IntArray, IntArray]:
    """Positions in each row from best to worst, and their ranks from 0; ties share the smaller."""
    size = level.shape[1]
    bits = max(size - 1, 1).bit_length()
    keys = (level << bits) | np.arange(size, dtype=level.dtype)
    keys.sort(axis=1)
    who = (keys & ((1 << bits) - 1)).astype(np.int64)
    keys >>= bits
    rank = np.broadcast_to(np.arange(size), keys.shape)
    same = keys[:, 1:] == keys[:, :-1]
    tied = np.flatnonzero(same.any(1))
    if len(tied):
        rank = rank.copy()
        first = rank[tied]
        first[:, 1:][same[tied]] = 0
        rank[tied] = np.maximum.accumulate(first, axis=1)
    return who, rank


def _pairs(ordered: NDArray[np.int64]) -> FloatArray:
    """How often the one in the row was ahead of the one in the column, a tie counting half."""
    found = np.empty((ordered.shape[1], ordered.shape[1]))
    columns = np.ascontiguousarray(ordered.T)
    for k, own in enumerate(columns):
        found[k] = (own < columns).sum(1) + 0.5 * (own == columns).sum(1)
    return found
