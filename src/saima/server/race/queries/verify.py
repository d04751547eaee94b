"""Reports as the verifier reviews them: every cell with what is shown beside it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from math import ceil
from typing import Final

from saima.engine.model.evaluation import Finding
from saima.engine.model.season import Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.server.kit import clock
from saima.server.kit.models import Installation
from saima.server.kit.solo import is_solo
from saima.server.places.queries import titles_of
from saima.server.race.enums import ReportState
from saima.server.race.models import Report, Season, Submission
from saima.server.race.queries.documents import season_of
from saima.server.race.queries.verify_cells import Cell, Status, cells_of, senders_of
from saima.server.race.queries.verify_figures import Figures, Mark, Move, figures_of, marks_of, moves, newest_versions
from saima.words import Text

SAMPLE: Final = 20  # per cent of a report's figures, drawn at random
THRESHOLDS: Final = (10, 25, 50, 100)  # per cent a figure moved since the last one
_PILLS: Final[dict[Status, str]] = {
    "nothing": "grey",
    "waiting": "blue",
    "questioned": "amber",
    "answered": "amber",
    "proposed": "amber",
    "accepted": "green",
    "changed": "green",
    "rejected": "red",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell with all that is shown beside it."""

    cell: Cell
    contestant: Text
    indicator: Indicator
    findings: tuple[Finding, ...]
    median: float | None
    periods: tuple[str, ...]
    trend: tuple[float | None, ...]
    evidence_missing: bool
    drawn: bool = False  # marked to be looked at: at random
    jumped: bool = False  # or because it moved by more than the threshold

    @property
    def id(self) -> int:
        return self.cell.entry.pk

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.waived)

    @property
    def warned(self) -> bool:
        """Whether somebody must look at it before it is accepted: a finding that is no mere notice, or no evidence."""
        return self.evidence_missing or any(f.severity != "notice" for f in self.open_findings)

    @property
    def status_code(self) -> str:
        return f"verify.status_{self.cell.status}"

    @property
    def pill(self) -> str:
        return _PILLS[self.cell.status]

    @property
    def last(self) -> tuple[str, float] | None:
        """The figure before, with its period."""
        before = [(p, v) for p, v in zip(self.periods[:-1], self.trend[:-1], strict=True) if v is not None]
        return before[-1] if before else None

    @property
    def plain(self) -> bool:
        """Accepted together with others."""
        return self.cell.status == "waiting" and not self.warned

    @property
    def marked(self) -> bool:
        return self.drawn or self.jumped


