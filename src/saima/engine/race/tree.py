"""Scores come together up the tree: weights, aggregation, what is missing, and who contributed what.

Arrays may carry any axes before (contestants, ...), so a thousand weight draws go through the same lines as the
published score. docs/method/tree.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.known import FloatArray
from saima.engine.model.season import Aggregate, Missing, Node, Season
from saima.engine.race.scores import BoolArray
from saima.engine.race.sheet import missing_rule


@dataclass(frozen=True, eq=False)
class Branch:
    """A node with its children: indicator columns first, then nodes, both in the season's order."""

    node: Node
    columns: tuple[int, ...]
    nodes: tuple[str, ...]
    weights: FloatArray  # (children,), as the season gives them
    missing: Missing

    @property
    def children(self) -> int:
        return len(self.columns) + len(self.nodes)


@dataclass(frozen=True, eq=False)
class Tree:
    """The compiled tree: branches from the leaves up, so that every child comes before its parent."""

    season: Season
    branches: tuple[Branch, ...]

    @cached_property
    def branch(self) -> Mapping[str, Branch]:
        return {b.node.code: b for b in self.branches}

    @property
    def tops(self) -> tuple[str, ...]:
        """Nodes without a parent: the overall node, or the races when there is no composite."""
        return tuple(b.node.code for b in self.branches if not b.node.parent)


def tree_of(season: Season) -> Tree:
    """Compile the season's nodes."""
    found: list[Branch] = []

    def visit(node: Node) -> None:
        nodes = tuple(season.children(node.code))
        for child in nodes:
            visit(child)
        columns = tuple(n for n, i in enumerate(season.indicators) if i.role == "scored" and i.node == node.code)
        weights = np.array([season.indicators[n].weight for n in columns] + [c.weight for c in nodes], np.float64)
        codes = tuple(c.code for c in nodes)
        found.append(Branch(node, columns, codes, weights, missing_rule(season, node.code)))

    for node in season.nodes:
        if not node.parent:
            visit(node)
    return Tree(season, tuple(found))


def nominal_weights(tree: Tree) -> FloatArray:
    """Effective weight of each indicator with nothing missing: shares multiplied down the tree, (indicators,)."""
    found = np.zeros(len(tree.season.indicators))
    factor = dict.fromkeys(tree.tops, 1.0)
    for branch in reversed(tree.branches):
        share = branch.weights / branch.weights.sum() if branch.children and branch.weights.sum() else branch.weights
        here = factor[branch.node.code]
        for k, column in enumerate(branch.columns):
            found[column] = here * share[k]
        for k, code in enumerate(branch.nodes, start=len(branch.columns)):
            factor[code] = here * share[k]
    return found


@dataclass(frozen=True, eq=False)
class Method:
    """How a roll-up departs from the season: for declared alternatives and drawn weights.

    ``weights`` by node code: (..., children) instead of the season's. ``positive_floor``: under a geometric or power
    mean smaller scores count as this instead of being refused.
    """

    weights: Mapping[str, FloatArray] = field(default_factory=lambda: MappingProxyType({}))
    aggregate: Mapping[str, tuple[Aggregate, float]] = field(default_factory=lambda: MappingProxyType({}))
    missing: Mapping[str, Missing] = field(default_factory=lambda: MappingProxyType({}))
    positive_floor: float | None = None


AS_PUBLISHED = Method()


@dataclass(frozen=True, eq=False)
class Joined:
    """What one node made of its children, each (..., contestants, children).

    ``scores`` with what was missing filled in, NaN where left out; ``weights`` normalised over what is there;
    ``filled`` says where a missing child was filled. ``total`` (..., contestants) is the node's score, ``available``
    the weight share behind it; ``nothing_due`` (contestants,) has nothing in the node at all.
    """

    scores: FloatArray
    weights: FloatArray
    filled: BoolArray
    total: FloatArray
    available: FloatArray
    taken_as_given: BoolArray
    nothing_due: BoolArray
    aggregate: Aggregate
    power: float


