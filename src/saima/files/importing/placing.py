"""Places every cell of a table by a mapping: a reading, a target, a check, or the reason why it is none of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from saima.engine.errors import Problem
from saima.engine.model.inputs import State
from saima.engine.model.periods import Period
from saima.files.importing.figures import Figure, Unplaced, read_figure
from saima.files.importing.grid import HEAD, Cell, Grid, Sheet, address, letters
from saima.files.importing.headings import is_aside, is_part, read_heading, role_of
from saima.files.importing.layout import headers, is_column_numbers, matched, template
from saima.files.importing.mapping import Column, Mapping, Role, SheetMap
from saima.files.importing.meaning import Meanings, SheetMeaning
from saima.files.importing.sharing import begins_again, beside, is_figures
from saima.files.importing.times import When, find_time, row_time
from saima.files.importing.units import Unit, convert
from saima.files.importing.words_of_tables import narrow

Slot = tuple[str, str, Period | None, Role]


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell by file, sheet and address, as a problem names it."""

    file: str
    sheet: str
    row: int
    column: int
    lines: bool

    def problem(self, code: str, **params: object) -> Problem:
        if self.lines:
            return Problem(code, params, file=self.file, line=self.row + 1, column=letters(self.column))
        return Problem(code, params, file=self.file, column=self.name)

    @property
    def name(self) -> str:
        if self.lines:
            return f"{letters(self.column)}{self.row + 1}"
        return f"{self.sheet}!{address(self.row, self.column)}"


@dataclass(frozen=True, slots=True)
class Placed:
    """One figure in the indicator's unit (a completion: as possible shares), and where it stood."""

    spot: Spot
    contestant: str
    indicator: str
    period: Period | None
    role: Role
    value: str  # canonical; empty with state not_applicable
    state: State = "reported"
    note: str = ""
    shares: tuple[Decimal, ...] = ()
    aside: str = ""  # total or subtotal: no contestant's own figure
    bare: bool = False  # no unit was written anywhere near it

    @property
    def slot(self) -> Slot:
        return (self.contestant, self.indicator, self.period, self.role)


