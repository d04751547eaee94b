"""Who has reported what of which period, and when: on time, late, verified, missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count

from saima.engine.model.periods import Period
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.places.queries import titles_of
from saima.server.race.enums import ReportState
from saima.server.race.models import Report, Season
from saima.server.race.queries.reports import SAYS_SOMETHING
from saima.words import Text

State = Literal["verified", "on_time", "late", "returned", "open", "overdue", "locked", "none"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One place and period. ``filled`` of ``asked`` figures; without a report the state is ``none``."""

    state: State
    late: bool
    filled: int
    asked: int
    report: Report | None


@dataclass(frozen=True, slots=True)
class Line:
    place: Place
    title: Text
    entries: Sequence[Entry]  # one for each period of the board


@dataclass(frozen=True, slots=True)
class Board:
    """``periods`` newest first; ``waiting``: reports that are asked for and not here, the most urgent first."""

    periods: Sequence[Period]
    zones: Sequence[Line]
    offices: Sequence[Line]
    waiting: Sequence[tuple[Line, Report]]
    deadlines: Mapping[Period, tuple[datetime, datetime]]

    def counts(self, n: int) -> Mapping[State, int]:
        found: dict[State, int] = {}
        for line in (*self.zones, *self.offices):
            state = line.entries[n].state
            found[state] = found.get(state, 0) + 1
        return found


NOTHING = Entry("none", late=False, filled=0, asked=0, report=None)
MOST_PERIODS = 12


def board_of(season: Season) -> Board:
    """The last dozen periods in which anybody was asked for anything; three queries however many reports."""
    now = clock.now()
    filled = Count("cells", filter=SAYS_SOMETHING)
    found = Report.objects.filter(season=season).select_related("place").annotate(asked=Count("cells"), filled=filled)
    reports = list(found.order_by("place__display_order", "place__key"))
    periods = sorted({Period.parse(r.period) for r in reports}, reverse=True)[:MOST_PERIODS]
    names = {str(p): n for n, p in enumerate(periods)}
    places = {r.place_id: r.place for r in reports}
    titles = titles_of(places.values())
    entries: dict[int, list[Entry]] = {p: [NOTHING] * len(periods) for p in places}
    deadlines: dict[Period, tuple[datetime, datetime]] = {}
    for r in reports:
        if r.period in names:
            entries[r.place_id][names[r.period]] = _entry(r, now)
            deadlines.setdefault(Period.parse(r.period), (r.due_at, r.late_until))
    lines = [Line(place, titles[n], entries[n]) for n, place in places.items()]
    waiting = [
        (line, e.report)
        for line in lines
        for e in line.entries
        if e.report is not None and e.state in ("open", "overdue", "locked", "returned")
    ]
    waiting.sort(key=lambda pair: (pair[1].due_at, pair[0].place.display_order))
    return Board(
        periods,
        [line for line in lines if line.place.kind != "office"],
        [line for line in lines if line.place.kind == "office"],
        waiting,
        deadlines,
    )


def _entry(report: Report, now: datetime) -> Entry:
    filled, asked = getattr(report, "filled", 0), getattr(report, "asked", 0)
    late = report.submitted_at is not None and report.submitted_at > report.due_at
    return Entry(_state(report, now, late=late), late, filled, asked, report)


def _state(report: Report, now: datetime, *, late: bool) -> State:
    match report.state:
        case ReportState.VERIFIED:
            return "verified"
        case ReportState.SUBMITTED:
            return "late" if late else "on_time"
        case ReportState.OPEN if report.submitted_at is None:
            if now > report.late_until:
                return "locked"
            return "overdue" if now > report.due_at else "open"
        case _:
            return "returned"
