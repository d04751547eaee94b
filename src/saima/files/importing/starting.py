"""Begins a season from a table alone: contestants, indicators, units, targets and a plain race, ready to be edited."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.periods import Frequency, Period, Span
from saima.engine.model.season import Contestant, Indicator, Measure, Node, ScoreRule, Season
from saima.files.importing import words_of_tables as words
from saima.files.importing.applying import apply
from saima.files.importing.figures import MARKERS, Figure, read_figure
from saima.files.importing.grid import Cell, Grid, letters
from saima.files.importing.layout import find_header, headers, titles
from saima.files.importing.layout import template as header_text
from saima.files.importing.mapping import Alias, Mapping
from saima.files.importing.names import unnumbered
from saima.files.importing.result import ImportResult
from saima.files.importing.times import When, find_time, row_time
from saima.files.importing.units import PERCENT, Unit, find_unit, parse_unit
from saima.words import LANGS, Text, template

_LOOKED_AT = 2000


def start(grid: Grid, mapping: Mapping, *, code: str) -> tuple[Season, ImportResult]:
    """A season that a table describes, and the table read into it. ``mapping`` comes from ``propose(grid)``.

    All indicators race in one race with equal weights: by completion where every contestant has a target, else
    against each other. Direction and measure are guessed from titles and units; a person must look at them.

    Raises
    ------
    ReadingsRefused
        ``import.start_nothing``: fewer than two contestants or no indicator; ``import.start_no_time``: no year.
    """
    who, what = _firsts(mapping.contestants), _firsts(mapping.indicators)
    if len(who) < 2 or not what:
        raise ReadingsRefused(
            Problem(
                "import.start_nothing",
                {"name": grid.name, "contestants": len(who), "indicators": len(what)},
                file=grid.name,
            )
        )
    whens = list(_times(grid, mapping))
    years = [w.year for w in whens if w.year is not None]
    year = mapping.year or (max(years) if years else None)
    if year is None:
        raise ReadingsRefused(Problem("import.start_no_time", {"name": grid.name}, file=grid.name))
    frequency = _frequency(whens)
    units = _units(grid, mapping)
    span = Span(Period.of(frequency, year, 1), Period.of(frequency, year + 1, 1).next(-1))
    season = Season(
        code=code,
        title=Text(
            *(template("import.start_title").of(lang).format(name=grid.name.rpartition(".")[0]) for lang in LANGS)
        ),
        frequency=frequency,
        window=span,
        targets_cover=span,
        missing="floor",
        contestants=tuple(Contestant(a.code, _text(unnumbered(a.name)), order=n) for n, a in enumerate(who, 1)),
        indicators=tuple(_indicator(a, units.get(a.code), n) for n, a in enumerate(what, 1)),
        nodes=(
            Node("overall", Text(), "overall"),
            Node("indicators", template("import.start_race"), "race", parent="overall"),
        ),
        score_rules=(),
        weights="relative",
    )
    result = apply(grid, mapping, season)
    goals = {(t.contestant, t.indicator) for t in result.targets if t.target is not None}
    indicators = tuple(
        replace(i, score="completed" if all((c.code, i.code) in goals for c in season.contestants) else "compared")
        for i in season.indicators
    )
    used = {i.score for i in indicators}
    rules = (ScoreRule("compared", "min_max"), ScoreRule("completed", "completion"))
    return replace(season, indicators=indicators, score_rules=tuple(r for r in rules if r.code in used)), result


def _firsts(aliases: Sequence[Alias]) -> list[Alias]:
    first: dict[str, Alias] = {}
    for a in aliases:
        first.setdefault(a.code, a)
    return list(first.values())


def _text(name: str) -> Text:
    name = words.narrow(name)
    return Text(en=name) if name.isascii() else Text(zh=name)


def _indicator(alias: Alias, unit: Unit | None, order: int) -> Indicator:
    share = unit is not None and unit.family == "share"
    return Indicator(
        code=alias.code,
        title=_text(unnumbered(alias.name)),
        better="lower" if words.LOWER_IS_BETTER.search(alias.name) else "higher",
        measure=_measure(alias.name, share=share),
        node="indicators",
        unit=_text(unit.text) if unit else Text(),
        scale=float(unit.factor) if unit and not share else 1.0,
        order=order,
    )


def _measure(name: str, *, share: bool) -> Measure:
    if words.COMPLETION.search(name):
        return "completion"
    if words.GROWTH.search(name):
        return "growth"
    if share or words.SHARE.search(name):
        return "share"
    return "level" if words.STOCK.search(name) else "cumulative"


def _written_unit(cells: Sequence[Cell]) -> Unit | None:
    """The unit most figures of a column carry in their own cells or formats: 4.5%, 1.2亿元."""
    units = [PERCENT if x.percent else f.unit for x in cells if isinstance(f := read_figure(x, MARKERS), Figure)]
    told = Counter(u for u in units if u is not None)
    unit, count = max(told.items(), key=lambda of: of[1], default=(None, 0))
    return unit if count * 2 > len(units) else None


def _times(grid: Grid, mapping: Mapping) -> Iterable[When]:
    """Every time the table speaks of: in sheet names, titles, headers, period columns and the file's name."""
    for sheet in grid.sheets:
        if sheet.hidden or not sheet.height:
            continue
        if not sheet.lines:
            yield from (w for w in [find_time(sheet.name)] if w)
        header = find_header(sheet)
        if header is None:
            continue
        yield from (w for t in titles(sheet, header.rows[0]) if (w := find_time(t)))
        timed = {c.header for m in mapping.sheets for c in m.columns if c.key == "period"}
        for at, path in enumerate(headers(sheet, header.rows)):
            yield from (w for part in path if (w := find_time(part)))
            if header_text(path) in timed:
                rows = range(header.first, min(sheet.height, header.first + _LOOKED_AT))
                yield from (w for r in rows if (w := row_time(sheet.shown(r, at))))
    if found := find_time(grid.name.rpartition(".")[0]):
        yield found


