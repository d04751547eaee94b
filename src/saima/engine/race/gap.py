"""A gap between two scores as parts that add up, through nested means of every kind."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Final, Literal, NamedTuple

import numpy as np

from saima.engine.model.evaluation import Gap, GapPart, Standing
from saima.engine.model.known import FloatArray
from saima.engine.model.records import records
from saima.engine.race.board import Board
from saima.engine.race.tree import Branch, Joined

Scope = Literal["indicator", "race", "group", "weights"]
MOST_NEIGHBOURS: Final = 60
_NOTHING: Final = 1e-10


class Part(NamedTuple):
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
    found: list[Part] = []
    _take_apart(found, board, board.tree.branch[top], mine, other, 1.0)
    return tuple(found)


def gaps(board: Board, standings: Sequence[Standing]) -> tuple[Gap, ...]:
    """Gaps between neighbours of the overall ranking, class by class; of a long ranking the leader's gap only."""
    at = {c.code: n for n, c in enumerate(board.season.contestants)}
    codes = [i.code for i in board.season.indicators]
    found: list[Gap] = []
    if board.season.overall != "composite":
        return ()
    for ahead, behind in pairwise(standings):
        if ahead.class_code != behind.class_code or (len(standings) > MOST_NEIGHBOURS and ahead.rank > 1):
            continue
        named = sorted(
            (-abs(round(p.points, 9)), p.scope, codes[p.column] if p.scope == "indicator" else p.node, p.points)
            for p in gap_parts(board, "overall", at[ahead.contestant], at[behind.contestant])
        )
        _, scopes, subjects, points = ([part[k] for part in named] for k in range(4))
        parts = records(GapPart, scope=scopes, code=subjects, points=points)
        found.append(Gap(ahead.contestant, behind.contestant, ahead.score - behind.score, tuple(parts)))
    return tuple(found)


def _take_apart(found: list[Part], board: Board, branch: Branch, mine: int, other: int, points: float) -> None:
    code, pair = branch.node.code, [mine, other]
    joined = board.joined[code]
    top = float(joined.total[mine]), float(joined.total[other])
    if code in board.leaves or joined.taken_as_given[pair].any():
        found.append(Part(_scope(branch), code, -1, points * (top[0] - top[1]), *top))
        return
    own = joined.scores[pair]
    there = np.isfinite(own)
    factor = (points * _factors(joined, own, joined.weights[pair], top)).tolist()
    left = points * (top[0] - top[1])
    ours, theirs = own.tolist()
    own_columns, columns = len(branch.columns), branch.columns
    for k in np.flatnonzero(there.all(0)).tolist():
        a, b = ours[k], theirs[k]
        part = factor[k] * (a - b)
        left -= part
        if k < own_columns:
            found.append(Part("indicator", code, columns[k], part, a, b))
            continue
        child = board.tree.branch[branch.nodes[k - own_columns]]
        below = board.joined[child.node.code]
        if np.array_equal(below.total[pair], own[:, k]):
            _take_apart(found, board, child, mine, other, factor[k])
        else:  # a stand-in for one of the two: there is nothing below to take apart
            found.append(Part(_scope(child), child.node.code, -1, part, a, b))
    if abs(left) > _NOTHING * max(1.0, *map(abs, top)) or not np.array_equal(there[0], there[1]):
        missing = tuple(int(k) for k in np.flatnonzero(there[0] != there[1]))
        found.append(Part("weights", code, -1, left, *top, missing))


def _scope(branch: Branch) -> Scope:
    return "group" if branch.node.kind == "group" else "race"


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
