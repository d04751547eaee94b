"""What a parameter's form begins with: rows as people type them, filled as the parameter stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from saima.engine.rules import Param
from saima.engine.rules.figures import plain
from saima.engine.rules.rule import Members, Steps, Tiers, Unit
from saima.words import Lang

SPARE: Final = 2  # empty rows below those that are filled


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
