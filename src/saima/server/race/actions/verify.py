"""Verdicts on single figures: accept, question, change, reject. Each names the revision that was looked at.

A verdict is a row beside that revision and, where the figure's state follows from it, a revision of its own. Nobody
verifies what they entered, and nobody overwrites what another verifier said meanwhile.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.kit.solo import is_solo
from saima.server.race.enums import MessageKind, ReportState, VerdictKind
from saima.server.race.models import CellMessage, Reading, Report, Verdict
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.verify_cells import Cell, cells_of, senders_of
from saima.server.race.queries.verify_figures import marks_of, moves, newest_versions
from saima.words import template

SENT = frozenset({ReportState.SUBMITTED.value})
MOST_TEXT = 5_000


class ConflictRefused(QuestionRefused):
    """Somebody else was quicker: both values are said, nothing is overwritten."""

    status = 409


def locked(report: Report, states: Collection[str], *, seen: int | None = None) -> Report:
    """The report, held until the transaction ends; ``seen`` is the row version the person had before them.

    Raises
    ------
    QuestionRefused
        ``accounts.not_in_state``.
    ConflictRefused
        ``verify.report_changed``: it is another version by now.
    """
    row = Report.objects.select_for_update().get(pk=report.pk)
    if row.state not in states:
        raise QuestionRefused(Problem("accounts.not_in_state", {"state": row.state}))
    if seen is not None and row.row_version != seen:
        raise ConflictRefused(Problem("verify.report_changed", {"period": row.period, "state": row.state}))
    return row


def cell_of(report: Report, contestant: str, indicator: str) -> Cell:
    """One cell as it stands now.

    Raises
    ------
    QuestionRefused
        ``report.not_asked``.
    """
    spec = season_of(newest(report.season))
    for cell in cells_of([report], {report.season_id: spec})[report.pk]:
        if cell.key == (contestant, indicator):
            return cell
    raise QuestionRefused(Problem("report.not_asked", {"contestant": contestant, "indicator": indicator}))


def refuse_own(report: Report, by: Person, entered: Collection[int] = ()) -> bool:
    """Raise when ``by`` sent the report or entered one of the figures; True when only "solo" lets them.

    In an installation declared solo the bureau verifies what it entered on behalf of others, with their proof.

    Raises
    ------
    QuestionRefused
        ``verify.own``.
    """
    sent, behalf = senders_of(report)
    if by.pk not in sent | set(entered):
        return False
    if by.pk in behalf and is_solo():
        return True
    raise QuestionRefused(Problem("verify.own", {"person": by.name}))


def _cell_seen(report: Report, reading: Reading, by: Person) -> tuple[Cell, bool]:
    """The cell of a revision, if that revision is still the last one and ``by`` may decide; and whether as solo."""
    row = locked(report, SENT)
    cell = cell_of(row, reading.contestant, reading.indicator)
    if (reading.season_id, reading.period) != (row.season_id, row.period):
        raise QuestionRefused(
            Problem("report.not_asked", {"contestant": reading.contestant, "indicator": reading.indicator})
        )
    if not cell.readings or cell.readings[-1].pk != reading.pk:
        raise _overtaken(cell, reading)
    return cell, refuse_own(row, by, cell.entered_by())


def _overtaken(cell: Cell, seen: Reading) -> ConflictRefused:
    spec = season_of(newest(cell.report.season))
    now = cell.readings[-1]
    return ConflictRefused(
        Problem(
            "verify.conflict",
            {
                "contestant": spec.contestant[seen.contestant].title,
                "indicator": spec.indicator[seen.indicator].title,
                "seen": seen.value or "-",
                "seen_mark": template(f"choice.mark.{seen.state}"),
                "now": now.value or "-",
                "now_mark": template(f"choice.mark.{now.state}"),
                "person": now.by.name if now.by is not None else "-",
            },
        )
    )


def _decide(
    cell: Cell,
    kind: VerdictKind,
    by: Person,
    *,
    state: str,
    text: str = "",
    value: str | None = None,
    second_by: Person | None = None,
    solo: bool = False,
) -> Reading:
    """The verdict on the last revision, the revision that follows from it, and the reason in the cell's thread."""
    seen = cell.readings[-1]
    Verdict.objects.create(reading=seen, kind=kind, text=text, value=value, by=by, second_by=second_by)
    if text:  # what its reporter reads beside the figure
        said = text if value is None else f"{seen.value or '-'} \N{RIGHTWARDS ARROW} {value}\n{text}"
        CellMessage.objects.create(
            report=cell.report,
            contestant=seen.contestant,
            indicator=seen.indicator,
            kind=MessageKind.NOTE,
            text=said,
            by=by,
        )
    made = seen
    if state != seen.state or value is not None:
        made = Reading.objects.create(
            season_id=seen.season_id,
            contestant=seen.contestant,
            indicator=seen.indicator,
            period=seen.period,
            revision=seen.revision + 1,
            value=seen.value if value is None else value,
            state=state,
            origin=seen.origin if value is None else "correction",
            note=seen.note,
            evidence=seen.evidence,
            submission=seen.submission,
            reason=text,
            source=seen.source,
            by=by,
        )
    record(
        cell.report,
        cell.key,
        f"cell.{kind}",
        by,
        revision=made.revision,
        value=made.value,
        text=text,
        solo=solo,
        second=second_by.username if second_by else "",
    )
    return made


