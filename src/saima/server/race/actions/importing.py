"""Writes what an upload means: a season begun from a table, figures into a season that is there, mappings kept."""

from django.db import transaction

from saima.engine.errors import Problem, ReadingsRefused
from saima.files.cells import number_text
from saima.files.importing import Grid, Mapping, dump_map
from saima.server.accounts.models import Person
from saima.server.kit import blobs
from saima.server.kit.models import Blob
from saima.server.race.actions.drafts import draft_change
from saima.server.race.actions.seasons import readings_add, season_import
from saima.server.race.models import ImportMap, Season, SeasonVersion
from saima.server.race.queries.documents import bundle_of
from saima.server.race.queries.setup import seen_of, setup_of
from saima.server.race.queries.setup_import import DryRun, cells_of, dry_run_into, dry_run_new
from saima.server.race.queries.setup_plain import Edit
from saima.words import Text


def table_begin(*, grid: Grid, mapping: Mapping, code: str, title: Text, by: Person) -> SeasonVersion:
    """A season begun from a table people have: version 1, its figures with the cells they come from, its mapping kept.

    Raises
    ------
    ReadingsRefused, SeasonRefused
        As ``dry_run_new`` and ``season_import``; nothing is written.
    """
    dry = dry_run_new(grid, mapping, code, title)
    _refuse_nothing(dry, grid)
    cells = cells_of(grid, mapping, dry.season)
    kept = _kept(mapping)
    with transaction.atomic():
        version = season_import(bundle=dry.merged, by=by, source=grid.name, cells=cells)
        ImportMap.objects.create(season=None, name=grid.name[:200], blob=kept, by=by)
        ImportMap.objects.create(season=version.season, name=grid.name[:200], blob=kept, by=by)
    return version


def figures_import(*, season: Season, grid: Grid, mapping: Mapping, by: Person) -> DryRun:
    """Figures of a table as reported revisions of a season; new targets go into its draft.

    Raises
    ------
    ReadingsRefused
        The mapping does not fit, nothing could be placed, or somebody recorded the same figures just now.
    """
    before = bundle_of(season)
    dry = dry_run_into(grid, mapping, before)
    _refuse_nothing(dry, grid)
    cells = cells_of(grid, mapping, dry.season)
    kept = _kept(mapping)
    targets = _target_edits(dry, before.season.targets)
    with transaction.atomic():
        readings_add(season=season, bundle=dry.merged, known=dry.known, by=by, source=grid.name, cells=cells)
        if targets:
            here = setup_of(season)
            draft_change(
                season=season, seen=seen_of(here.version, here.draft), edits=targets, by=by, code="setup.did_paste"
            )
        ImportMap.objects.create(season=season, name=grid.name[:200], blob=kept, by=by)
    return dry


def _kept(mapping: Mapping) -> Blob:
    return blobs.put(dump_map(mapping).encode(), "application/toml")


def _target_edits(dry: DryRun, before: tuple[object, ...]) -> list[Edit]:
    """Targets the table has and the season has not, or that the mapping replaces."""
    return [
        Edit(
            "targets",
            (t.contestant, t.indicator),
            {"target": number_text(t.target), "baseline": number_text(t.baseline)},
        )
        for t in dry.merged.season.targets
        if t not in before
    ]


def _refuse_nothing(dry: DryRun, grid: Grid) -> None:
    if dry.empty:
        raise ReadingsRefused(
            dry.result.refused or Problem("cli.import.nothing_placed", {"table": grid.name}, file=grid.name)
        )