class Waiting(ABC):
    """A report in the verifier's hands: since when, and whether several may be decided together."""

    report: Report

    @property
    @abstractmethod
    def warnings(self) -> int:
        """Figures somebody must look at that are not decided."""

    @property
    def late_by(self) -> timedelta | None:
        """How long after it was due the report first came; None when it was on time or has not come."""
        sent = self.report.submitted_at
        return sent - self.report.due_at if sent is not None and sent > self.report.due_at else None

    @property
    def late_hours(self) -> int:
        """Hours beyond the whole days of ``late_by``, begun ones counted."""
        return -(-self.late_by.seconds // 3600) if self.late_by is not None else 0

    @property
    def days_waiting(self) -> int:
        return (clock.now() - (self.report.submitted_at or self.report.opened_at)).days

    @property
    def at_once(self) -> bool:
        """Whether the queue offers to accept or return it together with others."""
        return self.report.state == ReportState.SUBMITTED and self.warnings == 0


@dataclass(frozen=True)
class Sheet(Waiting):
    """A report and its cells."""

    report: Report
    spec: EngineSeason
    mark: Mark
    figures: Figures
    rows: tuple[Seen, ...]

    @cached_property
    def warnings(self) -> int:
        return sum(1 for s in self.rows if s.warned and not s.cell.decided)

    @cached_property
    def questions(self) -> int:
        return sum(1 for s in self.rows if s.cell.question is not None)

    @cached_property
    def unanswered(self) -> int:
        return sum(1 for s in self.rows if s.cell.unanswered)

    @cached_property
    def undecided(self) -> int:
        return sum(1 for s in self.rows if not s.cell.decided)

    @property
    def decided(self) -> int:
        return len(self.rows) - self.undecided

    @cached_property
    def plain(self) -> tuple[Seen, ...]:
        return tuple(s for s in self.rows if s.plain)

    @cached_property
    def changes(self) -> int:
        """Figures that differ from what had been verified before."""
        return sum(1 for s in self.rows if s.cell.since_verified is not None)

    @property
    def evidence_asked(self) -> int:
        return sum(1 for s in self.rows if s.cell.evidence_asked(self.spec))

    @property
    def evidence_here(self) -> int:
        return sum(1 for s in self.rows if s.cell.evidence_asked(self.spec) and s.cell.evidence_here)

    @property
    def marked(self) -> int:
        return sum(1 for s in self.rows if s.marked)

    @property
    def marked_open(self) -> int:
        return sum(1 for s in self.rows if s.marked and not s.cell.decided)

    def entered_by(self) -> frozenset[int]:
        """Who typed or sent any of the figures."""
        return frozenset(n for s in self.rows for n in s.cell.entered_by())

    def find(self, cell_id: int | None) -> Seen | None:
        return next((s for s in self.rows if s.id == cell_id), None)

    def after(self, cell_id: int | None) -> Seen | None:
        """The next cell that waits for a decision, going round; None when none does."""
        places = [n for n, s in enumerate(self.rows) if s.id == cell_id]
        start = places[0] + 1 if places else 0
        return next((s for s in (*self.rows[start:], *self.rows[:start]) if not s.cell.decided), None)


def sheets_of(reports: Sequence[Report], *, above: int = THRESHOLDS[2]) -> list[Sheet]:
    """Reports with their cells, findings and marks; the same number of queries for one and for many."""
    versions = newest_versions(r.season_id for r in reports)
    specs = {n: season_of(v) for n, v in versions.items()}
    cells = cells_of(reports, specs)
    marks = marks_of(versions, {r.period for r in reports})
    lot = str(Installation.objects.values_list("uuid", flat=True).first())
    found = []
    for report in reports:
        figures = figures_of(report.season, report.period, marks[report.season_id])
        spec = specs[report.season_id]
        drawn = _drawn(report, cells[report.pk], lot)
        rows = tuple(_seen(c, spec, figures, drawn=c.entry.pk in drawn, above=above) for c in cells[report.pk])
        found.append(Sheet(report, spec, marks[report.season_id], figures, rows))
    return found


def _seen(cell: Cell, spec: EngineSeason, figures: Figures, *, drawn: bool, above: int) -> Seen:
    contestant, code = cell.key
    trend = figures.trend.get(cell.key, ())
    return Seen(
        cell=cell,
        contestant=spec.contestant[contestant].title,
        indicator=spec.indicator[code],
        findings=figures.findings.get(cell.key, ()),
        median=figures.median.get(cell.key),
        periods=figures.periods,
        trend=trend,
        evidence_missing=cell.evidence_asked(spec) and not cell.evidence_here,
        drawn=drawn,
        jumped=cell.reported is not None and _moved(cell.reported.value, trend[:-1], above),
    )


def _drawn(report: Report, cells: Iterable[Cell], lot: str) -> frozenset[int]:
    """A fifth of the figures, at least one. The installation's own id is the lot: nobody outside can tell which."""
    given = [c for c in cells if c.latest is not None]

    def order(cell: Cell) -> str:
        return sha256("|".join((lot, str(report.pk), *cell.key)).encode()).hexdigest()

    return frozenset(c.entry.pk for c in sorted(given, key=order)[: ceil(len(given) * SAMPLE / 100)])


def _moved(value: str, before: Sequence[float | None], above: int) -> bool:
    """Whether a figure differs from the last one by more than ``above`` per cent of it."""
    last = next((v for v in reversed(before) if v is not None), None)
    if not value or last is None:
        return False
    was = Decimal(str(last))
    return abs(Decimal(value) - was) * 100 > abs(was) * above


def title_of(season: Season) -> Text:
    return Text(season.title_en, season.title_zh) or Text(season.key, season.key)


@dataclass(frozen=True)
class Group:
    """Rows of one heading: a race's branch for a zone, an indicator for an office."""

    title: Text
    rows: tuple[Seen, ...]


@dataclass(frozen=True)
class Review:
    sheet: Sheet
    place: Text
    season: Text
    groups: tuple[Group, ...]
    office: bool  # rows are contestants, not indicators
    submission: Submission | None
    entered_by: frozenset[int]  # people who may not verify it
    above: int


def review(report: Report, *, above: int = THRESHOLDS[2]) -> Review:
    (sheet,) = sheets_of([report], above=above)
    sent, behalf = senders_of(report)
    office = len({s.cell.entry.contestant for s in sheet.rows}) > 1
    groups: dict[str, list[Seen]] = {}
    titles: dict[str, Text] = {}
    for seen in sheet.rows:
        code = seen.indicator.code if office else seen.indicator.node
        node = sheet.spec.node.get(code)
        titles[code] = seen.indicator.title if office else node.title if node else seen.indicator.title
        groups.setdefault(code, []).append(seen)
    return Review(
        sheet,
        titles_of([report.place])[report.place_id],
        title_of(report.season),
        tuple(Group(titles[code], tuple(rows)) for code, rows in groups.items()),
        office,
        report.submissions.select_related("by").order_by("-number").first(),
        sheet.entered_by() | (sent - behalf if is_solo() else sent),
        above,
    )


def moves_of(sheet: Sheet, seen: Seen) -> tuple[Move, ...]:
    """What the proposed figure of a cell would do to the ranks; empty without a proposal."""
    proposal, now = seen.cell.proposal, seen.cell.latest
    if proposal is None or now is None:
        return ()
    return moves(sheet.report.season, sheet.report.period, sheet.mark, seen.cell.key, now.value, proposal.value or "")
