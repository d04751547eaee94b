"""Reads what the home page of each role shows: the season in use, its month, what waits for whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from django.db.models import Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by, may
from saima.server.places.queries import titles_of
from saima.server.race.enums import EDITABLE, ReportState
from saima.server.race.models import Cut, History, Reading, Report, Season, SeasonVersion
from saima.server.race.queries.reports import Listed, reports_listed
from saima.server.race.queries.visible import reports_visible_to, seasons_of_bureau, seasons_published
from saima.server.race.rules import RULES
from saima.words import Text

Step = Literal["open", "collect", "verify", "cut", "draft", "release"]
STEPS: Final[tuple[Step, ...]] = ("open", "collect", "verify", "cut", "draft", "release")
FIRST_IN_QUEUE: Final = 6  # reports the verifier's home page names
SENT: Final = frozenset({ReportState.SUBMITTED, ReportState.VERIFIED})
_ORDER: Final = {  # what needs a hand first
    ReportState.RETURNED: 0,
    ReportState.REOPENED_NUMBERS: 1,
    ReportState.REOPENED_NOTES: 1,
    ReportState.OPEN: 2,
    ReportState.SUBMITTED: 3,
    ReportState.VERIFIED: 4,
}


def seasons_by_use(person: Any) -> Sequence[Season]:
    """Seasons somebody may see, the one in use first: not closed, with the latest period asked for, cut or reported.

    ``published`` says of each whether it has a version.
    """
    held = held_by(person)
    if not may(RULES["season.see"], held):
        return []
    found = Season.objects.raw(*_by_use(bureau=held.has(Role.STEWARD)))
    return sorted(found, key=_use, reverse=True)


def _use(season: Any) -> tuple[bool, str, datetime, str]:
    return not season.closed, season.latest or "", season.created_at, season.key


@cache
def _by_use(*, bureau: bool) -> tuple[str, tuple[Any, ...]]:
    """The question behind every page's header, put into SQL once per process: that takes longer than answering it."""
    asked = Report.objects.filter(season=OuterRef("pk")).order_by("-period").values("period")[:1]
    cut = Cut.objects.filter(season=OuterRef("pk")).order_by("-period").values("period")[:1]
    known = Reading.objects.filter(season=OuterRef("pk")).order_by("-period").values("period")[:1]
    seasons = (seasons_of_bureau() if bureau else seasons_published()).annotate(
        latest=Coalesce(Subquery(asked), Subquery(cut), Subquery(known)),
        has_version=Exists(SeasonVersion.objects.filter(season=OuterRef("pk"))),
    )
    sql, params = seasons.query.sql_with_params()
    return sql, tuple(params)


def published(season: Season) -> bool:
    """Whether anything of a season that ``seasons_by_use`` gave is published."""
    return bool(getattr(season, "has_version", True))


@dataclass(frozen=True)
class Month:
    """How far the period at hand has come on its way to a bulletin; ``period`` is empty while none is opened."""

    period: str
    reports: Sequence[Listed]
    cut: Cut | None
    drafted: bool
    released: bool = False

    @property
    def states(self) -> Mapping[str, int]:
        """Reports by state, in the order of a report's way."""
        counts = Counter(r.report.state for r in self.reports)
        return {s.value: counts[s.value] for s in ReportState if counts[s.value]}

    @property
    def sent(self) -> int:
        return sum(r.report.state in SENT for r in self.reports)

    @property
    def verified(self) -> int:
        return sum(r.report.state == ReportState.VERIFIED for r in self.reports)

    @property
    def missing(self) -> Sequence[Listed]:
        """Who still has to send something, the latest first."""
        left = [r for r in self.reports if r.report.state not in SENT]
        return sorted(left, key=lambda r: (_ORDER[ReportState(r.report.state)], r.filled))

    @property
    def done(self) -> Mapping[Step, bool]:
        whole = len(self.reports)
        return {
            "open": bool(self.period),
            "collect": bool(whole) and self.sent == whole,
            "verify": bool(whole) and self.verified == whole,
            "cut": self.cut is not None,
            "draft": self.drafted,
            "release": self.released,
        }

    @property
    def step(self) -> Step:
        """What the bureau does next. A cut made early does not make the figures that are missing whole."""
        done = self.done
        return next((step for step in STEPS if not done[step]), "open")


def month_of(person: Any, season: Season) -> Month:
    """The latest period that was opened: its reports, its newest cut, whether its bulletin was drafted and released."""
    period = season.reports.aggregate(last=Max("period"))["last"] or ""
    if not period:
        return Month("", (), None, drafted=False)
    cut = Cut.objects.filter(season=season, period=period).order_by("-number").first()
    drafted = cut is not None and cut.evaluations.filter(drafts__isnull=False).exists()
    released = History.objects.filter(season=season, period=period).exists()
    return Month(period, reports_listed(person, season, period=period), cut, drafted, released)


@dataclass(frozen=True)
class Due:
    """A report somebody answers for, with its season."""

    season: Season
    listed: Listed

    @property
    def state(self) -> str:
        return self.listed.report.state

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE


def own_reports(person: Any) -> Sequence[Due]:
    """Reports of the places somebody reports for, what needs a hand first.

    Of each season those of the latest period, and every earlier one that is not yet verified.
    """
    places = held_by(person).places
    if not places:
        return []
    own = reports_visible_to(person).filter(place__in=places, season__closed=False)
    seasons = Season.objects.filter(pk__in=own.values("season"))
    found = []
    for season in seasons:
        rows = [r for r in reports_listed(person, season) if r.report.place_id in places]
        latest = max((r.report.period for r in rows), default="")
        found += [Due(season, r) for r in rows if r.report.period == latest or r.report.state != ReportState.VERIFIED]
    return sorted(found, key=lambda d: (_ORDER[ReportState(d.state)], d.listed.report.due_at, d.listed.report.pk))


@dataclass(frozen=True)
class Waiting:
    """What waits for a verifier: how many reports in which state, and those that came first."""

    states: Mapping[str, int]
    first: Sequence[tuple[Report, Text]]

    @property
    def submitted(self) -> int:
        return self.states.get(ReportState.SUBMITTED.value, 0)


def waiting_for(person: Any) -> Waiting:
    """Three queries however many reports."""
    visible = reports_visible_to(person).exclude(state=ReportState.OPEN).filter(season__closed=False)
    states = Counter(visible.values_list("state", flat=True))
    rows = list(
        visible.filter(state=ReportState.SUBMITTED)
        .select_related("place", "season")
        .order_by("submitted_at", "id")[:FIRST_IN_QUEUE]
    )
    titles = titles_of({r.place for r in rows})
    return Waiting(dict(states), [(r, titles[r.place_id]) for r in rows])
