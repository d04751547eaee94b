"""What would it take? Each place up, by one indicator alone and by the cheapest plan; and how safe the present is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import rounded
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.engine.race.asking import asked_board, asked_contestant, asked_standings
from saima.engine.race.effort import effort_of
from saima.engine.race.plan import Plan, cheapest, options
from saima.engine.race.singles import Single, levers, reach
from saima.engine.race.standings import scope_of
from saima.engine.race.world import Rivals, World, moved_board
from saima.words import Text

SCHEMA: Final = "saima.whatif/1"


@dataclass(frozen=True, slots=True)
class PlaceAhead:
    """One place up: who holds it, what score takes it, and how."""

    place: int
    holder: str
    score: float
    gap: float
    singles: tuple[Single, ...]
    plan: Plan
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Slack:
    """How many points a rival behind may gain before it overtakes."""

    contestant: str
    score: float
    may_gain: float
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Answers for one contestant. ``rank`` and ``score`` are as published now; ``code`` says what rivals do."""

    season: str
    period: Period
    scope: str
    class_code: str
    contestant: str
    title: Text
    rank: int
    among: int
    score: float
    place: int
    rivals: Rivals
    remaining: int  # periods left to the end of the span the targets cover, at least 1
    places: tuple[PlaceAhead, ...]  # nearest first
    slack: tuple[Slack, ...]  # nearest first
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    schema: str = SCHEMA


def whatif(
    season: Season,
    readings: Readings,
    projects: Projects,
    history: History,
    as_of: AsOf,
    contestant: str,
    place: int,
    rivals: Rivals = "frozen",
) -> WhatIf:
    """What it would take to reach a place, and each place up to it.

    Parameters
    ----------
    contestant : code or title.
    place : from 1 to the number of places; better than the present one.
    rivals : ``frozen`` where they are, ``pace`` one more period at their own mean step, ``projection`` at the upper
        end of their 80 % projection.

    Raises
    ------
    QuestionRefused
        ``question.unknown_contestant``, ``question.not_ranked``, ``question.place_out_of_range``,
        ``question.already_there``.

    Notes
    -----
    docs/method/whatif.md. Everything is scored by the rules and due shares of the asked period. Nothing is drawn.
    """
    published = asked_board(season, readings, projects, history, as_of)
    mine = asked_contestant(season, contestant)
    top, standings, own = asked_standings(published, history, mine)
    title = season.contestants[mine].title
    if not 1 <= place <= len(standings):
        raise QuestionRefused(Problem("question.place_out_of_range", {"place": place, "among": len(standings)}))
    if rivals == "frozen" and own.rank <= place:
        params = {"contestant": title, "rank": own.rank, "place": place}
        raise QuestionRefused(Problem("question.already_there", params))
    effort = effort_of(published)
    world = World(moved_board(published, mine, rivals, effort), top, mine)
    now = world.with_figures({})
    worst = min(max(own.rank, world.rank(now)) - 1, len(world.rivals))
    places = range(worst, place - 1, -1)
    movable = levers(world)
    singles = [s for lever in movable for s in reach(world, lever, places, effort)]
    choices = options(world, movable, effort)
    return WhatIf(
        season=season.code,
        period=as_of.period,
        scope=scope_of(published.tree.branch[top].node.kind, top),
        class_code=own.class_code,
        contestant=own.contestant,
        title=title,
        rank=own.rank,
        among=len(standings),
        score=own.score,
        place=place,
        rivals=rivals,
        remaining=effort.remaining,
        places=tuple(
            _ahead(world, p, singles, cheapest(world, choices, p, effort), float(world.needed(now, p))) for p in places
        ),
        slack=_slack(world),
        code=f"whatif.rivals.{rivals}",
        params={"period": str(as_of.period)},
    )


def _ahead(world: World, place: int, singles: list[Single], plan: Plan, score: float) -> PlaceAhead:
    season = world.board.season
    holder = season.contestants[world.holder(place)]
    gap = score - float(world.board.joined[world.top].total[world.contestant])
    here = sorted(
        (s for s in singles if s.place == place),
        key=lambda s: (
            not s.possible,
            s.amount is None,
            (s.amount or 0.0) / s.best if s.best > 0 else 0.0,
            s.indicator,
        ),
    )
    params = {
        "contestant": season.contestants[world.contestant].title,
        "place": place,
        "holder": holder.title,
        "score": round(score, season.decimals),
        "gap": round(gap, season.decimals),
    }
    return PlaceAhead(place, holder.code, score, gap, tuple(here), plan, "whatif.place", params)


def _slack(world: World) -> tuple[Slack, ...]:
    season, total = world.board.season, world.board.joined[world.top].total
    mine = rounded(float(total[world.contestant]), season.decimals)
    found = []
    for c in world.rivals.tolist():
        score = rounded(float(total[c]), season.decimals)
        if score <= mine:
            rival = season.contestants[c]
            may_gain = max(0.0, mine - float(total[c]))
            params = {
                "rival": rival.title,
                "contestant": season.contestants[world.contestant].title,
                "points": round(may_gain, season.decimals),
            }
            found.append(Slack(rival.code, float(total[c]), may_gain, "whatif.slack", params))
    return tuple(sorted(found, key=lambda s: (s.may_gain, s.contestant)))
