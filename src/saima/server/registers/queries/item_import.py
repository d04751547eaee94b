"""Reads tables of items: which column means what of a kind, and what each line would do. Writes nothing."""

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.importing import Grid, Sheet, read_grid
from saima.files.kinds import Kind, Side, day_typed
from saima.server.kit import blobs, clock
from saima.server.places.queries import key_by_name, places_by_key
from saima.server.registers.queries.item_checks import Entry, checked_entry, checked_values
from saima.server.registers.queries.items import items_at
from saima.words import Text

MOST: Final = 2_000
Does = Literal["new", "changed", "same"]
_FIGURE: Final = re.compile(
    r"(?P<figure>.+?)[ _]*(?P<period>\d{4}(?:-\d\d|Q[1-4])?)[ _]*(?P<side>plan|done|计划|完成)", re.IGNORECASE
)
_STAGE: Final = ("stage", "阶段", "状态", "Stage")
_SINCE: Final = ("stage since", "阶段日期", "自", "Stage since")
_PROOF: Final = ("proof", "佐证", "Proof")
_CODE: Final = ("code", "编号", "代码", "Code", "项目代码")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, checked: what it would do, or why it cannot be taken."""

    line: int
    code: str = ""
    name: str = ""
    does: Does = "same"
    values: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    since: date | None = None
    proof: str = ""
    figures: Sequence[Entry] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Dry:
    """What a table would do."""

    rows: Sequence[Row]
    unknown: Sequence[str]  # headings that mean nothing here

    @property
    def good(self) -> list[Row]:
        return [r for r in self.rows if not r.problems]

    @property
    def bad(self) -> list[Row]:
        return [r for r in self.rows if r.problems]

    def count(self, does: Does) -> int:
        return sum(r.does == does for r in self.good)


@lru_cache(maxsize=2)
def grid_of(sha256: str, name: str) -> Grid:
    """The table of an upload as typed cells. Raises as ``read_grid``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(blobs.get(sha256))
        return read_grid(path)


def columns_of(kind: Kind) -> list[tuple[str, Text]]:
    """The columns a table of this kind may have, as its export writes them."""
    own = [(f.id, f.text) for f in kind.all_fields]
    return [
        ("code", Text("Code", "编号")),
        *own,
        ("stage", Text("Stage", "阶段")),
        ("stage since", Text("Stage since", "阶段日期")),
        ("proof", Text("Proof", "佐证")),
    ]


def _meanings(kind: Kind) -> dict[str, str]:
    found: dict[str, str] = {}
    for id_, names in (("code", _CODE), ("stage", _STAGE), ("stage since", _SINCE), ("proof", _PROOF)):
        found |= {n.lower(): id_ for n in names}
    for f in kind.all_fields:
        found |= {n.strip().lower(): f.id for n in (f.id, f.text.en, f.text.zh, *f.aka) if n}
    return found


def _sheet(grid: Grid) -> Sheet:
    return max((s for s in grid.sheets if not s.hidden), key=lambda s: s.height, default=grid.sheets[0])


def dry_run(kind: Kind, grid: Grid) -> Dry:
    """What each line would do, compared with what is known today; nothing is written.

    Raises
    ------
    QuestionRefused
        ``items.no_headings``: no column named like the name of an item; ``items.too_many``.
    """
    rows = [[c.text for c in row] for row in _sheet(grid).rows]
    meanings = _meanings(kind)
    head = next((n for n, row in enumerate(rows[:20]) if "name" in {meanings.get(t.lower()) for t in row}), None)
    if head is None:
        raise QuestionRefused(Problem("items.no_headings", {"name": kind.all_fields[0].text}))
    if len(rows) - head > MOST:
        raise QuestionRefused(Problem("items.too_many", {"count": len(rows) - head - 1, "most": MOST}))
    headings = rows[head]
    means = [meanings.get(h.lower(), "") for h in headings]
    figures = [_figure(kind, h) if not m else None for h, m in zip(headings, means, strict=True)]
    unknown = [h for h, m, f in zip(headings, means, figures, strict=True) if h and not m and f is None]
    reader = _Reader(kind, means, figures)
    found = [reader.row(n, row) for n, row in enumerate(rows[head + 1 :], head + 2) if any(row)]
    return Dry(reader.without_doubles(found), unknown)


