"""Reads a list of firms line by line by its mapping: codes, names, figures in the item's unit, what cannot be taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.files.importing.figures import MARKERS, Figure, Unplaced, read_figure
from saima.files.importing.grid import Cell, Grid, Sheet, letters
from saima.files.importing.headings import aside_said, is_aside
from saima.files.importing.layout import headers
from saima.files.importing.units import Unit, parse_unit
from saima.files.importing.words_of_tables import FOOTNOTE, narrow
from saima.files.problems import shown
from saima.files.registers import glance
from saima.files.registers.codes import Fault, cleaned, fault_of
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
BLOCK: Final = 20_000  # lines read at once
_BRACKETS: Final = str.maketrans("（）", "\ue000\ue001")  # of nobody's alphabet, so that narrow leaves them
_BRACKETS_BACK: Final = str.maketrans("\ue000\ue001", "（）")


class ListedFact(NamedTuple):
    item: str
    period: str
    value: str
    column: str  # its letter


class ListedStatus(NamedTuple):
    status: str
    since: date | None
    until: date | None
    column: str


class Listed(NamedTuple):
    """One line that speaks of a firm; ``line`` counts from 1.

    ``lost``: the code was a number that lost its end. ``fault``: what ``fault_of`` finds in the code.
    """

    line: int
    code: str
    name: str
    place: str = ""
    address: str = ""
    batch: str = ""
    facts: tuple[ListedFact, ...] = ()
    statuses: tuple[ListedStatus, ...] = ()
    lost: bool = False
    fault: Fault = ""


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
    """Every line of a list, as ``read_blocks``."""
    parts = list(read_blocks(grid, mapping, kinds))
    return ListRead(
        tuple(line for part in parts for line in part.lines),
        tuple(problem for part in parts for problem in part.refused),
        sum(part.skipped for part in parts),
        parts[0].at if parts else {},
    )


def height_of(grid: Grid, mapping: ListMap) -> int:
    """How many lines a list has below its header. Raises as ``read_blocks``."""
    return max(0, _sheet(grid, mapping).height - mapping.rows[-1])


def read_blocks(grid: Grid, mapping: ListMap, kinds: Mapping[str, Kind], size: int = BLOCK) -> Iterator[ListRead]:
    """The lines of a list in parts, so that a million of them are never there at once.

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
    at = {c.meaning: c.at for c in mapping.columns if c.meaning != IGNORE}
    for start in range(mapping.rows[-1], sheet.height, size):
        reader = _Lines(sheet, mapping, kinds, start, size)
        lines = tuple(reader.lines())
        yield ListRead(lines, tuple(reader.refused), reader.skipped, at)


def _sheet(grid: Grid, mapping: ListMap) -> Sheet:
    wanted = {c.header for c in mapping.columns}
    by_name = [s for s in grid.sheets if s.name == mapping.sheet]
    for sheet in (*by_name, *grid.sheets):
        rows = [r - 1 for r in mapping.rows]
        if sheet.height > rows[-1] and wanted & {" / ".join(p) for p in headers(sheet, rows) if p}:
            return sheet
    raise ReadingsRefused(Problem("register.sheet_gone", {"name": grid.name}, file=grid.name))


