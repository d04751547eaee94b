"""Drawn scores: the same tree under other weights, other methods and noisy figures, many draws at a time.

Which scores a contestant has is decided once, by the published figures; draws only move them.
docs/method/uncertainty.md.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.season import Aggregate, Missing
from saima.engine.race.board import Board
from saima.engine.race.means import Flat, Mean, Part, lowest, weighted_mean
from saima.engine.race.scores import BoolArray
from saima.engine.race.tree import AS_PUBLISHED, Branch, Method, class_means

WEIGHTS, FLAT, NOISE = range(3)
_FLOOR: Final = 1.0


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
class Drawn:
    """Drawn scores of some of a node's own indicators.

    ``scores`` : (columns, draws, contestants), the season's floor score where ``there`` (columns, contestants) is no.
    """

    columns: tuple[int, ...]
    scores: FloatArray
    there: BoolArray

    def part(self, draws: slice) -> "Drawn":
        return Drawn(self.columns, self.scores[:, draws], self.there)


def drawn_by_node(board: Board, noisy: Mapping[int, FloatArray]) -> dict[str, Drawn]:
    """Scores by indicator column, each (draws, contestants) with NaN where there is none, as ``Frame`` takes them."""
    found = {}
    for branch in board.tree.branches:
        columns = tuple(n for n in branch.columns if n in noisy)
        if columns:
            scores = np.stack([noisy[n] for n in columns])
            there = np.isfinite(scores[:, 0]) & ~board.sheet.absent[:, columns].T
            scores = np.where(there[:, None], scores, board.season.floor_score)
            found[branch.node.code] = Drawn(columns, scores, there)
    return found


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
    def published(self) -> Mapping[str, tuple[FloatArray, bool]]:
        """Node code -> scores of its own indicators, the floor score where one is missing; and whether none is."""
        found = {}
        for branch in self.board.tree.branches:
            own = self.board.sheet.score[:, branch.columns].T
            there = np.isfinite(own)
            found[branch.node.code] = np.where(there, own, self.board.season.floor_score), bool(there.all())
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
        noisy: Mapping[str, Drawn],
        weights: Mapping[str, FloatArray],
        method: Method = AS_PUBLISHED,
    ) -> dict[str, FloatArray]:
        """Scores of the wanted nodes, (contestants,) or (draws, contestants) where something below is drawn.

        Parameters
        ----------
        wanted : node codes. Others are only worked out where a wanted one needs them.
        noisy : node code -> drawn scores of its own indicators, instead of the published ones.
        weights : node code -> (draws, children), adding up to 1.

        Notes
        -----
        The arithmetic of ``tree.roll_up`` without its intermediate arrays: what is not drawn goes through one matrix
        product per node, and complete arithmetic branches through one product for all levels together. All three ways
        are tested to be equal.
        """
        board, found = self.board, dict[str, FloatArray]()
        flat: dict[str, Flat] = {}
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
            total = self._join(branch, noisy.get(code), found, weights.get(code), method)
            if code in self.too_little:
                total = np.where(self.too_little[code], np.nan, total)
            if code in board.given:
                total = np.where(np.isfinite(board.given[code]), board.given[code], total)
            found[code] = total
        return {code: total for code, total in found.items() if code in wanted}

    def _flat(
        self,
        branch: Branch,
        below: Mapping[str, Flat],
        noisy: Mapping[str, Drawn],
        weights: FloatArray | None,
        method: Method,
    ) -> Flat | None:
        """The branch as one weighted sum of whole columns, or None where it is more than that."""
        code = branch.node.code
        aggregate, power = method.aggregate.get(code, (branch.node.aggregate, branch.node.power))
        plain = aggregate == "arithmetic" or (aggregate == "power" and power == 1)
        if not plain or code in self.too_little or code in self.board.given or self.left_out[code].any():
            return None
        if code in noisy or any(c not in below for c in branch.nodes):
            return None
        own, whole = self.published[code]
        if not whole and method.missing.get(code, branch.missing) in ("exclude", "class_mean"):
            return None
        columns = list(own)
        shares = branch.weights / branch.weights.sum() if weights is None else weights
        size = len(columns)
        parts = [shares[..., :size]] if size else []
        for k, child in enumerate(branch.nodes, start=size):
            lower = below[child]
            parts.append(shares[..., k, None] * lower.weights)
            columns += lower.columns
        lead = np.broadcast_shapes(*(p.shape[:-1] for p in parts))
        return Flat(np.concatenate([np.broadcast_to(p, (*lead, p.shape[-1])) for p in parts], -1), columns)

    def _join(
        self,
        branch: Branch,
        noisy: Drawn | None,
        below: Mapping[str, FloatArray],
        weights: FloatArray | None,
        method: Method,
    ) -> FloatArray:
        code, mean = branch.node.code, self._mean(branch, method)
        policy = method.missing.get(code, branch.missing)
        parts = [self._entered(code, part, policy) for part in self._parts(branch, noisy, below)]
        if mean.aggregate == "minimum":
            return lowest(parts)
        shares = branch.weights / branch.weights.sum() if weights is None else weights
        return weighted_mean(mean, parts, shares, self.board.season.floor_score)

    def _parts(self, branch: Branch, noisy: Drawn | None, below: Mapping[str, FloatArray]) -> Iterator[Part]:
        """The children, drawn indicators apart from drawn nodes and from what is not drawn."""
        left_out, floor = self.left_out[branch.node.code].T, self.board.season.floor_score
        columns = branch.columns if noisy is None else [n for n in branch.columns if n not in noisy.columns]
        if noisy is not None:
            yield Part([branch.columns.index(n) for n in noisy.columns], noisy.scores, noisy.there)
        still = {branch.columns.index(n): self.board.sheet.score[None, :, n] for n in columns}
        drawn: dict[int, FloatArray] = {}
        for k, code in enumerate(branch.nodes, start=len(branch.columns)):
            total = below[code]
            if total.ndim > 1:
                drawn[k] = total
            else:
                still[k] = total[None]
        for children in (still, drawn):
            if children:
                scores = np.stack(list(children.values()))
                there = np.isfinite(scores[:, 0]) & ~left_out[list(children)]
                yield Part(list(children), np.where(there[:, None], scores, floor), there)

    def _entered(self, code: str, part: Part, policy: Missing) -> Part:
        """With stand-ins for what is missing: the floor score, which is there already, or the mean of the class."""
        missing = ~part.kept & ~self.left_out[code].T[part.places]
        if policy == "exclude" or not missing.any():
            return part
        if policy != "class_mean":
            return replace(part, kept=part.kept | missing)
        among = np.where(part.kept[:, None], part.scores, np.nan)[..., None]
        means = class_means(self.board.season, among, self.board.sheet.ranked)[..., 0]
        missing &= np.isfinite(means[:, 0])
        return replace(part, scores=np.where(missing[:, None], means, part.scores), kept=part.kept | missing)

    def _mean(self, branch: Branch, method: Method) -> Mean:
        code = branch.node.code
        aggregate, power = method.aggregate.get(code, (branch.node.aggregate, branch.node.power))
        if aggregate == "power" and power in (0, 1):
            aggregate = "arithmetic" if power else "geometric"
        bends = aggregate in ("geometric", "power")
        return Mean(aggregate, power, self.floors[code][int(code in method.aggregate)] if bends else None)


def strata(first: int, last: int, draws: int, kinds: int) -> Iterator[tuple[int, slice]]:
    """Which draws of ``first``-``last`` belong to which of ``kinds`` equal shares of all ``draws``."""
    for kind in range(kinds):
        low, high = kind * draws // kinds, (kind + 1) * draws // kinds
        low, high = max(low, first), min(high, last)
        if low < high:
            yield kind, slice(low - first, high - first)
