"""Guesses what a table means; a person confirms it. Certain matches and guesses are told apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.season import Season
from saima.files.importing import words_of_tables as words
from saima.files.importing.discover import discover
from saima.files.importing.grid import Cell, Grid, Sheet, letters
from saima.files.importing.headings import Heading, is_aside, read_heading, role_of
from saima.files.importing.layout import figured, find_header, headers, template, titles
from saima.files.importing.mapping import Alias, Column, Key, Mapping, SheetMap, Source
from saima.files.importing.names import CERTAIN, PART, Found, Names
from saima.files.importing.sharing import beside
from saima.files.importing.times import find_time, row_time, without_time
from saima.files.importing.units import find_unit, parse_unit, unit_of

_MOST_ROWS: Final = 2000  # rows whose names are looked at; a longer table repeats them


def propose(grid: Grid, season: Season | None = None) -> Mapping:
    """A mapping for a table, as far as it can be guessed.

    With a season, names are matched with its contestants and indicators; without one, new codes c01.., i01.. are
    given in the order of the table. Guesses carry ``sure`` below 1; what found no meaning stands in ``unplaced``.

    Raises
    ------
    ReadingsRefused
        ``import.no_table``: no sheet holds a header with figures below it.
    """
    if season is None:
        found = discover(grid)
        contestants = tuple(Alias(n, f"c{i:02d}") for i, n in enumerate(found.contestants, 1))
        indicators = tuple(Alias(n, f"i{i:02d}") for i, n in enumerate(found.indicators, 1))
        guesser = _Guesser(
            None, Names((a.name, a.code) for a in contestants), Names((a.name, a.code) for a in indicators)
        )
    else:
        contestants = indicators = ()
        guesser = _Guesser(season, Names.of(season.contestants), Names.of(season.indicators))
    visible = [s for s in grid.sheets if not s.hidden and s.height]
    guesses = [(s, g) for s in visible if (g := guesser.sheet(s, alone=len(visible) == 1))]
    if not guesses:
        raise ReadingsRefused(Problem("import.no_table", {"name": grid.name}, file=grid.name))
    guesser.unplaced.extend(s.name for s in visible if s not in [g[0] for g in guesses])
    return Mapping(
        sheets=_grouped([g for _, g in guesses]),
        contestants=contestants or guesser.aliases("contestant"),
        indicators=indicators or guesser.aliases("indicator"),
        unplaced=tuple(dict.fromkeys(guesser.unplaced)),
    )


def _grouped(guesses: Sequence[SheetMap]) -> tuple[SheetMap, ...]:
    """Sheets that are read alike become one entry: one per kind of sheet, not one per month."""
    out: dict[SheetMap, None] = {}
    for guess in guesses:
        out.setdefault(guess)
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _Body:
    sheet: Sheet
    first: int

    def cells(self, column: int) -> list[Cell]:
        last = min(self.sheet.height, self.first + _MOST_ROWS)
        rows = (r for r in range(self.first, last) if is_aside(self.sheet.at(r, 0).text) != "note")
        return [self.sheet.shown(r, column) for r in rows]


class _Guesser:
    def __init__(self, season: Season | None, contestants: Names, indicators: Names) -> None:
        self.season = season
        self.names = {"contestant": contestants, "indicator": indicators}
        self.seen: dict[str, dict[str, Found]] = {"contestant": {}, "indicator": {}}
        self.unplaced: list[str] = []

    def aliases(self, kind: str) -> tuple[Alias, ...]:
        """Names that had to be matched; of several guesses for one code in the table only the best stays."""
        found = self.seen[kind]
        return tuple(Alias(n, f.code, f.sure) for n, f in sorted(found.items()) if f.sure < CERTAIN)

    def find(self, kind: str, text: str) -> Found | None:
        found = self.names[kind].find(text)
        if found:
            self.seen[kind].setdefault(text, found)
        return found

    def sheet(self, sheet: Sheet, *, alone: bool) -> SheetMap | None:
        header = find_header(sheet)
        if header is None:
            return None
        body = _Body(sheet, header.first)
        paths = headers(sheet, header.rows)
        repeated = Counter(template(p) for p in paths)
        columns: list[Column] = []
        for c, path in enumerate(paths):
            if not path and all(x.empty for x in body.cells(c)):
                continue
            timed = bool(read_heading(path).timed)
            name = template(path)
            column = self.column(path, body, c)
            same = repeated[name] > 1 and not timed
            columns.append(replace(column, header=name, at=letters(c) if same or not name else ""))
        columns = self.one_of_each(list(dict.fromkeys(columns)), paths, body)
        keys = {c.key for c in columns}
        above = titles(sheet, header.rows[0])
        contestant = indicator = ""
        if "contestant" not in keys and not any(c.contestant for c in columns):
            contestant = self.from_sheet("contestant", sheet, above)
        if "indicator" not in keys:
            values = [c for c in columns if c.key is None and c.role not in {"ignore", "rank", "total"}]
            if not any(c.indicator for c in values):
                indicator = self.from_sheet("indicator", sheet, above)
        columns = self.settled(columns, sheet, placed=bool(indicator) or "indicator" in keys)
        if not any(c.key is None and c.role not in {"ignore", "rank"} for c in columns):
            return None
        unit = next((u[0].text for t in (*above, sheet.name) if (u := find_unit(t))), "")
        name = self.sheet_name(sheet, contestant, indicator)
        return SheetMap(
            columns=tuple(columns),
            header_rows=tuple(r + 1 for r in header.rows),
            name="" if alone and not {contestant, indicator} & {"sheet"} else name,
            position=1 if alone else 0,
            contestant=contestant,
            indicator=indicator,
            unit=unit,
            period_from=self.sources(sheet, columns, above),
        )

    def sheet_name(self, sheet: Sheet, contestant: str, indicator: str) -> str:
        if contestant == "sheet":
            return "{contestant}"
        if indicator == "sheet":
            return "{indicator}"
        return without_time(sheet.name)

    def from_sheet(self, kind: str, sheet: Sheet, above: Sequence[str]) -> str:
        named = words.narrow(sheet.name)
        with_unit = find_unit(named)
        bare = without_time(with_unit[1] if with_unit else named, "").strip()
        if bare and (found := self.find(kind, bare)) and found.sure >= PART:
            if bare == named:
                return "sheet"
            return found.code
        for text in above:
            for part in text.replace(":", " ").split():
                if (found := self.names[kind].find(part)) and found.sure >= PART:
                    return found.code
        return ""

    def sources(self, sheet: Sheet, columns: Sequence[Column], above: Sequence[str]) -> tuple[Source, ...]:
        used: list[Source] = []
        if any("{period}" in c.header for c in columns):
            used.append("header")
        if any(c.key == "period" for c in columns):
            used.append("row")
        if find_time(sheet.name) and not sheet.lines:  # the sheet of a text file is called like its file
            used.append("sheet")
        if any(find_time(t) for t in above):
            used.append("title")
        return (*used, "file")

    def column(self, path: Sequence[str], body: _Body, c: int) -> Column:
        last = path[-1] if path else ""
        cells = body.cells(c)
        if words.SERIAL.match(last):
            return Column("", role="ignore")
        if key := self.key_of(path, cells):
            return self.key_column(key, cells)
        if not any(figured(x) for x in cells) or words.NOTE.match(last):
            if not words.NOTE.match(last) and any(not x.empty for x in cells):
                self.unplaced.append(template(path) or letters(c))
            return Column("", role="ignore")
        return self.value_column(path)

    def key_column(self, key: Key, cells: Sequence[Cell]) -> Column:
        for x in cells:
            text = words.narrow(x.text)
            if key in {"contestant", "indicator"} and text and not is_aside(text) and not self.find(key, text):
                self.unplaced.append(text)
        return Column("", key=key)

    def one_of_each(self, columns: list[Column], paths: Sequence[Sequence[str]], body: _Body) -> list[Column]:
        """Of several columns that seem to name the contestant (or the indicator) only the surest is read."""
        for kind in ("contestant", "indicator"):
            rivals = [c for c in columns if c.key == kind]
            if len(rivals) < 2:
                continue
            at = {
                c: next(n for n, p in enumerate(paths) if c.at in {"", letters(n)} and template(p) == c.header)
                for c in rivals
            }
            best = max((self.sureness(kind, body.cells(at[c])), -n, c) for n, c in enumerate(rivals))[2]
            heads = {c: paths[at[c]][-1] if paths[at[c]] else "" for c in rivals}
            for c in rivals:
                # Another table beside this one is headed alike; a 结对园区 after the figures only tells more of a row.
                alike = heads[c] == heads[best] or bool(words.CONTESTANT.match(heads[c]))
                low, high = sorted((at[c], at[best]))
                parted = any(any(figured(x) for x in body.cells(n)) for n in range(low + 1, high))
                if kind == "contestant" and alike and parted:
                    continue
                if c is not best:
                    columns[columns.index(c)] = Column(c.header, role="ignore", at=c.at)
                    self.forget(kind, body.cells(at[c]), body.cells(at[best]))
        return columns

    def sureness(self, kind: str, cells: Sequence[Cell]) -> float:
        found = [self.names[kind].find(x.text) for x in cells if not x.empty]
        return sum(f.sure if f else 0.0 for f in found) / max(1, len(found))

    def forget(self, kind: str, cells: Sequence[Cell], kept: Sequence[Cell]) -> None:
        stay = {words.narrow(x.text) for x in kept}
        for text in {words.narrow(x.text) for x in cells} - stay:
            self.seen[kind].pop(text, None)
            self.unplaced = [u for u in self.unplaced if u != text]

    def key_of(self, path: Sequence[str], cells: Sequence[Cell]) -> Key | None:
        last = path[-1] if path else ""
        filled = [x for x in cells if not x.empty]
        texts = list(dict.fromkeys(words.narrow(x.text) for x in filled))
        if not texts:
            return None
        if words.PERIOD.match(last) and sum(bool(row_time(x)) for x in filled) * 2 > len(filled):
            return "period"
        if sum(figured(x) for x in filled) * 2 > len(filled):
            return None
        names = [t for t in texts if not is_aside(t)]
        shares: dict[Key, float] = {
            "contestant": _share(names, lambda t: bool(self.names["contestant"].find(t))),
            "indicator": _share(names, lambda t: bool(self.names["indicator"].find(t))),
        }
        best = max(shares, key=lambda k: shares[k])
        if shares[best] >= 0.5:
            return best
        if _share(names, lambda t: parse_unit(t) is not None) >= 0.8 and not words.INDICATOR.match(last):
            return "unit"
        if _share(names, lambda t: bool(find_time(t))) >= 0.8:
            return "period"
        if _share(names, lambda t: bool(role_of(t))) >= 0.8:
            return "role"
        if shares[best] > 0 and (words.CONTESTANT.match(last) or words.INDICATOR.match(last)):
            return best
        return None

    def value_column(self, path: Sequence[str]) -> Column:
        heading = read_heading(path)
        if heading.role == "rank":
            return Column("", role="rank")
        contestant = next(
            (f for t in (*heading.whole, *heading.rest) if (f := self.names["contestant"].find(t)) and f.sure >= PART),
            None,
        )
        if not contestant and any(is_aside(t) in {"total", "subtotal"} for t in heading.whole):
            return Column("", role="total")
        if any(is_aside(t) == "average" for t in heading.whole):
            return Column("", role="ignore")
        found, exact = self.indicator_of(heading)
        role = heading.role or "value"
        if exact and found and found.sure == CERTAIN and len(heading.whole) == 1:
            role = "value"  # the words of a role are part of the indicator's own name
        sure = min(found.sure if found else CERTAIN, contestant.sure if contestant else CERTAIN)
        if heading.changed and not found:
            self.unplaced.append(template(path))
            return Column("", role="ignore")
        if self.season and found and role == "completion" and self.season.indicator[found.code].measure == "completion":
            role = "value"
        return Column(
            "",
            role=role,
            indicator=found.code if found else "",
            contestant=contestant.code if contestant else "",
            unit=heading.unit,
            year_shift=heading.year_shift,
            sure=sure,
        )

    def indicator_of(self, heading: Heading) -> tuple[Found | None, bool]:
        """The indicator a header names; the second says that a part of it names it word for word."""
        for t in heading.whole:
            if (found := self.names["indicator"].exactly(t)) and self.fits(found, heading):
                return found, True
        if not any(heading.rest):
            return None, False
        best: Found | None = None
        joined = "".join(reversed(heading.whole))
        for t in (joined, "".join(reversed(heading.rest)), *heading.rest):
            found = self.names["indicator"].find(t)
            if found and self.fits(found, heading) and (best is None or found.sure > best.sure):
                best = found
        return best, False

    def fits(self, found: Found, heading: Heading) -> bool:
        """Whether unit and kind agree: a value in 亿元 is not the growth of that value in %."""
        if self.season is None:
            return not heading.changed
        indicator = self.season.indicator[found.code]
        unit = parse_unit(heading.unit) if heading.unit else None
        if unit and heading.role not in {"completion", "rank"} and not unit.fits(unit_of(indicator)):
            return False
        grows = heading.changed or any(words.GROWTH.search(t) for t in heading.whole)
        if indicator.measure == "growth":
            return grows or found.sure == CERTAIN
        return not heading.changed or found.sure == CERTAIN

    def settled(self, columns: Sequence[Column], sheet: Sheet, *, placed: bool) -> list[Column]:
        """Each indicator has one value column; columns without an indicator are not read unless the rows name it."""
        out: list[Column] = []
        best: dict[tuple[str, str, str, int, bool, int], int] = {}
        for column, table in zip(columns, beside(columns), strict=True):
            if column.key or column.role in {"ignore", "rank", "total"}:
                out.append(column)
                continue
            if not column.indicator and not placed:
                self.unplaced.append(column.header or column.at)
                out.append(Column(column.header, role="ignore", at=column.at))
                continue
            slot = (
                column.indicator,
                column.contestant,
                column.role,
                column.year_shift,
                "{period}" in column.header,
                table,
            )
            if slot in best:
                other = out[best[slot]]
                keep_new = (column.sure, bool(words.CUMULATIVE.search(column.header))) > (
                    other.sure,
                    bool(words.CUMULATIVE.search(other.header)),
                )
                loser = other if keep_new else column
                self.unplaced.append(loser.header or loser.at)
                gone = Column(loser.header, role="ignore", at=loser.at)
                if keep_new:
                    out[best[slot]] = gone
                    best[slot] = len(out)
                    out.append(column)
                else:
                    out.append(gone)
                continue
            best[slot] = len(out)
            out.append(column)
        return self.filled(out, sheet)

    def filled(self, columns: Sequence[Column], sheet: Sheet) -> list[Column]:
        """Where one key column tells the rows apart, blanks in another repeat the cell above."""
        if sum(c.key is not None and c.key != "unit" for c in columns) < 2 or sheet.lines:
            return list(columns)
        named = {"contestant", "indicator", "period"}
        return [replace(c, fill=True) if c.key in named else c for c in columns]


def _share(texts: Sequence[str], says: object) -> float:
    assert callable(says)
    return sum(bool(says(t)) for t in texts) / len(texts) if texts else 0.0
