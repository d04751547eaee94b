"""Reads a table by a mapping: placed figures become readings and targets, the rest is listed with its reason."""

from collections.abc import Iterable, Sequence

import numpy as np

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.inputs import Reading, ReadingTable
from saima.engine.model.season import Season, Target
from saima.files.importing import checks
from saima.files.importing.columns import joined
from saima.files.importing.grid import Grid, Sheet
from saima.files.importing.mapping import Mapping, SheetMap
from saima.files.importing.meaning import Meanings, sheets_of
from saima.files.importing.placing import Outcome, Placed, SheetPlacer
from saima.files.importing.result import Coverage, ImportResult, shortened
from saima.files.importing.rows import is_long, place_long


def apply(grid: Grid, mapping: Mapping, season: Season) -> ImportResult:
    """Every figure of the table placed, or its reason.

    Readings carry the mapping's state, revision 1 and no instant; ``merge_into`` numbers and dates them.

    Raises
    ------
    ReadingsRefused
        ``import.map_no_contestant``, ``import.map_no_indicator``, ``import.map_unit``: the mapping speaks of what
        the season does not have. ``import.no_sheet``: no sheet fits the mapping.
    """
    meanings = Meanings(mapping, season, grid.name)
    pairs = sheets_of(grid, mapping, meanings)
    if not pairs:
        names = tuple(s.name for s in grid.sheets if not s.hidden)
        raise ReadingsRefused(Problem("import.no_sheet", {"names": names}, file=grid.name))
    out = Outcome()
    for sheet in grid.sheets:
        if sheet.height and all(sheet is not s for s, _ in pairs):
            code = "import.sheet_hidden" if sheet.hidden else "import.sheet_unmapped"
            out.skipped.append(Problem(code, {"sheet": sheet.name}, file=grid.name))
    tables: list[ReadingTable] = []
    for sheet, entry in pairs:
        if is_long(sheet, entry):
            tables.append(place_long(grid, sheet, entry, mapping, meanings, out))
        else:
            _place(grid, sheet, entry, mapping, meanings, out)
    return _result(grid, mapping, season, out, tables)


def _place(grid: Grid, sheet: Sheet, entry: SheetMap, mapping: Mapping, meanings: Meanings, out: Outcome) -> None:
    placer = SheetPlacer(grid, sheet, entry, mapping, meanings, out)
    sheet_time, title_time = placer.whole.times["sheet"], placer.whole.times["title"]
    if (
        not entry.period
        and sheet_time is not None
        and title_time is not None
        and None not in (sheet_time.last, title_time.last)
        and sheet_time.last != title_time.last
        and {"sheet", "title"} <= set(entry.period_from)
    ):
        out.warnings.append(
            Problem(
                "import.period_conflict",
                {"sheet": sheet.name, "first": sheet_time.last, "second": title_time.last},
                file=grid.name,
            )
        )
    placer.place()


def _result(grid: Grid, mapping: Mapping, season: Season, out: Outcome, tables: Sequence[ReadingTable]) -> ImportResult:
    own = [p for p in out.placed if not p.aside]
    totals = [p for p in out.placed if p.aside]
    kept, again, twice = checks.once_each(own)
    kept = checks.months_as_values(kept, season)
    month_warnings, month_refused = checks.check_months(kept, season)
    warnings = [
        *out.warnings,
        *checks.check_totals(own, totals, season),
        *checks.check_rates(kept, season),
        *month_warnings,
        *checks.check_shares(kept, season),
    ]
    skipped = [*out.skipped, *again]
    refused = [*out.refused, *twice, *month_refused]
    readings = [
        Reading(p.contestant, p.indicator, p.period, p.value, p.state, note=p.note)
        for p in kept.values()
        if p.role == "value" and p.period is not None
    ]
    table = joined([table_of(readings), *tables])
    targets = () if mapping.targets == "ignore" else _targets(kept.values())
    covered = {(table.contestants[c], table.indicators[i]) for c, i in _pairs(table)}
    wanted = [(c.code, i.code) for c in season.contestants for i in season.scored]
    coverage = Coverage(
        cells=out.cells,
        readings=len(table),
        targets=len(targets),
        skipped=len(skipped) + out.more_skipped,
        refused=len(refused) + out.more_refused,
        contestants=len({c for c, _ in covered}),
        indicators=len({i for _, i in covered}),
        periods=table.periods,
        absent=tuple(sorted(set(wanted) - covered)),
    )
    return ImportResult(
        table=table,
        targets=targets,
        skipped=shortened(skipped, grid.name, out.more_skipped),
        refused=shortened(refused, grid.name, out.more_refused),
        warnings=shortened(warnings, grid.name),
        coverage=coverage,
        replace_targets=mapping.targets == "replace",
    )


def table_of(readings: Iterable[Reading]) -> ReadingTable:
    """Readings in the order of period, contestant and indicator."""
    return ReadingTable.of(sorted(readings, key=lambda r: (r.period, r.contestant, r.indicator)))


def _pairs(table: ReadingTable) -> set[tuple[int, int]]:
    both = np.unique(table.contestant.astype(np.int64) * max(1, len(table.indicators)) + table.indicator)
    return {divmod(int(n), max(1, len(table.indicators))) for n in both}


def _targets(kept: Iterable[Placed]) -> tuple[Target, ...]:
    goals: dict[tuple[str, str], dict[str, float]] = {}
    for p in kept:
        if p.role in {"target", "baseline"} and p.value:
            goals.setdefault((p.contestant, p.indicator), {})[p.role] = float(p.value)
    return tuple(Target(c, i, g.get("target"), g.get("baseline")) for (c, i), g in sorted(goals.items()))
