"""Evaluates a rule for one entity in exact fractions and three-valued logic, and keeps what was compared on the way.

docs/method/rules.md, steps 2 to 5.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.figures import digest_of, rounded, taken_in
from saima.engine.rules.rule import (
    Award,
    Body,
    Given,
    Group,
    Input,
    Item,
    Let,
    Members,
    Param,
    Rule,
    Steps,
    Tiers,
    Version,
)
from saima.engine.rules.tree import (
    HOLDS,
    MIRRORED,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Growth,
    Held,
    If,
    Junction,
    Known,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Within,
    walk,
)
from saima.engine.rules.verdict import Cause, Need, NeedKind, State, Unknown, Value, Verdict, requirements


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison of an expression, as it came out. ``node`` tells where it stands."""

    node: Compare | Within
    left: Value
    right: Value
    holds: bool | None


def evaluate_one(rule: Rule, given: Given, *, on: date, held: frozenset[str] = frozenset()) -> Verdict:
    """The verdict on one entity.

    Parameters
    ----------
    given : input -> figure; None or left out is missing. Whole numbers and decimals, never floats; days as dates.
        ``given.ITEM`` is the whole number a judge chose inside the band.
    on : as-of date, which picks the versions of parameters.
    held : statuses granted by others.

    Raises
    ------
    RuleRefused
        The rule is not in force on the day; a figure nobody asked for, of another kind, with more decimals than the
        input has, or out of its range; a judge's number outside its band.
    """
    return Evaluation(rule, given, on=on, held=held).verdict()


