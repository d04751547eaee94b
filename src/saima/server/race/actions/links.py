"""Makes, opens, spends and withdraws links that let somebody without an account fill in one report."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.actions.reports import editable
from saima.server.race.models import EntryLink, Report
from saima.server.race.queries.links import hashed, state_of

MOST_DAYS: Final = 14
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Made:
    """The link, and the key of its address: told once, never kept."""

    link: EntryLink
    key: str


@transaction.atomic
def link_make(*, report: Report, for_whom: str, days: int, by: Person) -> Made:
    """A link for somebody named, for at most 14 days.

    Raises
    ------
    QuestionRefused
        ``links.for_whom``, ``links.days``; and as ``editable``.
    """
    current = Report.objects.select_for_update().get(pk=report.pk)
    editable(current)
    name = " ".join(for_whom.split())[:150]
    if not name:
        raise QuestionRefused(Problem("links.for_whom"))
    if not 1 <= days <= MOST_DAYS:
        raise QuestionRefused(Problem("links.days", {"days": days, "most": MOST_DAYS}))
    key = secrets.token_urlsafe(_BYTES)
    link = EntryLink.objects.create(
        report=current, sha256=hashed(key), for_whom=name, made_by=by, expires_at=clock.now() + timedelta(days=days)
    )
    _told(link, "link.made", by, expires_at=link.expires_at.isoformat())
    return Made(link, key)


@transaction.atomic
def link_revoke(*, link: EntryLink, by: Person) -> None:
    """Take a link back at once; twice is once, and a spent one stays spent."""
    current = EntryLink.objects.select_for_update().get(pk=link.pk)
    if current.revoked_at is not None or current.used_at is not None:
        return
    current.revoked_at = clock.now()
    current.save(update_fields=["revoked_at"])
    _told(current, "link.withdrawn", by)


@transaction.atomic
def link_open(*, link: EntryLink) -> None:
    """Somebody begins to fill in the report with the link.

    Raises
    ------
    QuestionRefused
        ``links.dead``: it was used, withdrawn, is over, or its report takes no entries.
    """
    current = EntryLink.objects.select_for_update().select_related("report").get(pk=link.pk)
    state = state_of(current)
    if state != "living":
        raise QuestionRefused(Problem("links.dead", {"link_state": state}))
    _told(current, "link.opened", None)


@transaction.atomic
def link_spend(*, link_id: int) -> None:
    """The report was submitted with the link: it opens nothing any more."""
    current = EntryLink.objects.select_for_update().get(pk=link_id)
    if current.used_at is None:
        current.used_at = clock.now()
        current.save(update_fields=["used_at"])
        _told(current, "link.used", None)


def _told(link: EntryLink, action: str, by: Person | None, **more: object) -> None:
    audit.record(
        by=by,
        action=action,
        object_type="report",
        object_key=str(link.report_id),
        link=link.pk,
        for_whom=link.for_whom,
        **more,
    )
