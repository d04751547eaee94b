"""Which evaluation a page of standings shows, and its parts by contestant, indicator and scope. Nothing is computed."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Cell, Evaluation, Kind, LightMark, Medals, NodeScore, Standing
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.press.charts.race_track import Lane, lanes
from saima.press.sentences import inseparable
from saima.server.kit import clock
from saima.server.race.models import Cut, Evaluated, Reading, Report, Season
from saima.server.race.queries.cuts import (
    evaluation_by,
    evaluation_now,
    frozen_periods,
    newest_evaluated,
)
from saima.server.race.queries.documents import newest, season_of

SILENT = frozenset({"not_due", "not_applicable"})


@dataclass(frozen=True, slots=True)
class DataState:
    """Figures of a period: how many were due, how many are known, how many of these are verified."""

    due: int
    known: int
    verified: int

    @property
    def share(self) -> float | None:
        return self.verified / self.due if self.due else None


class Index:
    """An evaluation with its parts at hand; built once for each frozen evaluation and process."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._lanes: dict[str, Mapping[str, Lane]] = {}

    @property
    def season(self) -> EngineSeason:
        return self.evaluation.season

    @cached_property
    def _standings(self) -> Mapping[tuple[str, str], Sequence[Standing]]:
        found: dict[tuple[str, str], list[Standing]] = {}
        for s in self.evaluation.standings:
            found.setdefault((s.scope, s.kind), []).append(s)
        return found

    def standings(self, scope: str, kind: Kind = "level") -> Sequence[Standing]:
        """The places of one scope, best first."""
        return self._standings.get((scope, kind), ())

    def place(self, contestant: str, scope: str, kind: Kind = "level") -> Standing | None:
        return self._places.get((contestant, scope, kind))

    @cached_property
    def _places(self) -> Mapping[tuple[str, str, str], Standing]:
        return {(s.contestant, s.scope, s.kind): s for s in self.evaluation.standings}

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """Scopes somebody has a place in: overall, races and groups in the season's order, then indicators."""
        there = {s.scope for s in self.evaluation.standings}
        nodes = [n.code if n.kind == "overall" else f"{n.kind}:{n.code}" for n in self.season.nodes]
        ordered = ["overall", *nodes, *(f"indicator:{i.code}" for i in self.season.indicators)]
        return tuple(s for s in dict.fromkeys(ordered) if s in there)

    def lanes(self, scope: str) -> Mapping[str, Lane]:
        if scope not in self._lanes:
            self._lanes[scope] = {lane.contestant: lane for lane in lanes(self.evaluation, scope)}
        return self._lanes[scope]

    @cached_property
    def of_contestant(self) -> Mapping[str, Sequence[Cell]]:
        """Cells in the season's order of indicators."""
        found: dict[str, list[Cell]] = {}
        for cell in self.evaluation.cells:
            found.setdefault(cell.contestant, []).append(cell)
        return found

    @cached_property
    def of_indicator(self) -> Mapping[str, Sequence[Cell]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.evaluation.cells:
            found.setdefault(cell.indicator, []).append(cell)
        return found

    @cached_property
    def lights(self) -> Mapping[tuple[str, str], Sequence[LightMark]]:
        """Lights as issued and as now by (contestant, subject), ascending by period."""
        found: dict[tuple[str, str], list[LightMark]] = {}
        for mark in sorted(self.evaluation.lights, key=lambda m: m.period):
            found.setdefault((mark.contestant, mark.subject), []).append(mark)
        return found

    @cached_property
    def nodes(self) -> Mapping[tuple[str, str], NodeScore]:
        return {(n.contestant, n.node): n for n in self.evaluation.nodes}

    @cached_property
    def medals(self) -> Sequence[Medals]:
        order = {c.code: (c.order, c.code) for c in self.season.contestants}
        return sorted(self.evaluation.medals, key=lambda m: (m.class_code, m.rank, order[m.contestant]))

    @cached_property
    def data(self) -> DataState:
        due = [c for c in self.evaluation.cells if c.status not in SILENT]
        known = [c for c in due if c.value is not None]
        return DataState(len(due), len(known), sum(c.state == "verified" for c in known))

    def level_groups(self, scope: str) -> Sequence[Sequence[str]]:
        """Contestants that cannot be told apart, in one scope."""
        return inseparable(self.evaluation, scope)


@dataclass(frozen=True)
class Shown:
    """What a page shows: a frozen cut, or (``cut`` None) what today's figures would say."""

    season: Season
    index: Index
    cut: Cut | None
    frozen: tuple[Period, ...]
    digest: str = ""  # of a frozen evaluation

    @property
    def evaluation(self) -> Evaluation:
        return self.index.evaluation

    @property
    def period(self) -> Period:
        return self.index.evaluation.period

    @property
    def said_by(self) -> tuple[Hashable, ...]:
        """What everything a page says of a frozen cut follows from: two that are equal read the same."""
        cut, season = self.cut, self.season
        known = (self.digest, cut.number, cut.known_at) if cut is not None else ()
        return (season.key, season.time_zone, self.frozen, *known)

    @property
    def newest(self) -> bool:
        """Whether this is what the page shows without being asked for a period."""
        return self.cut is not None and self.period == self.frozen[-1]


@lru_cache(maxsize=16)
def _index(sha256: str) -> Index:
    return Index(evaluation_by(sha256))


def shown(season: Season, period: str = "") -> Shown | None:
    """The newest cut of a period (of the latest one frozen); None while nothing is frozen.

    Raises
    ------
    QuestionRefused
        ``period.unknown``; ``standing.not_frozen``: there is no cut of that period, with those there are.
    """
    frozen = frozen_periods(season)
    if not frozen:
        return None
    asked = Period.parse(period) if period else frozen[-1]
    if asked not in frozen:
        there = tuple(str(p) for p in frozen)
        raise QuestionRefused(Problem("standing.not_frozen", {"period": str(asked), "there": there}))
    found = newest_evaluated(season, str(asked))
    if found is None:
        return None
    return Shown(season, _index(found.result_id), found.cut, frozen, found.result_id)


def shown_of(evaluated: Evaluated) -> Shown:
    """One evaluation that was frozen, whatever was cut after it."""
    season = evaluated.cut.season
    return Shown(season, _index(evaluated.result_id), evaluated.cut, frozen_periods(season))


def shown_now(season: Season, period: Period) -> Shown:
    """What today's figures would say of a period; nothing is frozen.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate it.
    """
    return Shown(season, Index(evaluation_now(season=season, period=period)), None, frozen_periods(season))


def latest_asked(season: Season) -> Period | None:
    """The latest period of the season's window that somebody was asked for, or of which a figure is known by now."""
    window = season_of(newest(season)).window
    known = Reading.objects.filter(season=season, recorded_at__lte=clock.now())
    named = {
        *known.values_list("period", flat=True).distinct(),
        *Report.objects.filter(season=season).values_list("period", flat=True).distinct(),
    }
    return max((p for p in map(Period.parse, named) if p in window), default=None)