class Evaluation:
    """One rule, one entity, one day. Values are asked for and remembered."""

    def __init__(self, rule: Rule, given: Given, *, on: date, held: frozenset[str] = frozenset()) -> None:
        require_in_force(rule, on)
        self.rule = rule
        self.on = on
        self.held = held
        self.given = MappingProxyType({k: v for k, v in sorted(given.items()) if v is not None})
        self._values = taken_in(rule, self.given)
        self._lets: dict[str, Value] = {}
        self._used: dict[str, Version] = {}

    def verdict(self) -> Verdict:
        rule = self.rule
        scores, needs_of_points, total = self._scored()
        needs = (*self._conditions(), *needs_of_points)
        required = requirements(needs)
        misses = sum(1 for r in required if r.holds is False)
        unsettled = [r for r in required if r.holds is None]
        open_ = bool(unsettled) or not required  # a rule that asks nothing was not seen, and decides nothing
        state: State = "not_eligible" if misses else "not_evaluable" if open_ else "eligible"
        causes = tuple(sorted(frozenset().union(*(r.causes for r in unsettled)))) if state == "not_evaluable" else ()
        amount: Decimal | None = None
        if rule.award is not None and state != "not_evaluable":
            found = self._amount(rule.award) if state == "eligible" else Decimal(0)
            amount, causes = (None, _causes(found)) if isinstance(found, Unknown) else (found, ())
        return Verdict(
            rule=rule.id,
            digest=rule.digest,
            on=self.on,
            versions=MappingProxyType({k: v.start for k, v in sorted(self._used.items())}),
            inputs_digest=digest_of(self.given, self.held),
            state=state,
            needs=needs,
            points=total,
            scores=MappingProxyType(scores),
            amount=amount,
            misses=misses,
            causes=causes,
            given=self.given,
            held=self.held,
            awards=rule.award is not None,
        )

    def _conditions(self) -> list[Need]:
        found = []
        for c in self.rule.needed:
            value = self.value(c.expression.tree)
            kind: NeedKind = "status" if c.id.startswith("requires.") else "condition"
            found.append(Need(c.id, _truth(value), c.any, causes=_causes(value), kind=kind))
        return found

    # Points

    def _scored(self) -> tuple[dict[str, Fraction | None], list[Need], Fraction | None]:
        points = self.rule.points
        if points is None:
            return {}, [], None
        scores: dict[str, Fraction | None] = {}
        needs: list[Need] = []
        total: Fraction | Unknown = Fraction(0)
        for group in points.groups:
            value = self.group_points(group, scores)
            total = _added(total, value)
            if group.least is not None:
                needs.append(_minimum(group.id, value, group.least, points.any, "group"))
            if group.nonzero:
                needs.append(_minimum(group.id, value, None, points.any, "nonzero"))
        if points.least is not None:
            needs.append(_minimum("points", total, points.least, points.any, "total"))
        return scores, needs, None if isinstance(total, Unknown) else total

    def group_points(self, group: Group, scores: dict[str, Fraction | None]) -> "Fraction | Unknown":
        """The points of a group, and into ``scores`` those of its items."""
        best: dict[str, Fraction | Unknown] = {}
        for item in group.items:
            value = self.item_points(item)
            scores[item.id] = None if isinstance(value, Unknown) else value
            key = item.best_of or f"={item.id}"
            best[key] = _larger(best[key], value) if key in best else value
        total: Fraction | Unknown = Fraction(0)
        for value in best.values():
            total = _added(total, value)
        if group.most is not None and not isinstance(total, Unknown):
            total = min(total, group.most)
        scores[group.id] = None if isinstance(total, Unknown) else total
        return total

    def item_points(self, item: Item) -> "Fraction | Unknown":
        by = self.number(item.by.tree)
        if isinstance(by, Unknown):
            return by
        if item.brackets:
            return next(b.points for b in item.brackets if b.start is None or by >= b.start)
        if not item.bands:
            return rounded(by, Fraction(1, 10**item.decimals), "half_up")
        band = next(b for b in item.bands if b.start is None or by >= b.start)
        chosen = self._values.get(item.judged)
        if chosen is None:
            same = band.least == band.most
            return Fraction(band.least) if same else Unknown(frozenset({Cause("missing", item.judged)}))
        if not band.least <= chosen <= band.most:  # type: ignore[operator]
            raise RuleRefused(
                Problem(
                    "rules.outside_band",
                    {"item": item.title, "chosen": str(chosen), "least": band.least, "most": band.most},
                    column=item.judged,
                )
            )
        return chosen  # type: ignore[return-value]

    def _amount(self, award: Award) -> "Decimal | Unknown":
        value = self.number(award.amount.tree)
        if isinstance(value, Unknown):
            return value
        whole = rounded(value, award.unit, award.rounding)
        return Decimal(whole.numerator) / Decimal(whole.denominator)

    # Asked by itself

    def changed(self, figures: Mapping[str, Fraction | bool]) -> "Evaluation":
        """The same entity with other figures, believed to be of the kind and in the range of their inputs."""
        other = copy(self)
        other._values = {**self._values, **figures}  # noqa: SLF001 - its own kind
        other._lets = {}  # noqa: SLF001
        other._used = {}  # noqa: SLF001
        return other

    def figure(self, key: str) -> Value:
        """An input as it was given."""
        return self._values.get(key, Unknown(frozenset({Cause("missing", key)})))

    def holds(self, need: Need) -> bool | None:
        """Whether one need holds, without the rest of the rule."""
        if need.kind in {"condition", "status"}:
            tree = next(c.expression.tree for c in self.rule.needed if c.id == need.id)
            return _truth(self.value(tree))
        return next(n.holds for n in self._scored()[1] if (n.id, n.kind) == (need.id, need.kind))

    # Expressions

    def number(self, node: Node) -> "Fraction | Unknown":
        value = self.value(node)
        if isinstance(value, (Fraction, Unknown)) and not isinstance(value, bool):
            return value
        raise TypeError(f"no number: {node!r}")

    def value(self, node: Node) -> Value:
        match node:
            case Number(value=value):
                return value
            case Name(name=name):
                return self._named(name)
            case Negative(of=of):
                size = self.number(of)
                return size if isinstance(size, Unknown) else -size
            case Arithmetic():
                return self._arithmetic(node)
            case Compare() | Within():
                return self._comparison(node)
            case Not(of=of):
                truth = self.value(of)
                return truth if isinstance(truth, Unknown) else not truth
            case Junction(word=word, parts=parts):
                return _junction(word, [self.value(p) for p in parts])
            case If(condition=condition, then=then, otherwise=otherwise):
                chosen = self.value(condition)
                if isinstance(chosen, Unknown):
                    return chosen
                return self.value(then if chosen else otherwise)
            case Call():
                return self._called(node)
            case Held(status=status):
                return status in self.held
            case Known(of=of):
                return not isinstance(self.value(of), Unknown)
            case Growth():
                raise TypeError("growth stands only beside a comparison")

    def compared(self, node: Compare | Within) -> Compared:
        """Both sides of a comparison and how it came out. A growth is given as the value that ``now`` would need."""
        if isinstance(node, Within):
            item = self.value(node.item)
            members = self._param(node.members.name)
            if members is None:
                item = _either(item, Unknown(frozenset({Cause("unfilled", self.rule.scope[node.members.name].key)})))
            holds = None if isinstance(item, Unknown) else isinstance(members, Members) and item in members.codes
            return Compared(node, item, node.members.name, holds)
        comparison = node.comparison
        left, right = node.left, node.right
        if isinstance(right, Growth):
            left, right, comparison = right, left, MIRRORED[comparison]
        if isinstance(left, Growth):
            now, needed = self._growth(left, right)
            return Compared(node, now, needed, _holds(comparison, now, needed))
        one, other = self.value(left), self.value(right)
        return Compared(node, one, other, _holds(comparison, one, other))

    def _comparison(self, node: Compare | Within) -> Value:
        found = self.compared(node)
        if found.holds is not None:
            return found.holds
        return Unknown(frozenset(_causes(found.left)) | frozenset(_causes(found.right)))

    def _growth(self, growth: Growth, rate: Node) -> "tuple[Fraction | Unknown, Fraction | Unknown]":
        """``now`` and the ``base`` grown by the rate: growth is compared without drawing a root."""
        now, base, years, by = (self.number(n) for n in (growth.now, growth.base, growth.years, rate))
        if (
            isinstance(years, Unknown)
            or isinstance(by, Unknown)
            or isinstance(now, Unknown)
            or isinstance(base, Unknown)
        ):
            unknown = _either(now, base, years, by)
            return now if isinstance(now, Unknown) else unknown, unknown
        if base <= 0 or now < 0:
            unknown = Unknown(frozenset({Cause("base", self._text(growth.base if base <= 0 else growth.now))}))
            return unknown, unknown
        return now, base * (1 + by) ** int(years)

    def _named(self, name: str) -> Value:
        if name == "as_of":
            return Fraction(self.on.toordinal())
        match self.rule.scope[name]:
            case Input(key=key):
                return self.figure(key)
            case Let(key=key, expression=expression):
                if key not in self._lets:
                    self._lets[key] = self.value(expression.tree)
                return self._lets[key]
            case Param(key=key):
                body = self._param(name)
                if body is None:
                    return Unknown(frozenset({Cause("unfilled", key)}))
                if isinstance(body, Fraction):
                    return body
        raise TypeError(f"{name} is no single value")

    def _param(self, name: str) -> Body | None:
        param = self.rule.scope[name]
        if not isinstance(param, Param):
            raise TypeError(f"{name} is no parameter")
        version = param.at(self.on)
        if version is None:
            return None
        self._used[param.key] = version
        return version.body

    def _arithmetic(self, node: Arithmetic) -> Value:
        left, right = self.number(node.left), self.number(node.right)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return _either(left, right)
        match node.operation:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                if right == 0:
                    return Unknown(frozenset({Cause("zero", self._text(node.right))}))
                return left / right

    def _called(self, node: Call) -> Value:
        values = [self.number(a) for a in node.arguments]
        known = [v for v in values if not isinstance(v, Unknown)]
        body = None if node.function in _PLAIN else self._param(node.function)
        if len(known) < len(values):
            return _either(*values)
        if node.function in _PLAIN:
            return _PLAIN[node.function](known)
        if body is None:
            return Unknown(frozenset({Cause("unfilled", self.rule.scope[node.function].key)}))
        return of_param(body, known[0])

    def _text(self, node: Node) -> str:
        """An expression as a key: the input it is, or its names joined."""
        if isinstance(node, Name):
            thing = self.rule.scope.get(node.name)
            return node.name if thing is None else thing.key
        return " ".join(dict.fromkeys(self._text(n) for n in walk(node) if isinstance(n, Name)))


