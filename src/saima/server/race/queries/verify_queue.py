"""The verifier's queue: which reports wait, and what is counted of each."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from saima.server.places.queries import titles_of
from saima.server.race.enums import ReportState
from saima.server.race.models import CellMessage, Evidence, Report, Season, Verdict
from saima.server.race.queries import verify_figures
from saima.server.race.queries.verify import Sheet, Waiting, sheets_of, title_of
from saima.server.race.queries.verify_figures import marks_of, newest_versions
from saima.server.race.queries.visible import reports_visible_to, seasons_visible_to
from saima.words import Text

PAGE: Final = 50
STATES: Final = ("submitted", "returned", "verified", "reopened", "every")
_REOPENED: Final = (ReportState.REOPENED_NUMBERS, ReportState.REOPENED_NOTES)
_KEPT: Final = 2_000  # reports whose counts are remembered


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of one report."""

    cells: int
    decided: int
    questions: int
    warnings: int
    changes: int
    evidence_asked: int
    evidence_here: int

    @classmethod
    def of(cls, sheet: Sheet) -> "Tally":
        return cls(
            cells=len(sheet.rows),
            decided=sheet.decided,
            questions=sheet.questions,
            warnings=sheet.warnings,
            changes=sheet.changes,
            evidence_asked=sheet.evidence_asked,
            evidence_here=sheet.evidence_here,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows; empty texts choose everything."""

    season: str = ""
    period: str = ""
    state: str = "submitted"
    mine: bool = False
    warned: str = ""  # yes, no


@dataclass(frozen=True)
class QueueRow(Waiting):
    report: Report
    tally: Tally
    place: Text
    season: Text

    @property
    def warnings(self) -> int:
        return self.tally.warnings


@dataclass(frozen=True)
class Queue:
    rows: tuple[QueueRow, ...]
    filters: Filters
    seasons: tuple[Season, ...]
    periods: tuple[str, ...]
    more: bool  # beyond the first page of reports


def queue(person: Any, filters: Filters) -> Queue:
    """Reports once sent, what came first on top."""
    visible = reports_visible_to(person).exclude(state=ReportState.OPEN)
    rows = list(_filtered(visible, person, filters).order_by("submitted_at", "id")[: PAGE + 1])
    reports = rows[:PAGE]
    titles = titles_of({r.place for r in reports})
    found = [
        QueueRow(report, tally, titles[report.place_id], title_of(report.season))
        for report, tally in zip(reports, _tallies(reports), strict=True)
    ]
    if filters.warned:
        found = [r for r in found if (r.warnings > 0) == (filters.warned == "yes")]
    return Queue(
        tuple(found),
        filters,
        tuple(seasons_visible_to(person)),
        tuple(visible.order_by("-period").values_list("period", flat=True).distinct()),
        len(rows) > PAGE,
    )


def _filtered(reports: QuerySet[Report], person: Any, filters: Filters) -> QuerySet[Report]:
    if filters.season:
        reports = reports.filter(season__key=filters.season)
    if filters.period:
        reports = reports.filter(period=filters.period)
    if filters.state == "reopened":
        reports = reports.filter(state__in=_REOPENED)
    elif filters.state != "every":
        reports = reports.filter(state=filters.state)
    if filters.mine:
        reports = reports.filter(Q(verifier=person) | Q(verifier=None))
    return reports.select_related("season", "place", "verifier")


_tallied: OrderedDict[tuple[object, ...], Tally] = OrderedDict()
_at_work = Lock()


def forget() -> None:
    """Drop every kept answer and count: for tests, whose rows come back under the same ids."""
    verify_figures.forget()
    _tallied.clear()


def _tallies(reports: Sequence[Report]) -> list[Tally]:
    """Counts of each report: those nothing was added to since they were last asked for are remembered.

    The rows they follow from are only added to (evidence is withdrawn), so their number tells whether any is new.
    """
    marks = _marks(reports)
    with _at_work:
        kept = {pk: _tallied[mark] for pk, mark in marks.items() if mark in _tallied}
    for sheet in sheets_of(missing) if (missing := [r for r in reports if r.pk not in kept]) else ():
        kept[sheet.report.pk] = Tally.of(sheet)
    with _at_work:
        for pk, tally in kept.items():
            _tallied[marks[pk]] = tally
            _tallied.move_to_end(marks[pk])
        while len(_tallied) > _KEPT:
            _tallied.popitem(last=False)
    return [kept[r.pk] for r in reports]


def _marks(reports: Sequence[Report]) -> dict[int, tuple[object, ...]]:
    """What tells one state of a report from another; four queries however many."""
    seasons, periods, ids = {r.season_id for r in reports}, {r.period for r in reports}, [r.pk for r in reports]
    figures = marks_of(newest_versions(seasons), periods)
    said = Verdict.objects.filter(reading__season__in=seasons, reading__period__in=periods)
    verdicts = {(s, p): n for s, p, n in said.values_list("reading__season", "reading__period").annotate(Count("pk"))}
    asked = dict(CellMessage.objects.filter(report__in=ids).values_list("report").annotate(Count("pk")))
    filed = Evidence.objects.filter(report__in=ids).values_list("report")
    files = {pk: (n, gone) for pk, n, gone in filed.annotate(Count("pk"), Count("withdrawn"))}
    return {
        r.pk: (
            r.pk,
            r.row_version,
            r.state,
            figures[r.season_id],
            verdicts.get((r.season_id, r.period), 0),
            asked.get(r.pk, 0),
            files.get(r.pk, (0, 0)),
        )
        for r in reports
    }
