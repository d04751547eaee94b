"""Drawn scores: the same tree under other weights, other methods and noisy figures, many draws at a time.

Which scores a contestant has is decided once, by the published figures; draws only move them.
docs/method/uncertainty.md.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.season import Aggregate, Missing
from saima.engine.race.board import Board
from saima.engine.race.scores import BoolArray
from saima.engine.race.tree import AS_PUBLISHED, Branch, Method, class_means

WEIGHTS, FLAT, NOISE = range(3)
_FLOOR: Final = 1.0
_TILE: Final = 2**18


def stream(seed: int, *key: int) -> np.random.Generator:
    """An independent generator for one source and block of draws of one evaluation."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def spread_weights(rng: np.random.Generator, weights: FloatArray, spread: float, draws: int) -> FloatArray:
    """Each weight times a uniform factor 1 +- ``spread``, adding up to 1 again, (draws, children)."""
    found = weights * np.maximum(rng.uniform(1 - spread, 1 + spread, (draws, len(weights))), 0.0)
    total: FloatArray = found.sum(1, keepdims=True)
    return found / np.where(total > 0, total, 1.0)


def flat_weights(rng: np.random.Generator, weights: FloatArray, draws: int) -> FloatArray:
    """Weights of which only is known that they add up to 1: flat Dirichlet, (draws, children)."""
    found: FloatArray = rng.standard_exponential((draws, len(weights)))
    found /= found.sum(1, keepdims=True)
    return found


