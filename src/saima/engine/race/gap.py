"""A gap between two scores as parts that add up, through nested means of every kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final, Literal

import numpy as np

from saima.engine.model.evaluation import Gap, GapPart, Standing
from saima.engine.model.known import FloatArray
from saima.engine.race.board import Board
from saima.engine.race.tree import Branch, Joined

Scope = Literal["indicator", "race", "group", "weights"]
MOST_NEIGHBOURS: Final = 60
_NOTHING: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Part:
    """Points of the top score by which the first is ahead, from one indicator or node.

    ``weights``: what follows from different effective weights under ``node``, because some of it was missing or not
    due for one of the two; ``missing`` has the places of those children in the branch.
    """

    scope: Scope
    node: str
    column: int  # of the indicator; -1 for the other scopes
    points: float
    mine: float
    other: float
    missing: tuple[int, ...] = ()


def gap_parts(board: Board, top: str, mine: int, other: int) -> tuple[Part, ...]:
    """Parts of ``total[mine] - total[other]`` of a node, adding up to it to 1e-9.

    Notes
    -----
    docs/method/explain.md. A child's part is factor x (its score - the other's); the factor is the mean of both
    weights times, for a geometric mean, the ratio of logarithmic means (LMDI), for a power mean the ratio of
    difference quotients, for a minimum the share of the straight way between both profiles on which the child is the
    lowest (Aumann and Shapley). What is left where weights differ is a part of its own.
    """
    return tuple(_parts(board, board.tree.branch[top], mine, other, 1.0))


def gaps(board: Board, standings: Sequence[Standing]) -> tuple[Gap, ...]:
    """Gaps between neighbours of the overall ranking, class by class; of a long ranking the leader's gap only."""
    at = {c.code: n for n, c in enumerate(board.season.contestants)}
    found: list[Gap] = []
    if board.season.overall != "composite":
        return ()
    for ahead, behind in pairwise(standings):
        if ahead.class_code != behind.class_code or (len(standings) > MOST_NEIGHBOURS and ahead.rank > 1):
            continue
        parts = gap_parts(board, "overall", at[ahead.contestant], at[behind.contestant])
        named = [
            GapPart(p.scope, board.season.indicators[p.column].code if p.scope == "indicator" else p.node, p.points)
            for p in parts
        ]
        named.sort(key=lambda p: (-abs(round(p.points, 9)), p.scope, p.code))
        found.append(Gap(ahead.contestant, behind.contestant, ahead.score - behind.score, tuple(named)))
    return tuple(found)


def _parts(board: Board, branch: Branch, mine: int, other: int, points: float) -> Iterator[Part]:
    code = branch.node.code
    joined = board.joined[code]
    top = float(joined.total[mine]), float(joined.total[other])
    if code in board.leaves or joined.taken_as_given[[mine, other]].any():
        scope: Scope = "group" if branch.node.kind == "group" else "race"
        yield Part(scope, code, -1, points * (top[0] - top[1]), *top)
        return
    own = joined.scores[[mine, other]]
    there = np.isfinite(own)
    factor = points * _factors(joined, own, joined.weights[[mine, other]], top)
    left = points * (top[0] - top[1])
    for k in np.flatnonzero(there.all(0)):
        a, b = float(own[0, k]), float(own[1, k])
        part = float(factor[k]) * (a - b)
        left -= part
        if k < len(branch.columns):
            yield Part("indicator", code, branch.columns[k], part, a, b)
            continue
        child = board.tree.branch[branch.nodes[k - len(branch.columns)]]
        below = board.joined[child.node.code]
        if np.array_equal(below.total[[mine, other]], own[:, k]):
            yield from _parts(board, child, mine, other, float(factor[k]))
        else:  # a stand-in for one of the two: there is nothing below to take apart
            yield Part("race" if child.node.kind == "race" else "group", child.node.code, -1, part, a, b)
    if abs(left) > _NOTHING * max(1.0, *map(abs, top)) or not np.array_equal(there[0], there[1]):
        missing = tuple(int(k) for k in np.flatnonzero(there[0] != there[1]))
        yield Part("weights", code, -1, left, *top, missing)


def _factors(joined: Joined, own: FloatArray, weights: FloatArray, top: tuple[float, float]) -> FloatArray:
    """Points of the node per point of difference in each child, (children,)."""
    mean: FloatArray = np.asarray(weights.mean(0))
    safe = np.where(np.isfinite(own).all(0), own, 1.0)
    match joined.aggregate:
        case "arithmetic":
            return mean
        case "geometric":
            return mean * _log_mean(np.array(top[0]), np.array(top[1])) / _log_mean(safe[0], safe[1])
        case "power":
            p = joined.power
            return mean * _quotient(safe[0], safe[1], p) / _quotient(np.array(top[0]), np.array(top[1]), p)
        case "minimum":
            return _lowest_share(own)


def _log_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log1p((a - b) / b)
        return np.where(np.abs(a - b) <= 1e-12 * np.abs(b), (a + b) / 2, (a - b) / ratio)


def _quotient(a: FloatArray, b: FloatArray, power: float) -> FloatArray:
    """(a^p - b^p) / (a - b), and the derivative where both are equal."""
    near = np.abs(a - b) <= 1e-9 * np.maximum(np.abs(a), np.abs(b))
    middle = (a + b) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        flat = np.where(middle > 0, power * np.where(middle > 0, middle, 1.0) ** (power - 1), 1.0)
        return np.where(near, flat, (a**power - b**power) / np.where(near, 1.0, a - b))


def _lowest_share(own: FloatArray) -> FloatArray:
    """Share of the way from the other's profile to mine on which each child is the lowest; ties share."""
    there = np.isfinite(own).all(0)
    start, slope = own[1], own[0] - own[1]
    turns = {0.0, 1.0}
    for a, b in combinations(np.flatnonzero(there), 2):
        if slope[a] != slope[b]:
            t = float((start[b] - start[a]) / (slope[a] - slope[b]))
            if 0 < t < 1:
                turns.add(t)
    found = np.zeros(own.shape[1])
    ordered = np.array(sorted(turns))
    for low, high in pairwise(ordered):
        here = np.where(there, start + slope * (low + high) / 2, np.inf)
        lowest = here <= here.min() + 1e-12
        found += (high - low) * lowest / lowest.sum()
    return np.where(there, found, 0.0)