def _frequency(whens: Sequence[When]) -> Frequency:
    spoken = [w for w in whens if w.last is not None and w.first is not None]
    if not spoken:
        return "year"
    lengths = {(w.last or 0) - (w.first or 0) + 1 for w in spoken}
    if lengths == {3}:
        return "quarter"
    return "half" if lengths == {6} else "month"


def _units(grid: Grid, mapping: Mapping) -> dict[str, Unit]:
    """The unit each indicator's own column or row names, else percent by its cells' format, else the sheet's."""
    found: dict[str, Unit] = {}
    codes = {words.key(a.name): a.code for a in mapping.indicators}
    for sheet in grid.sheets:
        for entry in mapping.sheets:
            if not entry.header_rows or sheet.hidden or entry.header_rows[-1] >= sheet.height:
                continue
            rows = [r - 1 for r in entry.header_rows]
            values = [c for c in entry.columns if c.key is None and c.role in {"value", "target"} and c.indicator]
            for c in values:
                if c.unit and (unit := parse_unit(c.unit, mapping.units)):
                    found.setdefault(c.indicator, unit)
            first = rows[-1] + 1
            for at, path in enumerate(headers(sheet, rows)):
                unit = _written_unit([sheet.at(r, at) for r in range(first, min(sheet.height, first + 50))])
                for c in values:
                    if unit and path and c.header == header_text(path) and c.at in {"", letters(at)}:
                        found.setdefault(c.indicator, unit)
            for r in range(first, min(sheet.height, first + _LOOKED_AT)):
                texts = [sheet.shown(r, c).text for c in range(sheet.width)]
                named = next((codes[words.key(t)] for t in texts if words.key(t) in codes), "")
                unit = next((u for t in texts if t and (u := parse_unit(t, mapping.units))), None)
                if named and unit and any(c.key == "unit" for c in entry.columns):
                    found.setdefault(named, unit)
            corner = next(
                (named_unit[0] for t in (*titles(sheet, rows[0]), sheet.name) if (named_unit := find_unit(t))), None
            )
            if corner and not any(c.unit for c in entry.columns):
                for c in values:
                    found.setdefault(c.indicator, corner)
                if entry.indicator and entry.indicator != "sheet":
                    found.setdefault(entry.indicator, corner)
    return found
