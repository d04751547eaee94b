"""Takes in figures that come many at once, as revisions; open reports show them in their cells."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.accounts.rules import held_by
from saima.server.kit import audit, clock
from saima.server.kit.adding import add_rows
from saima.server.kit.collecting import collector_resting
from saima.server.race.enums import CellKind
from saima.server.race.models import Reading, Report, ReportCell, Season
from saima.server.race.queries.bulk import Dry, Line, Placed, try_out

_COLUMNS: Final = (*("contestant", "indicator", "period", "revision", "value", "state", "origin", "note", "source"),)
_SHOWN: Final = 50
_KINDS: Final = {
    "withdrawn": CellKind.EMPTY,
    "not_applicable": CellKind.NOT_APPLICABLE,
    "reported": CellKind.VALUE,
}


@collector_resting()
@transaction.atomic
def figures_bring(
    *,
    season: Season,
    lines: Iterable[Line],
    by: Person,
    source: str,
    dry_run: bool = False,
    partial: bool = False,
) -> Dry:
    """Add every line that says something new as a revision in the state reported.

    Parameters
    ----------
    source : file name or program, kept with each reading.
    dry_run : only say what would happen; the answer is the same.
    partial : take the lines that can be taken. Otherwise one objection refuses all of them.

    Raises
    ------
    QuestionRefused
        The first 50 objections, when not ``partial`` and not ``dry_run``.
    """
    Season.objects.select_for_update().get(pk=season.pk)  # two programs at once: one after the other
    dry = try_out(season=season, lines=lines, by=by)
    if dry_run:
        return dry
    if dry.objections and not partial:
        listed = [_with_line(o.line, o.problem, source) for o in dry.objections[:_SHOWN]]
        if len(dry.objections) > _SHOWN:
            listed.append(Problem("files.more", {"count": len(dry.objections) - _SHOWN}))
        raise QuestionRefused(listed)
    wanted = [p for p in dry.placed if p.does != "same"]
    if wanted:
        _write(season, dry, wanted, by, source)
    return dry


def _write(season: Season, dry: Dry, wanted: Sequence[Placed], by: Person, source: str) -> None:
    steward = held_by(by, season=season.key).has(Role.STEWARD)
    rows = (
        (
            p.line.contestant,
            p.line.indicator,
            p.line.period,
            p.revision,
            p.value,
            _state(p.line),
            "import" if steward else _origin(dry, p),
            p.line.note,
            f"{source}:{p.line.number}"[:200],
        )
        for p in _by_index(wanted)
    )
    same = {"season_id": season.pk, "recorded_at": clock.now(), "by_id": by.pk, "evidence": "", "reason": ""}
    add_rows(Reading, _COLUMNS, rows, same)
    _into_cells(dry, wanted, by, source)
    audit.record(
        by=by,
        action="figures.brought",
        object_type="season",
        object_key=season.key,
        source=source,
        new=dry.count("new"),
        changed=dry.count("changed"),
        withdrawn=dry.count("withdrawn"),
        refused=len(dry.objections),
    )


def _by_index(wanted: Sequence[Placed]) -> Iterator[Placed]:
    """In the order of the database's own index, which then grows at its end instead of everywhere."""
    ranks = []
    for name in ("indicator", "contestant", "period"):
        texts = [getattr(p.line, name) for p in wanted]
        rank = {text: n for n, text in enumerate(sorted({*texts}))}
        ranks.append([rank[text] for text in texts])
    return (wanted[n] for n in np.lexsort(ranks).tolist())


def _state(line: Line) -> str:
    if line.deleted:
        return "withdrawn"
    return "not_applicable" if line.state == "not_applicable" else "reported"


def _origin(dry: Dry, placed: Placed) -> str:
    line = placed.line
    return "reported" if dry.places[line.contestant, line.indicator] == line.contestant else "owner"


def _into_cells(dry: Dry, wanted: Sequence[Placed], by: Person, source: str) -> None:
    """Open reports show what came in, so that nobody types it again."""
    if not dry.reports:
        return
    said = {(p.line.contestant, p.line.indicator, p.line.period): p for p in wanted}
    # Reports first, then their cells: in the order in which everybody else takes these locks.
    reports = Report.objects.select_for_update().filter(pk__in=[r.pk for r in dry.reports.values()]).order_by("pk")
    cells = ReportCell.objects.select_for_update().filter(report__in=list(reports)).select_related("report")
    changed = []
    for cell in cells:
        placed = said.get((cell.contestant, cell.indicator, cell.report.period))
        if placed is None:
            continue
        cell.kind = _KINDS[_state(placed.line)]
        cell.text = cell.value = placed.value
        cell.note = placed.line.note or cell.note
        cell.row_version += 1
        cell.saved_by, cell.saved_by_name, cell.saved_at = by, source[:150], clock.now()
        changed.append(cell)
    names = ["kind", "text", "value", "note", "row_version", "saved_by", "saved_by_name", "saved_at"]
    ReportCell.objects.bulk_update(changed, names, batch_size=100)


def _with_line(line: Line, problem: Problem, source: str) -> Problem:
    return Problem(problem.code, problem.params, file=source, line=line.number)
