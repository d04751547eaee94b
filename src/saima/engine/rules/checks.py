"""Whether a rule holds together: names, kinds of values, circles, parameters, brackets, and the cases inside it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.bulk import walk_rule
from saima.engine.rules.exact import evaluate_one
from saima.engine.rules.figures import plain
from saima.engine.rules.grammar import FUNCTIONS, is_name
from saima.engine.rules.rule import (
    RESULTS,
    Body,
    Case,
    Expression,
    Group,
    Input,
    Item,
    Let,
    Members,
    Param,
    Rule,
    Steps,
    Tiers,
    Type,
)
from saima.engine.rules.target import Widths
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
    walk,
)
from saima.engine.rules.verdict import Verdict
from saima.words import Text

_MOST_DECIMALS: Final = 9


def check(rule: Rule) -> tuple[Problem, ...]:
    """Everything that is wrong with a rule; nothing when it may be used.

    ``column`` of a problem is the place in the rule, ``condition[2].expr``; of expressions the parameters hold
    ``start`` and ``end``. Cases are tried once all else is right.
    """
    return structure(rule) or tuple(p for case in tried(rule) for p in case)


def structure(rule: Rule) -> tuple[Problem, ...]:
    """What is wrong with a rule before its cases are tried."""
    return tuple(_Checks(rule).problems()) or tuple(_widths(rule))


def tried(rule: Rule) -> tuple[tuple[Problem, ...], ...]:
    """What each case of a rule that holds together misses, in their order; nothing where it comes out as it says."""
    return tuple(tuple(_case(rule, c, f"case[{n}]")) for n, c in enumerate(rule.cases))


def _widths(rule: Rule) -> Iterator[Problem]:
    """Whether every number fits, with the parameters of each day on which some change."""
    days = {v.start for p in rule.params.values() for v in p.versions if v.start > rule.valid_from}
    for day in sorted(
        {rule.valid_from, rule.usual_day, *(d for d in days if rule.valid_to is None or d <= rule.valid_to)}
    ):
        try:
            walk_rule(rule, Widths(), on=day)
        except RuleRefused as refused:
            yield from refused.problems
            return


class _Checks:
    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._types: dict[str, Type | None] = {}  # of lets; None where it is wrong

    def problems(self) -> Iterator[Problem]:
        yield from self._names()
        yield from self._inputs()
        for param in self._rule.params.values():
            yield from self._param(param)
        circles = list(self._circles())
        yield from circles
        if circles:
            return
        for let in self._rule.lets.values():
            yield from self._typed(let.expression, None, let)
        for c in self._rule.conditions:
            yield from self._typed(c.expression, "truth")
            yield from self._moves(c.moves, c.id, c.expression.at)
        if self._rule.points is not None:
            for group in self._rule.points.groups:
                yield from self._group(group)
        if self._rule.award is not None:
            yield from self._typed(self._rule.award.amount, "number")
        yield from self._whole()

    # What stands once

    def _names(self) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        rule = self._rule
        named = [
            (t, f"{kind}.{t.key}")
            for kind, of in (("inputs", rule.inputs), ("params", rule.params))
            for t in of.values()
        ]
        names = [(n, at) for t, at in named for n in (t.key, t.aka) if n]
        names += [(k, f"let.{k}") for k in rule.lets]
        for name, at in names:
            if not is_name(name):
                yield Problem("rules.bad_name", {"name": name}, column=at)
            elif name in seen:
                yield Problem("rules.name_twice", {"name": name, "other": seen[name]}, column=at)
            seen.setdefault(name, at)
        ids = [(c.id, c.expression.at.removesuffix(".expr")) for c in rule.conditions]
        for group in rule.points.groups if rule.points else ():
            ids += [(group.id, "points"), *((i.id, i.by.at.rpartition(".")[0]) for i in group.items)]
        taken = set(RESULTS)
        for id_, at in ids:
            if id_ in taken:
                yield Problem("rules.id_twice", {"id": id_}, column=at)
            taken.add(id_)
        for status in rule.requires:
            if status not in rule.statuses:
                yield Problem(
                    "rules.no_such_status", {"status": status, "known": tuple(rule.statuses)}, column="rule.requires"
                )

    def _inputs(self) -> Iterator[Problem]:
        for key, wanted in self._rule.inputs.items():
            at = f"inputs.{key}"
            if wanted.type != "number":
                continue
            if not wanted.title:
                yield Problem("rules.no_title", {"key": key}, column=at)
            if not wanted.least < wanted.most:
                yield Problem(
                    "rules.empty_range",
                    {"input": wanted.title, "least": plain(wanted.least), "most": plain(wanted.most)},
                    column=at,
                )

    def _param(self, param: Param) -> Iterator[Problem]:
        at = f"params.{param.key}"
        if param.on and param.on not in self._rule.scope:
            yield Problem("rules.unknown_name", {"name": param.on, "known": self._known()}, column=f"{at}.on")
        if not param.versions and self._rule.status == "seen":
            yield Problem("rules.param_empty", {"param": param.key}, column=at)
        starts = [v.start for v in param.versions]
        for n, (before, after) in enumerate(pairwise(starts)):
            if after <= before:
                yield Problem(
                    "rules.versions_order", {"param": param.key, "day": after}, column=f"{at}.versions[{n + 1}]"
                )
        if len({type(v.body) for v in param.versions}) > 1:
            yield Problem("rules.versions_differ", {"param": param.key}, column=at)
        for n, version in enumerate(param.versions):
            yield from _body(param.key, version.body, f"{at}.versions[{n}]")

    def _circles(self) -> Iterator[Problem]:
        lets = self._rule.lets
        uses = {
            k: [n for n in walk(v.expression.tree) if isinstance(n, Name) and n.name in lets] for k, v in lets.items()
        }
        done: set[str] = set()

        def visit(key: str, path: tuple[str, ...]) -> Iterator[Problem]:
            for name in uses[key]:
                if name.name in (*path, key):
                    circle = (*path, key, name.name)
                    yield self._at(lets[key].expression, name, "rules.circle", names=circle[circle.index(name.name) :])
                elif name.name not in done:
                    yield from visit(name.name, (*path, key))
            done.add(key)

        for key in lets:
            if key not in done:
                yield from visit(key, ())

    # Kinds of values

    def _at(self, expression: Expression, node: Node, code: str, **params: object) -> Problem:
        seen = expression.text[node.start : node.end]
        return Problem(code, {"seen": _cut(seen), **params, "start": node.start, "end": node.end}, column=expression.at)

    def _typed(self, expression: Expression, wanted: Type | None, let: Let | None = None) -> Iterator[Problem]:
        problems: list[Problem] = []

        def say(node: Node, code: str, **params: object) -> None:
            problems.append(self._at(expression, node, code, **params))

        found = self._type(expression.tree, say)
        if let is not None:
            self._types[let.key] = found
        if found is not None and wanted is not None and found != wanted:
            say(expression.tree, "rules.other_type", is_=found, wanted=wanted)
        yield from problems

    def _type(self, node: Node, say: "Callable[..., None]") -> Type | None:
        """The kind of a value, None when that was already refused."""

        def want(of: Node, wanted: Type) -> None:
            found = self._type(of, say)
            if found is not None and found != wanted:
                say(of, "rules.other_type", is_=found, wanted=wanted)

        match node:
            case Number():
                return "number"
            case Name(name=name):
                return self._named(node, name, say)
            case Negative(of=of):
                want(of, "number")
                return "number"
            case Arithmetic():
                return self._sum(node, say)
            case Compare():
                self._compare(node, say)
                return "truth"
            case Within(item=item, members=members):
                want(item, "code")
                thing = self._rule.scope.get(members.name)
                if thing is None:
                    self._unknown(members, members.name, say)
                elif not isinstance(thing, Param) or not _is_body(thing, Members):
                    say(members, "rules.no_set", name=members.name)
                return "truth"
            case Not(of=of):
                want(of, "truth")
                return "truth"
            case Junction(parts=parts):
                for part in parts:
                    want(part, "truth")
                return "truth"
            case If(condition=condition, then=then, otherwise=otherwise):
                want(condition, "truth")
                one, other = self._type(then, say), self._type(otherwise, say)
                if one is not None and other is not None and one != other:
                    say(node, "rules.branches_differ", one=one, other=other)
                return one or other
            case Call(function=function, arguments=arguments):
                for argument in arguments:
                    want(argument, "number")
                if function not in FUNCTIONS:
                    self._function(node, function, say)
                return "number"
            case Growth():
                say(node, "rules.growth_alone")
                return None
            case Held(status=status):
                if status not in self._rule.statuses:
                    say(node, "rules.no_such_status", status=status, known=tuple(self._rule.statuses))
                return "truth"
            case Known(of=of):
                self._type(of, say)
                return "truth"

    def _named(self, node: Node, name: str, say: "Callable[..., None]") -> Type | None:
        if name == "as_of":
            return "day"
        match self._rule.scope.get(name):
            case Input() as wanted:
                return wanted.type
            case Let(key=key, expression=expression):
                if key not in self._types:
                    self._types[key] = self._type(expression.tree, lambda *_, **__: None)
                return self._types[key]
            case Param() as param if _is_body(param, Fraction):
                return "number"
            case Param():
                say(node, "rules.needs_argument", name=name)
            case None:
                self._unknown(node, name, say)
        return None

    def _unknown(self, node: Node, name: str, say: "Callable[..., None]") -> None:
        say(node, "rules.unknown_name", name=name, known=self._known())

    def _known(self) -> tuple[str, ...]:
        return tuple(t.key for t in dict.fromkeys(self._rule.scope.values()))

    def _function(self, node: Call, name: str, say: "Callable[..., None]") -> None:
        thing = self._rule.scope.get(name)
        if thing is None:
            functions = (*FUNCTIONS, *(p.key for p in self._rule.params.values() if _is_body(p, Steps, Tiers)))
            say(node, "rules.unknown_function", name=name, known=functions)
        elif not isinstance(thing, Param) or not _is_body(thing, Steps, Tiers):
            say(node, "rules.no_function", name=name)

    def _sum(self, node: Arithmetic, say: "Callable[..., None]") -> Type | None:
        one, other = self._type(node.left, say), self._type(node.right, say)
        if one is None or other is None:
            return None
        match one, node.operation, other:
            case "number", _, "number":
                return "number"
            case "day", "-", "day":
                return "number"
            case ("day", "+" | "-", "number") | ("number", "+", "day"):
                return "day"
        wrong = node.left if one != "number" else node.right
        say(wrong, "rules.no_arithmetic", is_=one if wrong is node.left else other)
        return None

    def _compare(self, node: Compare, say: "Callable[..., None]") -> None:
        growths = [side for side in (node.left, node.right) if isinstance(side, Growth)]
        if len(growths) == 2:
            say(node, "rules.growth_twice")
            return
        if growths:
            self._growth(growths[0], node.right if node.left is growths[0] else node.left, say)
            return
        one, other = self._type(node.left, say), self._type(node.right, say)
        if one is None or other is None:
            return
        if one != other:
            say(node, "rules.sides_differ", one=one, other=other)
        elif one in {"truth", "code"}:
            say(node, "rules.no_order", is_=one)

    def _growth(self, growth: Growth, rate: Node, say: "Callable[..., None]") -> None:
        for of in (growth.now, growth.base, growth.years, rate):
            found = self._type(of, say)
            if found is not None and found != "number":
                say(of, "rules.other_type", is_=found, wanted="number")
        years = growth.years
        fixed = isinstance(years, Number) and years.value.denominator == 1 and 1 <= years.value <= 10
        if not fixed:
            say(years, "rules.growth_years", most=10)

    # Points

    def _moves(self, moves: Iterable[str], id_: str, at: str) -> Iterator[Problem]:
        for key in moves:
            thing = self._rule.inputs.get(key)
            if thing is None or thing.change == "none":
                place = f"{at.rpartition('.')[0]}.raise"
                yield Problem("rules.no_move", {"key": key, "id": id_}, column=place)

    def _group(self, group: Group) -> Iterator[Problem]:
        for item in group.items:
            yield from self._typed(item.by, "number")
            at = item.by.at.rpartition(".")[0]
            yield from _item(item, at)
            yield from self._moves(item.moves, item.id, item.by.at)
        if group.least is not None and group.most is not None and group.least > group.most:
            yield Problem(
                "rules.minimum_out_of_reach",
                {"title": group.title, "least": plain(group.least), "most": plain(group.most)},
                column="points",
            )

    def _whole(self) -> Iterator[Problem]:
        rule = self._rule
        if rule.valid_to is not None and rule.valid_to < rule.valid_from:
            yield Problem(
                "rules.ends_before", {"first": rule.valid_from, "last": rule.valid_to}, column="rule.valid_to"
            )
        if rule.status != "seen" and not rule.missing:
            yield Problem("rules.missing_unsaid", {"status": rule.status}, column="rule.missing")
        if rule.status != "empty" and not rule.conditions and rule.points is None and not rule.requires:
            yield Problem("rules.says_nothing", {}, column="rule")
        if rule.kind == "award" and rule.award is None and rule.status == "seen":
            yield Problem("rules.no_award", {}, column="rule.kind")


def _is_body(param: Param, *kinds: type) -> bool:
    """Whether a parameter is of one of these kinds; one without versions may be any."""
    return all(isinstance(v.body, kinds) for v in param.versions)


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _body(key: str, body: Body, at: str) -> Iterator[Problem]:
    match body:
        case Steps(steps=steps):
            bounds = [s.bound for s in steps]
            for n, bound in enumerate(bounds[:-1]):
                if bound is None:
                    yield Problem("rules.steps_after_last", {"param": key}, column=f"{at}.steps[{n}]")
            if bounds and bounds[-1] is not None:
                yield Problem(
                    "rules.steps_hole",
                    {"param": key, "from_": plain(bounds[-1])},
                    column=f"{at}.steps[{len(bounds) - 1}]",
                )
            yield from _rising([b for b in bounds if b is not None], key, f"{at}.steps")
        case Tiers(tiers=tiers):
            yield from _rising([t.over for t in tiers], key, f"{at}.tiers")
            if tiers and tiers[0].over != 0:
                yield Problem("rules.tiers_hole", {"param": key, "over": plain(tiers[0].over)}, column=f"{at}.tiers[0]")


def _rising(bounds: Sequence[Fraction], key: str, at: str) -> Iterator[Problem]:
    for n, (one, other) in enumerate(pairwise(bounds)):
        if other <= one:
            yield Problem(
                "rules.bounds_order", {"param": key, "one": plain(one), "other": plain(other)}, column=f"{at}[{n + 1}]"
            )


def _item(item: Item, at: str) -> Iterator[Problem]:
    rows = item.brackets or item.bands
    name = "brackets" if item.brackets else "bands"
    starts = [r.start for r in rows]
    for n, (one, other) in enumerate(pairwise(starts)):
        if one is None or (other is not None and other >= one):
            params = {
                "title": item.title,
                "one": "" if one is None else plain(one),
                "other": "" if other is None else plain(other),
            }
            yield Problem("rules.brackets_order", params, column=f"{at}.{name}[{n + 1}]")
    if rows and starts[-1] is not None:
        yield Problem(
            "rules.brackets_hole",
            {"title": item.title, "below": plain(starts[-1])},
            column=f"{at}.{name}[{len(rows) - 1}]",
        )
    for n, bracket in enumerate(item.brackets):
        if bracket.points > item.most:
            params = {"title": item.title, "points": plain(bracket.points), "most": plain(item.most)}
            yield Problem("rules.more_than_most", params, column=f"{at}.brackets[{n}]")
    for n, band in enumerate(item.bands):
        if band.least > band.most:
            yield Problem(
                "rules.band_backwards",
                {"title": item.title, "least": band.least, "most": band.most},
                column=f"{at}.bands[{n}]",
            )
        if band.most > item.most:
            params = {"title": item.title, "points": band.most, "most": plain(item.most)}
            yield Problem("rules.more_than_most", params, column=f"{at}.bands[{n}]")


def _case(rule: Rule, case: Case, at: str) -> Iterator[Problem]:
    try:
        verdict = evaluate_one(rule, case.given, on=case.on, held=case.held)
    except RuleRefused as refused:
        for p in refused.problems:
            yield Problem(p.code, p.params, column=f"{at}.given")
        return
    known = answers(verdict)
    for key, wanted in case.expect.items():
        place = f"{at}.expect.{key}"
        if key not in known:
            yield Problem("rules.case_stranger", {"key": key, "known": tuple(known)}, column=place)
        elif (found := known[key]) != wanted or isinstance(found, bool) != isinstance(wanted, bool):
            yield Problem(
                "rules.case_differs", {"key": key, "wanted": _said(wanted), "found": _said(found)}, column=place
            )


def answers(verdict: Verdict) -> dict[str, Decimal | int | bool | Fraction | None]:
    """Everything a verdict answers, flat by key: what a case may expect, and what bulk gives as columns."""
    return {
        "eligible": verdict.eligible,
        "misses": verdict.misses,
        **({"points": verdict.points} if verdict.scores else {}),
        **({"amount": verdict.amount} if verdict.awards else {}),
        **verdict.conditions,
        **verdict.scores,
    }


def _said(value: object) -> str | Text:
    match value:
        case None:
            return Text("not to be told", "无法判定")
        case bool():
            return Text("true", "true") if value else Text("false", "false")
        case Fraction():
            return plain(value)
        case _:
            return str(value)
