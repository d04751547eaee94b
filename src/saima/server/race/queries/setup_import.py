"""Reads files somebody uploaded for a season: what they are, what their tables are taken for, what would come of it."""

import io
import tempfile
import zipfile
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Literal

from saima.engine.errors import Problem, Refused, SeasonRefused
from saima.engine.model.inputs import ReadingTable
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.check import check_season
from saima.files import Bundle, load_season
from saima.files.content import FileContent
from saima.files.importing import (
    Counts,
    Grid,
    ImportResult,
    Mapping,
    Sheet,
    apply,
    merge_counts,
    merge_into,
    parse_map,
    read_grid,
    start,
)
from saima.files.importing.layout import is_column_numbers
from saima.files.importing.meaning import Meanings, sheets_of
from saima.files.importing.names import unnumbered
from saima.files.importing.placing import Outcome, SheetPlacer
from saima.files.importing.rows import is_long
from saima.files.reading import read_content
from saima.files.source import BytesSource, unpacked
from saima.server.kit import blobs, clock
from saima.server.places.queries import key_by_name, keys_taken
from saima.server.race.models import ImportMap, Season
from saima.words import Text

_SEASON_SHEETS = frozenset({"season", "contestants", "indicators"})
_OFFERED = 5
What = Literal["season", "table"]


