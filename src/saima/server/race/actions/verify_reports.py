"""Verdicts on whole reports: accept the rest, return, certify, re-open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.actions.verify import MOST_TEXT, SENT, accept, locked, refuse_own, refuse_past
from saima.server.race.enums import CellKind, ReportState, VerdictKind
from saima.server.race.models import Reading, Report, ReportCell, Verdict
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.verdicts import Touched, touched_by
from saima.server.race.queries.verify import sheets_of
from saima.server.race.queries.verify_cells import Cell, cells_of

DONE = frozenset({ReportState.VERIFIED.value})
Part = Literal["numbers", "notes"]
_REOPENED = {"numbers": ReportState.REOPENED_NUMBERS, "notes": ReportState.REOPENED_NOTES}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted at once, and how many figures were left for somebody to look at one by one."""

    readings: tuple[Reading, ...]
    left: int


def report_accept_all(*, report: Report, seen: int, by: Person, named: Collection[int] = ()) -> Accepted:
    """Accept every figure that nothing stands against: no question, no warning, no proposal, no verdict yet.

    Parameters
    ----------
    seen : the row version of the report the person had before them: figures sent since then are not accepted.
    named : ids of cells to accept although something warns about them.

    Raises
    ------
    QuestionRefused
        ``accounts.not_in_state``, ``verify.own``.
    ConflictRefused
        ``verify.report_changed``.
    """
    (before,) = sheets_of([report])
    looked = {s.id: s.cell.readings[-1].pk for s in before.rows if s.plain or (s.id in named and s.cell.latest)}
    with transaction.atomic():
        row = locked(report, SENT, seen=seen)
        cells = _cells(row)
        chosen = [
            c for c in cells if c.status == "waiting" and c.latest and looked.get(c.entry.pk) == c.readings[-1].pk
        ]
        entered = {n for c in chosen for n in c.entered_by()}
        solo = refuse_own(row, by, entered)
        made = tuple(accept(c, by, solo=solo) for c in chosen)
    return Accepted(made, sum(1 for c in cells if not c.decided) - len(made))


@transaction.atomic
def report_return(*, report: Report, seen: int, due: datetime, by: Person) -> Report:
    """Give a report back with its questions and the day on which it is due again.

    Raises
    ------
    QuestionRefused
        ``verify.return_needs_question``, ``verify.due_past``, ``accounts.not_in_state``, ``verify.own``.
    ConflictRefused
        ``verify.report_changed``.
    """
    refuse_past(due)
    row = locked(report, SENT, seen=seen)
    cells = _cells(row)
    refuse_own(row, by)
    asked = [c for c in cells if c.unanswered]
    if not asked:
        raise QuestionRefused(Problem("verify.return_needs_question", {"period": row.period}))
    _drafts_follow(cells)
    row.due_again_at = due
    row.late_until = max(row.late_until, due)
    return _step(row, ReportState.RETURNED, "report.returned", by, due=due, questions=[list(c.key) for c in asked])


@transaction.atomic
def report_certify(*, report: Report, seen: int, by: Person) -> Report:
    """Every figure is decided: the report is verified.

    Raises
    ------
    QuestionRefused
        ``verify.undecided`` names how many are not; ``accounts.not_in_state``, ``verify.own``.
    ConflictRefused
        ``verify.report_changed``.
    """
    row = locked(report, SENT, seen=seen)
    cells = _cells(row)
    solo = refuse_own(row, by, {n for c in cells for n in c.entered_by()})
    if undecided := [c for c in cells if not c.decided]:
        raise QuestionRefused(Problem("verify.undecided", {"period": row.period, "count": len(undecided)}))
    row.verified_at = clock.now()
    row.due_again_at = None
    return _step(
        row,
        ReportState.VERIFIED,
        "report.certified",
        by,
        rejected=[list(c.key) for c in cells if c.status == "rejected"],
        solo=solo,
    )


@transaction.atomic
def report_reopen(*, report: Report, seen: int, part: Part, reason: str, due: datetime, by: Person) -> Touched:
    """Open a verified report again, for its numbers or for notes and evidence only, and say what it has gone into.

    The figures keep counting as they are until others are sent; each carries the reopening as a verdict.

    Raises
    ------
    QuestionRefused
        ``verify.reason_needed``, ``verify.due_past``, ``accounts.not_in_state``.
    ConflictRefused
        ``verify.report_changed``.
    """
    said = reason.strip()[:MOST_TEXT]
    if not said:
        raise QuestionRefused(Problem("verify.reason_needed"))
    refuse_past(due)
    row = locked(report, DONE, seen=seen)
    touched = touched_by(row)
    cells = _cells(row)
    Verdict.objects.bulk_create(
        Verdict(reading=c.readings[-1], kind=VerdictKind.REOPEN, text=said, value=part, by=by)
        for c in cells
        if c.readings
    )
    _drafts_follow(cells)
    row.due_again_at = due
    row.late_until = max(row.late_until, due)
    _step(
        row,
        _REOPENED[part],
        "report.reopened",
        by,
        part=part,
        reason=said,
        due=due,
        cuts=touched.cuts,
        drafts=touched.drafts,
        published=touched.published,
    )
    return touched


@transaction.atomic
def report_take(*, report: Report, by: Person, back: bool = False) -> Report:
    """Take a sent report up, from nobody or from another verifier; or give it ``back``. Anybody may still decide.

    Raises
    ------
    QuestionRefused
        ``accounts.not_in_state``.
    """
    row = locked(report, SENT)
    before, row.verifier = row.verifier, None if back else by
    row.save()
    audit.record(
        by=by,
        action="report.taken",
        object_type="report",
        object_key=str(row.pk),
        verifier=row.verifier.username if row.verifier else "",
        before=before.username if before else "",
    )
    return row


def _cells(report: Report) -> list[Cell]:
    spec = season_of(newest(report.season))
    return cells_of([report], {report.season_id: spec})[report.pk]


def _step(report: Report, state: ReportState, action: str, by: Person, **detail: object) -> Report:
    report.state = state
    report.row_version += 1
    report.save()
    audit.record(by=by, action=action, object_type="report", object_key=str(report.pk), period=report.period, **detail)
    return report


def _drafts_follow(cells: Collection[Cell]) -> None:
    """Drafts show the figures a verifier put, so that sending the report again does not bring the old ones back."""
    stale = []
    for cell in cells:
        now, entry = cell.accepted, cell.entry
        if now is not None and now.value and (entry.kind, entry.value) != (CellKind.VALUE, now.value):
            entry.kind, entry.text, entry.value = CellKind.VALUE, now.value, now.value
            entry.row_version += 1
            stale.append(entry)
    ReportCell.objects.bulk_update(stale, ["kind", "text", "value", "row_version"], batch_size=100)
