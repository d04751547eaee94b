"""Weighted means of a node's children for many draws at once, without intermediate arrays of every child."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.season import Aggregate
from saima.engine.race.scores import BoolArray

_TILE: Final = 2**18
_SLAB: Final = 2**13


@dataclass(frozen=True, eq=False)
class Mean:
    """How a node joins scores: a mean of bent scores, bent back. ``floor``: what smaller ones count as."""

    aggregate: Aggregate
    power: float
    floor: float | None

    def bent(self, scores: FloatArray) -> FloatArray:
        raised = scores if self.floor is None else np.maximum(scores, self.floor)
        match self.aggregate:
            case "geometric":
                return np.log(raised, out=None if raised is scores else raised)
            case "power":
                return raised**self.power
            case _:
                return raised

    def straight(self, bent: FloatArray) -> FloatArray:
        match self.aggregate:
            case "geometric":
                return np.exp(bent)
            case "power":
                found: FloatArray = bent ** (1 / self.power)
                return found
            case _:
                return bent


@dataclass(frozen=True, eq=False)
class Flat:
    """A weighted sum: ``weights`` (columns,) or (draws, columns) over columns of (contestants,)."""

    weights: FloatArray
    columns: list[FloatArray]

    @property
    def total(self) -> FloatArray:
        return times(self.weights, np.array(self.columns))


def times(weights: FloatArray, columns: FloatArray) -> FloatArray:
    """``weights @ columns``, (draws, columns) by (columns, contestants), in small tiles.

    Above 2^18 products OpenBLAS wakes a thread on every core, and these spin between our many small calls: tiles under
    that stay on the calling thread and cost a third of the CPU time.
    """
    if weights.ndim == 1 or weights.size * columns.shape[1] <= _TILE:
        small: FloatArray = weights @ columns
        return small
    depth, width = columns.shape
    across = min(width, 512)
    down = max(1, _TILE // (depth * across))
    found = np.empty((len(weights), width))
    for x in range(0, width, across):
        part = np.ascontiguousarray(columns[:, x : x + across])
        for y in range(0, len(weights), down):
            found[y : y + down, x : x + across] = weights[y : y + down] @ part
    return found


def times_drawn(weights: FloatArray, columns: FloatArray) -> FloatArray:
    """Weighted sum of drawn columns, (draws, contestants): one small product for each draw.

    ``weights`` : (columns,) or (draws, columns). ``columns`` : (columns, draws, contestants).
    """
    depth, draws, width = columns.shape
    found = np.empty((draws, 1, width))
    # Above 9,216 numbers OpenBLAS wakes threads for a vector times a matrix too.
    across = max(1, _SLAB // depth)
    for x in range(0, width, across):
        slab = columns[:, :, x : x + across].transpose(1, 0, 2)
        np.matmul(weights[..., None, :], slab, out=found[:, :, x : x + across])
    return found[:, 0]


@dataclass(frozen=True, eq=False)
class Part:
    """Some children of a node. ``scores`` : (places, draws or 1, contestants), ``kept`` : (places, contestants)."""

    places: list[int]
    scores: FloatArray
    kept: BoolArray


def lowest(parts: Sequence[Part]) -> FloatArray:
    """Smallest child that is kept, (contestants,) or (draws, contestants); NaN where there is none."""
    each = [np.where(part.kept[:, None], part.scores, np.inf).min(0) for part in parts]
    found = each[0]
    for other in each[1:]:
        found = np.minimum(found, other)
    found = np.where(np.isfinite(found), found, np.nan)
    return found if any(part.scores.shape[1] > 1 for part in parts) else found[0]


def weighted_mean(mean: Mean, parts: Sequence[Part], shares: FloatArray, stand_in: float) -> FloatArray:
    """Mean of the children of a node, (contestants,) or (draws, contestants); NaN where there are none.

    Parameters
    ----------
    parts : all children; their scores are ``stand_in`` where not kept.
    shares : (children,) or (draws, children).
    """
    kept = np.zeros((shares.shape[-1], parts[0].kept.shape[1]), bool)
    fixed = np.zeros(kept.shape)
    nothing = mean.bent(np.full(1, stand_in))
    for part in parts:
        kept[part.places] = part.kept
        if part.scores.shape[1] == 1:
            fixed[part.places] = np.where(part.kept, mean.bent(part.scores[:, 0]), 0.0)
        else:  # takes away again what stands where nothing counts
            fixed[part.places] = np.where(part.kept, 0.0, -nothing)
    total = times(shares, fixed)
    for part in parts:
        if part.scores.shape[1] > 1:
            total = total + times_drawn(shares[..., part.places], mean.bent(part.scores))
    if not kept.all():
        with np.errstate(invalid="ignore", divide="ignore"):
            total = np.where(kept.any(0), total / times(shares, kept.astype(np.float64)), np.nan)
    return mean.straight(total)
