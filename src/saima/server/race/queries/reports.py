"""What the list of reports and the page of one report show. Reads only; the engine says targets, pace and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Q

from saima.engine.model.periods import Period
from saima.engine.model.season import Contestant, Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.server.kit import clock
from saima.server.places.queries import title_of, titles_of
from saima.server.race.enums import EDITABLE, CellKind, MessageKind, ReportState
from saima.server.race.models import CellMessage, Evidence, Report, ReportCell, Season, Submission
from saima.server.race.queries.checks import CellProblem, problems_of
from saima.server.race.queries.contents import cells_of, evidence_of, files_by_cell
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.drafts import CellKey, Draft, Pace, draft_of
from saima.server.race.queries.visible import reports_visible_to
from saima.words import Text

SAYS_SOMETHING = Q(cells__kind__in=(CellKind.NOT_YET, CellKind.NOT_APPLICABLE)) | (
    Q(cells__kind=CellKind.VALUE) & ~Q(cells__value="")
)


@dataclass(frozen=True)
class Row:
    """One cell with all that stands beside it."""

    cell: ReportCell
    indicator: Indicator
    contestant: Contestant
    before: float | None
    change: float | None
    pace: Pace
    files: Sequence[Evidence]
    problems: Sequence[CellProblem]
    messages: Sequence[CellMessage]

    @property
    def filled(self) -> bool:
        return self.cell.kind != CellKind.EMPTY and (self.cell.kind != CellKind.VALUE or bool(self.cell.value))

    @property
    def questioned(self) -> bool:
        """The last word on the cell is a question."""
        return bool(self.messages) and self.messages[-1].kind == MessageKind.QUESTION

    @property
    def saved(self) -> bool:
        return self.cell.row_version > 1 or self.cell.kind != CellKind.EMPTY

    @property
    def dot(self) -> str:
        """How the cell stands: unsaved, saved, warning (to be explained or completed), refused (no number)."""
        if self.cell.kind == CellKind.VALUE and not self.cell.value:
            return "refused"
        if any(p.level != "told" for p in self.problems):
            return "warning"
        return "saved" if self.saved else "unsaved"


@dataclass(frozen=True)
class Group:
    """A table of the page: the indicators of a race or group, or one indicator of every contestant."""

    title: Text
    rows: Sequence[Row]
    indicator: Indicator | None = None


@dataclass(frozen=True)
class Page:
    """A report as its page shows it."""

    report: Report
    spec: EngineSeason
    draft: Draft
    groups: Sequence[Group]
    not_due: Sequence[Text] = field(default=())

    # Asked for by whole pages only: a cell that was saved shows neither.
    @cached_property
    def place(self) -> Text:
        return title_of(self.report.place)

    @cached_property
    def last(self) -> Submission | None:
        return self.report.submissions.order_by("-number").first()

    @property
    def period(self) -> Period:
        return Period.parse(self.report.period)

    @cached_property
    def rows(self) -> list[Row]:
        return [r for g in self.groups for r in g.rows]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def filled(self) -> int:
        return sum(r.filled for r in self.rows)

    @property
    def office(self) -> bool:
        """Whether the place reports indicators of others, one table each."""
        return self.report.place.key not in {r.cell.contestant for r in self.rows}

    @property
    def problems(self) -> list[CellProblem]:
        return [p for r in self.rows for p in r.problems if p.level != "told"]

    @property
    def first_questioned(self) -> Row | None:
        open_to_change = ReportState(self.report.state) in EDITABLE
        return next((r for r in self.rows if r.questioned), None) if open_to_change else None

    @property
    def entry_at(self) -> Row | None:
        """Where typing begins: the first question, else the first cell that says nothing."""
        return self.first_questioned or next((r for r in self.rows if r.cell.kind == CellKind.EMPTY), None)

    def row(self, cell: int) -> Row:
        return next(r for r in self.rows if r.cell.pk == cell)


def page_of(report: Report, *, missing: bool = False) -> Page:
    """Everything of one report; ``missing`` also names cells nobody has touched. Query count does not grow."""
    spec = season_of(newest(report.season))
    cells = cells_of(report)
    files = files_by_cell(evidence_of(report))
    draft = draft_of(report, spec, cells)
    counts = {key: len(found) for key, found in files.items()}
    problems: dict[CellKey, list[CellProblem]] = {}
    for p in problems_of(draft, cells, counts, missing=missing):
        problems.setdefault(p.key, []).append(p)
    messages: dict[CellKey, list[CellMessage]] = {}
    for m in report.messages.select_related("by").order_by("id"):
        messages.setdefault((m.contestant, m.indicator), []).append(m)
    rows = [_row(draft, cell, files, problems, messages) for cell in cells]
    own = report.place.key in {c.contestant for c in cells}
    asked_for = {c.indicator for c in cells}
    period = Period.parse(report.period)
    return Page(
        report=report,
        spec=spec,
        draft=draft,
        groups=_by_node(spec, rows) if own else _by_indicator(spec, rows),
        not_due=[i.title for i in spec.indicators if own and not i.is_due(period) and i.code not in asked_for],
    )


def _row(
    draft: Draft,
    cell: ReportCell,
    files: Mapping[CellKey, Sequence[Evidence]],
    problems: Mapping[CellKey, Sequence[CellProblem]],
    messages: Mapping[CellKey, Sequence[CellMessage]],
) -> Row:
    key = (cell.contestant, cell.indicator)
    now, before = draft.now(key), draft.before(key)
    return Row(
        cell=cell,
        indicator=draft.spec.indicator[cell.indicator],
        contestant=draft.spec.contestant[cell.contestant],
        before=before,
        change=None if now is None or before is None else round(now - before, 9),
        pace=draft.pace(key),
        files=files.get(key, ()),
        problems=problems.get(key, ()),
        messages=messages.get(key, ()),
    )


def _by_node(spec: EngineSeason, rows: Sequence[Row]) -> list[Group]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.indicator.node, []).append(row)
    return [Group(spec.node[node].title if node in spec.node else Text(), found[node]) for node in found]


def _by_indicator(spec: EngineSeason, rows: Sequence[Row]) -> list[Group]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.cell.indicator, []).append(row)
    return [
        Group(i.title, sorted(found[i.code], key=lambda r: (r.contestant.order, r.contestant.code)), i)
        for i in spec.indicators
        if i.code in found
    ]


def grid_of(page: Page, cell: ReportCell) -> list[list[ReportCell]]:
    """The cells a column or block copied from a table may be laid over, as the page shows them.

    A zone has one column of all its indicators. An office has contestants as rows and its indicators as columns,
    where every indicator asks the same contestants; else the one table the cell stands in.
    """
    if not page.office:
        return [[r.cell] for r in page.rows]
    asked = [[r.contestant.code for r in g.rows] for g in page.groups]
    if all(one == asked[0] for one in asked):
        return [list(cells) for cells in zip(*([r.cell for r in g.rows] for g in page.groups), strict=True)]
    table = next(g for g in page.groups if any(r.cell.pk == cell.pk for r in g.rows))
    return [[r.cell] for r in table.rows]


@dataclass(frozen=True)
class Listed:
    """A report in a list."""

    report: Report
    place: Text
    total: int
    filled: int

    @property
    def late(self) -> bool:
        """Submitted after it was due, or still not submitted then."""
        return (self.report.submitted_at or clock.now()) > self.report.due_at

    @property
    def begun(self) -> bool:
        return self.filled > 0 or self.report.state != ReportState.OPEN


def reports_listed(person: Any, season: Season, *, period: str = "") -> list[Listed]:
    """Reports of a season somebody may see, newest period first; three queries however many."""
    found = reports_visible_to(person).filter(season=season)
    if period:
        found = found.filter(period=period)
    rows = list(
        found.select_related("place", "assignee")
        .annotate(total=Count("cells"), filled=Count("cells", filter=SAYS_SOMETHING))
        .order_by("-period", "place__display_order", "place__key")
    )
    titles = titles_of({r.place for r in rows})
    return [Listed(r, titles[r.place_id], r.total, r.filled) for r in rows]


def next_period(season: Season, spec: EngineSeason) -> Period | None:
    """The period that can be opened next: after the last opened, or the last one that has ended; None past the end."""
    last = season.reports.aggregate(last=Max("period"))["last"]
    if last is not None:
        following = Period.parse(last).next()
        return following if following in spec.window else None
    ended = [p for p in spec.window if p.last_day < clock.today(season.time_zone)]
    return ended[-1] if ended else spec.window.first
