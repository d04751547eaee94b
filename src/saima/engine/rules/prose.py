"""A rule as sentences with its numbers filled in, from the trees that are evaluated. All words are the catalogue's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from saima.engine.rules.figures import plain
from saima.engine.rules.rule import (
    Body,
    Condition,
    Group,
    Input,
    Item,
    Let,
    Members,
    Param,
    Points,
    Rule,
    Steps,
    Tiers,
    Unit,
    Version,
)
from saima.engine.rules.tree import (
    Arithmetic,
    Call,
    Compare,
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
from saima.words import Lang, say

_SIGNS: Final = {">=": "ge", ">": "gt", "<=": "le", "<": "lt", "=": "eq", "!=": "ne"}
_OPERATIONS: Final = {"+": "plus", "-": "minus", "*": "times", "/": "over"}
_BINDS: Final = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and the id of the condition, group or item it is about; empty where it is about the whole."""

    id: str
    text: str


def prose(rule: Rule, lang: Lang, on: date) -> tuple[Sentence, ...]:
    """The rule in one language, with the parameters in force on a day."""
    return tuple(Prose(rule, lang, on).sentences())


class Prose:
    """Says expressions of one rule in one language; explanations use it too."""

    def __init__(self, rule: Rule, lang: Lang, on: date) -> None:
        self._rule = rule
        self._lang = lang
        self._on = on

    def sentences(self) -> Iterable[Sentence]:
        rule = self._rule
        grouped: dict[str, list[Condition]] = {}
        for c in rule.needed:
            if c.any:
                grouped.setdefault(c.any, []).append(c)
            else:
                yield Sentence(c.id, self._say("condition", say=c.say, text=self.text(c.expression.tree)))
        points = rule.points
        if points is not None and not points.any:
            yield from self._minimums(points)
        for name, ways in grouped.items():
            said = [self._say("way", say=c.say, text=self.text(c.expression.tree)) for c in ways]
            if points is not None and points.any == name:
                said += [s.text for s in self._minimums(points)]
            yield Sentence(name, self._say("any", ways=tuple(said)))
        if points is not None:
            for group in points.groups:
                yield Sentence(group.id, self._group(group))
                yield from (Sentence(i.id, self._item(i)) for i in group.items)
        if rule.award is not None:
            amount = self.text(rule.award.amount.tree, "yuan")
            unit = self._say("unit.whole_yuan" if rule.award.unit == 1 else "unit.fen")
            yield Sentence("amount", self._say(f"award.{rule.award.rounding}", amount=amount, unit=unit))

    # Points

    def _minimums(self, points: Points) -> Iterable[Sentence]:
        if points.least is not None:
            yield Sentence("points", self._say("total", least=plain(points.least)))
        for g in points.groups:
            if g.least is not None:
                yield Sentence(g.id, self._say("group.least", title=g.title, least=plain(g.least)))
            if g.nonzero:
                yield Sentence(g.id, self._say("group.nonzero", title=g.title))

    def _group(self, g: Group) -> str:
        items = tuple(i.title for i in g.items)
        if g.most is None:
            return self._say("group", title=g.title, items=items)
        return self._say("group.most", title=g.title, items=items, most=plain(g.most))

    def _item(self, item: Item) -> str:
        by, unit = self.text(item.by.tree), self.unit(item.by.tree)
        if not item.brackets and not item.bands:
            return self._say("item.formula", title=item.title, by=by, decimals=item.decimals)
        rows = [self._row("bracket", b.start, unit, points=plain(b.points)) for b in item.brackets]
        rows += [self._row("band", b.start, unit, least=b.least, most=b.most) for b in item.bands]
        code = "item.best" if item.best_of else "item"
        return self._say(code, title=item.title, by=by, rows=tuple(rows))

    def _row(self, kind: str, start: Fraction | None, unit: Unit | None, **params: object) -> str:
        if start is None:
            return self._say(f"{kind}.rest", **params)
        return self._say(kind, start=self.figure(start, unit), **params)

    # Expressions

    def text(self, node: Node, unit: Unit | None = None) -> str:
        """An expression in words; ``unit`` is that of numbers which have none of their own."""
        match node:
            case Number(value=value, percent=percent):
                return self.figure(value, "share" if percent else unit)
            case Name(name=name):
                return self._named(name)
            case Negative(of=of):
                return self._say("negative", of=self._closed(of, 3))
            case Arithmetic(operation=operation, left=left, right=right):
                binds = _BINDS[operation]
                close = binds + (operation in "-/")
                inner = unit if unit == "yuan" and binds == 1 else None
                params = {"left": self._closed(left, binds, inner), "right": self._closed(right, close, inner)}
                return self._say(_OPERATIONS[operation], **params)
            case Compare():
                return self._compared(node)
            case Within(item=item, members=members):
                return self._within("within", item, members.name)
            case Not(of=Within(item=item, members=members)):
                return self._within("without", item, members.name)
            case Not(of=of):
                return self._say("not", of=self._inner(of))
            case Junction(word=word, parts=parts):
                return self._joined(word, [self._inner(p) for p in parts])
            case If(condition=condition, then=then, otherwise=otherwise):
                params = {"condition": self.text(condition), "then": self.text(then, unit)}
                return self._say("if", otherwise=self.text(otherwise, unit), **params)
            case Call(function=function, arguments=arguments):
                return self._called(function, arguments, unit)
            case Growth(now=now, base=base, years=years):
                params = {"now": self.text(now), "base": self.text(base)}
                return self._say("growth", years=self.text(years), **params)
            case Held(status=status):
                return self._say("held", status=self._rule.statuses[status])
            case Known(of=of):
                return self._say("known", of=self.text(of))

    def unit(self, node: Node) -> Unit | None:
        """The unit of a number, where it can be told; of a comparison that of its sides, of a growth what grows."""
        match node:
            case Compare(left=Growth(now=now)) | Compare(right=Growth(now=now)):
                return self.unit(now)
            case Compare(left=left, right=right):
                return self.unit(left) or self.unit(right)
            case Name(name=name):
                thing = self._rule.scope.get(name)
                if isinstance(thing, Let):
                    return thing.unit or self.unit(thing.expression.tree)
                return None if thing is None else thing.unit
            case Number(percent=True) | Growth():
                return "share"
            case Negative(of=of):
                return self.unit(of)
            case Arithmetic(operation="+" | "-", left=left, right=right):
                one, other = self.unit(left), self.unit(right)
                return None if one == other == "day" else one or other
            case Arithmetic(operation="/", left=left, right=right):
                one, other = self.unit(left), self.unit(right)
                return "share" if one is not None and one == other else None if other is not None else one
            case Arithmetic(operation="*", left=left, right=right):
                units = {u for u in (self.unit(left), self.unit(right)) if u not in {None, "share"}}
                return units.pop() if len(units) == 1 else None
            case If(then=then, otherwise=otherwise):
                return self.unit(then) or self.unit(otherwise)
            case Call(function="min" | "max" | "abs", arguments=arguments):
                return next((u for u in map(self.unit, arguments) if u is not None), None)
            case Call(function=function):
                thing = self._rule.scope.get(function)
                return thing.unit if isinstance(thing, Param) else None
        return None

    def figure(self, value: Fraction, unit: Unit | None) -> str:
        """A number with its unit: shares as percentages, money in Chinese by 万 and 亿."""
        if unit == "share":
            return self._say("unit.share", figure=_grouped(value * 100))
        if unit == "yuan":
            return self._money(value)
        if unit == "day":
            return date.fromordinal(int(value)).isoformat()
        if unit in {"people", "years", "points"}:
            return self._say(f"unit.{unit}", figure=_grouped(value))
        return _grouped(value)

    def _money(self, value: Fraction) -> str:
        for code, size in (("yuan.yi", 100_000_000), ("yuan.wan", 10_000)):
            if self._lang == "zh" and abs(value) >= size and (value / size * 100).denominator == 1:
                return self._say(f"unit.{code}", figure=_grouped(value / size))
        return self._say("unit.yuan", figure=_grouped(value))

    def _say(self, code: str, **params: object) -> str:
        return say(f"rules.prose.{code}", self._lang, **params)

    def _closed(self, node: Node, binds: int, unit: Unit | None = None) -> str:
        """Arithmetic in brackets where it binds less than what stands around it."""
        said = self.text(node, unit)
        loose = isinstance(node, Arithmetic) and _BINDS[node.operation] < binds
        return self._say("brackets", of=said) if loose or isinstance(node, If) else said

    def _inner(self, node: Node) -> str:
        return self._say("brackets", of=self.text(node)) if isinstance(node, Junction) else self.text(node)

    def _joined(self, word: str, said: Sequence[str]) -> str:
        found = said[0]
        for part in said[1:]:
            found = self._say(word, one=found, other=part)
        return found

    def _compared(self, node: Compare) -> str:
        unit = self.unit(node.left) or self.unit(node.right)
        return self._say(_SIGNS[node.comparison], left=self.text(node.left, unit), right=self.text(node.right, unit))

    def _within(self, code: str, item: Node, name: str) -> str:
        param = self._rule.scope[name]
        version = param.at(self._on) if isinstance(param, Param) else None
        if version is None or not isinstance(version.body, Members):
            return self._say(f"{code}.open", item=self.text(item), title=self._title(param))
        return self._say(code, item=self.text(item), title=self._title(param), members=version.body.codes)

    def _title(self, thing: Input | Param | Let) -> str:
        return thing.title.of(self._lang) or thing.key

    def _named(self, name: str) -> str:
        if name == "as_of":
            return self._say("as_of", day=self._on)
        thing = self._rule.scope[name]
        match thing:
            case Let(expression=expression) if not thing.title:
                tree = expression.tree
                return self._closed(tree, 3) if isinstance(tree, Arithmetic) else self._inner(tree)
            case Param():
                version = thing.at(self._on)
                if version is None:
                    return self._say("open", title=self._title(thing))
                if isinstance(version.body, Fraction):
                    return self.figure(version.body, thing.unit)
        return self._title(thing)

    def _called(self, function: str, arguments: tuple[Node, ...], unit: Unit | None) -> str:
        said = tuple(self.text(a, unit if function in {"min", "max", "abs"} else None) for a in arguments)
        if function in {"min", "max"}:
            return self._say(function, of=said)
        if function == "abs":
            return self._say("abs", of=said[0])
        param = self._rule.scope[function]
        version = param.at(self._on) if isinstance(param, Param) else None
        if version is None or not isinstance(param, Param):
            return self._say("open", title=self._title(param))
        rows = self._rows(version.body, param.unit, self.unit(arguments[0]))
        return self._say("by", title=self._title(param), of=said[0], rows=rows)

    def version(self, param: Param, version: Version) -> tuple[str, ...]:
        """What a parameter is in one version: its value, its steps or tiers, or its members, each said by itself."""
        on = self._rule.scope.get(param.on)
        match version.body:
            case Members(codes=codes):
                return codes
            case Steps() | Tiers() as body:
                return self._rows(body, param.unit, on.unit if isinstance(on, Input | Let) else None)
            case value:
                return (self.figure(value, param.unit),)

    def _rows(self, body: Body, unit: Unit, of: Unit | None) -> tuple[str, ...]:
        """Steps and tiers, one row each; ``of`` is the unit of what they go by."""
        rows: list[str] = []
        match body:
            case Steps(steps=steps):
                for step in steps:
                    value = self.figure(step.value, unit)
                    kind = "rest" if step.bound is None else "below" if step.upto is None else "upto"
                    bound = "" if step.bound is None else self.figure(step.bound, of)
                    rows.append(self._say(f"step.{kind}", bound=bound, value=value))
            case Tiers(tiers=tiers):
                ends = [*(t.over for t in tiers[1:]), None]
                for tier, end in zip(tiers, ends, strict=True):
                    params = {"over": self.figure(tier.over, of), "rate": self.figure(tier.rate, "share")}
                    if end is None:
                        rows.append(self._say("tier.rest", **params))
                    else:
                        rows.append(self._say("tier", end=self.figure(end, of), **params))
        return tuple(rows)


def _grouped(value: Fraction) -> str:
    """Digits with thousands separators, exact where the decimals end."""
    whole, _, decimals = plain(value).partition(".")
    sign = "\N{MINUS SIGN}" if whole.startswith("-") else ""
    shown = f"{sign}{int(whole.lstrip('-')):,}"
    return f"{shown}.{decimals}" if decimals else shown
