"""A mapping as a form: what each sheet, column and name was taken for, and the mapping that corrected choices make."""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from saima.engine.model.season import Season as EngineSeason
from saima.files.importing import Alias, Column, Grid, Mapping, Sheet, SheetMap
from saima.files.importing.grid import letters
from saima.files.importing.layout import headers, matched, template
from saima.files.importing.mapping import KEYS, ROLES
from saima.files.importing.names import CERTAIN
from saima.files.importing.times import without_time
from saima.server.kit.asked import whole
from saima.server.race.queries.setup_import import samples_of
from saima.words import Lang, Text, say

MEANINGS: Final = (*(f"key:{k}" for k in KEYS), *(f"role:{r}" for r in ROLES))
_KINDS: Final = ("contestants", "indicators")


@dataclass(frozen=True)
class ColumnShown:
    """One column: its header, cells under it, and what it is taken for."""

    name: str
    header: str
    samples: tuple[str, ...]
    meaning: str
    indicator: str
    unit: str
    last_year: bool
    guess: int  # percent; 100 is certain
    ignored: bool


@dataclass(frozen=True)
class SheetShown:
    name: str
    label: str
    header_rows: str
    contestant: str
    indicator: str
    period: str
    unit: str
    columns: tuple[ColumnShown, ...]
    guesses: int


@dataclass(frozen=True)
class NameShown:
    """A name of the table and the code it stands for."""

    name: str
    text: str
    code: str
    guess: int


@dataclass(frozen=True)
class MappingShown:
    sheets: tuple[SheetShown, ...]
    contestants: tuple[NameShown, ...]
    indicators: tuple[NameShown, ...]
    unplaced: tuple[tuple[str, str], ...]  # entry, name
    meanings: tuple[tuple[str, str], ...]
    known: Map[str, tuple[tuple[str, str], ...]]  # contestants, indicators: code and title to choose from
    year: str
    targets: str
    guesses: int


def mapping_shown(mapping: Mapping, grid: Grid, season: EngineSeason | None, lang: Lang) -> MappingShown:
    """The mapping with a few cells of each column, as far as its sheets are found in the table."""
    sheets = tuple(_sheet(n, entry, grid, lang) for n, entry in enumerate(mapping.sheets))
    names = {kind: _names(kind, getattr(mapping, kind)) for kind in _KINDS}
    known: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind in _KINDS:
        if season is None:
            known[kind] = tuple(dict.fromkeys((a.code, f"{a.name} ({a.code})") for a in getattr(mapping, kind)))
        else:
            known[kind] = tuple((t.code, f"{t.title.of(lang)} ({t.code})") for t in getattr(season, kind))
    return MappingShown(
        sheets,
        names["contestants"],
        names["indicators"],
        tuple((f"u{n}", text) for n, text in enumerate(mapping.unplaced)),
        tuple((m, _meaning(m, lang)) for m in MEANINGS),
        known,
        str(mapping.year or ""),
        mapping.targets,
        sum(s.guesses for s in sheets) + sum(n.guess < 100 for kind in _KINDS for n in names[kind]),
    )


def _meaning(meaning: str, lang: Lang) -> str:
    kind, _, value = meaning.partition(":")
    if meaning == "role:ignore":
        return say("import.show_not_read", lang)
    return say(f"import.show_{kind}_{value}", lang)


def _sheet(n: int, entry: SheetMap, grid: Grid, lang: Lang) -> SheetShown:
    sheet = sheet_for(grid, entry)
    places = _places(sheet, entry) if sheet else {}
    columns = []
    for m, column in enumerate(entry.columns):
        at, rows = places.get(m, (-1, ()))
        ignored = column.key is None and column.role in ("ignore", "rank")
        columns.append(
            ColumnShown(
                f"s{n}c{m}",
                f"{column.header} [{column.at}]" if column.at else column.header,
                samples_of(sheet, [r + 1 for r in rows], at) if sheet and at >= 0 else (),
                f"key:{column.key}" if column.key else f"role:{column.role}",
                column.indicator,
                column.unit,
                column.year_shift == -1,
                100 if ignored else round(column.sure * 100),
                ignored,
            )
        )
    named = sheet.name if sheet else ""
    label = entry.name or entry.pattern or say("import.show_numbered_sheet", lang, position=entry.position, name=named)
    return SheetShown(
        f"s{n}",
        label,
        ", ".join(map(str, entry.header_rows)),
        entry.contestant,
        entry.indicator,
        entry.period,
        entry.unit,
        tuple(columns),
        sum(c.guess < 100 for c in columns),
    )


