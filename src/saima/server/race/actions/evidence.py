"""Adds files beside figures and takes them back; the bytes stay for the audit."""

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit
from saima.server.kit.models import Blob
from saima.server.race.actions.reports import editable
from saima.server.race.models import Evidence, EvidenceWithdrawn, Report, ReportCell


@transaction.atomic
def evidence_add(
    *,
    report: Report,
    contestant: str,
    indicator: str,
    blob: Blob,
    name: str,
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
) -> Evidence:
    """Put a kept file beside a cell; the same file beside the same cell again changes nothing.

    Raises
    ------
    QuestionRefused
        ``report.not_asked``: the report has no such cell; and as ``editable``.
    """
    current = Report.objects.select_for_update().get(pk=report.pk)
    editable(current, on_behalf=on_behalf)
    if not ReportCell.objects.filter(report=report, contestant=contestant, indicator=indicator).exists():
        raise QuestionRefused(Problem("report.not_asked", {"contestant": contestant, "indicator": indicator}))
    same = Evidence.objects.filter(
        report=report, contestant=contestant, indicator=indicator, blob=blob, withdrawn=None
    ).first()
    if same is not None:
        return same
    made = Evidence.objects.create(
        report=report,
        contestant=contestant,
        indicator=indicator,
        blob=blob,
        name=name[:200],
        by=by,
        by_name=by_name,
    )
    audit.record(
        by=by,
        action="evidence.added",
        object_type="report",
        object_key=str(report.pk),
        contestant=contestant,
        indicator=indicator,
        name=made.name,
        sha256=blob.sha256,
        by_name=by_name,
        on_behalf=on_behalf,
    )
    return made


def evidence_pick(
    *,
    evidence: Evidence,
    contestant: str,
    indicator: str,
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
) -> Evidence:
    """Let a file already sent with the report support another of its cells too."""
    return evidence_add(
        report=evidence.report,
        contestant=contestant,
        indicator=indicator,
        blob=evidence.blob,
        name=evidence.name,
        by=by,
        by_name=by_name,
        on_behalf=on_behalf,
    )


@transaction.atomic
def evidence_withdraw(
    *, evidence: Evidence, reason: str, by: Person | None, by_name: str = "", on_behalf: bool = False
) -> EvidenceWithdrawn:
    """Take a file back, with the reason; twice is once.

    Raises
    ------
    QuestionRefused
        ``report.withdraw_reason``: no reason given; and as ``editable``.
    """
    current = Report.objects.select_for_update().get(pk=evidence.report_id)
    editable(current, on_behalf=on_behalf)
    if not reason.strip():
        raise QuestionRefused(Problem("report.withdraw_reason", {"name": evidence.name}))
    before = EvidenceWithdrawn.objects.filter(evidence=evidence).first()
    if before is not None:
        return before
    made = EvidenceWithdrawn.objects.create(evidence=evidence, reason=reason.strip(), by=by)
    audit.record(
        by=by,
        action="evidence.withdrawn",
        object_type="report",
        object_key=str(evidence.report_id),
        name=evidence.name,
        sha256=evidence.blob_id,
        reason=reason.strip(),
        by_name=by_name,
    )
    return made
