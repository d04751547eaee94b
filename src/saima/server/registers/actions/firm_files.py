"""Adds files beside a firm and takes them back; the bytes stay for the audit."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, locks
from saima.server.kit.models import Blob
from saima.server.registers.models import Enterprise, EnterpriseFile, EnterpriseFileWithdrawn
from saima.server.registers.rules import RULES

MOST: Final = 40  # of one firm, those taken back not counted
_MOST_TEXT: Final = 200
_MOST_REASON: Final = 500


@transaction.atomic
def firm_files_add(
    *, enterprise: Enterprise, files: Sequence[tuple[Blob, str]], kind: str, about: str = "", by: Person | None
) -> list[EnterpriseFile]:
    """Put kept files beside a firm, all of them or none; one that stands there already is not put there twice.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``enterprise.file_kind``, ``enterprise.files_most``.
    """
    _may(by, enterprise)
    locks.locked(Enterprise.objects.all()).get(pk=enterprise.pk)
    if kind not in EnterpriseFile.Kind.values:
        raise QuestionRefused(Problem("enterprise.file_kind"))
    standing = {f.blob_id: f for f in EnterpriseFile.objects.filter(enterprise=enterprise, withdrawn=None)}
    new = {blob.sha256 for blob, _name in files} - standing.keys()
    if len(standing) + len(new) > MOST:
        raise QuestionRefused(
            Problem(
                "enterprise.files_most",
                {"name": str(enterprise), "there": len(standing), "count": len(new), "most": MOST},
            )
        )
    for blob, name in files:
        if blob.sha256 in standing:
            continue
        made = EnterpriseFile.objects.create(
            enterprise=enterprise, blob=blob, kind=kind, name=name[:_MOST_TEXT], about=about.strip()[:_MOST_TEXT], by=by
        )
        standing[blob.sha256] = made
        _told("enterprise.file_added", made, by, kind=kind, size=blob.size)
    return [standing[blob.sha256] for blob, _name in files]


@transaction.atomic
def firm_file_withdraw(*, file: EnterpriseFile, reason: str, by: Person | None) -> EnterpriseFileWithdrawn:
    """Take a file back, with the reason; twice is once.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``enterprise.file_reason``.
    """
    _may(by, file.enterprise)
    locks.locked(Enterprise.objects.all()).get(pk=file.enterprise_id)
    said = reason.strip()[:_MOST_REASON]
    if not said:
        raise QuestionRefused(Problem("enterprise.file_reason", {"name": file.name}))
    before = EnterpriseFileWithdrawn.objects.filter(file=file).first()
    if before is not None:
        return before
    made = EnterpriseFileWithdrawn.objects.create(file=file, reason=said, by=by)
    _told("enterprise.file_withdrawn", file, by, reason=said)
    return made


def _may(by: Person | None, enterprise: Enterprise) -> None:
    if by is not None:
        require(RULES, "enterprise.file", by, place=enterprise.place_id)


def _told(action: str, file: EnterpriseFile, by: Person | None, **detail: object) -> None:
    audit.record(
        by=by,
        action=action,
        object_type="enterprise",
        object_key=file.enterprise.uscc,
        name=file.name,
        sha256=file.blob_id,
        **detail,
    )
