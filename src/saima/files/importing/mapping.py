"""What a table means, as a TOML file people can read and edit: which sheet, which column, which unit, which name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.inputs import State
from saima.engine.model.periods import Period
from saima.files.importing.figures import MARKERS, MEANINGS, Meaning
from saima.files.keys import key_lines

FORMAT: Final = "map/1"
Key = Literal["contestant", "indicator", "period", "unit", "role"]
Role = Literal["value", "target", "baseline", "completion", "rank", "month_value", "total", "ignore"]
Source = Literal["header", "row", "sheet", "title", "file"]
KEYS: Final[tuple[Key, ...]] = get_args(Key)
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SOURCES: Final[tuple[Source, ...]] = get_args(Source)


@dataclass(frozen=True, slots=True)
class Column:
    """What one column says, found again by its header text (``{period}`` stands for any time in it).

    Either ``key`` (its cells name the contestant, indicator, period, unit or role of their row) or ``role``.
    ``sure`` below 1 marks a guess of the proposal. ``at`` tells columns of equal headers apart, by letter.
    """

    header: str
    key: Key | None = None
    role: Role = "ignore"
    indicator: str = ""
    contestant: str = ""
    unit: str = ""
    year_shift: int = 0  # -1: the same period of the year before
    fill: bool = False  # a blank cell repeats the one above it
    at: str = ""
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class SheetMap:
    """One kind of sheet: how it is recognised, and its columns.

    ``name`` is the sheet's name, in which ``{period}`` stands for any time and a whole ``{contestant}`` or
    ``{indicator}`` for any known one; ``pattern`` is a regular expression for names; ``position`` counts visible
    sheets from 1. All that are given must fit. ``header_rows`` count from 1.
    """

    columns: tuple[Column, ...]
    header_rows: tuple[int, ...] = ()
    name: str = ""
    pattern: str = ""
    position: int = 0
    contestant: str = ""  # a code, or "sheet": the sheet's name says it
    indicator: str = ""
    unit: str = ""
    period: str = ""  # a fixed period; empty: found by period_from
    period_from: tuple[Source, ...] = ("header", "row", "sheet", "title", "file")


@dataclass(frozen=True, slots=True)
class Alias:
    """A name as the table writes it, and the code it means. ``sure`` below 1 marks a guess."""

    name: str
    code: str
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that a person has to say about a table before its figures can be read.

    ``unplaced`` names what the proposal could not give a meaning (kept in the file as a reminder, not read).
    """

    sheets: tuple[SheetMap, ...]
    contestants: tuple[Alias, ...] = ()
    indicators: tuple[Alias, ...] = ()
    skip_rows: tuple[str, ...] = ()  # further names of rows that are no contestants
    markers: Map[str, Meaning] = field(default_factory=lambda: MARKERS)
    units: Map[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    year: int | None = None
    state: State = "reported"
    targets: Literal["add", "replace", "ignore"] = "add"
    unplaced: tuple[str, ...] = ()


def save_map(mapping: Mapping, path: Path | str) -> None:
    """Writes the mapping; the same mapping always gives the same bytes."""
    Path(path).write_text(dump_map(mapping), encoding="utf-8", newline="\n")


def dump_map(mapping: Mapping) -> str:
    """The mapping as TOML text."""
    import tomli_w

    document: dict[str, Any] = {"saima": FORMAT}
    if mapping.year is not None:
        document["year"] = mapping.year
    document["state"] = mapping.state
    document["targets"] = mapping.targets
    if mapping.skip_rows:
        document["skip_rows"] = list(mapping.skip_rows)
    if mapping.unplaced:
        document["unplaced"] = list(mapping.unplaced)
    if mapping.units:
        document["units"] = {name: f"{factor:f}" for name, factor in sorted(mapping.units.items())}
    own = {m: meaning for m, meaning in sorted(mapping.markers.items()) if MARKERS.get(m) != meaning}
    if own:
        document["markers"] = own
    document["sheets"] = [_sheet_out(s) for s in mapping.sheets]
    for kind, aliases in (("contestants", mapping.contestants), ("indicators", mapping.indicators)):
        if aliases:
            document[kind] = [_shown(a) for a in aliases]
    return tomli_w.dumps(document)


def _sheet_out(sheet: SheetMap) -> dict[str, Any]:
    shown = _shown(sheet)
    columns = [_shown(c) for c in sheet.columns]
    shown.pop("columns", None)
    return shown | {"columns": columns}


def _shown(value: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for f in fields(value):
        item = getattr(value, f.name)
        if item is None or item == f.default or f.name == "columns":
            continue
        out[f.name] = list(item) if isinstance(item, tuple) else item
    if isinstance(value, Column) and value.key is None and "role" not in out:
        out["role"] = value.role
    return out


def load_map(path: Path | str) -> Mapping:
    """Reads a mapping file.

    Raises
    ------
    ReadingsRefused
        ``import.map_*``: every key that is unknown, missing, of the wrong kind or not on offer, with its line.
    """
    path = Path(path)
    if not path.is_file():
        raise ReadingsRefused(Problem("import.map_missing", {"name": path.name}, file=path.name))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ReadingsRefused(Problem("import.map_toml", {"fault": "UTF-8"}, file=path.name)) from None
    return parse_map(text, path.name)


def parse_map(text: str, name: str = "map.toml") -> Mapping:
    """A mapping from its TOML text. Raises as ``load_map``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"line (\d+)", str(fault))
        raise ReadingsRefused(
            Problem("import.map_toml", {"fault": str(fault)}, file=name, line=int(line[1]) if line else 0)
        ) from None
    reader = _Reader(text, name)
    mapping = reader.mapping(document)
    if reader.problems:
        raise ReadingsRefused(reader.problems)
    return mapping


_CHOICES: Final[Map[tuple[str, str], tuple[str, ...]]] = {
    ("columns", "key"): KEYS,
    ("columns", "role"): ROLES,
    ("sheets", "period_from"): SOURCES,
    ("", "state"): ("reported", "verified"),
    ("", "targets"): ("add", "replace", "ignore"),
    ("markers", "*"): MEANINGS,
}
_KINDS: Final[Map[str, Map[str, type]]] = {
    "": {
        "saima": str, "year": int, "state": str, "targets": str, "skip_rows": list, "unplaced": list, "units": dict,
        "markers": dict, "sheets": list, "contestants": list, "indicators": list,
    },
    "sheets": {
        "name": str, "pattern": str, "position": int, "header_rows": list, "contestant": str,
        "indicator": str, "unit": str, "period": str, "period_from": list, "columns": list,
    },
    "columns": {
        "header": str, "key": str, "role": str, "indicator": str, "contestant": str, "unit": str, "year_shift": int,
        "fill": bool, "at": str, "sure": float,
    },
    "contestants": {"name": str, "code": str, "sure": float},
    "indicators": {"name": str, "code": str, "sure": float},
}  # fmt: skip


class _Reader:
    """Walks a parsed document and keeps every problem with its line."""

    def __init__(self, text: str, name: str) -> None:
        self.lines = text.splitlines()
        self.known = key_lines(text)
        self.name = name
        self.problems: list[Problem] = []

    def mapping(self, document: dict[str, Any]) -> Mapping:
        top = self.table(document, "", ())
        if document.get("saima") != FORMAT:
            self.refuse("import.map_format", (), "saima", seen=str(document.get("saima", "")), format=FORMAT)
        sheets = tuple(self.sheet(s, n) for n, s in enumerate(self.tables(document, "sheets")))
        if not sheets:
            self.refuse("import.map_no_sheets", (), "sheets")
        return Mapping(
            sheets=sheets,
            contestants=self.aliases(document, "contestants"),
            indicators=self.aliases(document, "indicators"),
            skip_rows=self.texts(top, "skip_rows", ()),
            markers=MappingProxyType({**MARKERS, **self.markers(top)}),
            units=self.units(top),
            year=top.get("year"),
            state=top.get("state", "reported"),
            targets=top.get("targets", "add"),
            unplaced=self.texts(top, "unplaced", ()),
        )

    def sheet(self, raw: dict[str, Any], n: int) -> SheetMap:
        where = (("sheets", n),)
        good = self.table(raw, "sheets", where)
        columns = []
        for m, column in enumerate(self.tables(raw, "columns", where)):
            found = self.table(column, "columns", (*where, ("columns", m)))
            if "header" not in column and "at" not in column:
                self.refuse("import.map_no_header", (*where, ("columns", m)), "header")
            if found.get("at") and not re.fullmatch(r"[A-Z]{1,3}", found["at"]):
                self.refuse("import.map_letter", (*where, ("columns", m)), "at", seen=found["at"])
            columns.append(Column(**{"header": "", **found}))
        if not any(good.get(k) for k in ("name", "pattern", "position")):
            self.refuse("import.map_no_match", where, "name")
        if pattern := good.get("pattern"):
            try:
                re.compile(pattern)
            except re.error as fault:
                self.refuse("import.map_pattern", where, "pattern", seen=pattern, fault=str(fault))
        if period := good.get("period"):
            try:
                Period.parse(period)
            except Exception:  # noqa: BLE001 - whatever Period refuses is told here with the line
                self.refuse("period.unknown", where, "period", text=period)
        rows = good.get("header_rows", [])
        if not all(isinstance(r, int) and not isinstance(r, bool) and r > 0 for r in rows):
            self.refuse("import.map_header_rows", where, "header_rows")
            rows = []
        good["header_rows"] = tuple(rows)
        if "period_from" in good:
            good["period_from"] = self.texts(good, "period_from", where)
        return SheetMap(**good | {"columns": tuple(columns)})

    def table(self, raw: dict[str, Any], kind: str, where: tuple[tuple[str, int], ...]) -> dict[str, Any]:
        """The known keys of the right kind; the others become problems."""
        good: dict[str, Any] = {}
        for k, value in raw.items():
            wanted = _KINDS[kind].get(k)
            if wanted is None:
                self.refuse("import.map_unknown_key", where, k, key=k, known=tuple(_KINDS[kind]))
                continue
            fits = isinstance(value, (int, float) if wanted is float else wanted)
            if not fits or (isinstance(value, bool) and wanted is not bool):
                self.refuse("import.map_kind", where, k, key=k, wanted=wanted.__name__, seen=str(value))
                continue
            choices = _CHOICES.get((kind, k))
            unknown = [v for v in (value if isinstance(value, list) else [value]) if choices and v not in choices]
            if choices and unknown:
                self.refuse("import.map_choice", where, k, key=k, seen=str(unknown[0]), known=choices)
                continue
            if k != "columns":
                good[k] = value
        return good

    def tables(self, raw: dict[str, Any], k: str, where: tuple[tuple[str, int], ...] = ()) -> Iterable[dict[str, Any]]:
        found = raw.get(k, [])
        if not isinstance(found, list) or not all(isinstance(t, dict) for t in found):
            self.refuse("import.map_kind", where, k, key=k, wanted=f"[[{k}]]", seen=str(found)[:60])
            return []
        return found

    def aliases(self, document: dict[str, Any], kind: str) -> tuple[Alias, ...]:
        out = []
        for n, raw in enumerate(self.tables(document, kind)):
            good = self.table(raw, kind, ((kind, n),))
            if not good.get("name") or not good.get("code"):
                self.refuse("import.map_alias", ((kind, n),), "name")
                continue
            out.append(Alias(**good))
        return tuple(out)

    def texts(self, raw: dict[str, Any], k: str, where: tuple[tuple[str, int], ...]) -> tuple[Any, ...]:
        found = raw.get(k, [])
        if not all(isinstance(v, str) for v in found):
            self.refuse("import.map_kind", where, k, key=k, wanted='["..."]', seen=str(found)[:60])
            return ()
        return tuple(found)

    def markers(self, top: dict[str, Any]) -> dict[str, Meaning]:
        out: dict[str, Meaning] = {}
        for marker, meaning in top.get("markers", {}).items():
            if meaning not in MEANINGS:
                self.refuse("import.map_choice", (), marker, key=marker, seen=str(meaning), known=MEANINGS)
            else:
                out[marker.casefold()] = meaning
        return out

    def units(self, top: dict[str, Any]) -> Map[str, Decimal]:
        out: dict[str, Decimal] = {}
        for unit, factor in top.get("units", {}).items():
            number = canonical(str(factor))
            if number is None or Decimal(number) <= 0:
                self.refuse("import.map_factor", (), unit, unit=unit, seen=str(factor))
            else:
                out[unit] = Decimal(number)
        return MappingProxyType(out)

    def refuse(self, code: str, where: tuple[tuple[str, int], ...], k: str, **params: object) -> None:
        self.problems.append(Problem(code, params, file=self.name, line=self.line(where, k)))

    def line(self, where: tuple[tuple[str, int], ...], k: str) -> int:
        """The line of a key inside the n-th table of its kind, or of the nearest thing around it."""
        path = ""
        best = 0
        for kind, n in where:
            path = f"{path}.{kind}" if path else kind
            if line := self.known.get(f"{path}[{n}]"):
                best = line
            elif line := self.known.get(path):
                inline = (i for i, text in enumerate(self.lines[line:], line + 1) if text.lstrip().startswith("{"))
                best = next(islice(inline, n, None), line)
            path = f"{path}[{n}]"
        found = self.known.get(f"{path}.{k}" if path else k, best)
        # Keys of [units] and [markers] are mostly Chinese and quoted; the scan of bare keys does not know them.
        quoted = (n for n, text in enumerate(self.lines, 1) if text.lstrip().startswith((f'"{k}"', f"'{k}'")))
        return found or next(quoted, 0)