def record(report: Report, key: tuple[str, str], action: str, by: Person, **detail: object) -> None:
    audit.record(
        by=by,
        action=action,
        object_type="report",
        object_key=str(report.pk),
        contestant=key[0],
        indicator=key[1],
        **detail,
    )


@transaction.atomic
def cell_accept(*, report: Report, reading: Reading, by: Person) -> Reading:
    """The figure is right: a verified revision with the same value, note and evidence. "Not applicable" stays that.

    Raises
    ------
    QuestionRefused
        ``accounts.not_in_state``, ``verify.own``, ``verify.nothing_to_accept``.
    ConflictRefused
        ``verify.conflict``: another revision is the last one by now.
    """
    cell, solo = _cell_seen(report, reading, by)
    return accept(cell, by, solo=solo)


def accept(cell: Cell, by: Person, *, solo: bool = False) -> Reading:
    """As ``cell_accept``, for a cell whose report is locked and whose last revision was seen."""
    seen = cell.readings[-1]
    if seen.state == "withdrawn":
        raise QuestionRefused(Problem("verify.nothing_to_accept"))
    state = "not_applicable" if seen.state == "not_applicable" else "verified"
    return _decide(cell, VerdictKind.ACCEPT, by, state=state, solo=solo)


@transaction.atomic
def cell_reject(*, report: Report, reading: Reading, reason: str, by: Person) -> Reading:
    """The figure does not count. The reason is what its reporter reads.

    Raises
    ------
    QuestionRefused
        ``verify.reason_needed``; and as ``cell_accept``.
    ConflictRefused
        As ``cell_accept``.
    """
    cell, solo = _cell_seen(report, reading, by)
    return _decide(cell, VerdictKind.REJECT, by, state="rejected", text=said_reason(reason), solo=solo)


def cell_change(*, report: Report, reading: Reading, value: str, reason: str, by: Person) -> Verdict | Reading:
    """Another figure, with the reason; the reported one is kept as the revision before.

    Where it moves a rank it becomes a proposal (the Verdict) that a second verifier confirms, unless the installation
    is declared solo.

    Raises
    ------
    QuestionRefused
        ``verify.no_number``, ``verify.same_figure``, ``verify.reason_needed``; and as ``cell_accept``.
    ConflictRefused
        As ``cell_accept``.
    """
    text, said = canonical(value.replace(",", "").replace("\N{FULLWIDTH COMMA}", "")), said_reason(reason)
    if text is None:
        raise QuestionRefused(Problem("verify.no_number", {"text": value}))
    if text == reading.value:
        raise QuestionRefused(Problem("verify.same_figure", {"value": text}))
    moved = _moves(report, reading, text)
    with transaction.atomic():
        cell, solo = _cell_seen(report, reading, by)
        alone = moved and is_solo()
        if not moved or alone:
            return _decide(cell, VerdictKind.CHANGE, by, state="verified", text=said, value=text, solo=solo or alone)
        made = Verdict.objects.create(reading=cell.readings[-1], kind=VerdictKind.PROPOSE, text=said, value=text, by=by)
        record(report, cell.key, "cell.propose", by, revision=reading.revision, value=text, text=said)
        return made