def roll_up(
    tree: Tree,
    scores: FloatArray,
    absent: BoolArray,
    ranked: BoolArray,
    leaves: Mapping[str, FloatArray] = MappingProxyType({}),
    given: Mapping[str, FloatArray] = MappingProxyType({}),
    method: Method = AS_PUBLISHED,
    carried: BoolArray | None = None,
) -> dict[str, Joined]:
    """Score of every node.

    Parameters
    ----------
    scores : (..., contestants, indicators), NaN where missing or absent.
    absent : (contestants, indicators), not due or not applicable: left out without being missing.
    ranked : (contestants,), whose scores make a class mean.
    leaves : node code -> (contestants,) of races that are not made of indicators; NaN = not applicable.
    given : node code -> (contestants,) scores taken as published elsewhere; NaN = computed.
    carried : (contestants, indicators), scores of earlier figures: they count, but are not available.

    Returns
    -------
    Node code -> Joined; ``total`` is NaN where too little is there to speak of a score.

    Raises
    ------
    ReadingsRefused
        ``tree.not_positive``: a score of zero or less under a geometric or power mean, naming who and what.
    """
    found: dict[str, Joined] = {}
    gone: dict[str, BoolArray] = {}
    for branch in tree.branches:
        code = branch.node.code
        if code in leaves:
            total = leaves[code]
            gone[code] = np.isnan(total)
            nothing = np.zeros((*total.shape, 0))
            nobody = np.zeros(total.shape, bool)
            available = np.ones(total.shape)
            found[code] = Joined(
                nothing, nothing, nothing.astype(bool), total, available, nobody, gone[code], "arithmetic", 1.0
            )
            continue
        found[code] = _join(tree, branch, scores, absent, ranked, found, gone, given.get(code), method, carried)
    return found