def of_param(body: Body, x: Fraction) -> Fraction:
    """What steps or tiers give for a number.

    Examples
    --------
    >>> from saima.engine.rules.rule import Tier
    >>> of_param(Tiers((Tier(Fraction(0), Fraction(1, 10)), Tier(Fraction(500), Fraction(1, 20)))), Fraction(800))
    Fraction(65, 1)
    """
    match body:
        case Steps(steps=steps):
            for step in steps:
                if (step.upto is None and step.below is None) or (
                    x <= step.upto if step.upto is not None else x < step.below  # type: ignore[operator]
                ):
                    return step.value
        case Tiers(tiers=tiers):
            ends = (*(t.over for t in tiers[1:]), None)
            return sum(
                (
                    t.rate * max(Fraction(0), (x if end is None else min(x, end)) - t.over)
                    for t, end in zip(tiers, ends, strict=True)
                ),
                Fraction(0),
            )
    raise TypeError("only steps and tiers are asked with a number")


def require_in_force(rule: Rule, on: date) -> None:
    """Refuses a day on which the rule is not, or no longer, in force."""
    if on < rule.valid_from:
        raise RuleRefused(Problem("rules.not_yet", {"rule": rule.title, "day": on, "first": rule.valid_from}))
    if rule.valid_to is not None and on > rule.valid_to:
        raise RuleRefused(Problem("rules.no_longer", {"rule": rule.title, "day": on, "last": rule.valid_to}))


_PLAIN: Final[Mapping[str, Callable[[list[Fraction]], Fraction]]] = MappingProxyType(
    {"min": min, "max": max, "abs": lambda known: abs(known[0])}
)


def _holds(comparison: Comparison, left: Value, right: Value) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    return HOLDS[comparison](left, right)


def _junction(word: Literal["and", "or"], values: list[Value]) -> Value:
    settled = word == "or"
    if any(v is settled for v in values):
        return settled
    unknown = [v for v in values if isinstance(v, Unknown)]
    return _either(*unknown) if unknown else not settled


def _either(*values: Value) -> Unknown:
    return Unknown(frozenset().union(*(v.causes for v in values if isinstance(v, Unknown))))


def _added(one: Value, other: Value) -> "Fraction | Unknown":
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    return _either(one, other)


def _larger(one: "Fraction | Unknown", other: "Fraction | Unknown") -> "Fraction | Unknown":
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _either(one, other)
    return max(one, other)


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _causes(value: object) -> tuple[Cause, ...]:
    return tuple(sorted(value.causes)) if isinstance(value, Unknown) else ()


def _minimum(id_: str, value: "Fraction | Unknown", least: Fraction | None, any_: str, kind: NeedKind) -> Need:
    if isinstance(value, Unknown):
        return Need(id_, None, any_, None, least, _causes(value), kind)
    holds = value > 0 if least is None else value >= least
    return Need(id_, holds, any_, value, least, (), kind)
