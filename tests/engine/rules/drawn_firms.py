"""Firms for any rule, most of them on or one unit beside a boundary, some with gaps and zeros. Nobody's real figures.

A firm starts from one of the rule's own cases, or from nothing. Then a boundary of the rule is picked: a comparison,
the lower bound of a bracket, the bound of a step. One figure on which it hangs is moved until both sides are equal, or
a unit beside it. Both sides are asked of the slow evaluator: this knows nothing of the engine's arithmetic either.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from rules_reference import Firm, grown, value

from saima.engine.rules import tree as t
from saima.engine.rules.rule import Input, Let, Members, Param, Rule, Steps

Edge = tuple[t.Node, t.Node]
Figures = dict[str, object]
FOUNDERS = 600


def drawn_firms(rule: Rule, on: date, count: int, seed: int) -> list[Figures]:
    """``count`` firms: the first FOUNDERS placed on boundaries, the others one small change away from one of them."""
    rng = random.Random(f"{rule.id} {seed}")
    edges = list(edges_of(rule))
    found = [_founder(rule, on, edges, rng) for _ in range(min(FOUNDERS, count))]
    found += [_child(rule, rng.choice(found), rng) for _ in range(count - len(found))]
    judge(rule, on, found, seed)
    return found


def judge(rule: Rule, on: date, firms: list[Figures], seed: int) -> None:
    """Whole numbers inside the bands that the figures lead to; now and then none is given."""
    rng = random.Random(seed)
    bands: dict[tuple, tuple[int, int] | None] = {}
    for firm in firms:
        _judge(rule, on, firm, rng, bands)


def edges_of(rule: Rule) -> Iterator[Edge]:
    """Pairs of sides that meet at a boundary."""
    for expression in rule.expressions:
        for node in t.walk(expression.tree):
            if isinstance(node, t.Compare):
                yield node.left, node.right
            if isinstance(node, t.Call) and node.function in {"min", "max"}:
                yield node.arguments[0], node.arguments[1]
            if isinstance(node, t.Call) and isinstance(rule.scope.get(node.function), Param):
                for version in rule.scope[node.function].versions:
                    steps = version.body.steps if isinstance(version.body, Steps) else version.body.tiers
                    for bound in [s.bound if isinstance(version.body, Steps) else s.over for s in steps]:
                        if bound is not None:
                            yield node.arguments[0], t.Number(0, 0, bound)
    for item in _items(rule):
        for row in (*item.brackets, *item.bands):
            if row.start is not None:
                yield item.by.tree, t.Number(0, 0, row.start)


def _items(rule: Rule):
    return rule.points.items if rule.points else ()


def _founder(rule: Rule, on, edges: list[Edge], rng: random.Random) -> Figures:
    good = [c for c in rule.cases if c.expect.get("eligible") is True] or list(rule.cases)
    firm = {k: v for k, v in rng.choice(good).given.items() if v is not None} if good else {}
    for key, one in rule.inputs.items():
        if key not in firm or rng.random() < 0.1:
            firm[key] = _any(rule, one, rng)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        if edges:
            _meet(rule, on, firm, rng.choice(edges), rng)
    return _gaps(rule, firm, rng)


def _child(rule: Rule, firm: Figures, rng: random.Random) -> Figures:
    firm = dict(firm)
    for key in rng.sample(sorted(rule.inputs), k=min(len(rule.inputs), rng.choice((1, 1, 2, 3)))):
        one, old = rule.inputs[key], firm.get(key)
        if isinstance(old, (int, Decimal)) and not isinstance(old, bool) and rng.random() < 0.7:
            firm[key] = _within(one, Fraction(old) + rng.choice((-1, 1)) * Fraction(1, 10**one.decimals))
        elif rng.random() < 0.5:
            firm[key] = _any(rule, one, rng)
    return _gaps(rule, firm, rng) if rng.random() < 0.3 else firm


def _gaps(rule: Rule, firm: Figures, rng: random.Random) -> Figures:
    if rng.random() < 0.2:
        for key in rng.sample(sorted(rule.inputs), k=min(len(rule.inputs), rng.choice((1, 1, 2, 5)))):
            firm[key] = None
    if rng.random() < 0.1:
        numbers = [k for k, one in rule.inputs.items() if one.type == "number"]
        if numbers:
            key = rng.choice(numbers)
            firm[key] = _within(rule.inputs[key], Fraction(0))
    return firm


def _any(rule: Rule, one: Input, rng: random.Random) -> object:
    if one.type == "truth":
        return rng.random() < 0.5
    if one.type == "code":
        sets = (v.body for p in rule.params.values() for v in p.versions if isinstance(v.body, Members))
        return rng.choice(["A01", "Z99", *(code for members in sets for code in members.codes)])
    if one.type == "day":
        return date(2020, 1, 1) + timedelta(rng.randrange(2500))
    drawn = rng.choice((0, 1, 2, 3, 5, 10, 40, 100, 10**6, 5 * 10**6, 10**7, 5 * 10**7, 2 * 10**8, 10**9))
    return _within(one, Fraction(drawn) * rng.choice((1, 1, Fraction(1, 10), Fraction(3, 4))))


def _within(one: Input, number: Fraction) -> Decimal | int:
    """The nearest figure below that the input can have."""
    unit = 10**one.decimals
    scaled = number * unit
    whole = min(max(scaled.numerator // scaled.denominator, int(one.least * unit)), int(one.most * unit))
    return whole if unit == 1 else Decimal(whole) / unit


def _meet(rule: Rule, on, firm: Figures, edge: Edge, rng: random.Random) -> None:
    """Moves one figure until both sides are equal, where the difference is linear in it."""
    keys = sorted(k for side in edge for k in _keys(rule, side) if rule.inputs[k].type == "number")
    if not keys:
        return
    key = rng.choice(keys)
    one = rule.inputs[key]

    def apart(number: Fraction) -> Fraction | None:
        return _apart(rule, on, firm | {key: number}, edge)

    near, far = apart(Fraction(1)), apart(Fraction(1_000_000))
    if near is None or far is None or near == far:
        return
    root = 1 - near * (1_000_000 - 1) / (far - near)
    beside = rng.choice((-1, 0, 0, 0, 1)) * Fraction(1, 10**one.decimals)
    if one.least <= root <= one.most:
        firm[key] = _within(one, root + beside)


def _apart(rule: Rule, on, firm: Figures, edge: Edge) -> Fraction | None:
    here = Firm(rule, firm, on)
    growths = [side for side in edge if isinstance(side, t.Growth)]
    if growths:
        rate = edge[1] if edge[0] is growths[0] else edge[0]
        one, other = grown(growths[0], rate, here)
    else:
        one, other = (value(side, here) for side in edge)
    return one - other if type(one) is type(other) is Fraction else None


def _keys(rule: Rule, node: t.Node) -> set[str]:
    """Inputs on which a side hangs, through named values."""
    found: set[str] = set()
    for part in t.walk(node):
        thing = rule.scope.get(part.name) if isinstance(part, t.Name) else None
        if isinstance(thing, Input):
            found.add(thing.key)
        elif isinstance(thing, Let):
            found |= _keys(rule, thing.expression.tree)
    return found


def _judge(rule: Rule, on, firm: Figures, rng: random.Random, known: dict) -> None:
    for item in _items(rule):
        if not item.bands:
            continue
        hangs_on = tuple(firm.get(k) for k in sorted(_keys(rule, item.by.tree)))
        if (item.id, hangs_on) not in known:
            by = value(item.by.tree, Firm(rule, firm, on))
            band = None if by is None else next(b for b in item.bands if b.start is None or by >= b.start)
            known[item.id, hangs_on] = None if band is None else (band.least, band.most)
        band = known[item.id, hangs_on]
        firm[item.judged] = None if band is None or rng.random() < 0.02 else rng.randint(*band)