def _figure(kind: Kind, heading: str) -> tuple[str, str, Side] | None:
    found = _FIGURE.fullmatch(heading.strip())
    if found is None:
        return None
    wanted = found["figure"].strip().lower()
    figure = next((f for f in kind.figures if wanted in (f.id.lower(), f.text.en.lower(), f.text.zh)), None)
    if figure is None:
        return None
    return figure.id, found["period"].upper(), "plan" if found["side"].lower() in ("plan", "计划") else "done"


class _Reader:
    def __init__(self, kind: Kind, means: list[str], figures: list[tuple[str, str, Side] | None]) -> None:
        self.kind, self.means, self.figures = kind, means, figures
        here = items_at(kind.id)
        self.by_code = {i.code: i for i in here}
        names = Counter(i.name for i in here)
        self.by_name = {i.name: i for i in here if names[i.name] == 1}
        self.places = key_by_name()

    def row(self, line: int, cells: Sequence[str]) -> Row:
        typed = {m: c for m, c in zip(self.means, cells, strict=False) if m and c}
        code, stage, since_text = typed.pop("code", ""), typed.pop("stage", ""), typed.pop("stage since", "")
        proof = typed.pop("proof", "")
        if typed.get("place"):
            typed["place"] = self._place(typed["place"])
        known = self.by_code.get(code) if code else self.by_name.get(typed.get("name", ""))
        problems: list[Problem] = []
        values: dict[str, str] = {}
        try:
            values = checked_values(self.kind, typed, whole=known is None)
        except Refused as refused:
            problems += refused.problems
        wanted = next((s for s in self.kind.stages if stage in (s.id, s.text.en, s.text.zh)), None)
        since: date | None = None
        if stage and wanted is None:
            titles = tuple(s.text for s in self.kind.stages)
            problems.append(Problem("items.unknown_stage", {"value": stage[:40], "among": titles}))
        if not stage and known is None:
            problems.append(Problem("items.no_stage"))
        if since_text:
            since = day_typed(since_text)
            if since is None:
                title = Text("Stage since", "阶段日期")
                problems.append(Problem("items.no_day", {"field": title, "value": since_text[:40]}))
        if wanted is not None and known is not None:
            at = known.stage
            if at is not None and at.id != wanted.id and wanted.id not in at.next:
                open_ = tuple(s.text for s in self.kind.steps_from(at.id))
                problems.append(Problem("items.no_step", {"stage": wanted.text, "here": at.text, "open": open_}))
        moves = wanted is not None and (known is None or known.stage is None or known.stage.id != wanted.id)
        if moves and wanted is not None and not problems:
            if since is None or since > clock.today():
                problems.append(Problem("items.stage_day", {"stage": wanted.text}))
            elif wanted.asks and not proof:
                problems.append(Problem("items.needs_proof", {"stage": wanted.text, "ask": wanted.asks[0].text}))
        figures = [Entry(*f, c) for f, c in zip(self.figures, cells, strict=False) if f is not None and c]
        fresh: list[Entry] = []
        for entry in figures:
            try:
                kept = checked_entry(self.kind, known, entry)
            except Refused as refused:
                problems += refused.problems
                continue
            fresh += [kept] if kept else []
        does: Does = "new" if known is None else "same"
        if known is not None and (moves or any(known.values.get(f, "") != v for f, v in values.items()) or fresh):
            does = "changed"
        return Row(
            line,
            known.code if known else code,
            typed.get("name", known.name if known else ""),
            does,
            values,
            wanted.id if wanted and moves else "",
            since,
            proof,
            fresh,
            tuple(problems),
        )

    def _place(self, said: str) -> str:
        return said if said in self._keys(said) else self.places.get(said, said)

    def _keys(self, said: str) -> set[str]:
        return set(places_by_key([said])) if said not in self.places else set()

    def without_doubles(self, rows: Sequence[Row]) -> list[Row]:
        """The second line of one item is refused: nobody knows which of the two is meant."""
        seen: dict[str, int] = {}
        found = []
        for r in rows:
            key = f"code {r.code}" if r.code else f"name {r.name}"
            if key in seen:
                twice = Problem("items.twice", {"name": r.name or r.code, "line": seen[key]})
                found.append(Row(r.line, r.code, r.name, problems=(*r.problems, twice)))
            else:
                seen[key] = r.line
                found.append(r)
        return found