def what_of(content: bytes, name: str) -> What:
    """Whether an upload is a season (a zip of its folder, a package, its workbook) or any other table."""
    if name.lower().endswith(".zip"):
        return "season"
    if name.lower().endswith(".xlsx"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
            return "table"  # what it really is, the reader of tables says
        if all(f'name="{sheet}"' in book for sheet in _SEASON_SHEETS):
            return "season"
    return "table"


@lru_cache(maxsize=2)
def grid_of(sha256: str, name: str) -> Grid:
    """The table of an upload as typed cells. Raises as ``read_grid``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(blobs.get(sha256))
        return read_grid(path)


@lru_cache(maxsize=2)
def bundle_of_upload(sha256: str, name: str) -> Bundle:
    """The season of an upload; a zip may hold it at its top, under ``season/`` or in one folder of any name.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        Everything that is wrong with it, by file, line and column.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(blobs.get(sha256))
        if path.suffix.lower() != ".zip":
            return load_season(path)
        files = unpacked(path, what="zip")
        places = sorted((len(PurePosixPath(n).parts), n) for n in files if PurePosixPath(n).name == "season.toml")
        if not places:
            raise SeasonRefused(Problem("setup.no_season_in_zip", {"file_name": name}, file=name))
        under = places[0][1].removesuffix("season.toml")
        mine = {n.removeprefix(under): content for n, content in files.items() if n.startswith(under)}
        return read_content(FileContent(BytesSource(mine, under)))


def problems_with(bundle: Bundle) -> tuple[Problem, ...]:
    """What keeps a season that could be read from starting, or from being here a second time."""
    found = check_season(bundle.season)
    if Season.objects.filter(key=bundle.season.code).exists():
        named = {"code": bundle.season.code, "title": bundle.season.title}
        return (Problem("season.already_here", named), *found)
    return found


@dataclass(frozen=True)
class DryRun:
    """What an import would do: the season it begins or goes into, and every figure with its place or its reason."""

    season: EngineSeason
    result: ImportResult
    counts: Counts | None
    merged: Bundle
    known: int  # figures that were there before: the rows after them are new

    @property
    def empty(self) -> bool:
        return not len(self.result.table) and not self.result.targets


def dry_run_new(grid: Grid, mapping: Mapping, code: str, title: Text) -> DryRun:
    """A season begun from the table alone.

    Raises
    ------
    ReadingsRefused, SeasonRefused
        The table describes no season, or one that does not hold together.
    """
    season, result = start(grid, mapping, code=code)
    begun = Bundle(replace(season, title=title or season.title))
    merged = merge_into(begun, result, recorded_at=clock.now())
    if problems := check_season(merged.season):
        raise SeasonRefused(problems)
    return DryRun(merged.season, result, None, merged, 0)


def dry_run_into(grid: Grid, mapping: Mapping, bundle: Bundle) -> DryRun:
    """The table's figures as new revisions beside those there are; every one of them waits to be verified.

    Raises
    ------
    ReadingsRefused
        The mapping does not fit the table or the season.
    """
    mapping = replace(mapping, state="reported")
    result = apply(grid, mapping, bundle.season)
    merged = merge_into(bundle, result, recorded_at=clock.now())
    return DryRun(bundle.season, result, merge_counts(bundle, result), merged, len(bundle.readings.table))


def cells_of(grid: Grid, mapping: Mapping, season: EngineSeason) -> Map[tuple[str, str, str], str]:
    """Contestant, indicator and period -> file and cell a figure was read from.

    Long lists of one figure a line are read column by column; for those the file alone is told.
    """
    meanings = Meanings(mapping, season, grid.name)
    out = Outcome()
    for sheet, entry in sheets_of(grid, mapping, meanings):
        if not is_long(sheet, entry):
            SheetPlacer(grid, sheet, entry, mapping, meanings, out).place()
    return {
        (p.contestant, p.indicator, str(p.period)): f"{p.spot.file} {p.spot.name}"
        for p in out.placed
        if p.role == "value" and not p.aside
    }


def figures_per_period(table: ReadingTable) -> Map[str, int]:
    """How many figures there are of each period, oldest first."""
    counted = dict.fromkeys(range(len(table.periods)), 0)
    for n in table.period.tolist():
        counted[n] += 1
    return {str(table.periods[n]): counted[n] for n in sorted(counted, key=lambda n: table.periods[n])}


def kept_maps(season: Season | None, grid: Grid, defined: EngineSeason | None) -> Sequence[tuple[ImportMap, Mapping]]:
    """Mappings confirmed before that fit this table, the newest first; each content once."""
    rows = ImportMap.objects.filter(season=season).select_related("by").order_by("-id")
    out: list[tuple[ImportMap, Mapping]] = []
    seen: set[str] = set()
    for row in rows[: _OFFERED * 4]:
        if row.blob_id in seen or len(out) == _OFFERED:
            continue
        seen.add(row.blob_id)
        mapping = parse_map(blobs.get(row.blob_id).decode(), row.name)
        if _fits(grid, mapping, defined):
            out.append((row, mapping))
    return out


def _fits(grid: Grid, mapping: Mapping, defined: EngineSeason | None) -> bool:
    try:
        result = start(grid, mapping, code="fits")[1] if defined is None else apply(grid, mapping, defined)
    except Refused:
        return False
    return bool(len(result.table) or result.targets)


def samples_of(sheet: Sheet, header_rows: Sequence[int], column: int, most: int = 3) -> tuple[str, ...]:
    """The first filled cells below a header, as people read them."""
    first = max(header_rows, default=0)
    found: list[str] = []
    for row in range(first, min(sheet.height, first + 60)):
        if is_column_numbers(sheet, row):
            continue
        text = sheet.shown(row, column).text
        if text and text not in found:
            found.append(text)
        if len(found) == most:
            break
    return tuple(found)


def with_places(mapping: Mapping) -> Mapping:
    """A proposal for a new season: contestants are the places they are already known as, others get free codes."""
    known = key_by_name()
    said = [known.get(a.name) or known.get(unnumbered(a.name)) or "" for a in mapping.contestants]
    free = (f"c{n:02d}" for n in count(1))
    taken = keys_taken(f"c{n:02d}" for n in range(1, 1_000)) | set(said)
    codes = [code or next(c for c in free if c not in taken) for code in said]
    return replace(
        mapping, contestants=tuple(replace(a, code=c) for a, c in zip(mapping.contestants, codes, strict=True))
    )
