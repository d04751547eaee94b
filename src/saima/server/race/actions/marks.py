"""Writes the mark a project got in a meet: another revision of its reading, never over one that is there."""

import json
from decimal import Decimal

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.digest import instant_text
from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.models import Season, SideRow
from saima.server.race.queries.documents import side_key
from saima.server.race.queries.projects import projects_of

TABLE = "project_readings"


@transaction.atomic
def project_mark_record(
    *, season: Season, project: str, period: Period, mark: Decimal, reason: str, by: Person | None
) -> SideRow:
    """The mark of a meet as the newest revision of a project's reading of a period; what else it says is taken over.

    The state is taken over too: a mark never verifies an investment. The same mark again changes nothing. A project
    nobody reported of yet gets a first reading with the mark alone.

    Raises
    ------
    QuestionRefused
        ``marks.no_project``: the season has no such project; ``marks.frequency``: the period is of another kind.
    """
    Season.objects.select_for_update().get(pk=season.pk)
    if period.frequency != season.frequency:
        raise QuestionRefused(Problem("marks.frequency", {"period": str(period)}))
    if project not in {p.code for p in projects_of(season)}:
        raise QuestionRefused(Problem("marks.no_project", {"project": project}))
    rows = SideRow.objects.filter(season=season, table=TABLE, key__startswith=f"{project}|{period}|").order_by("id")
    known = [(row, cells) for row in rows if (cells := json.loads(row.cells))["project"] == project]
    known.sort(key=lambda pair: int(pair[1].get("revision") or 1))
    newest: SideRow | None = known[-1][0] if known else None
    last: dict[str, str] = known[-1][1] if known else {}
    said = format(mark.normalize(), "f")
    if newest is not None and last.get("mark") == said:
        return newest
    cells = {
        **last,
        "project": project,
        "period": str(period),
        "mark": said,
        "state": last.get("state") or "verified",
        "revision": str(int(last.get("revision") or 1) + 1 if last else 1),
        "recorded_at": instant_text(clock.now()),
    }
    row = SideRow.objects.create(
        season=season,
        table=TABLE,
        key=side_key(TABLE, cells),
        cells=json.dumps(cells, ensure_ascii=False, sort_keys=True),
        by=by,
        at=clock.now(),
    )
    audit.record(
        by=by,
        action="project.marked",
        object_type="project",
        object_key=f"{season.key} {project} {period}",
        origin="meet",
        mark=said,
        before=last.get("mark", ""),
        revision=cells["revision"],
        reason=reason,
    )
    return row
