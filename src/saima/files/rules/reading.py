"""A rule file becomes a rule, or everything that is wrong with it, by line and column."""

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

from saima.engine.errors import Problem, Refused, RuleRefused
from saima.engine.rules import structure, tried
from saima.engine.rules.rule import (
    Award,
    Case,
    Condition,
    Expression,
    Group,
    Input,
    Item,
    Let,
    Param,
    Points,
    Rule,
)
from saima.files.checking import Loc, validated
from saima.files.problems import Collector, shown
from saima.files.rules.places import Places
from saima.files.rules.schema import CasePart, Document, GroupPart, InputPart, ItemPart
from saima.files.rules.writing import write_rule

MOST_BYTES: Final = 1024 * 1024
_WHERE: Final = re.compile(r" \(at line (\d+), column (\d+)\)$")
_PART: Final = re.compile(r"[^.\[\]]+|\[\d+\]")


def read_rule(path: Path | str) -> Rule:
    """The rule in a file.

    Raises
    ------
    RuleRefused
        Everything that is wrong with it, by file, line and column.
    """
    path = Path(path)
    if not path.is_file():
        raise RuleRefused(Problem("rules.no_file", {"name": shown(path.name)}))
    if path.stat().st_size > MOST_BYTES:
        raise RuleRefused(
            Problem("files.too_large", {"mb": path.stat().st_size // 2**20 + 1, "most": 1}, file=path.name)
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RuleRefused(Problem("rules.not_utf8", file=path.name)) from None
    return parse_rule(text, path.name)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A text on its way to a rule: the rule as far as it is one, and what does not hold, by line and column.

    ``failing`` has for each case what it misses; it is empty while ``problems`` are there.
    """

    rule: Rule | None
    problems: tuple[Problem, ...] = ()
    failing: tuple[tuple[Problem, ...], ...] = ()

    @property
    def sound(self) -> bool:
        return self.rule is not None and not self.problems and not any(self.failing)


def parse_rule(text: str, name: str = "rule.toml") -> Rule:
    """A rule from its TOML text, checked, its cases tried. Raises as ``read_rule``."""
    found = parse_draft(text, name)
    if found.rule is None or not found.sound:
        raise RuleRefused(found.problems or tuple(p for case in found.failing for p in case))
    return found.rule


def parse_draft(text: str, name: str = "rule.toml") -> Drafted:
    """What a TOML text says, refusing nothing: for somebody who is still writing it."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        return Drafted(None, (_syntax(error, name, text),))
    except (RecursionError, ValueError):
        return Drafted(None, (Problem("rules.toml_unreadable", file=name),))
    places = Places(text.replace("\r\n", "\n"))
    found = Collector()
    document = validated(
        Document,
        data,
        found,
        context={},
        file=name,
        line_of=lambda loc: places.of(loc)[0],
        column_of=lambda loc: str(places.of(loc)[1]),
        cells=False,
    )
    if document is None:
        return Drafted(None, tuple(found.listed()))
    reader = _Reader(document, places, name, found)
    rule = reader.rule()
    if problems := tuple(found.listed()):
        return Drafted(None, problems)
    reader.take(structure(rule))
    if problems := tuple(found.listed()):
        return Drafted(rule, problems)
    failing = tuple(tuple(reader.placed(p) for p in case) for case in tried(rule))
    return Drafted(replace(rule, digest=sha256(write_rule(rule).encode()).hexdigest()), (), failing)


def _syntax(error: tomllib.TOMLDecodeError, file: str, text: str) -> Problem:
    where = _WHERE.search(str(error))
    line = int(where[1]) if where else text.count("\n") + 1
    lines = text.splitlines()
    seen = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Problem(
        "rules.toml_syntax", {"seen": shown(seen, 60)}, file=file, line=line, column=where[2] if where else ""
    )


def _loc(at: str) -> Loc:
    """The parts of a dotted path."""
    return tuple(int(p[1:-1]) if p.startswith("[") else p for p in _PART.findall(at))


class _Reader:
    def __init__(self, document: Document, places: Places, file: str, found: Collector) -> None:
        self._document = document
        self._places = places
        self._file = file
        self._found = found
        self._texts: dict[str, str] = {}

    def take(self, problems: tuple[Problem, ...]) -> None:
        """Problems of the rule, put where they stand in the file."""
        for p in map(self.placed, problems):
            self._found.add(p.code, file=p.file, line=p.line, column=p.column, **p.params)

    def placed(self, p: Problem) -> Problem:
        """A problem of the rule by line and column of its file."""
        loc = _loc(p.column)
        if "start" in p.params and p.column in self._texts:
            line, column = self._places.within(loc, self._texts[p.column], int(str(p.params["start"])))
        else:
            line, column = self._places.of(loc)
        return Problem(p.code, p.params, file=self._file, line=line, column=str(column))

    def _expression(self, text: str, at: str) -> Expression:
        self._texts[at] = text
        try:
            return Expression.of(text, at)
        except Refused as refused:
            self.take(tuple(Problem(p.code, p.params, column=at) for p in refused.problems))
            return Expression.of("0", at)

    def rule(self) -> Rule:
        d = self._document
        head = d.rule
        rule = Rule(
            id=head.id,
            title=head.title.text,
            kind=head.kind,
            valid_from=head.valid_from,
            valid_to=head.valid_to,
            entity=head.entity,
            jurisdiction=head.jurisdiction,
            status=head.status,
            sources=tuple(s.value for s in head.sources),
            missing=tuple(m.text for m in head.missing),
            requires=head.requires,
            statuses=MappingProxyType({k: s.title.text for k, s in d.statuses.items()}),
            inputs=MappingProxyType({k: _input(k, i) for k, i in d.inputs.items()}),
            params=MappingProxyType(
                {
                    k: Param(k, tuple(v.version for v in p.versions), p.title.text, p.unit, p.on, p.aka)
                    for k, p in d.params.items()
                }
            ),
            lets=MappingProxyType(
                {k: Let(k, self._expression(v.expr, f"let.{k}"), v.title.text, v.unit) for k, v in d.let.items()}
            ),
            conditions=tuple(
                Condition(c.id, self._expression(c.expr, f"condition[{n}].expr"), c.say.text, c.any, c.moves)
                for n, c in enumerate(d.condition)
            ),
            points=self._points(),
            award=None
            if d.award is None
            else Award(self._expression(d.award.amount, "award.amount"), d.award.rounding, d.award.step),
        )
        return replace(rule, cases=tuple(_case(c, rule.usual_day) for c in d.case))

    def _points(self) -> Points | None:
        part = self._document.points
        if part is None:
            return None
        return Points(tuple(self._group(g, n) for n, g in enumerate(part.group)), part.least, part.any)

    def _group(self, part: GroupPart, n: int) -> Group:
        items = tuple(self._item(i, f"points.group[{n}].item[{k}]") for k, i in enumerate(part.item))
        return Group(part.id, part.title.text, items, part.most, part.least, part.nonzero)

    def _item(self, part: ItemPart, at: str) -> Item:
        by = self._expression(part.by, f"{at}.by") if part.by else self._expression(part.value, f"{at}.value")
        return Item(
            id=part.id,
            title=part.title.text,
            most=part.most,
            by=by,
            brackets=tuple(b.bracket for b in part.brackets),
            bands=tuple(b.band for b in part.bands),
            decimals=part.decimals,
            best_of=part.best_of,
            moves=part.moves,
        )


def _case(part: CasePart, usual: date) -> Case:
    given, expect = MappingProxyType(part.given), MappingProxyType(part.expect)
    return Case(given, expect, part.on or usual, frozenset(part.held), part.note)


def _input(key: str, part: InputPart) -> Input:
    most = Fraction(0) if part.most is None else part.most
    least = -most if part.least is None else part.least
    return Input(key, part.title.text, part.unit, part.decimals, least, most, part.change, part.aka, part.note.text)