class _Lines:
    """Some lines of a sheet, from ``start`` (from 0) on."""

    def __init__(self, sheet: Sheet, mapping: ListMap, kinds: Mapping[str, Kind], start: int, size: int) -> None:
        self.sheet, self.mapping, self.kinds, self.start = sheet, mapping, kinds, start
        self.frame = sheet.frame.slice(start, size) if sheet.frame is not None else None
        self.rows = self.frame.iter_rows() if self.frame is not None else sheet.cells[start : start + size]
        self.refused: list[Problem] = []
        self.skipped = 0
        number = {letters(c): c for c in range(sheet.width)}
        used = [(number[c.at], c) for c in mapping.columns if c.meaning != IGNORE and c.at in number]
        self.of_line = {c.meaning: (n, c) for n, c in used if c.meaning in OF_LINE}
        self.statuses = [(n, c) for n, c in used if c.meaning.startswith(STATUS)]
        self.facts = [(n, c) for n, c in used if c.meaning not in OF_LINE and not c.meaning.startswith(STATUS)]
        self.header = {narrow(sheet.at(mapping.rows[-1] - 1, n).text) for n, _ in used} - {""}
        self._units: dict[str, Unit | None] = {}
        self.seen = {n: self._glanced(n, c) for n, c in used} if self.frame is not None else {}
        self.facts_seen = [self._facts_glanced(n, c) for n, c in self.facts] if self.frame is not None else []

    def _glanced(self, n: int, c: ListColumn) -> glance.Seen:
        """What of a column is told at a glance."""
        assert self.frame is not None
        column = self.frame.to_series(n)
        kind = self.kinds.get(c.meaning, "count")
        if c.meaning == CODE:
            return glance.codes(column)
        if c.meaning in OF_LINE or (kind == "code" and c.meaning != "size_class"):
            return glance.texts(column)
        if kind == "day":
            return glance.days(column)
        unit = self._unit(c.unit)
        factor = unit.factor if unit is not None else Decimal(1)
        shift = factor.adjusted()
        fits = unit is None or (unit.family == "money") == (kind == "yuan")
        if c.meaning.startswith(STATUS) or kind == "flag" or not fits or shift < 0 or factor != Decimal(10) ** shift:
            return [None] * len(column)
        return glance.figures(column, shift)

    def _facts_glanced(self, n: int, c: ListColumn) -> list[ListedFact | None]:
        period = self._period(c)
        return [None if v is None else ListedFact(c.meaning, period, v[:_MOST_TEXT], c.at) for v in self.seen[n]]

    def _period(self, c: ListColumn) -> str:
        timeless = self.kinds.get(c.meaning, "count") == "code" or c.meaning in {"founded", "closed"}
        return "" if timeless else c.period or self.mapping.period

    def lines(self) -> Iterator[Listed]:
        for k, row in enumerate(self.rows):
            found = self._line(self.start + k + 1, row, k)
            if found is None:
                self.skipped += any(not _cell(row, n).empty for n in range(len(row)))
            else:
                yield found

    def _line(self, r: int, row: tuple[Any, ...], k: int) -> Listed | None:
        texts = {m: self._text(row, n, k) for m, (n, _) in self.of_line.items()}
        name, typed = texts.get(NAME, "")[:_MOST_TEXT], texts.get(CODE, "")
        at = self.of_line.get(CODE)
        plain = at is not None and self._seen(at[0], k) is not None
        code = typed if plain else cleaned(typed)
        if not (name or code) or name in self.header or typed in self.header:
            return None
        if aside_said(name) or (not code and self._aside(row)) or name.isdigit():
            return None
        lost = at is not None and not plain and len(code) > 15 and _cell(row, at[0]).number
        since, until = (
            self._day_of(r, row, m, given) for m, given in ((SINCE, self.mapping.since), (UNTIL, self.mapping.until))
        )
        return Listed(
            r,
            code,
            self._name(row, k),
            texts.get(PLACE, ""),
            texts.get(ADDRESS, "")[:300],
            (texts.get(BATCH, "") or self.mapping.batch)[:100],
            self._facts(r, row, k),
            tuple(self._held(r, row, since, until)) if self.statuses or self.mapping.status else (),
            lost,
            "" if plain else fault_of(code),
        )

    def _facts(self, r: int, row: tuple[Any, ...], k: int) -> tuple[ListedFact, ...]:
        seen = [column[k] for column in self.facts_seen] if self.facts_seen else [None] * len(self.facts)
        if None not in seen:
            return tuple(seen)  # type: ignore[arg-type]  # none of them is None
        read = (
            self._fact(r, row, n, c) if fact is None else fact for fact, (n, c) in zip(seen, self.facts, strict=True)
        )
        return tuple(fact for fact in read if fact is not None)

    def _aside(self, row: tuple[Any, ...]) -> bool:
        first = next((cell.text for n in range(len(row)) if not (cell := _cell(row, n)).empty), "")
        return bool(is_aside(first) or FOOTNOTE.match(first))

    def _seen(self, n: int, k: int) -> str | None:
        return self.seen[n][k] if n in self.seen else None

    def _text(self, row: tuple[Any, ...], n: int, k: int) -> str:
        seen = self._seen(n, k)
        return narrow(_cell(row, n).text) if seen is None else seen

    def _name(self, row: tuple[Any, ...], k: int) -> str:
        """The name with its brackets as they are written: those of a registered name are wide."""
        n, _column = self.of_line.get(NAME, (-1, None))
        if n < 0:
            return ""
        if (seen := self._seen(n, k)) is not None:
            return seen[:_MOST_TEXT]
        marked = _cell(row, n).text.translate(_BRACKETS)
        return narrow(marked).translate(_BRACKETS_BACK)[:_MOST_TEXT]

    def _refuse(self, r: int, at: str, code: str, seen: str, **params: object) -> None:
        self.refused.append(Problem(code, {"seen": shown(seen), **params}, line=r, column=at))

    def _day_of(self, r: int, row: tuple[Any, ...], meaning: str, given: str) -> date | None:
        if (at := self.of_line.get(meaning)) is not None and not _cell(row, at[0]).empty:
            if (day := read_day(_cell(row, at[0]))) is not None:
                return day
            self._refuse(r, at[1].at, "register.cell_day", _cell(row, at[0]).text)
        return date.fromisoformat(given) if given else None

    def _held(self, r: int, row: tuple[Any, ...], since: date | None, until: date | None) -> Iterator[ListedStatus]:
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

    def _fact(self, r: int, row: tuple[Any, ...], n: int, c: ListColumn) -> ListedFact | None:
        cell = _cell(row, n)
        if cell.empty:
            return None
        kind, period = self.kinds.get(c.meaning, "count"), self._period(c)
        match kind:
            case "code":
                text = narrow(cell.text)
                value = _SIZES.get(text.casefold().removesuffix("企业"), "") if c.meaning == "size_class" else text
                if not value:
                    self._refuse(r, c.at, "register.cell_size", cell.text)
                    return None
                return ListedFact(c.meaning, period, value[:_MOST_TEXT], c.at)
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


def _cell(row: tuple[Any, ...], n: int) -> Cell:
    """A cell of a row of cells, or of a row of a long text."""
    if n >= len(row):
        return Cell()
    cell = row[n]
    return cell if isinstance(cell, Cell) else Cell(cell)


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