@dataclass
class Outcome:
    """What placing gathers, sheet by sheet."""

    placed: list[Placed] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    cells: int = 0
    more_skipped: int = 0  # counted, no longer listed one by one
    more_refused: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    contestant: str = ""
    indicator: str = ""
    times: tuple[When | None, ...] = ()
    unit: Unit | None = None
    role: tuple[Role, int] | None = None
    aside: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A mapped column found in the sheet."""

    at: int
    column: Column
    unit: Unit | None
    time: When | None


class SheetPlacer:
    """Places the cells of one sheet."""

    def __init__(
        self, grid: Grid, sheet: Sheet, entry: SheetMap, mapping: Mapping, meanings: Meanings, out: Outcome
    ) -> None:
        self.file = grid.name
        self.sheet = sheet
        self.entry = entry
        self.mapping = mapping
        self.meanings = meanings
        self.out = out
        wanted: dict[str, int] = {}
        for c in entry.columns:
            if c.header:
                wanted[c.header] = wanted.get(c.header, 0) + 1
        rows = matched(sheet, [r - 1 for r in entry.header_rows], wanted)
        if rows is None and entry.header_rows:
            out.refused.append(
                Problem("import.header_gone", {"sheet": sheet.name, "headers": tuple(wanted)[:6]}, file=self.file)
            )
        self.rows = rows or ()
        self.usable = rows is not None or not entry.header_rows
        self.whole = SheetMeaning(grid, sheet, entry, self.rows[0] if self.rows else 0, meanings)
        self.first = self.rows[-1] + 1 if self.rows else 0
        self.found = self._columns() if self.usable else []

    def _columns(self) -> list[_Found]:
        paths = headers(self.sheet, self.rows)
        by_header: dict[str, list[Column]] = {}
        for c in self.entry.columns:
            by_header.setdefault(c.header, []).append(c)
        by_letter = {c.at: c for c in self.entry.columns if c.at}
        met: set[Column] = set()
        found: list[_Found] = []
        for at, path in enumerate(paths):
            name = template(path)
            candidates = by_header.get(name, []) if name else []
            column = next((c for c in candidates if not c.at or c.at == letters(at)), None)
            if column is None and (lettered := by_letter.get(letters(at))) and not lettered.header:
                column = lettered
            if column is None:
                if any(not self.sheet.at(r, at).empty for r in range(self.first, min(self.sheet.height, HEAD))):
                    spot = self.spot(self.rows[-1] if self.rows else 0, at)
                    self.out.skipped.append(spot.problem("import.column_unmapped", header=name or letters(at)))
                continue
            met.add(column)
            heading = read_heading(path, self.mapping.units)
            text = column.unit or heading.unit
            time = next((w for part in reversed(path) if (w := find_time(part))), None)
            found.append(_Found(at, column, self.meanings.unit(text) if text else None, time))
        for c in self.entry.columns:
            if c not in met and (c.key or c.role != "ignore"):
                self.out.refused.append(
                    Problem(
                        "import.column_gone", {"sheet": self.sheet.name, "header": c.header or c.at}, file=self.file
                    )
                )
        return found

    def spot(self, row: int, column: int) -> Spot:
        return Spot(self.file, self.sheet.name, row, column, self.sheet.lines)

    def place(self) -> None:
        """All cells of the sheet, into the outcome."""
        numbers = beside([f.column for f in self.found])
        tables = [
            ([f for f in own if f.column.key], [f for f in own if is_figures(f.column)])
            for t in sorted(set(numbers))
            for own in [[f for f, n in zip(self.found, numbers, strict=True) if n == t]]
        ]
        columns = [(f.at, f.column) for f in self.found]
        last: dict[int, dict[int, Cell]] = {}
        for r in range(self.first, self.sheet.height):
            if is_column_numbers(self.sheet, r):
                continue
            texts = [self.sheet.at(r, c).text for c in range(self.sheet.width) if not self.sheet.at(r, c).empty]
            if texts and is_aside(texts[0]) == "note":
                self.out.skipped.append(self.spot(r, 0).problem("import.row_note", seen=texts[0][:60]))
                last = {}
                continue
            if begins_again(self.sheet, r, columns):
                if self.repeats_header(texts):
                    continue
                self.out.refused.append(self.spot(r, 0).problem("import.second_table", row=str(r + 1)))
                return
            for n, (keys, values) in enumerate(tables):
                last[n] = self.line(r, keys, values, last.get(n, {}), texts[0] if texts else "")
            if r in self.sheet.hidden_rows and any(not self.sheet.at(r, f.at).empty for _, v in tables for f in v):
                self.out.warnings.append(self.spot(r, 0).problem("import.row_hidden", row=str(r + 1)))

    def line(
        self, r: int, keys: Sequence[_Found], values: Sequence[_Found], last: dict[int, Cell], first: str
    ) -> dict[int, Cell]:
        """The figures of one line of one table; what its key cells say, for a line below that leaves them blank."""
        filled = [f for f in values if not self.sheet.at(r, f.at).empty]
        shown = {f.at: self.sheet.shown(r, f.at) for f in keys}
        if not filled and all(c.empty for c in shown.values()):
            return {}
        for f in keys:
            if shown[f.at].empty and is_aside(first) and f.column.key == "contestant":
                shown[f.at] = Cell(first)  # 合计 stands under 序号, or in a cell merged over both
            elif shown[f.at].empty and f.column.fill and f.at in last:
                shown[f.at] = last[f.at]
        row = self.row(r, keys, shown, filled)
        if row is not None:
            for f in values:
                self.cell(r, f, row)
        return shown

    def repeats_header(self, texts: Sequence[str]) -> bool:
        """Whether a line repeats the header, as tables do that were made for printing."""
        own = {narrow(self.sheet.shown(q, c).text) for q in self.rows for c in range(self.sheet.width)}
        return all(narrow(t) in own for t in texts)

    def row(self, r: int, keys: Sequence[_Found], shown: dict[int, Cell], filled: Sequence[_Found]) -> _Row | None:
        contestant, indicator = self.whole.contestant, self.whole.indicator
        times: list[When | None] = []
        unit: Unit | None = None
        role: tuple[Role, int] | None = None
        aside = ""
        for f in keys:
            cell = shown[f.at]
            text = cell.text
            if f.column.key in {"contestant", "indicator"} and (kind := is_aside(text, self.mapping.skip_rows)):
                if kind in {"total", "subtotal"} and f.column.key == "contestant":
                    aside = kind
                    self.out.skipped.append(self.spot(r, f.at).problem("import.row_aside", seen=text))
                    continue
                self.out.skipped.append(self.spot(r, f.at).problem("import.row_aside", seen=text))
                return None
            match f.column.key:
                case "contestant" | "indicator":
                    code = self.meanings.name(f.column.key, text) if text else None
                    if code is None and f.column.key == "contestant" and is_part(text):
                        self.out.skipped.append(self.spot(r, f.at).problem("import.row_aside", seen=text))
                        return None
                    if code is None:
                        self.unnamed(r, f, text, filled)
                        return None
                    if f.column.key == "contestant":
                        contestant = code
                    else:
                        indicator = code
                case "period":
                    when = row_time(cell)
                    if when is None and text:
                        self.out.refused.append(self.spot(r, f.at).problem("import.period_unread", seen=text))
                        return None
                    times.append(when)
                case "unit":
                    unit = self.meanings.unit(text)
                    if unit is None and narrow(text).casefold() not in self.mapping.markers:
                        self.out.refused.append(self.spot(r, f.at).problem("import.unit_unknown", seen=text))
                        return None
                case _:
                    role = role_of(text)
                    if role is None:
                        self.out.refused.append(self.spot(r, f.at).problem("import.role_unknown", seen=text))
                        return None
        return _Row(contestant, indicator, tuple(times), unit, role, aside)

    def unnamed(self, r: int, f: _Found, text: str, filled: Sequence[_Found]) -> None:
        spot = self.spot(r, f.at)
        if not filled:
            self.out.skipped.append(spot.problem("import.row_empty", seen=text))
        elif not text:
            self.out.refused.append(spot.problem("import.row_nameless", cells=len(filled)))
        else:
            self.out.refused.append(spot.problem(f"import.{f.column.key}_unknown", seen=text, cells=len(filled)))

    def cell(self, r: int, f: _Found, row: _Row) -> None:
        cell = self.sheet.at(r, f.at)
        spot = self.spot(r, f.at)
        if not cell.empty:
            self.out.cells += 1
        area = self.sheet.area.get((r, f.at))
        if area and (r, f.at) != (area.top, area.left):
            self.out.skipped.append(spot.problem("import.cell_covered", cell=address(area.top, area.left)))
            return
        if area and not cell.empty and (area.bottom > area.top or area.right > area.left):
            count = (area.bottom - area.top + 1) * (area.right - area.left + 1)
            self.out.refused.append(spot.problem("import.cell_merged", seen=cell.text, count=count))
            return
        role, shift = f.column.role, f.column.year_shift
        if row.role is not None and role == "value":
            role, shift = row.role
        aside = row.aside or ("total" if role == "total" else "")
        role = "value" if role == "total" else role
        indicator = f.column.indicator or row.indicator
        contestant = "" if aside else f.column.contestant or row.contestant
        if role == "rank":
            return
        if not indicator or (not contestant and not aside):
            if not cell.empty:
                code = "import.cell_no_indicator" if not indicator else "import.cell_no_contestant"
                self.out.refused.append(spot.problem(code, seen=cell.text))
            return
        self.figure(cell, spot, f, row, _Want(contestant, indicator, role, shift, aside))

    def figure(self, cell: Cell, spot: Spot, f: _Found, row: _Row, want: "_Want") -> None:
        target = self.meanings.season_unit(want.indicator)
        measure = self.meanings.indicator(want.indicator).measure
        if want.role == "completion" and measure == "completion":
            want = _Want(want.contestant, want.indicator, "value", want.shift, want.aside)
        said = read_figure(cell, self.mapping.markers, yes_no=measure == "yes-no")
        if isinstance(said, Unplaced):
            if want.role == "completion" or want.aside:
                self.out.skipped.append(spot.problem(said.code, seen=cell.text))
            else:
                self.out.refused.append(spot.problem(said.code, seen=cell.text))
            return
        period: Period | None = None
        if want.role not in {"target", "baseline"}:
            told = self.whole.period(f.time, row.times, want.shift)
            if not isinstance(told, Period):
                if not cell.empty:
                    code, params = (told.code, told.params) if told else ("import.cell_no_period", {})
                    self.out.refused.append(spot.problem(code, seen=cell.text, **params))
                return
            period = told
        if isinstance(said, str):
            self.marker(said, cell, spot, period, want)
            return
        self.number(said, spot, f, row, want, period, target)

    def marker(self, said: str, cell: Cell, spot: Spot, period: Period | None, want: "_Want") -> None:
        if said == "zero" and not want.aside:
            self.out.placed.append(
                Placed(spot, want.contestant, want.indicator, period, want.role, "0", self.mapping.state)
            )
        elif said == "not_applicable" and want.role == "value" and not want.aside:
            self.out.placed.append(
                Placed(spot, want.contestant, want.indicator, period, "value", "", "not_applicable", note=cell.text)
            )
        elif not cell.empty:
            self.out.skipped.append(spot.problem(f"import.cell_{said}", seen=cell.text))

    def number(
        self, said: Figure, spot: Spot, f: _Found, row: _Row, want: "_Want", period: Period | None, target: Unit
    ) -> None:
        seen = f"{said.value:f}"
        if want.role == "completion":
            shares = _shares(said, f.unit)
            self.out.placed.append(
                Placed(spot, want.contestant, want.indicator, period, "completion", seen, shares=shares)
            )
            return
        source = self.meanings.source_unit(said, (row.unit, f.unit), self.whole.unit, target)
        if not source.fits(target):
            problem = spot.problem("import.unit_conflict", seen=seen, unit=source.text, wanted=target.text or "1")
            (self.out.skipped if want.aside else self.out.refused).append(problem)
            return
        value = convert(said.value, source, target)
        if value is None:
            self.out.refused.append(spot.problem("import.cell_digits", seen=seen))
            return
        bare = said.unit is None
        self.out.placed.append(
            Placed(
                spot, want.contestant, want.indicator, period, want.role, value, self.mapping.state, said.mark,
                aside=want.aside, bare=bare,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Want:
    contestant: str
    indicator: str
    role: Role
    shift: int
    aside: str


def _shares(said: Figure, column: Unit | None) -> tuple[Decimal, ...]:
    if said.unit is not None and said.unit.family == "share":
        return (said.value * said.unit.factor,)
    if column is not None and column.family == "share":
        # A column headed % that holds 0.649 under a percent format was met above; bare numbers are percent.
        return (said.value * column.factor, said.value)
    return (said.value, said.value / 100)
