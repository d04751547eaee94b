"""A second, slow evaluator of rules: plain fractions, plain recursion, nothing remembered. None stands for unknown.

It takes from the engine what a rule is and what shape a tree has, and nothing else. It is written from
docs/method/rules.md:

- a missing figure, an unfilled parameter and a division by zero are unknown, and so is all arithmetic with them;
- a comparison with an unknown side is unknown; ``and``, ``or`` and ``not`` follow Kleene; ``if`` with an unknown
  condition is unknown; ``known`` and ``held`` always tell;
- growth is compared as ``now`` against ``base * (1 + rate) ** years``, unknown where the base is not above zero or
  ``now`` is below it;
- a rule is failed when something needed fails, not evaluable when nothing fails but something is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from saima.engine.rules import tree as t
from saima.engine.rules.rule import Group, Input, Item, Let, Members, Param, Points, Rule, Steps, Tiers

Value = Fraction | bool | str | None


@dataclass(frozen=True)
class Answer:
    """All that a rule says of one entity. ``amount`` in yuan."""

    eligible: bool | None
    misses: int
    conditions: dict[str, bool | None]
    points: Fraction | None
    amount: Fraction | None


@dataclass(frozen=True)
class Firm:
    rule: Rule
    given: Mapping[str, object]
    on: date
    held: frozenset[str] = frozenset()


def answer(rule: Rule, given: Mapping[str, object], on: date, held: frozenset[str] = frozenset()) -> Answer:
    firm = Firm(rule, given, on, held)
    conditions = {c.id: _truth(value(c.expression.tree, firm)) for c in rule.needed}
    needed: list[bool | None] = [conditions[c.id] for c in rule.needed if not c.any]
    chances: dict[str, list[bool | None]] = {}
    for c in rule.needed:
        if c.any:
            chances.setdefault(c.any, []).append(conditions[c.id])
    total = None
    if rule.points is not None:
        total, minimums = _points(rule.points, firm)
        if rule.points.any and minimums:
            chances.setdefault(rule.points.any, []).append(_every(minimums))
        else:
            needed += minimums
    needed += [_some(c) for c in chances.values()]
    eligible = _every(needed)
    amount = None
    if rule.award is not None and eligible is not None:
        amount = Fraction(0)
        if eligible:
            paid = value(rule.award.amount.tree, firm)
            amount = None if paid is None else _round(paid, rule.award.unit, rule.award.rounding)
    return Answer(eligible, sum(n is False for n in needed), conditions, total, amount)


def _points(points: Points, firm: Firm) -> tuple[Fraction | None, list[bool | None]]:
    minimums: list[bool | None] = []
    total: Fraction | None = Fraction(0)
    for group in points.groups:
        here = _group(group, firm)
        total = None if total is None or here is None else total + here
        if group.least is not None:
            minimums.append(None if here is None else here >= group.least)
        if group.nonzero:
            minimums.append(None if here is None else here > 0)
    if points.least is not None:
        minimums.append(None if total is None else total >= points.least)
    return total, minimums


def _group(group: Group, firm: Firm) -> Fraction | None:
    alone = [_item(i, firm) for i in group.items if not i.best_of]
    names = {i.best_of for i in group.items if i.best_of}
    best = [[_item(i, firm) for i in group.items if i.best_of == name] for name in sorted(names)]
    if None in alone or any(None in b for b in best):
        return None
    total = sum(alone, Fraction(0)) + sum((max(b) for b in best), Fraction(0))
    return total if group.most is None else min(total, group.most)


def _item(item: Item, firm: Firm) -> Fraction | None:
    by = value(item.by.tree, firm)
    if by is None:
        return None
    for bracket in item.brackets:
        if bracket.start is None or by >= bracket.start:
            return bracket.points
    for band in item.bands:
        if band.start is None or by >= band.start:
            if band.least == band.most:
                return Fraction(band.least)
            chosen = firm.given.get(f"given.{item.id}")
            return None if chosen is None else Fraction(chosen)
    return _round(by, Fraction(1, 10**item.decimals), "half_up")


def value(node: t.Node, firm: Firm) -> Value:
    match node:
        case t.Number(value=number):
            return number
        case t.Name(name=name):
            return _name(name, firm)
        case t.Negative(of=of):
            inner = value(of, firm)
            return None if inner is None else -inner
        case t.Arithmetic(operation=sign, left=left, right=right):
            a, b = value(left, firm), value(right, firm)
            if a is None or b is None or (sign == "/" and b == 0):
                return None
            return {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b
        case t.Compare():
            return _compare(node, firm)
        case t.Within(item=item, members=members):
            code, body = value(item, firm), _body(members.name, firm)
            return None if code is None or not isinstance(body, Members) else code in body.codes
        case t.Not(of=of):
            inner = value(of, firm)
            return None if inner is None else not inner
        case t.Junction(word=word, parts=parts):
            values = [value(p, firm) for p in parts]
            return _every(values) if word == "and" else _some(values)
        case t.If(condition=condition, then=then, otherwise=otherwise):
            decided = value(condition, firm)
            return None if decided is None else value(then if decided else otherwise, firm)
        case t.Call(function=function, arguments=arguments):
            return _call(function, [value(a, firm) for a in arguments], firm)
        case t.Held(status=status):
            return status in firm.held
        case t.Known(of=of):
            return value(of, firm) is not None
    raise TypeError(node)


def _name(name: str, firm: Firm) -> Value:
    if name == "as_of":
        return Fraction(firm.on.toordinal())
    thing = next(x for x in _things(firm.rule) if name in {x.key, getattr(x, "aka", "")})
    if isinstance(thing, Let):
        return value(thing.expression.tree, firm)
    if isinstance(thing, Param):
        body = _body(thing.key, firm)
        return body if isinstance(body, Fraction) else None
    figure = firm.given.get(thing.key)
    if figure is None or isinstance(figure, bool):
        return figure
    if thing.unit == "code":
        return str(figure)
    if thing.unit == "day":
        return Fraction((date.fromisoformat(figure) if isinstance(figure, str) else figure).toordinal())
    return Fraction(figure)


def _things(rule: Rule) -> list[Input | Param | Let]:
    return [*rule.inputs.values(), *rule.params.values(), *rule.lets.values()]


def _body(name: str, firm: Firm) -> object:
    param = next(p for p in firm.rule.params.values() if name in {p.key, p.aka})
    past = sorted((v.start, v.body) for v in param.versions if v.start <= firm.on) if param.versions else []
    return past[-1][1] if past else None


def _call(function: str, values: list[Value], firm: Firm) -> Value:
    if None in values:
        return None
    if function in {"min", "max"}:
        return sorted(values)[0 if function == "min" else -1]
    if function == "abs":
        return values[0] if values[0] >= 0 else -values[0]
    x, body = values[0], _body(function, firm)
    if isinstance(body, Steps):
        return next(s.value for s in body.steps if _reached(x, s.upto, s.below))
    if isinstance(body, Tiers):
        ends = [*[b.over for b in body.tiers[1:]], x]
        return sum(
            (b.rate * max(0, min(x, end) - b.over) for b, end in zip(body.tiers, ends, strict=True)), Fraction(0)
        )
    return None


def _reached(x: Fraction, upto: Fraction | None, below: Fraction | None) -> bool:
    if upto is not None:
        return x <= upto
    return below is None or x < below


def _compare(node: t.Compare, firm: Firm) -> bool | None:
    if isinstance(node.right, t.Growth):
        sides = grown(node.right, node.left, firm)[::-1]
    elif isinstance(node.left, t.Growth):
        sides = grown(node.left, node.right, firm)
    else:
        sides = value(node.left, firm), value(node.right, firm)
    a, b = sides
    if a is None or b is None:
        return None
    if node.comparison in {"=", "!="}:
        return (a == b) is (node.comparison == "=")
    return {">=": a >= b, ">": a > b, "<=": a <= b, "<": a < b}[node.comparison]


def grown(growth: t.Growth, rate: t.Node, firm: Firm) -> tuple[Value, Value]:
    now, base, years, by = (value(n, firm) for n in (growth.now, growth.base, growth.years, rate))
    if None in {now, base, years, by} or base <= 0 or now < 0:
        return None, None
    for _ in range(int(years)):
        base *= 1 + by
    return now, base


def _truth(found: Value) -> bool | None:
    return found if isinstance(found, bool) else None


def _every(values: list[bool | None]) -> bool | None:
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def _some(values: list[bool | None]) -> bool | None:
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


def _round(number: Fraction, unit: Fraction, how: str) -> Fraction:
    sign, steps = (-1 if number < 0 else 1), abs(number) / unit
    whole, rest = divmod(steps, 1)
    if (how == "up" and rest) or (how == "half_up" and rest >= Fraction(1, 2)):
        whole += 1
    return sign * whole * unit


__all__ = ["Answer", "Firm", "answer", "grown", "value"]
