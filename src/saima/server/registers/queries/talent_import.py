"""Reads tables of talents: which column means what, and what each line would do. Writes nothing, keeps nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.importing import Grid
from saima.files.kinds import day_typed
from saima.files.sealing import unseal
from saima.server.kit import clock
from saima.server.places.queries import key_by_name, places_by_key
from saima.server.registers.models import TalentProgramme, TalentSecret
from saima.server.registers.queries.sealing import ring
from saima.server.registers.queries.talent_checks import PERSONAL, names_nobody, personal_checked
from saima.server.registers.queries.talents import talents_at
from saima.words import LANGS, Text, say

MOST: Final = 1_000  # lines of one table
FACTS: Final = ("arrived", "employer", "place", "level")
_AKA: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("姓名", "名字", "name"),
    "id_number": ("身份证号", "身份证号码", "证件号", "护照号", "id number", "identity number"),
    "contact": ("联系电话", "手机", "手机号", "电话", "邮箱", "phone", "mobile", "email"),
    "note": ("备注", "说明", "remarks"),
    "arrived": ("引进日期", "引进时间", "到岗时间", "入职日期", "date of arrival"),
    "employer": ("单位", "工作单位", "引进单位", "企业", "company"),
    "place": ("园区", "所属园区", "地区", "park", "zone"),
    "level": ("类别", "人才层次", "人才类别", "level"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One line, checked: what it would enter, or why it cannot be taken. ``same``: somebody who is there already."""

    line: int
    personal: Mapping[str, str] = field(default_factory=dict, repr=False)
    arrived: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    same: bool = False
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Table:
    """What a table would do. ``unknown``: headings that mean nothing here."""

    people: Sequence[Person]
    unknown: Sequence[str]

    @property
    def new(self) -> list[Person]:
        return [p for p in self.people if not p.problems and not p.same]

    @property
    def same(self) -> list[Person]:
        return [p for p in self.people if not p.problems and p.same]

    @property
    def bad(self) -> list[Person]:
        return [p for p in self.people if p.problems]


def columns() -> list[Text]:
    """The columns a table may have, as the pages name them."""
    return [_title(name) for name in (*PERSONAL, *FACTS)]


def _title(name: str) -> Text:
    group = "talents_personal" if name in PERSONAL else "talents_column"
    return Text(**{lang: say(f"choice.{group}.{name}", lang) for lang in LANGS})


def _meanings() -> dict[str, str]:
    found = {said.casefold(): name for name in _AKA for said in (*_AKA[name], name)}
    return found | {title.of(lang).casefold(): n for n in _AKA for lang in LANGS for title in [_title(n)]}


def table_read(programme: TalentProgramme, grid: Grid) -> Table:
    """What each line would do, beside those who are there already.

    Raises
    ------
    QuestionRefused
        ``talents.no_headings``, ``talents.too_many``; as ``unseal``.
    """
    sheet = max((s for s in grid.sheets if not s.hidden), key=lambda s: s.height, default=grid.sheets[0])
    rows = [[c.text.strip() for c in row] for row in sheet.rows]
    meanings = _meanings()
    head = next((n for n, row in enumerate(rows[:20]) if "name" in {meanings.get(t.casefold()) for t in row}), None)
    if head is None:
        raise QuestionRefused(Problem("talents.no_headings", {"name": _title("name"), "day": _title("arrived")}))
    filled = [(n, row) for n, row in enumerate(rows[head + 1 :], head + 2) if any(row)]
    if len(filled) > MOST:
        raise QuestionRefused(Problem("talents.too_many", {"count": len(filled), "most": MOST}))
    means = [meanings.get(h.casefold(), "") for h in rows[head]]
    unknown = [h for h, m in zip(rows[head], means, strict=True) if h and not m]
    reader = _Reader(programme)
    return Table([reader.person(n, means, row) for n, row in filled], unknown)


class _Reader:
    def __init__(self, programme: TalentProgramme) -> None:
        self.there = _there(programme)
        self.seen: dict[tuple[str, str], int] = {}
        self.named = key_by_name()
        self.keys = set(places_by_key(self.named.values()))

    def person(self, line: int, means: Sequence[str], row: Sequence[str]) -> Person:
        typed = {m: c for m, c in zip(means, row, strict=False) if m and c}
        problems: list[Problem] = []
        personal: dict[str, str] = {}
        try:
            personal = personal_checked(typed)
        except Refused as refused:
            problems += refused.problems
        said, arrived = typed.get("arrived", ""), day_typed(typed.get("arrived", ""))
        if arrived is None:
            problems.append(Problem("items.no_day", {"field": _title("arrived"), "value": said[:40] or "-"}))
        elif arrived > clock.today():
            problems.append(Problem("talents.not_yet", {"day": arrived.isoformat()}))
        place = typed.get("place", "")
        if place and place not in self.keys:
            if place in self.named:
                place = self.named[place]
            else:
                problems.append(Problem("items.no_place", {"value": place[:80]}))
        facts = {"employer": typed.get("employer", ""), "place": place, "level": typed.get("level", "")}
        try:
            names_nobody(personal, *facts.values())
        except Refused as refused:
            problems += refused.problems
        who = _who(personal, arrived)
        if personal and who in self.seen:
            problems.append(Problem("talents.twice", {"line": self.seen[who]}))
        self.seen.setdefault(who, line)
        return Person(line, personal, arrived, facts, who in self.there, tuple(problems))


def _who(personal: Mapping[str, str], arrived: date | None) -> tuple[str, str]:
    """By what two lines are one person: the number, or else the name and the day."""
    number = personal.get("id_number", "")
    if number:
        return "", number.casefold()
    return personal.get("name", "").casefold(), arrived.isoformat() if arrived else ""


def _there(programme: TalentProgramme) -> set[tuple[str, str]]:
    """Those of a programme who are there, opened in memory alone."""
    days = {t.id: t.arrived for t in talents_at(programme=programme.key)}
    rows = TalentSecret.objects.filter(talent__programme=programme).exclude(sealed="").select_related("talent")
    keys = ring() if rows else None
    found: set[tuple[str, str]] = set()
    for row in rows:
        assert keys is not None
        personal = json.loads(unseal(keys, row.sealed, f"talent {row.talent.uuid}"))
        found |= {_who(personal, days.get(row.talent_id)), _who({"name": personal["name"]}, days.get(row.talent_id))}
    return found