def sheet_for(grid: Grid, entry: SheetMap) -> Sheet | None:
    """A sheet of the table this entry speaks of, for showing cells of it."""
    visible = [s for s in grid.sheets if not s.hidden and s.height]
    if entry.position:
        return visible[entry.position - 1] if entry.position <= len(visible) else None
    for sheet in visible:
        if entry.name in (sheet.name, without_time(sheet.name)):
            return sheet
    return visible[0] if visible else None


def _places(sheet: Sheet, entry: SheetMap) -> dict[int, tuple[int, tuple[int, ...]]]:
    wanted = {c.header: 1 for c in entry.columns if c.header}
    rows = matched(sheet, [r - 1 for r in entry.header_rows], wanted)
    if rows is None:
        return {}
    found: dict[int, tuple[int, tuple[int, ...]]] = {}
    for at, path in enumerate(headers(sheet, rows)):
        for m, column in enumerate(entry.columns):
            if m not in found and template(path) == column.header and column.at in ("", letters(at)):
                found[m] = (at, rows)
                break
    return found


def _names(kind: str, aliases: Sequence[Alias]) -> tuple[NameShown, ...]:
    return tuple(
        NameShown(f"{kind}.{n}", a.name, a.code, 100 if a.sure >= CERTAIN else round(a.sure * 100))
        for n, a in enumerate(aliases)
    )


def corrected(mapping: Mapping, posted: Map[str, str]) -> Mapping:
    """The mapping as a person's choices have it; what somebody looked at is certain from now on."""
    sheets = tuple(_sheet_corrected(n, entry, posted) for n, entry in enumerate(mapping.sheets))
    sheets = tuple(s for n, s in enumerate(sheets) if posted.get(f"s{n}.use", "yes") == "yes") or sheets
    skipped = [*mapping.skip_rows]
    made: dict[str, list[Alias]] = {}
    for kind in _KINDS:
        made[kind] = []
        for n, alias in enumerate(getattr(mapping, kind)):
            code = posted.get(f"{kind}.{n}", alias.code).strip()
            if code:
                made[kind].append(Alias(alias.name, code))
            else:
                skipped.append(alias.name)
    unplaced = []
    for n, text in enumerate(mapping.unplaced):
        kind, _, code = posted.get(f"u{n}", "").partition(":")
        if kind in _KINDS and code:
            made[kind].append(Alias(text, code))
        elif kind == "skip":
            skipped.append(text)
        else:
            unplaced.append(text)
    year, targets = posted.get("year", "").strip(), posted.get("targets", "")
    return replace(
        mapping,
        sheets=sheets,
        contestants=tuple(made["contestants"]),
        indicators=tuple(made["indicators"]),
        skip_rows=tuple(dict.fromkeys(skipped)),
        unplaced=tuple(unplaced),
        year=whole(year) or None,
        targets=cast(Any, targets) if targets in ("add", "replace", "ignore") else mapping.targets,
    )


def _sheet_corrected(n: int, entry: SheetMap, posted: Map[str, str]) -> SheetMap:
    columns = tuple(_column(c, posted, f"s{n}c{m}") for m, c in enumerate(entry.columns))
    fixed = {
        f: posted.get(f"s{n}.{f}", getattr(entry, f)).strip() for f in ("contestant", "indicator", "period", "unit")
    }
    return replace(entry, columns=columns, **cast(Any, fixed))


def _column(column: Column, posted: Map[str, str], name: str) -> Column:
    meaning = posted.get(f"{name}.meaning")
    if meaning not in MEANINGS:
        return column
    kind, _, value = meaning.partition(":")
    key, role = (value, "ignore") if kind == "key" else (None, value)
    plain = kind == "role" and role not in ("ignore", "rank", "total")
    return replace(
        column,
        key=cast(Any, key),
        role=cast(Any, role),
        indicator=posted.get(f"{name}.indicator", column.indicator) if plain else "",
        contestant=column.contestant if plain else "",
        unit=posted.get(f"{name}.unit", column.unit).strip() if plain else "",
        year_shift=-1 if plain and posted.get(f"{name}.last_year") == "yes" else 0,
        fill=column.fill,
        sure=1.0,
    )


def title_for(grid: Grid) -> Text:
    """A title for a season begun from this table: the name of its file."""
    name = grid.name.rpartition(".")[0] or grid.name
    return Text(name, "") if name.isascii() else Text("", name)
