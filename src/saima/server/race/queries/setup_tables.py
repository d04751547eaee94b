"""One table of a definition as a file: written for a spreadsheet, read back as changes, each with its line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from saima.engine.errors import Problem, SeasonRefused
from saima.files.checking import unknown_name
from saima.files.importing import Grid
from saima.files.importing.grid import Cell
from saima.server.kit.downloads import harmless
from saima.server.race.queries.setup_fields import TABLES
from saima.server.race.queries.setup_plain import Cells, Edit, Key, Plain, key_of, tidied

_PERIODS = frozenset({"since", "until", "period"})
_DAY = re.compile(r"(\d{4}-\d{2})-01")


def columns_shown(table: str) -> tuple[str, ...]:
    return tuple(f.name for f in TABLES[table].fields)


def rows_shown(plain: Plain, table: str) -> list[tuple[str, ...]]:
    columns = columns_shown(table)
    return [tuple(row.get(c) or "" for c in columns) for row in plain.rows(table)]


@dataclass(frozen=True)
class TableChange:
    """What an uploaded table would change. ``gone``: rows the file does not have."""

    added: tuple[Edit, ...]
    changed: tuple[tuple[Edit, Cells], ...]  # the cells that change, and the row as it is
    gone: tuple[Key, ...]
    same: int

    def edits(self, *, remove: bool) -> list[Edit]:
        return [*self.added, *(e for e, _ in self.changed), *self._removals(remove)]

    def _removals(self, remove: bool) -> list[Edit]:
        return [Edit(self.table, key, None) for key in self.gone] if remove else []

    table: str = ""


def changes_from(grid: Grid, plain: Plain, table: str) -> TableChange:
    """The first sheet of a file against the table as it is.

    Raises
    ------
    SeasonRefused
        By line and column: a column nobody knows or that comes twice, a row without its key, a key that comes twice.
    """
    sheet = next(s for s in grid.sheets if s.height)
    columns = columns_shown(table)
    head = [sheet.at(0, c).text for c in range(sheet.width)]
    problems: list[Problem] = list(_head_problems(grid.name, head, columns, table))
    if problems:
        raise SeasonRefused(problems)
    present = plain.keyed(table)
    found: dict[Key, tuple[int, dict[str, str]]] = {}
    for r in range(1, sheet.height):
        typed = {name: _text(name, sheet.at(r, c)) for c, name in enumerate(head) if name}
        cells = dict(tidied(Edit(table, (), typed)).cells or {})
        if not any(cells.values()):
            continue
        key = key_of(table, cells)
        if not all(key):
            empty = next(n for n, part in zip(TABLES[table].keys, key, strict=True) if not part)
            problems.append(Problem("files.cell_empty", {"name": empty}, grid.name, r + 1, empty))
        elif key in found:
            named = {"key": " ".join(key), "line": found[key][0]}
            problems.append(Problem("setup.row_twice", named, grid.name, r + 1, TABLES[table].keys[0]))
        else:
            found[key] = (r + 1, cells)
    if problems:
        raise SeasonRefused(problems)
    return _compared(table, present, {k: cells for k, (_, cells) in found.items()})


def _compared(table: str, present: Mapping[Key, Cells], found: Mapping[Key, Cells]) -> TableChange:
    added, changed = [], []
    for key, cells in found.items():
        row = present.get(key)
        if row is None:
            added.append(Edit(table, key, {n: v for n, v in cells.items() if v}))
            continue
        news = {n: v for n, v in cells.items() if v != (row.get(n) or "")}
        if news:
            changed.append((Edit(table, key, news), row))
    gone = tuple(k for k in present if k not in found)
    return TableChange(tuple(added), tuple(changed), gone, len(found) - len(added) - len(changed), table)


def _head_problems(file: str, head: Sequence[str], columns: Sequence[str], table: str) -> list[Problem]:
    out: list[Problem] = []
    for at, name in enumerate(head, 1):
        if name and name not in columns:
            code, params = unknown_name("column", name, columns)
            out.append(Problem(code, params, file, 1, str(at)))
        elif name and head.index(name) != at - 1:
            out.append(Problem("files.column_twice", {"name": name}, file, 1, name))
    out += [
        Problem("files.column_missing", {"name": key, "columns": TABLES[table].keys}, file, 1, key)
        for key in TABLES[table].keys
        if key not in head
    ]
    return out


def _text(column: str, cell: Cell) -> str:
    if isinstance(cell.value, bool):
        return "yes" if cell.value else "no"
    text = cell.text
    if column in _PERIODS and isinstance(cell.value, date) and (found := _DAY.match(text)):
        return found[1]  # a spreadsheet made a day of the period
    # What a download led with an apostrophe, so that no spreadsheet runs it, is taken as it was.
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text
