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
_WORD: Final = 64


def most_draws(contestants: int, draws: int, tallies: int) -> int:
    """As many draws as are made: all, or for more than 1,400 contestants what fits 48 MB of ranks in all tallies."""
    if contestants <= _COUNTED_UP_TO:
        return draws
    return max(1, min(draws, _KEPT_BYTES // (2 * contestants * max(tallies, 1))))


@dataclass(eq=False)
class Tally:
    """Ranks of one scope from one source, added up block by block.

    ``groups`` : positions on the season's contestant axis that are ranked among each other, one per class, best first
    as published; one after the other they are the published order. ``compare``: also count who is ahead of the next
    in that order; ``pairs``: and of every other.
    """

    groups: Sequence[IntArray]
    decimals: int
    contestants: int
    compare: bool = False
    pairs: bool = False
    draws: int = 0
    order: IntArray = field(init=False)
    _less: NDArray[np.int64] = field(init=False)  # draws in which a level was below the next, or any other
    _more: NDArray[np.int64] = field(init=False)  # and above the next
    _counts: list[NDArray[np.int64]] = field(init=False)
    _kept: list[NDArray[np.uint16]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.order = np.concatenate([*self.groups, np.zeros(0, np.int64)])
        size = len(self.order)
        self._less = np.zeros((size, size) if self.pairs else max(size - 1, 0), np.int64)
        self._more = np.zeros(max(size - 1, 0), np.int64)
        self._counts = [np.zeros((len(g), len(g)), np.int64) for g in self.groups if len(g) <= _COUNTED_UP_TO]

    def add(self, scores: FloatArray) -> None:
        """Count ``scores`` (draws, contestants); NaN comes last."""
        level = _levels(scores.take(self.order, 1), self.decimals)
        self.draws += len(scores)
        if self.compare:
            columns = np.zeros((level.shape[1], -(-len(level) // _WORD) * _WORD), level.dtype)
            columns[:, : len(level)] = level.T
            if self.pairs:
                self._less += _times_below(columns[:, None], columns)
            else:
                self._less += _times_below(columns[:-1], columns[1:])
                self._more += _times_below(columns[1:], columns[:-1])
        counts, first = iter(self._counts), 0
        for group in self.groups:
            last = first + len(group)
            keys = _ordered(level[:, first:last])
            if len(group) <= _COUNTED_UP_TO:
                _count(keys, next(counts))
            else:
                self._kept.append(_ranks(keys))
            first = last

    @property
    def ahead(self) -> FloatArray:
        """P(the one in the row is ahead of the one in the column), both in published order; a tie counts half."""
        return (self.draws + self._less - self._less.T) / 2 / self.draws

    @property
    def ahead_of_next(self) -> FloatArray:
        """P(ahead of the next in published order), a tie counting half."""
        if self.pairs:
            return self.ahead.diagonal(1)
        return (self.draws + self._less - self._more) / 2 / self.draws

    def quantiles(self, shares: Sequence[float]) -> IntArray:
        """Rank at each share of the ordered draws, nearest observation, (shares, contestants); 0 = not ranked."""
        found = np.zeros((len(shares), self.contestants), np.int64)
        places = np.rint(np.array(shares) * (self.draws - 1)).astype(np.int64)
        counted = iter(self._counts)
        large = [g for g in self.groups if len(g) > _COUNTED_UP_TO]
        for group in self.groups:
            if len(group) <= _COUNTED_UP_TO:
                passed = next(counted).cumsum(1)
                found[:, group] = [1 + np.count_nonzero(passed <= place, 1) for place in places]
            else:
                n = next(k for k, g in enumerate(large) if g is group)
                ranks = np.concatenate(self._kept[n :: len(large)]).T
                for k, row in enumerate(np.sort(ranks, 1)[:, places].T):
                    found[k, group] = 1 + row.astype(np.int64)
        return found

    def probabilities(self) -> FloatArray:
        """P(rank) in the published order, (contestants, largest group); only for what is counted."""
        width = max(len(g) for g in self.groups)
        return np.concatenate([np.pad(c / self.draws, ((0, 0), (0, width - len(c)))) for c in self._counts])


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


def _times_below(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """In how many draws, on the last axis and in whole words of bits, ``one`` is below ``other``."""
    below = one < other
    words = np.bitwise_count(np.packbits(below).view(np.uint64))
    found: NDArray[np.int64] = words.reshape(*below.shape[:-1], below.shape[-1] // _WORD).sum(-1, dtype=np.int64)
    return found


def _ordered(level: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row from best to worst: levels with their positions in the lowest bits."""
    keys = (level << _bits(level)) | np.arange(level.shape[1], dtype=level.dtype)
    keys.sort(axis=1)
    return keys


def _bits(level: NDArray[np.int64]) -> int:
    return int(max(level.shape[1] - 1, 1)).bit_length()


def _count(keys: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Add to ``counts`` (contestants, ranks) how often who came where."""
    size = keys.shape[1]
    came = _who(keys)
    came += np.arange(size, dtype=keys.dtype) * size
    flat = came.ravel()
    tied, back = _ties(keys)
    flat[tied] -= back.astype(keys.dtype) * size
    counts += np.bincount(flat, minlength=size * size).reshape(size, size).T


def _ranks(keys: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Rank of each contestant in each draw, from 0."""
    rank = np.tile(np.arange(keys.shape[1], dtype=np.uint16), len(keys))
    tied, back = _ties(keys)
    rank[tied] -= back.astype(np.uint16)
    found = np.empty(keys.shape, np.uint16)
    np.put_along_axis(found, _who(keys).astype(np.int64), rank.reshape(keys.shape), 1)
    return found


def _who(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return keys & ((1 << _bits(keys)) - 1)


def _ties(keys: NDArray[np.int64]) -> tuple[IntArray, IntArray]:
    """Flat places of everybody level with the one before, and how far back the first of them is: all share its rank."""
    tied = np.flatnonzero((keys[:, 1:] ^ keys[:, :-1]) < 1 << _bits(keys))
    if not len(tied):
        return tied, tied
    tied += tied // (keys.shape[1] - 1) + 1
    # The first of a row is never level with one before, so no run of neighbouring places goes on into the next row.
    starts = np.ones(len(tied), bool)
    starts[1:] = tied[1:] - tied[:-1] != 1
    first = np.maximum.accumulate(np.where(starts, tied - 1, 0))
    return tied, tied - first
