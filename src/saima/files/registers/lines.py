"""Reads a list of firms line by line by its mapping: codes, names, figures in the item's unit, what cannot be taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.files.importing.figures import MARKERS, Figure, Unplaced, read_figure
from saima.files.importing.grid import Cell, Grid, Sheet, letters
from saima.files.importing.headings import is_aside
from saima.files.importing.layout import headers
from saima.files.importing.units import Unit, parse_unit
from saima.files.importing.words_of_tables import FOOTNOTE, narrow
from saima.files.problems import shown
from saima.files.registers.codes import cleaned
from saima.files.registers.listing import (
    ADDRESS,
    BATCH,
    CODE,
    IGNORE,
    NAME,
    OF_LINE,
    PLACE,
    SINCE,
    STATUS,
    UNTIL,
    Kind,
    ListColumn,
    ListMap,
)

_SIZES: Final = {
    "微": "micro", "微型": "micro", "小": "small", "小型": "small", "中": "medium", "中型": "medium", "大": "large",
    "大型": "large", "micro": "micro", "small": "small", "medium": "medium", "large": "large",
}  # fmt: skip
_MOST_TEXT: Final = 200
_BRACKETS: Final = str.maketrans("（）", "\ue000\ue001")  # of nobody's alphabet, so that narrow leaves them
_BRACKETS_BACK: Final = str.maketrans("\ue000\ue001", "（）")


@dataclass(frozen=True, slots=True)
class ListedFact:
    item: str
    period: str
    value: str
    column: str  # its letter


@dataclass(frozen=True, slots=True)
class ListedStatus:
    status: str
    since: date | None
    until: date | None
    column: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line that speaks of a firm; ``line`` counts from 1. ``lost``: the code was a number that lost its end."""

    line: int
    code: str
    name: str
    place: str = ""
    address: str = ""
    batch: str = ""
    facts: tuple[ListedFact, ...] = ()
    statuses: tuple[ListedStatus, ...] = ()
    lost: bool = False


@dataclass(frozen=True)
class ListRead:
    """The lines of a list; what of them could not be taken (with line and column); lines that speak of no firm."""

    lines: tuple[Listed, ...]
    refused: tuple[Problem, ...]
    skipped: int
    at: Mapping[str, str] = field(default_factory=dict)  # meaning -> letter of its column


def samples(grid: Grid, mapping: ListMap, most: int = 3) -> dict[str, list[str]]:
    """By letter the first texts of a column, to tell what it is."""
    sheet = _sheet(grid, mapping)
    found: dict[str, list[str]] = {}
    first = mapping.rows[-1]
    for c in range(sheet.width):
        texts = (sheet.at(r, c).text for r in range(first, min(sheet.height, first + 40)))
        found[letters(c)] = [shown(t, 24) for t in dict.fromkeys(texts) if t][:most]
    return found


def read_list(grid: Grid, mapping: ListMap, kinds: Mapping[str, Kind]) -> ListRead:
    """Every line of a list.

    Parameters
    ----------
    kinds : of the items a column may mean; figures come out in yuan, people, pieces, or as a share of 1.

    Raises
    ------
    ReadingsRefused
        ``register.sheet_gone``: the table has no sheet with these headers; ``register.no_key``: no column is said to
        hold codes or names.
    """
    sheet = _sheet(grid, mapping)
    if not any(c.meaning in {CODE, NAME} for c in mapping.columns):
        raise ReadingsRefused(Problem("register.no_key", {"name": grid.name}, file=grid.name))
    reader = _Lines(sheet, mapping, kinds)
    lines = tuple(reader.lines())
    at = {c.meaning: c.at for c in mapping.columns if c.meaning != IGNORE}
    return ListRead(lines, tuple(reader.refused), reader.skipped, at)