def _join(
    tree: Tree,
    branch: Branch,
    scores: FloatArray,
    absent: BoolArray,
    ranked: BoolArray,
    below: Mapping[str, Joined],
    gone: dict[str, BoolArray],
    given: FloatArray | None,
    method: Method,
    carried: BoolArray | None,
) -> Joined:
    season, node = tree.season, branch.node
    lead = np.broadcast_shapes(
        scores.shape[:-1],
        *(below[c].total.shape for c in branch.nodes),
        *((*method.weights[node.code].shape[:-1], 1) for _ in range(node.code in method.weights)),
    )
    own = np.empty((*lead, branch.children))
    there = np.empty((*lead, branch.children))
    left_out = np.zeros((len(season.contestants), branch.children), bool)
    for k, column in enumerate(branch.columns):
        own[..., k] = scores[..., column]
        left_out[:, k] = absent[:, column]
        there[..., k] = np.isfinite(own[..., k]) & (True if carried is None else ~carried[:, column])
    for k, code in enumerate(branch.nodes, start=len(branch.columns)):
        own[..., k] = below[code].total
        left_out[:, k] = gone[code]
        there[..., k] = np.where(np.isfinite(own[..., k]), below[code].available, 0.0)
    own = np.where(left_out, np.nan, own)
    gone[node.code] = np.asarray(left_out.all(-1) if given is None else left_out.all(-1) & np.isnan(given))

    weights = method.weights.get(node.code, branch.weights)[..., None, :]
    expected = np.where(left_out, 0.0, weights).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        available = np.where(expected > 0, np.where(left_out, 0.0, weights * there).sum(-1) / expected, 0.0)
    policy = method.missing.get(node.code, branch.missing)
    missing = np.isnan(own) & ~left_out
    filled = missing & False
    if missing.any() and policy != "exclude":
        stand_in = np.full(own.shape, season.floor_score)
        if policy == "class_mean":
            stand_in = class_means(season, own, ranked)
        own = np.where(missing, stand_in, own)
        filled = missing & np.isfinite(own)
    kept = np.isfinite(own)
    shares = np.where(kept, weights, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = shares / shares.sum(-1, keepdims=True)
    aggregate, power = method.aggregate.get(node.code, (node.aggregate, node.power))
    if aggregate == "power" and power == 0:
        aggregate = "geometric"
    if aggregate == "geometric" or (aggregate == "power" and power != 1):
        own = _positive(tree, branch, own, strict=aggregate == "geometric" or power < 0, floor=method.positive_floor)
    total = np.where(kept.any(-1), combine(own, shares, aggregate, power), np.nan)
    least = node.minimum_share
    if least is None and (not node.parent or node.kind == "overall"):
        least = season.minimum_share
    if least:
        total = np.where(np.round(available, 12) < least, np.nan, total)
    taken = np.zeros(total.shape, bool)
    if given is not None:
        taken = np.broadcast_to(np.isfinite(given), total.shape)
        total = np.where(taken, given, total)
        available = np.where(taken, 1.0, available)
    return Joined(own, np.nan_to_num(shares), filled, total, available, taken, gone[node.code], aggregate, power)


def combine(scores: FloatArray, shares: FloatArray, aggregate: Aggregate, power: float = 1.0) -> FloatArray:
    """Weighted mean over the last axis; entries that are NaN carry no share.

    Examples
    --------
    >>> halves = np.array([0.5, 0.5])
    >>> both = np.array([40.0, 90.0])
    >>> [float(combine(both, halves, a, 0.5).round(6)) for a in ("arithmetic", "geometric", "power", "minimum")]
    [65.0, 60.0, 62.5, 40.0]
    """
    there = np.isfinite(scores)
    shares = np.where(there, shares, 0.0)
    match aggregate:
        case "arithmetic":
            found: FloatArray = (np.where(there, scores, 0.0) * shares).sum(-1)
        case "geometric":
            found = np.exp((np.log(np.where(there, scores, 1.0)) * shares).sum(-1))
        case "power":
            whole = (np.where(there, scores, 1.0) ** power * shares).sum(-1)
            found = np.where(there.any(-1), whole, 1.0) ** (1 / power)
        case "minimum":
            found = np.min(np.where(there, scores, np.inf), -1)
    return found


def slopes(joined: Joined) -> FloatArray:
    """How much a node's score moves per point of each child, (..., contestants, children).

    All aggregates are homogeneous of degree one, so score x slope summed over children gives the node's score back
    (Euler): that product is a child's contribution. Under the minimum the lowest children share it. A node without a
    score, or with one taken as given, moves with none of its children.
    """
    own, shares, total = joined.scores, joined.weights, joined.total[..., None]
    there = np.isfinite(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        match joined.aggregate:
            case "arithmetic":
                found = shares
            case "geometric":
                found = shares * total / own
            case "power":
                found = shares * np.where(there, own, 1.0) ** (joined.power - 1) * total ** (1 - joined.power)
            case "minimum":
                lowest = there & (np.where(there, own, np.inf) <= total)
                found = lowest / np.maximum(lowest.sum(-1, keepdims=True), 1)
    computed = np.isfinite(total) & ~joined.taken_as_given[..., None]
    return np.where(there & np.isfinite(found) & computed, found, 0.0)


def class_means(season: Season, own: FloatArray, ranked: BoolArray) -> FloatArray:
    """Mean of the ranked members of one's class that have a score; of all ranked where the class has none."""
    classes = np.array([c.class_code for c in season.contestants])
    counts = np.isfinite(own) & ranked[:, None]
    values = np.where(counts, own, 0.0)
    number = counts.sum(-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.broadcast_to(values.sum(-2, keepdims=True) / number, own.shape).copy()
        for code in np.unique(classes):
            here = classes == code
            among = counts[..., here, :].sum(-2, keepdims=True)
            mean = values[..., here, :].sum(-2, keepdims=True) / among
            means[..., here, :] = np.where(among > 0, mean, means[..., here, :])
    return means


def _positive(tree: Tree, branch: Branch, own: FloatArray, *, strict: bool, floor: float | None) -> FloatArray:
    wrong = own <= 0 if strict else own < 0
    if not wrong.any():
        return own
    if floor is not None:
        return np.where(own < floor, floor, own)
    season = tree.season
    *_, contestant, child = (int(k) for k in np.argwhere(wrong)[0])
    titles = [season.indicators[n].title for n in branch.columns] + [season.node[c].title for c in branch.nodes]
    raise ReadingsRefused(
        Problem(
            "tree.not_positive",
            {
                "contestant": season.contestants[contestant].title,
                "child": titles[child],
                "node": branch.node.title,
                "score": float(own[..., contestant, child].min()),
            },
        )
    )