def _moves(report: Report, reading: Reading, value: str) -> bool:
    """Whether the engine ranks otherwise with the figure. Read and computed before anything is locked."""
    versions = newest_versions([report.season_id])
    mark = marks_of(versions, [report.period])[report.season_id]
    key = (reading.contestant, reading.indicator)
    return bool(moves(report.season, report.period, mark, key, reading.value, value))


@transaction.atomic
def cell_confirm(*, report: Report, proposal: Verdict, by: Person) -> Reading:
    """A second verifier agrees with a proposed figure, which now counts.

    Raises
    ------
    QuestionRefused
        ``verify.second_is_first``: the one who proposed it; ``verify.no_proposal``: it was decided otherwise
        meanwhile; and as ``cell_accept``.
    ConflictRefused
        As ``cell_accept``.
    """
    cell, solo = _cell_seen(report, proposal.reading, by)
    waiting = cell.proposal
    if waiting is None or waiting.pk != proposal.pk or waiting.by is None or not waiting.value:
        raise QuestionRefused(Problem("verify.no_proposal"))
    if waiting.by_id == by.pk:
        raise QuestionRefused(Problem("verify.second_is_first", {"person": by.name}))
    return _decide(
        cell,
        VerdictKind.CHANGE,
        waiting.by,
        state="verified",
        text=waiting.text,
        value=waiting.value,
        second_by=by,
        solo=solo,
    )


@transaction.atomic
def cell_question(
    *,
    report: Report,
    contestant: str,
    indicator: str,
    text: str,
    due: datetime | None,
    by: Person,
    reading: Reading | None = None,
) -> CellMessage:
    """Ask about a figure, or why there is none (``reading`` None); the cell stays open until somebody decides.

    The same words again, with nothing said between, are one question.

    Raises
    ------
    QuestionRefused
        ``verify.question_empty``, ``verify.due_past``; and as ``cell_accept``.
    ConflictRefused
        As ``cell_accept``.
    """
    said = text.strip()[:MOST_TEXT]
    if not said:
        raise QuestionRefused(Problem("verify.question_empty"))
    refuse_past(due)
    row = locked(report, SENT)
    cell = cell_of(row, contestant, indicator)
    if cell.readings and (reading is None or cell.readings[-1].pk != reading.pk):
        raise _overtaken(cell, reading or cell.readings[0])
    refuse_own(row, by, cell.entered_by())
    beside = CellMessage.objects.filter(report=row, contestant=contestant, indicator=indicator)
    last = beside.order_by("-id").first()
    if last is not None and (last.kind, last.text, last.by_id) == (MessageKind.QUESTION, said, by.pk):
        return last
    if reading is not None:
        Verdict.objects.create(reading=reading, kind=VerdictKind.QUESTION, text=said, by=by)
    made = CellMessage.objects.create(
        report=row, contestant=contestant, indicator=indicator, kind=MessageKind.QUESTION, text=said, by=by, due_at=due
    )
    record(row, cell.key, "cell.question", by, text=said, due=due)
    return made


def refuse_past(due: datetime | None) -> None:
    if due is not None and due <= clock.now():
        raise QuestionRefused(Problem("verify.due_past", {"due": due.date().isoformat()}))


def said_reason(reason: str) -> str:
    said = reason.strip()[:MOST_TEXT]
    if not said:
        raise QuestionRefused(Problem("verify.reason_needed"))
    return said
