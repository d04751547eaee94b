"""Checks of reports, submissions, evidence, verdicts and drafts."""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.db.models import Count, F, Max

from saima.engine.errors import Refused
from saima.files.packages import verify_package
from saima.server.accounts.models import Assignment
from saima.server.accounts.queries import current
from saima.server.bulletins.models import Draft
from saima.server.kit import blobs, clock
from saima.server.race.enums import EDITABLE, ReportState
from saima.server.race.models import (
    EntryLink,
    Evidence,
    Report,
    ReportCell,
    Season,
    Submission,
    Verdict,
)
from saima.server.race.queries.documents import newest, season_of
from saima.server.site.doctor.check import Kind, Severity, check

VERIFY_DAYS: Final = 30
LINK_DAYS: Final = 60
STUCK: Final = timedelta(hours=1)
_SENT: Final = frozenset({ReportState.SUBMITTED, ReportState.VERIFIED})


def _name(report: Report) -> str:
    return f"{report.season.key} {report.period} {report.place.key}"


def _reports() -> Iterable[Report]:
    return Report.objects.select_related("season", "place").order_by("id")


def _codes() -> Mapping[int, tuple[set[str], set[str]]]:
    """Codes of contestants and of indicators by season id, as the newest version has them."""
    found = {}
    for season in Season.objects.exclude(versions=None).distinct():
        try:
            spec = season_of(newest(season))
        except (Refused, ValueError, KeyError):  # said by season_unreadable
            continue
        found[season.pk] = ({c.code for c in spec.contestants}, {i.code for i in spec.indicators})
    return found


@check("submission_changed", Kind.DATA, Severity.ERROR)
def submission_changed() -> Iterable[str]:
    for receipt, content, digest in Submission.objects.values_list("receipt", "content", "digest").iterator():
        if sha256(content.encode()).hexdigest() != digest:
            yield receipt


@check("submission_gap", Kind.DATA, Severity.ERROR)
def submission_gap() -> Iterable[str]:
    numbered = Submission.objects.values("report").annotate(n=Count("id"), last=Max("number"))
    wrong = set(numbered.exclude(n=F("last")).values_list("report", flat=True))
    yield from (_name(r) for r in _reports() if r.pk in wrong)


@check("report_state", Kind.DATA, Severity.ERROR)
def report_state() -> Iterable[str]:
    """Sent or verified without a submission, or untouched with one."""
    sent = set(Submission.objects.values_list("report", flat=True))
    for report in _reports():
        if (report.state in _SENT and report.pk not in sent) or (
            report.state == ReportState.OPEN and report.pk in sent
        ):
            yield _name(report)


@check("report_nobody", Kind.DATA, Severity.WARNING)
def report_nobody() -> Iterable[str]:
    """Still to be sent, and nobody holds a role for the place: only the bureau could."""
    held = set(Assignment.objects.filter(current(), person__is_active=True).values_list("place", flat=True))
    for report in _reports():
        if report.state in EDITABLE and report.place_id not in held and not report.season.closed:
            yield _name(report)


@check("report_waits", Kind.DATA, Severity.WARNING)
def report_waits() -> Iterable[str]:
    since = clock.now() - timedelta(days=VERIFY_DAYS)
    for report in _reports():
        if report.state == ReportState.SUBMITTED and report.submitted_at and report.submitted_at < since:
            yield _name(report)


@check("cell_unknown", Kind.DATA, Severity.WARNING)
def cell_unknown() -> Iterable[str]:
    codes = _codes()
    for cell in ReportCell.objects.select_related("report__season", "report__place").iterator():
        contestants, indicators = codes.get(cell.report.season_id, (set(), set()))
        if cell.contestant not in contestants or cell.indicator not in indicators:
            yield f"{_name(cell.report)} {cell.contestant} {cell.indicator}"


@check("evidence_orphan", Kind.DATA, Severity.WARNING)
def evidence_orphan() -> Iterable[str]:
    """Beside a figure the report does not have."""
    cells = set(ReportCell.objects.values_list("report", "contestant", "indicator"))
    for row in Evidence.objects.filter(withdrawn=None).select_related("report__season", "report__place"):
        if (row.report_id, row.contestant, row.indicator) not in cells:
            yield f"{_name(row.report)} {row.name}"


@check("verdict_own", Kind.DATA, Severity.ERROR)
def verdict_own() -> Iterable[str]:
    """A figure accepted or changed by the one who sent it."""
    own = Verdict.objects.filter(by=F("reading__submission__by"), kind__in=("accept", "change"))
    for contestant, indicator, period in own.values_list(
        "reading__contestant", "reading__indicator", "reading__period"
    ):
        yield f"{contestant} {indicator} {period}"


@check("link_long", Kind.CONTROL, Severity.WARNING)
def link_long() -> Iterable[str]:
    late = clock.now() + timedelta(days=LINK_DAYS)
    alive = EntryLink.objects.filter(used_at=None, revoked_at=None, expires_at__gt=late)
    for link in alive.select_related("report__season", "report__place"):
        yield f"{_name(link.report)} {link.for_whom}"


def _draft_name(draft: Draft) -> str:
    return f"{draft.evaluated.cut.season.key} {draft.evaluated.cut.period} {draft.number}"


def _drafts() -> Iterable[Draft]:
    """Drafts that are not released: what is out is looked at by itself."""
    open_ = Draft.objects.filter(release=None)
    return open_.select_related("evaluated__cut__season").prefetch_related("artefacts").order_by("id")


@check("draft_stuck", Kind.DATA, Severity.WARNING)
def draft_stuck() -> Iterable[str]:
    since = clock.now() - STUCK
    for draft in _drafts():
        if draft.state in (Draft.State.WAITING, Draft.State.MAKING) and draft.at < since:
            yield _draft_name(draft)


@check("draft_incomplete", Kind.DATA, Severity.ERROR)
def draft_incomplete() -> Iterable[str]:
    for draft in _drafts():
        if draft.state == Draft.State.READY and (draft.made < draft.whole or not draft.artefacts.all()):
            yield _draft_name(draft)


@check("draft_package", Kind.DATA, Severity.ERROR)
def draft_package() -> Iterable[str]:
    """The package of a finished draft, recomputed as anybody outside would."""
    for draft in _drafts():
        artefacts = list(draft.artefacts.all())
        if draft.state != Draft.State.READY or not any(a.path == "manifest.json" for a in artefacts):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for artefact in artefacts:
                path = Path(folder) / artefact.path
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    path.write_bytes(blobs.get(artefact.blob_id))
                except FileNotFoundError:  # said by blob_missing
                    continue
            if not _holds(Path(folder)):
                yield _draft_name(draft)


def _holds(folder: Path) -> bool:
    try:
        return verify_package(folder).ok
    except Refused:
        return False
