"""A definition as rows of text that can always be shown and edited, also while it does not hold together.

Reading it as a season is asked of ``documents.read_definition``; arithmetic and permissions are elsewhere.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any
from unicodedata import category

from saima.engine.errors import Problem, Refused
from saima.engine.model.decimals import canonical
from saima.engine.race.check import check_season
from saima.files.cells import number_text, tidy
from saima.files.csvtext import csv_bytes
from saima.files.rows import columns_of, mandatory_of
from saima.files.writing import toml_bytes
from saima.server.race.queries.documents import definition_of, read_definition
from saima.server.race.queries.setup_fields import TABLES, VALUES, Field, Table, table_of

Cells = Mapping[str, str]
Key = tuple[str, ...]
_SPLIT = re.compile(r"[;；\n]+")


@dataclass(frozen=True)
class Edit:
    """One row as it shall be: only the cells named change. ``cells`` None takes the row away."""

    table: str
    key: Key
    cells: Cells | None


@dataclass(frozen=True)
class Plain:
    """A definition as text: season.toml parsed, and the rows of its CSV files."""

    document: Mapping[str, Any]
    tables: Mapping[str, tuple[Cells, ...]]

    def rows(self, name: str) -> tuple[Cells, ...]:
        """The rows of a table in the order they are written; the single choices are one row."""
        if name == VALUES:
            return (_read_part(table_of(VALUES), self.document),)
        table = TABLES[name]
        if not table.path:
            return self.tables.get(name, ())
        found: Any = self.document
        for step in table.path:
            found = found.get(step, {}) if isinstance(found, dict) else {}
        return tuple(_read_part(table, item) for item in found if isinstance(item, dict))

    def keyed(self, name: str) -> dict[Key, Cells]:
        """Rows by their key; of two with one key the first."""
        found: dict[Key, Cells] = {}
        for row in self.rows(name):
            found.setdefault(key_of(name, row), row)
        return found

    def row(self, name: str, key: Key) -> Cells | None:
        return self.keyed(name).get(key)


def tidied(edit: Edit) -> Edit:
    """The same row in the one way its cells are written, so that 40.0 is no change of 40."""
    key = tuple(_one_line(_readable(part)) for part in edit.key)
    if edit.cells is None:
        return Edit(edit.table, key, None)
    known = {f.name: f for f in table_of(edit.table).fields}
    return Edit(edit.table, key, {n: _tidied(known[n], v) for n, v in edit.cells.items()})


def _readable(text: str) -> str:
    # Control characters stand in no TOML and in no database's text: with one inside, a draft could not be read back.
    return tidy("".join(c for c in text if c in "\n\r" or category(c) not in ("Cc", "Cs")))


def _tidied(field: Field, typed: str) -> str:
    text = _readable(typed)
    match field.kind:
        case "number":
            return canonical(text) or text
        case "list" | "steps":
            return "; ".join(" ".join(part.split()) for part in _SPLIT.split(text) if part.strip())
        case _:
            return " ".join(text.split("\n"))


def key_of(name: str, row: Cells) -> Key:
    return tuple(row.get(k, "") for k in table_of(name).keys)


def plain_of(files: Mapping[str, str]) -> Plain:
    """The rows of a definition's files, as this module or ``definition_of`` wrote them."""
    tables = {
        name: tuple(dict(row) for row in csv.DictReader(StringIO(files[f"{name}.csv"], newline="")))
        for name, table in TABLES.items()
        if not table.path and f"{name}.csv" in files
    }
    return Plain(tomllib.loads(files["season.toml"]), tables)


def edited(plain: Plain, edits: Iterable[Edit]) -> Plain:
    """The definition with these rows as they shall be."""
    document: dict[str, Any] = deepcopy(dict(plain.document))
    tables = dict(plain.tables)
    for name, changes in _by_table(edits).items():
        if name == VALUES:
            for change in changes:
                _write_part(table_of(VALUES), document, change.cells or {})
            continue
        rows = _changed(name, Plain(document, tables).rows(name), changes)
        table = TABLES[name]
        if not table.path:
            tables[name] = tuple(rows)
            continue
        holder = document
        for step in table.path[:-1]:
            holder = holder.setdefault(step, {})
        holder[table.path[-1]] = [_made_part(table, row) for row in rows]
        if not rows:
            del holder[table.path[-1]]
    return Plain(document, tables)


def _by_table(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.table, []).append(edit)
    return found


