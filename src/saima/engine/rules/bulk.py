"""Walks a rule once and says in terms of a ``Target`` what is to be computed for every entity of a register.

Every number is a rational constant times a whole number over another, so that comparisons multiply across and nothing
is rounded. How wide the whole numbers can become is measured on the way from the ranges of the inputs.
docs/method/rules.md, step 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NoReturn

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.columns import (
    MOST_BITS,
    NARROW_BITS,
    Arithmetician,
    Quantity,
    TooWideError,
    Truth,
    Whole,
    needs_wide,
)
from saima.engine.rules.exact import of_param, require_in_force
from saima.engine.rules.figures import rounded
from saima.engine.rules.rule import (
    Award,
    Body,
    Condition,
    Expression,
    Group,
    Input,
    Item,
    Let,
    Members,
    Param,
    Rounding,
    Rule,
    Steps,
    Tiers,
)
from saima.engine.rules.target import Column, Target
from saima.engine.rules.tree import (
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
)

FIRST_DAY, LAST_DAY = date(1, 1, 1).toordinal(), date(9999, 12, 31).toordinal()


@dataclass(frozen=True, slots=True)
class Code:
    column: Column


Meaning = Quantity | Truth | Code


@dataclass(frozen=True, slots=True)
class Planned:
    """What a walk found: the answers by key, in the order of the file, and the scale of points.

    Points are whole 10**-``points_decimals``, the amount is in fen.
    """

    answers: Mapping[str, Column]
    points_decimals: int
    inputs: tuple[str, ...]
    bits: int  # the widest number there can be


def walk_rule(rule: Rule, target: Target, *, on: date, gaps: bool = False) -> Planned:
    """Say the whole rule in terms of a target.

    Raises
    ------
    RuleRefused
        The rule is not in force on the day; a number can become wider than 126 bits, or a growth is compared with a
        rate that can be below -100 %.
    """
    require_in_force(rule, on)
    return _Walk(rule, target, on).planned(gaps=gaps)


class _Walk:
    def __init__(self, rule: Rule, target: Target, on: date) -> None:
        self._rule = rule
        self._target = target
        self._on = on
        self._sums = Arithmetician(target)
        self._known: dict[str, Meaning] = {}
        self._inputs: dict[str, None] = {}
        self._here: tuple[Expression | None, Node | None] = (None, None)

    def _keep(self, name: str, of: Column) -> Column:
        return self._target.keep(f"{self._rule.id}:{name}", of)

    def planned(self, *, gaps: bool) -> Planned:
        try:
            return self._planned(gaps=gaps)
        except TooWideError as wide:
            self._refuse("rules.too_wide", bits=wide.bits, most=MOST_BITS)

    def _refuse(self, code: str, **params: object) -> NoReturn:
        expression, node = self._here
        if expression is None or node is None:
            raise RuleRefused(Problem(code, {"seen": self._rule.id, **params}, column="rule"))
        seen = expression.text[node.start : node.end]
        params = {"seen": seen[:60] + "…" * (len(seen) > 60), **params, "start": node.start, "end": node.end}
        raise RuleRefused(Problem(code, params, column=expression.at))

    def _planned(self, *, gaps: bool) -> Planned:
        rule, target = self._rule, self._target
        conditions = {c.id: self._condition(c) for c in rule.needed}
        scores, total, minimums = self._points()
        required = self._required(conditions, minimums)
        eligible = self._keep("eligible", target.both(required) if required else self._nobody_knows())
        decimals = max((_decimals(q.factor) for q in (*scores.values(), *([total] if total else []))), default=0)
        answers: dict[str, Column] = {
            "eligible": eligible,
            "misses": target.count(required),
        }
        if total is not None:
            answers["points"] = self._whole(total, decimals)
        answers |= conditions
        answers |= {key: self._whole(q, decimals) for key, q in scores.items()}
        if rule.award is not None:
            answers["amount"] = self._amount(rule.award, eligible)
        if gaps:
            answers |= self._gaps()
        return Planned(answers, decimals, tuple(self._inputs), self._sums.bits)

    def _nobody_knows(self) -> Column:
        """A truth that is null in every row."""
        return self._target.compare("=", self._target.unknown(), self._target.unknown())

    def _condition(self, c: Condition) -> Column:
        return self._keep(f"condition {c.id}", self._truth(self._of(c.expression)).column)

    def _of(self, expression: Expression) -> Meaning:
        before = self._here
        self._here = (expression, expression.tree)
        found = self._meaning(expression.tree)
        self._here = before
        return found

    # Points

    def _points(self) -> tuple[dict[str, Quantity], Quantity | None, list[Column]]:
        points, sums = self._rule.points, self._sums
        if points is None:
            return {}, None, []
        scores: dict[str, Quantity] = {}
        minimums: list[Column] = []
        total = Quantity(Fraction(0))
        for group in points.groups:
            value = self._group(group, scores)
            total = sums.add(total, value)
            if group.least is not None:
                minimums.append(
                    self._keep(f"group {group.id} least", sums.compare(">=", value, Quantity(group.least)).column)
                )
            if group.nonzero:
                minimums.append(
                    self._keep(f"group {group.id} nonzero", sums.compare(">", value, Quantity(Fraction(0))).column)
                )
        total = self._kept("points", total)
        if points.least is not None:
            minimums.append(self._keep("points least", sums.compare(">=", total, Quantity(points.least)).column))
        return scores, total, minimums

    def _group(self, group: Group, scores: dict[str, Quantity]) -> Quantity:
        sums = self._sums
        best: dict[str, Quantity] = {}
        for item in group.items:
            value = scores[item.id] = self._kept(f"item {item.id}", self._item(item))
            key = item.best_of or f"={item.id}"
            best[key] = sums.greater(best[key], value) if key in best else value
        total = Quantity(Fraction(0))
        for value in best.values():
            total = sums.add(total, value)
        if group.most is not None:
            total = sums.lesser(total, Quantity(group.most))
        scores[group.id] = self._kept(f"group {group.id}", total)
        return scores[group.id]

    def _item(self, item: Item) -> Quantity:
        sums, target = self._sums, self._target
        by = self._quantity(self._of(item.by))
        self._here = (item.by, item.by.tree)
        starts = [b.start for b in item.brackets] + [b.start for b in item.bands]
        if bounds := [s for s in starts if s is not None]:
            by = self._kept(f"item {item.id} by", sums.over_one(by, bounds))
        if item.brackets:
            return self._bracketed(by, [(b.start, Quantity(b.points)) for b in item.brackets])
        if not item.bands:
            unit = Fraction(1, 10**item.decimals)
            return self._constant(by, unit, "half_up") or sums.rounded(by, unit, "half_up")
        least = self._bracketed(by, [(b.start, Quantity(Fraction(b.least))) for b in item.bands])
        most = self._bracketed(by, [(b.start, Quantity(Fraction(b.most))) for b in item.bands])
        ends = [self._kept(f"item {item.id} {name}", q) for name, q in (("least", least), ("most", most))]
        low, high = (sums.scaled(q.over, int(q.factor)) for q in ends)
        highest = max(b.most for b in item.bands)
        self._inputs[item.judged] = None
        given = Whole(
            target.judged(item.judged, f"{self._rule.id}:item {item.id} in band", low.column, high.column),
            0,
            highest,
            wide=False,
        )
        settled = target.both([target.negate(target.known(given.column)), sums.compared("=", low, high)])
        whole = sums.chosen([(settled, low), (target.known(given.column), given)])
        return Quantity(Fraction(1), whole)

    def _bracketed(self, by: Quantity, rows: Sequence[tuple[Fraction | None, Quantity]]) -> Quantity:
        sums = self._sums
        if by.over is None:
            return next(value for start, value in rows if start is None or by.factor >= start)
        cases = [
            (sums.compare(">=", by, Quantity(start)).column, value) for start, value in rows[:-1] if start is not None
        ]
        return self._first_of(by, cases, rows[-1][1])

    def _first_of(self, by: Quantity, cases: list[tuple[Column, Quantity]], last: Quantity) -> Quantity:
        """The first case that is true, else the last; unknown where ``by`` is, as then are all cases."""
        rest = self._target.negate(cases[-1][0]) if cases else self._sums.known(by)
        return self._sums.choose([*cases, (rest, last)])

    def _required(self, conditions: Mapping[str, Column], minimums: list[Column]) -> list[Column]:
        target, rule = self._target, self._rule
        required: list[Column] = []
        grouped: dict[str, list[Column]] = {}
        for c in rule.needed:
            if c.any:
                grouped.setdefault(c.any, []).append(conditions[c.id])
            else:
                required.append(conditions[c.id])
        if minimums and rule.points is not None and rule.points.any:
            grouped.setdefault(rule.points.any, []).append(target.both(minimums))
        else:
            required += minimums
        return required + [self._keep(f"any {name}", target.either(ways)) for name, ways in grouped.items()]

    def _amount(self, award: Award, eligible: Column) -> Column:
        sums, target = self._sums, self._target
        value = self._quantity(self._of(award.amount))
        self._here = (award.amount, award.amount.tree)
        found = self._constant(value, award.unit, award.rounding) or sums.rounded(value, award.unit, award.rounding)
        fen = self._whole(found, 2)
        return target.choose([(eligible, fen), (target.negate(eligible), target.whole(0, wide=False))])

    def _gaps(self) -> dict[str, Column]:
        """How far each plain comparison is from holding, to look at: above 0 is short."""
        found: dict[str, Column] = {}
        for c in self._rule.conditions:
            tree = c.expression.tree
            if isinstance(tree, Compare) and not isinstance(tree.left, Growth) and not isinstance(tree.right, Growth):
                one, other = self._quantity(self._meaning(tree.left)), self._quantity(self._meaning(tree.right))
                short = self._sums.add(other, self._sums.negative(one))
                if tree.comparison in {"<=", "<"}:
                    short = self._sums.negative(short)
                if short.over is not None:
                    below = None if short.below is None else short.below.column
                    found[f"gap.{c.id}"] = self._target.display(short.over.column, float(short.factor), below)
        return found

    @staticmethod
    def _constant(of: Quantity, unit: Fraction, rounding: Rounding) -> Quantity | None:
        return Quantity(rounded(of.factor, unit, rounding)) if of.over is None else None

    def _whole(self, of: Quantity, decimals: int) -> Column:
        """A quantity without anything below it as whole 10**-decimals, narrow."""
        times = of.factor * 10**decimals
        whole = self._sums.scaled(of.over, times.numerator)
        if needs_wide(whole.low, whole.high):
            self._refuse(
                "rules.answer_too_wide", bits=max(whole.low.bit_length(), whole.high.bit_length()), most=NARROW_BITS
            )
        return self._target.narrow(whole.column) if whole.wide else whole.column

    def _kept(self, name: str, of: Quantity) -> Quantity:
        keep = self._keep
        if of.over is None:
            return of
        over = Whole(keep(name, of.over.column), of.over.low, of.over.high, of.over.wide)
        if of.below is None:
            return Quantity(of.factor, over)
        below = Whole(keep(f"{name}.below", of.below.column), of.below.low, of.below.high, of.below.wide)
        return Quantity(of.factor, over, below)

    # Expressions

    def _quantity(self, of: Meaning) -> Quantity:
        if not isinstance(of, Quantity):
            raise TypeError("no number")
        return of

    def _truth(self, of: Meaning) -> Truth:
        if not isinstance(of, Truth):
            raise TypeError("no truth")
        return of

    def _number(self, node: Node) -> Quantity:
        return self._quantity(self._meaning(node))

    def _meaning(self, node: Node) -> Meaning:
        expression, before = self._here
        self._here = (expression, node)
        found = self._said(node)
        self._here = (expression, before)
        return found

    def _said(self, node: Node) -> Meaning:
        sums, target = self._sums, self._target
        match node:
            case Number(value=value):
                return Quantity(value)
            case Name(name=name):
                return self._named(name)
            case Negative(of=of):
                return sums.negative(self._number(of))
            case Arithmetic(operation=operation, left=left, right=right):
                return self._arithmetic(operation, self._number(left), self._number(right), node)
            case Compare():
                return self._compared(node)
            case Within(item=item, members=members):
                return self._within(item, members.name)
            case Not(of=of):
                return Truth(target.negate(self._truth(self._meaning(of)).column))
            case Junction(word=word, parts=parts):
                columns = [self._truth(self._meaning(p)).column for p in parts]
                return Truth(target.both(columns) if word == "and" else target.either(columns))
            case If(condition=condition, then=then, otherwise=otherwise):
                return self._if(self._truth(self._meaning(condition)), self._meaning(then), self._meaning(otherwise))
            case Call(function=function, arguments=arguments):
                return self._called(function, [self._number(a) for a in arguments])
            case Held(status=status):
                return Truth(target.held(status))
            case Known(of=of):
                return self._is_known(self._meaning(of))
            case Growth():
                raise TypeError("growth stands only beside a comparison")

    def _is_known(self, of: Meaning) -> Truth:
        return Truth(self._sums.known(of) if isinstance(of, Quantity) else self._target.known(of.column))

    def _named(self, name: str) -> Meaning:
        if name == "as_of":
            return Quantity(Fraction(self._on.toordinal()))
        thing = self._rule.scope[name]
        if thing.key not in self._known:
            self._known[thing.key] = self._first(thing)
        return self._known[thing.key]

    def _first(self, thing: Input | Param | Let) -> Meaning:
        match thing:
            case Input():
                self._inputs[thing.key] = None
                return self._input(thing)
            case Let(key=key, expression=expression):
                found = self._of(expression)
                if isinstance(found, Quantity):
                    return self._kept(f"let {key}", found)
                return type(found)(self._keep(f"let {key}", found.column))
            case Param():
                body = self._body(thing)
                return Quantity(body) if isinstance(body, Fraction) else self._sums.nothing()

    def _input(self, wanted: Input) -> Meaning:
        column = self._target.figure(wanted)
        match wanted.type:
            case "truth":
                return Truth(column)
            case "code":
                return Code(column)
            case "day":
                return Quantity(Fraction(1), Whole(column, FIRST_DAY, LAST_DAY, wide=False))
        low, high = wanted.whole_range
        return Quantity(Fraction(1, 10**wanted.decimals), Whole(column, low, high, needs_wide(low, high)))

    def _body(self, param: Param) -> Body | None:
        version = param.at(self._on)
        return None if version is None else version.body

    def _arithmetic(self, operation: str, one: Quantity, other: Quantity, node: Node) -> Quantity:
        self._here = (self._here[0], node)
        match operation:
            case "+":
                return self._sums.add(one, other)
            case "-":
                return self._sums.add(one, self._sums.negative(other))
            case "*":
                return self._sums.multiply(one, other)
            case _:
                return self._sums.divide(one, other)

    def _compared(self, node: Compare) -> Truth:
        comparison, left, right = node.comparison, node.left, node.right
        if isinstance(right, Growth):
            left, right, comparison = right, left, MIRRORED[comparison]
        if isinstance(left, Growth):
            return self._growth(comparison, left, right, node)
        one, other = self._number(left), self._number(right)
        self._here = (self._here[0], node)
        return self._sums.compare(comparison, one, other)

    def _growth(self, comparison: Comparison, growth: Growth, rate: Node, node: Compare) -> Truth:
        """``now`` against ``base`` times (1 + rate) to the years; unknown where it starts from nothing."""
        sums, target = self._sums, self._target
        now, base, years = self._number(growth.now), self._number(growth.base), self._number(growth.years)
        grown = sums.add(Quantity(Fraction(1)), self._number(rate))
        self._here = (self._here[0], node)
        if not sums.never_below(grown, 0):
            self._refuse("rules.growth_rate")
        found = sums.compare(comparison, now, sums.multiply(base, sums.power(grown, int(years.factor))))
        zero = Quantity(Fraction(0))
        there = target.both([sums.compare(">", base, zero).column, sums.compare(">=", now, zero).column])
        return Truth(target.choose([(there, found.column)]))

    def _within(self, item: Node, name: str) -> Truth:
        of = self._meaning(item)
        param = self._rule.scope[name]
        body = self._body(param) if isinstance(param, Param) else None
        if not isinstance(body, Members) or not isinstance(of, Code):
            return Truth(self._nobody_knows())
        return Truth(self._target.member(of.column, body.codes))

    def _if(self, when: Truth, then: Meaning, otherwise: Meaning) -> Meaning:
        if isinstance(then, Quantity) and isinstance(otherwise, Quantity):
            return self._sums.either(when, then, otherwise)
        if isinstance(then, Quantity) or isinstance(otherwise, Quantity):
            raise TypeError("both answers of an if are of one kind")
        cases = [(when.column, then.column), (self._target.negate(when.column), otherwise.column)]
        return type(then)(self._target.choose(cases))

    def _called(self, function: str, values: list[Quantity]) -> Quantity:
        sums = self._sums
        match function:
            case "min" | "max":
                found = values[0]
                for value in values[1:]:
                    found = sums.lesser(found, value) if function == "min" else sums.greater(found, value)
                return found
            case "abs":
                return sums.size(values[0])
        param = self._rule.scope[function]
        body = self._body(param) if isinstance(param, Param) else None
        if body is None:
            return sums.nothing()
        x = values[0]
        if x.over is None:
            return Quantity(of_param(body, x.factor))
        if isinstance(body, Steps):
            return self._steps(body, x)
        if isinstance(body, Tiers):
            return self._tiers(body, x)
        raise TypeError(f"{function} is no function")

    def _steps(self, body: Steps, x: Quantity) -> Quantity:
        sums = self._sums
        cases = []
        for step in body.steps[:-1]:
            bound = Quantity(step.bound or Fraction(0))
            cases.append((sums.compare("<" if step.upto is None else "<=", x, bound).column, Quantity(step.value)))
        return self._first_of(x, cases, Quantity(body.steps[-1].value))

    def _tiers(self, body: Tiers, x: Quantity) -> Quantity:
        """Straight pieces: what the tiers below give in full, and a rate on the rest."""
        sums = self._sums
        full = Fraction(0)
        cases = [(sums.compare("<=", x, Quantity(body.tiers[0].over)).column, Quantity(Fraction(0)))]
        piece = Quantity(Fraction(0))
        for tier, after in zip(body.tiers, (*body.tiers[1:], None), strict=True):
            piece = sums.add(sums.multiply(Quantity(tier.rate), x), Quantity(full - tier.rate * tier.over))
            if after is not None:
                cases.append((sums.compare("<=", x, Quantity(after.over)).column, piece))
                full += tier.rate * (after.over - tier.over)
        found = self._first_of(x, cases, piece)
        if all(t.rate >= 0 for t in body.tiers) and found.over is not None and found.factor > 0:
            return replace(found, over=replace(found.over, low=max(0, found.over.low)))
        return found


def _decimals(factor: Fraction) -> int:
    """Decimals needed to write whole multiples of a factor."""
    return next(d for d in range(40) if (factor * 10**d).denominator == 1)
