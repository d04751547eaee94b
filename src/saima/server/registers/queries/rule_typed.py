"""What a parameter's form begins with, and what was typed into it as a value, steps, tiers or members."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.rules import Param, parse
from saima.engine.rules.figures import plain
from saima.engine.rules.rule import Body, Members, Step, Steps, Tier, Tiers, Unit
from saima.engine.rules.tree import Negative, Node, Number
from saima.words import Lang

MOST_ROWS: Final = 40
SPARE: Final = 2  # empty rows below those that are filled


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed for a parameter from a day on, row by row: a bound with its kind, and a value.

    A plain value has one row without a bound; members have one row each.
    """

    rows: Sequence[tuple[str, str, str]]  # kind (upto, below, over, ""), bound, value

    @property
    def filled(self) -> list[tuple[str, str, str]]:
        stripped = [(kind, bound.strip(), value.strip()) for kind, bound, value in self.rows[:MOST_ROWS]]
        return [row for row in stripped if row[1] or row[2]]


@dataclass(frozen=True, slots=True)
class TypedRow:
    number: int
    kind: str
    bound: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """``shape``: value, steps, tiers or members."""

    shape: str
    rows: Sequence[TypedRow]


def rows_typed(param: Param, lang: Lang, on: date, typed: Sequence[tuple[str, str, str]] | None = None) -> Form:
    """The form of a parameter: as somebody typed it, or else as it counts on a day."""
    version = param.at(on) or (param.versions[-1] if param.versions else None)
    body = version.body if version else None
    unit = param.unit
    match body:
        case Steps(steps=steps):
            shape = "steps"
            rows = [
                (
                    "below" if s.below is not None else "upto",
                    "" if s.bound is None else written(s.bound, "count", lang),
                    written(s.value, unit, lang),
                )
                for s in steps
            ]
        case Tiers(tiers=tiers):
            shape = "tiers"
            rows = [("over", written(t.over, "count", lang), written(t.rate, "share", lang)) for t in tiers]
        case Members(codes=codes):
            shape = "members"
            rows = [("", "", code) for code in codes]
        case None:
            shape, rows = "value", [("", "", "")]
        case value:
            shape, rows = "value", [("", "", written(value, unit, lang))]
    if typed is not None:
        rows = list(typed)
    elif shape != "value":
        rows += [("", "", "")] * SPARE
    return Form(shape, [TypedRow(n, *row) for n, row in enumerate(rows, 1)])


def written(value: Fraction, unit: Unit, lang: Lang) -> str:
    """A number as the form takes it back: shares in percent, in Chinese large ones by 万 and 亿.

    Examples
    --------
    >>> written(Fraction(1, 20), "share", "en"), written(Fraction(50_000_000), "yuan", "zh")
    ('5 %', '5000万')
    """
    if unit == "share":
        return f"{plain(value * 100)} %"
    for letter, size in (("亿", 100_000_000), ("万", 10_000)):
        if lang == "zh" and abs(value) >= size and (value / size * 100).denominator == 1:
            return f"{plain(value / size)}{letter}"
    return plain(value)


def typed_from(post: Mapping[str, str]) -> Typed:
    """The rows of a form: ``kind_1``, ``bound_1``, ``value_1`` and so on."""
    rows = [
        (post.get(f"kind_{n}", ""), post.get(f"bound_{n}", ""), post.get(f"value_{n}", ""))
        for n in range(1, MOST_ROWS + 1)
        if f"value_{n}" in post
    ]
    return Typed(rows)


def body_of(param: Param, typed: Typed) -> Body:
    """What was typed, as a body of the kind the parameter has.

    Raises
    ------
    QuestionRefused
        ``rulebook.nothing_typed``, ``rulebook.no_number``.
    """
    rows = typed.filled
    if not rows:
        raise QuestionRefused(Problem("rulebook.nothing_typed"))
    kind = type(param.versions[-1].body) if param.versions else Fraction
    if kind is Members:
        return Members(tuple(value for _kind, _bound, value in rows))
    if kind is Tiers:
        return Tiers(tuple(Tier(number_of(bound), number_of(value)) for _kind, bound, value in rows))
    if kind is Steps:
        return Steps(tuple(_step(*row) for row in rows))
    return number_of(rows[0][2])


def _step(kind: str, bound: str, value: str) -> Step:
    if not bound:
        return Step(number_of(value))
    at = number_of(bound)
    return Step(number_of(value), below=at) if kind == "below" else Step(number_of(value), upto=at)


def number_of(text: str) -> Fraction:
    """A number as rules write it: 5 %, 0.05, 2亿, 1.5万, 1,000,000.

    Raises
    ------
    QuestionRefused
        ``rulebook.no_number``.

    Examples
    --------
    >>> str(number_of("5 %")), str(number_of("1.5万")), str(number_of("1,000,000"))
    ('1/20', '15000', '1000000')
    """
    bare = text.strip().replace(",", "").replace("\N{FULLWIDTH COMMA}", "").replace("\N{MINUS SIGN}", "-")
    tree: Node | None = None
    with suppress(Refused):
        tree = parse(bare)
    sign = 1
    if isinstance(tree, Negative):
        sign, tree = -1, tree.of
    if not isinstance(tree, Number):
        raise QuestionRefused(Problem("rulebook.no_number", {"text": text.strip()[:40] or "-"}))
    return sign * tree.value