def _sheet(grid: Grid, mapping: ListMap) -> Sheet:
    wanted = {c.header for c in mapping.columns}
    by_name = [s for s in grid.sheets if s.name == mapping.sheet]
    for sheet in (*by_name, *grid.sheets):
        rows = [r - 1 for r in mapping.rows]
        if sheet.height > rows[-1] and wanted & {" / ".join(p) for p in headers(sheet, rows) if p}:
            return sheet
    raise ReadingsRefused(Problem("register.sheet_gone", {"name": grid.name}, file=grid.name))


class _Lines:
    def __init__(self, sheet: Sheet, mapping: ListMap, kinds: Mapping[str, Kind]) -> None:
        self.sheet, self.mapping, self.kinds = sheet, mapping, kinds
        self.refused: list[Problem] = []
        self.skipped = 0
        number = {letters(c): c for c in range(sheet.width)}
        used = [(number[c.at], c) for c in mapping.columns if c.meaning != IGNORE and c.at in number]
        self.of_line = {c.meaning: (n, c) for n, c in used if c.meaning in OF_LINE}
        self.statuses = [(n, c) for n, c in used if c.meaning.startswith(STATUS)]
        self.facts = [(n, c) for n, c in used if c.meaning not in OF_LINE and not c.meaning.startswith(STATUS)]
        self.header = {narrow(sheet.at(mapping.rows[-1] - 1, n).text) for n, _ in used} - {""}
        self._units: dict[str, Unit | None] = {}

    def lines(self) -> Iterator[Listed]:
        for r, row in enumerate(self.sheet.rows[self.mapping.rows[-1] :], self.mapping.rows[-1] + 1):
            found = self._line(r, row)
            if found is None:
                self.skipped += any(not cell.empty for cell in row)
            else:
                yield found

    def _line(self, r: int, row: tuple[Cell, ...]) -> Listed | None:
        texts = {m: self._text(row, n) for m, (n, _) in self.of_line.items()}
        name, typed = texts.get(NAME, "")[:_MOST_TEXT], texts.get(CODE, "")
        code = cleaned(typed)
        first = next((cell.text for cell in row if not cell.empty), "")
        if not (name or code) or name in self.header or typed in self.header:
            return None
        if is_aside(name) or (not code and (is_aside(first) or FOOTNOTE.match(first))) or name.isdigit():
            return None
        at = self.of_line.get(CODE)
        lost = at is not None and _cell(row, at[0]).number and len(code) > 15
        since, until = (
            self._day_of(r, row, m, given) for m, given in ((SINCE, self.mapping.since), (UNTIL, self.mapping.until))
        )
        return Listed(
            r,
            code,
            self._name(row),
            texts.get(PLACE, ""),
            texts.get(ADDRESS, "")[:300],
            (texts.get(BATCH, "") or self.mapping.batch)[:100],
            tuple(f for n, c in self.facts if (f := self._fact(r, row, n, c)) is not None),
            tuple(self._held(r, row, since, until)),
            lost,
        )

    def _text(self, row: tuple[Cell, ...], n: int) -> str:
        return narrow(_cell(row, n).text)

    def _name(self, row: tuple[Cell, ...]) -> str:
        """The name with its brackets as they are written: those of a registered name are wide."""
        n, _column = self.of_line.get(NAME, (-1, None))
        if n < 0:
            return ""
        marked = _cell(row, n).text.translate(_BRACKETS)
        return narrow(marked).translate(_BRACKETS_BACK)[:_MOST_TEXT]

    def _refuse(self, r: int, at: str, code: str, seen: str, **params: object) -> None:
        self.refused.append(Problem(code, {"seen": shown(seen), **params}, line=r, column=at))

    def _day_of(self, r: int, row: tuple[Cell, ...], meaning: str, given: str) -> date | None:
        if (at := self.of_line.get(meaning)) is not None and not _cell(row, at[0]).empty:
            if (day := read_day(_cell(row, at[0]))) is not None:
                return day
            self._refuse(r, at[1].at, "register.cell_day", _cell(row, at[0]).text)
        return date.fromisoformat(given) if given else None

    def _held(self, r: int, row: tuple[Cell, ...], since: date | None, until: date | None) -> Iterator[ListedStatus]:
        if self.mapping.status:
            yield ListedStatus(self.mapping.status, since, until, "")
        for n, c in self.statuses:
            cell = _cell(row, n)
            if cell.empty:
                continue
            status = c.meaning.removeprefix(STATUS)
            if (day := read_day(cell)) is not None:
                yield ListedStatus(status, day, until, c.at)
                continue
            match read_figure(cell, MARKERS, yes_no=True):
                case str():
                    continue
                case Figure(value=value) if value == 0:
                    continue
                case Figure(value=value) if value == 1:
                    yield ListedStatus(status, since, until, c.at)
                case Figure(value=value) if 1990 <= value <= 2100 and value == int(value):
                    yield ListedStatus(status, date(int(value), 1, 1), until, c.at)
                case _:
                    self._refuse(r, c.at, "register.cell_flag", cell.text)

    def _fact(self, r: int, row: tuple[Cell, ...], n: int, c: ListColumn) -> ListedFact | None:
        cell = _cell(row, n)
        if cell.empty:
            return None
        kind = self.kinds.get(c.meaning, "count")
        period = c.period or self.mapping.period
        if c.meaning in {"founded", "closed"}:
            period = ""
        match kind:
            case "code":
                text = narrow(cell.text)
                value = _SIZES.get(text.casefold().removesuffix("企业"), "") if c.meaning == "size_class" else text
                if not value:
                    self._refuse(r, c.at, "register.cell_size", cell.text)
                    return None
                return ListedFact(c.meaning, "", value[:_MOST_TEXT], c.at)
            case "day":
                day = read_day(cell)
                if day is None:
                    self._refuse(r, c.at, "register.cell_day", cell.text)
                    return None
                return ListedFact(c.meaning, period, day.isoformat(), c.at)
        said = read_figure(cell, MARKERS, yes_no=kind == "flag")
        if isinstance(said, str):
            return None
        if isinstance(said, Unplaced):
            code = "register.cell_flag" if kind == "flag" else said.code
            self._refuse(r, c.at, code, cell.text)
            return None
        if kind == "flag":
            return ListedFact(c.meaning, period, "1" if said.value else "0", c.at)
        unit = said.unit or self._unit(c.unit)
        factor = unit.factor if unit is not None else Decimal(1)
        exact = canonical(f"{said.value * factor:f}")
        if exact is None:
            self._refuse(r, c.at, "register.cell_digits", cell.text)
            return None
        if said.value < 0 and kind in {"people", "count", "years"}:
            self._refuse(r, c.at, "register.cell_below", cell.text)
            return None
        if unit is not None and (unit.family == "money") != (kind == "yuan"):
            self._refuse(r, c.at, "register.cell_unit", cell.text, unit=unit.text)
            return None
        return ListedFact(c.meaning, period, exact, c.at)

    def _unit(self, text: str) -> Unit | None:
        if text not in self._units:
            self._units[text] = parse_unit(text) if text else None
        return self._units[text]


def _cell(row: tuple[Cell, ...], n: int) -> Cell:
    return row[n] if n < len(row) else Cell()


def read_day(cell: Cell) -> date | None:
    """A day however it is written: a date, 2019-03-05, 2019年3月5日, 2019.3.5, 20190305; a month is its first day.

    Examples
    --------
    >>> [read_day(Cell(t)) for t in ("2019年3月5日", "2019.3", "20190305", "2019")]
    [datetime.date(2019, 3, 5), datetime.date(2019, 3, 1), datetime.date(2019, 3, 5), None]
    """
    if isinstance(cell.value, date):
        return cell.value
    text = narrow(cell.text)
    parts = [p for p in "".join(c if c.isdigit() else " " for c in text).split() if p]
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) not in {2, 3} or len(parts[0]) != 4:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1)
    except ValueError:
        return None
