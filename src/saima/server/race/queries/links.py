"""Links that open one report without an account: whether one still lives, and whose it is."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal

from saima.server.kit import clock
from saima.server.race.enums import EDITABLE, ReportState
from saima.server.race.guest import Guest
from saima.server.race.models import EntryLink, Report

State = Literal["living", "used", "over", "withdrawn", "closed"]
RECEIPT_FOR: Final = timedelta(hours=1)  # how long a spent link's session still shows the receipt


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def link_by_key(key: str) -> EntryLink | None:
    return EntryLink.objects.filter(sha256=hashed(key)).select_related("report__season", "report__place").first()


def state_of(link: EntryLink) -> State:
    """Spent by submitting; withdrawn; past its day; or its report takes no entries any more."""
    if link.used_at is not None:
        return "used"
    if link.revoked_at is not None:
        return "withdrawn"
    if clock.now() >= link.expires_at:
        return "over"
    return "living" if ReportState(link.report.state) in EDITABLE and not _locked(link.report) else "closed"


def _locked(report: Report) -> bool:
    return report.state == ReportState.OPEN and clock.now() > report.late_until


def guest_of(link_id: int) -> Guest | State:
    """Whom a session begun with a link stands for now; why for nobody, when the link is dead."""
    link = EntryLink.objects.select_related("report").filter(pk=link_id).first()
    if link is None:
        return "withdrawn"
    state = state_of(link)
    spent = (
        state == "used"
        and link.used_at is not None
        and link.revoked_at is None
        and clock.now() < link.used_at + RECEIPT_FOR
    )
    if state != "living" and not spent:
        return state
    return Guest(
        link=link.pk, report=link.report_id, place=link.report.place_id, name=link.for_whom, spent=state == "used"
    )


def links_of(report: Report) -> Sequence[tuple[EntryLink, State]]:
    """Every link ever made for a report, newest first."""
    found = list(report.links.select_related("made_by").order_by("-id"))
    for link in found:
        link.report = report
    return [(link, state_of(link)) for link in found]
