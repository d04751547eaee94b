"""What names, times and units of a table mean under a mapping and a season: shared by every way of reading cells."""

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.periods import PER_YEAR, Period
from saima.engine.model.season import Indicator, Season
from saima.files.importing import words_of_tables as words
from saima.files.importing.figures import Figure
from saima.files.importing.grid import Grid, Sheet
from saima.files.importing.layout import titles
from saima.files.importing.mapping import Mapping, SheetMap
from saima.files.importing.names import CERTAIN, Names
from saima.files.importing.times import When, find_time, without_time
from saima.files.importing.units import Unit, find_unit, parse_unit, unit_of

Kind = str


class Meanings:
    """Look-ups that hold for a whole import; each distinct text is looked up once."""

    def __init__(self, mapping: Mapping, season: Season, file: str) -> None:
        self.mapping = mapping
        self.season = season
        self.file = file
        self._names = {"contestant": Names.of(season.contestants), "indicator": Names.of(season.indicators)}
        self._aliases = {
            "contestant": {words.key(a.name): a.code for a in mapping.contestants},
            "indicator": {words.key(a.name): a.code for a in mapping.indicators},
        }
        self._units = {i.code: unit_of(i) for i in season.indicators}
        self._check()

    def _check(self) -> None:
        """A mapping that speaks of contestants or indicators the season does not have is refused whole."""
        known: Map[str, Map[str, object]] = {"contestant": self.season.contestant, "indicator": self.season.indicator}
        asked = [("contestant", a.code) for a in self.mapping.contestants]
        asked += [("indicator", a.code) for a in self.mapping.indicators]
        for sheet in self.mapping.sheets:
            asked += [("contestant", sheet.contestant), ("indicator", sheet.indicator)]
            for c in sheet.columns:
                asked += [("contestant", c.contestant), ("indicator", c.indicator)]
                if c.unit and parse_unit(c.unit, self.mapping.units) is None:
                    asked.append(("unit", c.unit))
        problems = []
        for kind, code in dict.fromkeys(asked):
            if kind == "unit":
                problems.append(Problem("import.map_unit", {"unit": code}, file=self.file))
            elif code not in {"", "sheet", "*"} and code not in known[kind]:
                problems.append(
                    Problem(
                        f"import.map_no_{kind}", {"code": code, "known": tuple(sorted(known[kind]))}, file=self.file
                    )
                )
        if problems:
            raise ReadingsRefused(problems)

    def name(self, kind: Kind, text: str) -> str | None:
        """The code of a name: an alias of the mapping, or a title or code of the season, word for word."""
        text = words.narrow(text)
        if code := self._aliases[kind].get(words.key(text)):
            return code
        found = self._names[kind].find(text)
        return found.code if found and found.sure == CERTAIN else None

    def unit(self, text: str) -> Unit | None:
        return parse_unit(text, self.mapping.units)

    def season_unit(self, indicator: str) -> Unit:
        return self._units[indicator]

    def indicator(self, code: str) -> Indicator:
        return self.season.indicator[code]

    def source_unit(self, figure: Figure, given: Sequence[Unit | None], sheet_unit: Unit | None, target: Unit) -> Unit:
        """The unit of one figure: its own, else its row's or column's, else the sheet's where it fits."""
        if figure.unit is not None:
            column = next((u for u in given if u is not None), None)
            if figure.unit.family == "none" and column is not None and figure.unit.fits(column):
                return Unit(figure.unit.text, figure.unit.factor, column.family, column.base)
            return figure.unit
        for unit in given:
            if unit is not None:
                return unit
        if (
            sheet_unit is not None
            and sheet_unit.family != "none"
            and sheet_unit.family == target.family
            and sheet_unit.fits(target)
        ):
            return sheet_unit
        return target

    def period(self, whens: Sequence[When | None]) -> Period | Problem | None:
        """The period that several sources, the nearest first, speak of together.

        The months come from the first that names any, the year from that one or the next that names one.
        None when nothing speaks of time.
        """
        frequency = self.season.frequency
        speaking = [w for w in whens if w is not None]
        months = next((w for w in speaking if w.last is not None), None)
        if months is None and frequency != "year":
            return None
        year = months.year if months else None
        years = [w.year for w in speaking if w.year is not None]
        year = year or self.mapping.year or (years[0] if years else None)
        last = months.last if months else 12
        if year is None and last is not None:
            year = self._only_year(last)
        if year is None:
            return Problem("import.no_year", {"month": last or 12}) if months else None
        found = When(year, last, last).period(frequency)
        if found is None:
            return Problem("import.period_frequency", {"year": year, "month": last or 12, "frequency": frequency})
        return found

    def _only_year(self, last: int) -> int | None:
        span = self.season.window
        months = 12 // PER_YEAR[self.season.frequency]
        fitting = {p.year for p in span if p.index * months == last or p.frequency == "year"}
        return fitting.pop() if len(fitting) == 1 else None


def sheets_of(grid: Grid, mapping: Mapping, meanings: Meanings) -> list[tuple[Sheet, SheetMap]]:
    """Each visible sheet with the first entry of the mapping that fits it; sheets without one are left out."""
    visible = [s for s in grid.sheets if not s.hidden and s.height]
    out = []
    for n, sheet in enumerate(visible, 1):
        entry = next((m for m in mapping.sheets if _fits(m, sheet, n, meanings)), None)
        if entry is not None:
            out.append((sheet, entry))
    return out


def _fits(entry: SheetMap, sheet: Sheet, position: int, meanings: Meanings) -> bool:
    if entry.position and entry.position != position:
        return False
    if entry.pattern and not re.search(entry.pattern, sheet.name):
        return False
    if entry.name in {"{contestant}", "{indicator}"}:
        return meanings.name(entry.name.strip("{}"), sheet.name) is not None
    if entry.name:
        return words.key(without_time(sheet.name)) == words.key(entry.name) and (
            "{period}" in without_time(sheet.name)
        ) == ("{period}" in entry.name)
    return bool(entry.position or entry.pattern)


class SheetMeaning:
    """What a whole sheet says for all of its cells."""

    def __init__(self, grid: Grid, sheet: Sheet, entry: SheetMap, first_header: int, meanings: Meanings) -> None:
        self.entry = entry
        self.meanings = meanings
        above = titles(sheet, first_header)
        self.contestant = self._named("contestant", entry.contestant, sheet)
        self.indicator = self._named("indicator", entry.indicator, sheet)
        corner = next((u[0] for t in (*above, sheet.name) if (u := find_unit(t, meanings.mapping.units))), None)
        self.unit = meanings.unit(entry.unit) if entry.unit else corner
        found = [find_time(t) for t in above]
        self.times: dict[str, When | None] = {
            "sheet": find_time(sheet.name) if not sheet.lines else None,
            "title": next((w for w in found if w and w.last is not None), next((w for w in found if w), None)),
            "file": find_time(grid.name.rpartition(".")[0]),
        }
        self.fixed = Period.parse(entry.period) if entry.period else None

    def _named(self, kind: Kind, text: str, sheet: Sheet) -> str:
        return (self.meanings.name(kind, sheet.name) or "") if text == "sheet" else text

    def period(self, header: When | None, row: Sequence[When | None], shift: int) -> Period | Problem | None:
        if self.fixed is not None:
            found: Period | Problem | None = self.fixed
        else:
            near: dict[str, Sequence[When | None]] = {"header": [header], "row": row}
            order = [w for s in self.entry.period_from for w in (near[s] if s in near else [self.times[s]])]
            found = self.meanings.period(order)
        if isinstance(found, Period) and shift:
            return found.next(shift * PER_YEAR[found.frequency])
        return found