def combinations(board: Board) -> tuple[Method, ...]:
    """The full factorial of the season's declared alternatives; the first is as published."""
    alternatives = board.season.uncertainty.alternatives
    choices = [
        (None, *(a for a in alternatives if a.choice == name)) for name in dict.fromkeys(a.choice for a in alternatives)
    ]
    found = []
    for chosen in product(*choices):
        aggregate: dict[str, tuple[Aggregate, float]] = {}
        missing: dict[str, Missing] = {}
        for a in chosen:
            for branch in board.tree.branches if a is not None else ():
                if a is not None and a.node in ("", branch.node.code):
                    if a.aggregate is not None:
                        aggregate[branch.node.code] = (a.aggregate, a.power)
                    if a.missing is not None:
                        missing[branch.node.code] = a.missing
        found.append(Method(aggregate=aggregate, missing=missing))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Frame:
    """What no draw changes: who is left out of which node, and whom too little data keeps from a score."""

    board: Board

    @cached_property
    def left_out(self) -> Mapping[str, BoolArray]:
        """Node code -> (contestants, children): not due or not applicable."""
        board = self.board
        found: dict[str, BoolArray] = {}
        gone: dict[str, BoolArray] = {}
        for branch in board.tree.branches:
            code = branch.node.code
            if code in board.leaves:
                gone[code] = np.isnan(board.leaves[code])
                continue
            columns = [board.sheet.absent[:, n] for n in branch.columns] + [gone[c] for c in branch.nodes]
            found[code] = np.stack(columns, -1) if columns else np.zeros((len(board.season.contestants), 0), bool)
            given = board.given.get(code)
            nothing: BoolArray = np.asarray(found[code].all(-1))
            gone[code] = nothing if given is None else nothing & np.isnan(given)
        return found

    @cached_property
    def too_little(self) -> Mapping[str, BoolArray]:
        """Node code -> (contestants,): under the minimum share with the published weights."""
        season = self.board.season
        found = {}
        for branch in self.board.tree.branches:
            node = branch.node
            least = node.minimum_share
            if least is None and (not node.parent or node.kind == "overall"):
                least = season.minimum_share
            if least and node.code not in self.board.leaves:
                found[node.code] = np.round(self.board.joined[node.code].available, 12) < least
        return found

    @cached_property
    def floors(self) -> Mapping[str, tuple[float, float]]:
        """Node code -> what smaller scores count as under a geometric or power mean, as published and otherwise.

        One point, or a hundredth of the largest published score where scales are shorter than 100 points; and never
        more than the smallest published score above 0 where the season itself takes such a mean.
        """
        found = {}
        for code in self.left_out:
            scores = self.board.joined[code].scores
            above = scores[np.isfinite(scores) & (scores > 0)]
            other = min(_FLOOR, float(above.max()) / 100) if above.size else _FLOOR
            found[code] = (min(other, float(above.min())) if above.size else other, other)
        return found

    def totals(
        self,
        wanted: Container[str],
        noisy: Mapping[int, FloatArray],
        weights: Mapping[str, FloatArray],
        method: Method = AS_PUBLISHED,
    ) -> dict[str, FloatArray]:
        """Scores of the wanted nodes, (contestants,) or (draws, contestants) where something below is drawn.

        Parameters
        ----------
        wanted : node codes. Others are only worked out where a wanted one needs them.
        noisy : indicator column -> (draws, contestants), scores instead of the published ones.
        weights : node code -> (draws, children), adding up to 1.

        Notes
        -----
        The arithmetic of ``tree.roll_up`` without its intermediate arrays: what is not drawn goes through one matrix
        product per node, and complete arithmetic branches through one product for all levels together. All three ways
        are tested to be equal.
        """
        board, found = self.board, dict[str, FloatArray]()
        flat: dict[str, _Flat] = {}
        for branch in board.tree.branches:
            code = branch.node.code
            if code in board.leaves:
                found[code] = board.leaves[code]
                continue
            flattened = self._flat(branch, flat, noisy, weights.get(code), method)
            if flattened is not None:
                flat[code] = flattened
                if code in wanted:
                    found[code] = flattened.total
                continue
            for child in branch.nodes:
                if child not in found:
                    found[child] = flat[child].total
            children = [noisy.get(n, board.sheet.score[:, n]) for n in branch.columns]
            children += [found[c] for c in branch.nodes]
            total = self._join(branch, children, weights.get(code), method)
            if code in self.too_little:
                total = np.where(self.too_little[code], np.nan, total)
            if code in board.given:
                total = np.where(np.isfinite(board.given[code]), board.given[code], total)
            found[code] = total
        return {code: total for code, total in found.items() if code in wanted}

    def _flat(
        self,
        branch: Branch,
        below: Mapping[str, "_Flat"],
        noisy: Mapping[int, FloatArray],
        weights: FloatArray | None,
        method: Method,
    ) -> "_Flat | None":
        """The branch as one weighted sum of whole columns, or None where it is more than that."""
        code = branch.node.code
        aggregate, power = method.aggregate.get(code, (branch.node.aggregate, branch.node.power))
        plain = aggregate == "arithmetic" or (aggregate == "power" and power == 1)
        if not plain or code in self.too_little or code in self.board.given or self.left_out[code].any():
            return None
        if any(n in noisy for n in branch.columns) or any(c not in below for c in branch.nodes):
            return None
        policy = method.missing.get(code, branch.missing)
        columns = [self.board.sheet.score[:, n] for n in branch.columns]
        whole = [not np.isnan(own).any() for own in columns]
        if not all(whole):
            if policy in ("exclude", "class_mean"):
                return None
            columns = [np.where(np.isnan(own), self.board.season.floor_score, own) for own in columns]
        shares = branch.weights / branch.weights.sum() if weights is None else weights
        size = len(columns)
        parts = [shares[..., :size]] if size else []
        for k, child in enumerate(branch.nodes, start=size):
            lower = below[child]
            parts.append(shares[..., k, None] * lower.weights)
            columns += lower.columns
        lead = np.broadcast_shapes(*(p.shape[:-1] for p in parts))
        return _Flat(np.concatenate([np.broadcast_to(p, (*lead, p.shape[-1])) for p in parts], -1), columns)

    def _join(
        self, branch: Branch, children: Sequence[FloatArray], weights: FloatArray | None, method: Method
    ) -> FloatArray:
        season, code = self.board.season, branch.node.code
        left_out = self.left_out[code]
        aggregate, power = method.aggregate.get(code, (branch.node.aggregate, branch.node.power))
        if aggregate == "power" and power in (0, 1):
            aggregate = "arithmetic" if power else "geometric"
        policy = method.missing.get(code, branch.missing)
        floor = None
        if aggregate in ("geometric", "power"):
            floor = self.floors[code][int(code in method.aggregate)]
        shares = branch.weights / branch.weights.sum() if weights is None else weights
        kept = np.zeros(left_out.shape, bool)
        ready: list[FloatArray] = []
        for k, child in enumerate(children):
            own = child
            here = np.isfinite(own if own.ndim == 1 else own[0]) & ~left_out[:, k]
            missing = ~here & ~left_out[:, k]
            if policy != "exclude" and missing.any():
                if policy == "class_mean":
                    among = np.where(left_out[:, k], np.nan, own)
                    own = np.where(missing, class_means(season, among[..., None], self.board.sheet.ranked)[..., 0], own)
                else:
                    own = np.where(missing, season.floor_score, own)
                here = here | (missing & np.isfinite(own if own.ndim == 1 else own[0]))
            if floor is not None:
                own = np.maximum(own, floor)
            kept[:, k] = here
            ready.append(own)
        if aggregate == "minimum":
            return _lowest(ready, kept)
        return _mean(ready, kept, shares, aggregate, power)