def _changed(name: str, rows: Sequence[Cells], changes: Sequence[Edit]) -> list[Cells]:
    wanted = {c.key: c.cells for c in changes}
    out: list[Cells] = []
    for row in rows:
        key = key_of(name, row)
        if key not in wanted:
            out.append(row)
            continue
        cells = wanted.pop(key)
        if cells is not None:
            out.append({**row, **cells, **_key_cells(name, key)})
    for key, cells in wanted.items():
        if cells is not None:
            out.append({**cells, **_key_cells(name, key)})
    return out


def _key_cells(name: str, key: Key) -> Cells:
    return dict(zip(TABLES[name].keys, key, strict=True))  # a row never changes its key


def files_of(plain: Plain) -> dict[str, str]:
    """The files of a definition: canonical where it can be read, as typed where it cannot."""
    files = {"season.toml": toml_bytes(dict(plain.document)).decode()}
    for name, rows in plain.tables.items():
        needed = mandatory_of(name)
        columns = tuple(c for c in columns_of(name) if c in needed or any(r.get(c) for r in rows))
        if rows or name in {"contestants", "indicators"}:
            written = sorted(tuple(_one_line(r.get(c) or "") for c in columns) for r in rows)
            files[f"{name}.csv"] = csv_bytes(columns, written).decode()
    try:
        return definition_of(read_definition(files))
    except Refused:
        return files


def _one_line(text: str) -> str:
    # One row, one line: a problem then names the row by its line.
    return " ".join(tidy(text).split("\n"))


@lru_cache(maxsize=32)
def _problems(files: str) -> tuple[Problem, ...]:
    try:
        bundle = read_definition(json.loads(files))
    except Refused as refused:
        return refused.problems
    return check_season(bundle.season)


def problems_of(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Everything that keeps this definition from being published: what cannot be read, else what does not hold."""
    return _problems(json.dumps(dict(files), ensure_ascii=False, sort_keys=True))


def _read_part(table: Table, item: Mapping[str, Any]) -> Cells:
    cells: dict[str, str] = {}
    for field in table.fields:
        found: Any = item
        for step in field.at:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                found = None
        text = _text(field, found)
        if text:
            cells[field.name] = text
    return cells


def _text(field: Field, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number_text(float(value))
        case list():
            if field.kind == "steps":
                return "; ".join(_step_text(step) for step in value)
            return "; ".join(str(v) for v in value)
        case _:
            return str(value)


def _step_text(step: Any) -> str:
    if isinstance(step, list) and len(step) == 2:
        return " = ".join(number_text(float(v)) if isinstance(v, (int, float)) else str(v) for v in step)
    return str(step)


def _made_part(table: Table, cells: Cells) -> dict[str, Any]:
    item: dict[str, Any] = {}
    _write_part(table, item, {f.name: cells.get(f.name, "") for f in table.fields})
    return item


def _write_part(table: Table, item: dict[str, Any], cells: Cells) -> None:
    for name, text in cells.items():
        field = table.field(name)
        value = _value(field, tidy(text))
        if len(field.at) == 2 and field.at[1].isdecimal():
            _put_in_span(item, field.at[0], int(field.at[1]), str(value or ""))
            continue
        holder = item
        for step in field.at[:-1]:
            holder = holder.setdefault(step, {})
        if value in (None, "", []):
            holder.pop(field.at[-1], None)
        else:
            holder[field.at[-1]] = value
        if len(field.at) > 1 and not item.get(field.at[0]):
            item.pop(field.at[0], None)


def _put_in_span(item: dict[str, Any], name: str, at: int, text: str) -> None:
    span = [*item.get(name, ()), "", ""][:2]
    span[at] = text
    item[name] = span


def _value(field: Field, text: str) -> Any:
    """What season.toml holds for a text; what is no number stays text, so that the reader names it."""
    match field.kind:
        case "number":
            return _number(text)
        case "yes_no":
            return {"yes": True, "no": False}.get(text, text)
        case "list":
            return [part.strip() for part in _SPLIT.split(text) if part.strip()]
        case "steps":
            return [_step(part) for part in _SPLIT.split(text) if part.strip()]
        case _:
            return text


def _number(text: str) -> int | float | str:
    exact = canonical(text)
    if exact is None:
        return text
    value = float(exact)
    return int(value) if value.is_integer() else value


def _step(text: str) -> Any:
    parts = [_number(p.strip()) for p in re.split(r"[=,，]", text)]
    return parts if len(parts) == 2 else text.strip()
