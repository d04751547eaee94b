"""Gives freshly opened reports the state their figures already have: those of an imported folder or workbook."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db import transaction

from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.enums import MessageKind, ReportState
from saima.server.race.models import CellMessage, Reading, Report, Submission
from saima.server.race.queries.contents import cells_of, content_of, evidence_of
from saima.server.race.queries.drafts import CellKey

_SETTLED = frozenset({"verified", "not_applicable"})


@transaction.atomic
def reports_adopt(*, reports: Sequence[Report], by: Person | None, signers: Mapping[int, str]) -> None:
    """Take what is known of each report's cells as its submission; no reading is added.

    A rejected figure: returned, its note becoming the question. Every figure known: submitted, or verified when all
    are. Something still missing: open, with what is known in its cells. ``signers`` by report id.
    """
    for report in Report.objects.select_for_update().filter(pk__in=[r.pk for r in reports]):
        cells = cells_of(report)
        known = _newest(report)
        states = {k: known[k].state for k in ((c.contestant, c.indicator) for c in cells) if k in known}
        rejected = [k for k, state in states.items() if state == "rejected"]
        if not rejected and len(states) < len(cells):
            continue
        settled = not rejected and set(states.values()) <= _SETTLED
        report.state = ReportState.RETURNED if rejected else ReportState.VERIFIED if settled else ReportState.SUBMITTED
        content = content_of(cells, evidence_of(report))
        digest = sha256(content.encode()).hexdigest()
        Submission.objects.create(
            report=report,
            number=1,
            receipt=f"{report.period}-{report.pk:04d}-1-{digest[:4].upper()}",
            signer=signers.get(report.pk, ""),
            by=None,
            channel="import",
            content=content,
            digest=digest,
        )
        for contestant, indicator in rejected:
            CellMessage.objects.create(
                report=report,
                contestant=contestant,
                indicator=indicator,
                kind=MessageKind.QUESTION,
                text=known[contestant, indicator].note,
                by=by,
            )
        report.submitted_at = clock.now()
        report.verified_at = clock.now() if settled else None
        report.row_version += 1
        report.save()
        audit.record(
            by=by,
            action="report.adopted",
            object_type="report",
            object_key=str(report.pk),
            state=report.state,
            digest=digest,
        )


def _newest(report: Report) -> dict[CellKey, Reading]:
    rows = Reading.objects.filter(season_id=report.season_id, period=report.period).order_by("revision")
    return {(r.contestant, r.indicator): r for r in rows}