@dataclass(frozen=True, eq=False)
class _Flat:
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


def _lowest(children: Sequence[FloatArray], kept: BoolArray) -> FloatArray:
    found: FloatArray = np.full(len(kept), np.inf)
    for k, own in enumerate(children):
        found = np.minimum(found, np.where(kept[:, k], own, np.inf))
    return np.where(np.isfinite(found), found, np.nan)


def _mean(
    children: Sequence[FloatArray], kept: BoolArray, shares: FloatArray, aggregate: Aggregate, power: float
) -> FloatArray:
    """Weighted mean of children, (contestants,) or (draws, contestants); only entries kept count."""

    def bent(own: FloatArray) -> FloatArray:
        if aggregate == "arithmetic":
            return own
        return np.log(own) if aggregate == "geometric" else own**power

    whole = bool(kept.all())
    still = [k for k, own in enumerate(children) if own.ndim == 1]
    fixed = np.array([np.where(kept[:, k], bent(np.where(kept[:, k], children[k], 1.0)), 0.0) for k in still])
    total: FloatArray = times(shares[..., still], fixed) if still else np.zeros(len(kept))
    drawn = [own for own in children if own.ndim > 1]
    if drawn:
        # Always a copy: what is added up below must not be a view of a child.
        total = np.array(np.broadcast_to(total, drawn[0].shape))
        part = np.empty(total.shape)
    for k, own in enumerate(children):
        if own.ndim > 1:
            bend = bent(own if whole else np.where(kept[:, k], own, 1.0))
            share = shares[..., k, None] if whole else shares[..., k, None] * kept[:, k]
            total += np.multiply(bend, share, out=part)
    if not whole:
        with np.errstate(invalid="ignore", divide="ignore"):
            total = total / times(shares, kept.T.astype(np.float64))
    if aggregate == "geometric":
        return np.exp(total)
    return total if aggregate == "arithmetic" else total ** (1 / power)


def strata(first: int, last: int, draws: int, kinds: int) -> Iterator[tuple[int, slice]]:
    """Which draws of ``first``-``last`` belong to which of ``kinds`` equal shares of all ``draws``."""
    for kind in range(kinds):
        low, high = kind * draws // kinds, (kind + 1) * draws // kinds
        low, high = max(low, first), min(high, last)
        if low < high:
            yield kind, slice(low - first, high - first)
