"""Waives what the engine found, with the reason."""

import json

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.digest import instant_text
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.race.actions.verify import SENT, cell_of, locked, record, refuse_own, said_reason
from saima.server.race.models import Report, ReportCell, SideRow
from saima.server.race.queries.documents import side_key
from saima.server.race.queries.verify_figures import figures_of, marks_of, newest_versions


def finding_waive(*, report: Report, finding: str, reason: str, by: Person) -> SideRow:
    """Accept a finding of the engine with the reason: a row of the season's waivers under the finding's key.

    Raises
    ------
    QuestionRefused
        ``verify.reason_needed``, ``verify.no_finding``: the figures no longer have it, or it is not this report's;
        ``accounts.not_in_state``, ``verify.own``.
    """
    said = said_reason(reason)
    mark = marks_of(newest_versions([report.season_id]), [report.period])[report.season_id]
    figures = figures_of(report.season, report.period, mark)
    cells = {(c.contestant, c.indicator) for c in ReportCell.objects.filter(report=report)}
    here = [f for key in cells for f in figures.findings.get(key, ())]
    here += [f for f in figures.columns if f.indicator in {code for _, code in cells}]
    found = next((f for f in here if f.key == finding), None)
    if found is None:
        raise QuestionRefused(Problem("verify.no_finding", {"finding": finding}))
    with transaction.atomic():
        row = locked(report, SENT)
        own = cell_of(row, found.contestant, found.indicator).entered_by() if found.contestant else ()
        refuse_own(row, by, own)
        columns = {"finding": finding, "reason": said, "by": by.name, "recorded_at": instant_text(clock.now())}
        made = SideRow.objects.create(
            season=row.season,
            table="waivers",
            key=side_key("waivers", columns),
            cells=json.dumps(columns, ensure_ascii=False, sort_keys=True),
            by=by,
        )
        record(row, (found.contestant, found.indicator), "finding.waived", by, finding=finding, text=said)
        return made
