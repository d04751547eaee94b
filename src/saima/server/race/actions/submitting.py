"""Submits a report: its cells frozen with a receipt, and what changed added as revisions. Twice is once."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.kit.models import Blob
from saima.server.race.actions.reports import editable
from saima.server.race.enums import CellKind, ReportState
from saima.server.race.models import Evidence, Reading, Report, ReportCell, Submission
from saima.server.race.queries.checks import problems_of, standing_against
from saima.server.race.queries.contents import (
    cells_of,
    content_of,
    counts_by_cell,
    evidence_of,
    files_by_cell,
    said_in,
)
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.drafts import CellKey, draft_of

_TRIES = 3
_BATCH = 2_000


def report_submit(
    *,
    report: Report,
    signer: str,
    by: Person | None,
    on_behalf: bool = False,
    proof: Blob | None = None,
    channel: str = "page",
) -> Submission:
    """Freeze what the report says and give a receipt; the same content sent again gives the receipt it has.

    Late or not is what the submission's time says against the report's deadline. Figures that changed since the last
    reading become new revisions; an emptied one is withdrawn.

    Raises
    ------
    QuestionRefused
        ``report.signer_needed``, ``report.proof_needed`` (on behalf without the stamped sheet),
        ``report.being_changed``: somebody types at this very moment; every problem of the check that still stands;
        and as ``editable``.
    """
    signer = signer.strip()[:150]
    for _ in range(_TRIES):
        report = Report.objects.select_related("season", "place").get(pk=report.pk)
        cells = cells_of(report)
        evidence = evidence_of(report)
        content = content_of(cells, evidence)
        last = report.submissions.order_by("-number").first()
        if report.state == ReportState.SUBMITTED and last is not None and last.content == content:
            return last
        editable(report, on_behalf=on_behalf)
        if not signer:
            raise QuestionRefused(Problem("report.signer_needed"))
        if on_behalf and proof is None:
            raise QuestionRefused(Problem("report.proof_needed"))
        draft = draft_of(report, season_of(newest(report.season)), cells)
        against = standing_against(problems_of(draft, cells, counts_by_cell(evidence)))
        if against:
            raise QuestionRefused([p.problem for p in against])
        made = _submit(report, cells, content, signer, by, on_behalf=on_behalf, proof=proof, channel=channel)
        if made is not None:
            return made
    raise QuestionRefused(Problem("report.being_changed"))


@transaction.atomic
def _submit(
    report: Report,
    checked: Sequence[ReportCell],
    content: str,
    signer: str,
    by: Person | None,
    *,
    on_behalf: bool,
    proof: Blob | None,
    channel: str,
) -> Submission | None:
    """Write it, or None when the report is no longer what was checked."""
    current = Report.objects.select_for_update().get(pk=report.pk)
    cells = cells_of(current)
    evidence = evidence_of(current)
    if current.state != report.state or content_of(cells, evidence) != content:
        return None
    last = current.submissions.order_by("-number").first()
    number = (last.number if last else 0) + 1
    digest = sha256(content.encode()).hexdigest()
    now = clock.now()
    made = Submission.objects.create(
        report=current,
        number=number,
        receipt=f"{current.period}-{current.pk:04d}-{number}-{digest[:4].upper()}",
        signer=signer,
        by=by,
        on_behalf=on_behalf,
        proof=proof,
        channel=channel,
        content=content,
        digest=digest,
        at=now,
    )
    readings = list(_readings(report, made, last, checked, evidence, by))
    Reading.objects.bulk_create(readings, batch_size=_BATCH)
    current.state = ReportState.SUBMITTED
    current.submitted_at = current.submitted_at or now
    current.row_version += 1
    current.save()
    audit.record(
        by=by,
        action="report.submitted",
        object_type="report",
        object_key=str(current.pk),
        receipt=made.receipt,
        digest=digest,
        signer=signer,
        on_behalf=on_behalf,
        channel=channel,
        late=now > current.due_at,
        readings=len(readings),
    )
    return made


def _readings(
    report: Report,
    made: Submission,
    last: Submission | None,
    cells: Sequence[ReportCell],
    evidence: Sequence[Evidence],
    by: Person | None,
) -> Iterable[Reading]:
    rows = Reading.objects.filter(
        season=report.season, period=report.period, contestant__in={c.contestant for c in cells}
    )
    newest_of: Mapping[CellKey, Reading] = {(r.contestant, r.indicator): r for r in rows.order_by("revision")}
    then, now = said_in(last.content if last else ""), said_in(made.content)
    files = files_by_cell(evidence)
    origin = "reported" if report.place.key in {c.contestant for c in cells} else "owner"
    given = {i.code for i in season_of(newest(report.season)).indicators if i.feed}  # nobody types over a feed
    for cell in cells:
        if cell.indicator in given:
            continue
        key = (cell.contestant, cell.indicator)
        before = newest_of.get(key)
        names = "; ".join(e.name for e in files.get(key, ()))
        said = _state(report, cell, before, names, repeated=then.get(key) == now[key])
        if said is not None:
            yield Reading(
                season=report.season,
                contestant=cell.contestant,
                indicator=cell.indicator,
                period=report.period,
                revision=(before.revision if before else 0) + 1,
                value=cell.value if cell.kind == CellKind.VALUE else "",
                state=said,
                origin=origin,
                note=cell.note,
                evidence=names or (before.evidence if before and said != "withdrawn" else ""),
                recorded_at=made.at,
                submission=made,
                by=by,
            )


def _state(report: Report, cell: ReportCell, before: Reading | None, names: str, *, repeated: bool) -> str | None:
    """State of the new revision, or None when there is nothing new to say.

    ``repeated``: the last submission said the same, so a figure the verifier changed since is not put back.
    """
    if cell.kind in (CellKind.EMPTY, CellKind.NOT_YET):
        gone = before is None or before.state in ("withdrawn", "rejected")
        return None if gone else "withdrawn"
    state = "reported" if cell.kind == CellKind.VALUE else "not_applicable"
    if before is None or before.state in ("rejected", "withdrawn"):
        return state
    value = cell.value if cell.kind == CellKind.VALUE else ""
    same_figure = before.value == value and (before.state == "not_applicable") == (state == "not_applicable")
    if repeated or (same_figure and before.note == cell.note and names in ("", before.evidence)):
        return None
    if same_figure and report.state == ReportState.REOPENED_NOTES:
        return before.state  # only words and files changed: the figure stays verified
    return state
