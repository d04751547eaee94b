"""Constraints: what must not be is proposed for a decision, with demotions worked out; no standing is changed."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from saima.engine.model.evaluation import Cell, Proposal, Standing
from saima.engine.model.history import History, Published, RankThen
from saima.engine.model.known import REPORTED, VERIFIED, Known
from saima.engine.model.periods import PER_YEAR, Period
from saima.engine.model.season import Constraint, Indicator, Season

_DECIMALS: Final = 12  # shares and figures are compared at this many decimals, as lights are
_WITHOUT_FIGURE: Final = ("late", "unverified", "rejected")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One contestant and indicator in one period, now or as published."""

    due: bool
    missing: bool
    completion: float | None
    pace: float | None
    value: float | None


@dataclass(frozen=True, eq=False)
class _Past:
    """What came before: readings as of the cut, and what was published."""

    season: Season
    known: Known
    history: History
    period: Period

    def published(self) -> tuple[Published, ...]:
        """Latest first."""
        return self.history.before(self.period)[::-1]

    def year_before(self, contestant: str, indicator: str, period: Period) -> float | None:
        """The figure of the same period of the year before: as published, else as known."""
        earlier = period.next(-PER_YEAR[period.frequency])
        published = self.history.by_period.get(earlier)
        then = published.cells.get((contestant, indicator)) if published else None
        if then is not None and then.value:
            return float(then.value)
        slot = self.known.at(earlier)
        if slot is None:
            return None
        here = (self._contestant[contestant], self._indicator[indicator], slot)
        counts = (VERIFIED,) if self.season.counts == "verified" else (VERIFIED, REPORTED)
        value = float(self.known.value[here])
        return value if int(self.known.state[here]) in counts and np.isfinite(value) else None

    @cached_property
    def _contestant(self) -> Mapping[str, int]:
        return {c.code: n for n, c in enumerate(self.season.contestants)}

    @cached_property
    def _indicator(self) -> Mapping[str, int]:
        return {i.code: n for n, i in enumerate(self.season.indicators)}


def proposals(
    season: Season,
    known: Known,
    cells: Sequence[Cell],
    standings: Sequence[Standing],
    history: History,
    period: Period,
) -> tuple[Proposal, ...]:
    """What the season's constraints propose for a period.

    Parameters
    ----------
    known : figures as of the cut, for ``falls``.
    standings : of the overall scope and level; others are passed over.
    history : ``consecutive`` looks at the last published periods before ``period``.

    Returns
    -------
    By constraint code, then in the order of ``season.contestants``.

    Notes
    -----
    docs/method/tiers-and-constraints.md. A contestant without a figure meets no condition but ``missing``; a period
    in which nothing was due neither counts towards ``consecutive`` nor breaks it.
    """
    if not season.constraints:
        return ()
    now = {(c.contestant, c.indicator): c for c in cells}
    level = {s.contestant: s for s in standings if s.scope == "overall" and s.kind == "level"}
    past = _Past(season, known, history, period)
    hits = [
        (constraint, contestant.code, params)
        for constraint in sorted(season.constraints, key=lambda c: c.code)
        for contestant in season.contestants
        if contestant.races_in(period)
        for params in [
            _bottom(constraint, contestant.code, level, past)
            if constraint.when == "bottom"
            else _figures_hold(constraint, contestant.code, now, past)
        ]
        if params is not None
    ]
    after = demoted_ranks(season, level, {who for constraint, who, _ in hits if constraint.action == "demote"})
    return tuple(
        Proposal(
            constraint=constraint.code,
            title=constraint.title,
            action=constraint.action,
            contestant=who,
            code=f"constraint.{constraint.when}" + ("_again" if constraint.consecutive > 1 else ""),
            params={
                "contestant": season.contestant[who].title,
                "constraint": constraint.title,
                "times": constraint.consecutive,
                **params,
            },
            rank=level[who].rank if who in level else None,
            proposed_rank=after.get(who) if constraint.action == "demote" else None,
        )
        for constraint, who, params in hits
    )


def demoted_ranks(season: Season, level: Mapping[str, Standing], demoted: AbstractSet[str]) -> dict[str, int]:
    """Rank each demoted contestant would have: one place down in its class, the freed place passing to the next.

    Notes
    -----
    Neighbours that are demoted together go down together: the first below them that is not demoted passes them all.
    Nobody gains by being demoted beside another, and who is last stays last. Among equals the demoted one goes behind.
    """
    at = {c.code: n for n, c in enumerate(season.contestants)}
    found: dict[str, int] = {}
    for code in sorted({s.class_code for s in level.values()}):
        inside = [s for s in level.values() if s.class_code == code]
        # Of equals the demoted come first here, so that one place down is behind those they were equal with.
        order = [
            s.contestant
            for s in sorted(inside, key=lambda s: (s.rank, s.contestant not in demoted, -s.score, at[s.contestant]))
        ]
        place = len(order) - 2
        while place >= 0:
            if order[place] in demoted and order[place + 1] not in demoted:
                order[place], order[place + 1] = order[place + 1], order[place]
            place -= 1
        for contestant in order:
            if contestant in demoted:
                equals = [order.index(o) for o in order if o in demoted and level[o].rank == level[contestant].rank]
                found[contestant] = min(equals) + 1
    return found


def _figures_hold(
    constraint: Constraint, contestant: str, now: Mapping[tuple[str, str], Cell], past: _Past
) -> dict[str, object] | None:
    """Parameters of the sentence when all indicators meet the condition in every period asked for, else None."""
    indicators = [past.season.indicator[code] for code in constraint.indicators]
    present = {i.code: _figure_now(now.get((contestant, i.code))) for i in indicators}
    if not indicators or not all(
        _holds(constraint, contestant, i, present[i.code], past.period, past) for i in indicators
    ):
        return None
    times = 1
    for published in past.published():
        if times >= constraint.consecutive:
            break
        then = {i.code: _figure_then(published, contestant, i.code) for i in indicators}
        if not all(f.due for f in then.values()):
            continue
        if not all(_holds(constraint, contestant, i, then[i.code], published.period, past) for i in indicators):
            return None
        times += 1
    if times < constraint.consecutive:
        return None
    params: dict[str, object] = {"indicators": tuple(i.title for i in indicators)}
    figures = [present[i.code] for i in indicators]
    if constraint.when in ("completion_below", "pace_below"):
        shares = [f.completion if constraint.when == "completion_below" else f.pace for f in figures]
        params["threshold"] = round(constraint.threshold * 100, 6)
        params["figures"] = tuple(round(s * 100, 2) for s in shares if s is not None)
    elif constraint.when != "missing":
        params["threshold"] = float(constraint.threshold)
        params["figures"] = tuple(f.value for f in figures if f.value is not None)
    if constraint.when == "falls":
        params["before"] = tuple(past.year_before(contestant, i.code, past.period) for i in indicators)
    return params


def _holds(
    constraint: Constraint, contestant: str, indicator: Indicator, figure: _Figure, period: Period, past: _Past
) -> bool:
    if not figure.due:
        return False
    limit = round(constraint.threshold, _DECIMALS)

    def below(share: float | None) -> bool:
        return share is not None and round(share, _DECIMALS) < limit

    match constraint.when:
        case "completion_below":
            return below(figure.completion)
        case "pace_below":
            return below(figure.pace)
        case "value_below":
            return below(figure.value)
        case "value_above":
            return figure.value is not None and round(figure.value, _DECIMALS) > limit
        case "missing":
            return figure.missing
        case "falls":
            before = past.year_before(contestant, indicator.code, period)
            if figure.value is None or before is None:
                return False
            worse = before - figure.value if indicator.better == "higher" else figure.value - before
            return round(worse, _DECIMALS) > limit
        case "bottom":
            raise ValueError("bottom is about ranks, not figures")


def _figure_now(cell: Cell | None) -> _Figure:
    if cell is None or cell.status in ("not_due", "not_applicable"):
        return _Figure(due=False, missing=False, completion=None, pace=None, value=None)
    value = cell.value if cell.status == "present" else None
    return _Figure(
        due=True,
        missing=cell.status in _WITHOUT_FIGURE,
        completion=cell.completion,
        pace=cell.pace,
        value=value,
    )


def _figure_then(published: Published, contestant: str, indicator: str) -> _Figure:
    cell = published.cells.get((contestant, indicator))
    if cell is None or cell.due is None:
        return _Figure(due=False, missing=False, completion=None, pace=None, value=None)
    return _Figure(
        due=True,
        missing=cell.completion is None and cell.missing >= 1,
        completion=cell.completion,
        pace=cell.completion / cell.due if cell.completion is not None and cell.due > 0 else None,
        value=float(cell.value) if cell.value else None,
    )


def _bottom(
    constraint: Constraint, contestant: str, level: Mapping[str, Standing], past: _Past
) -> dict[str, object] | None:
    """Parameters of the sentence when a contestant is among the last places now and in the periods before."""
    standing = level.get(contestant)
    if standing is None:
        return None
    class_of = {c: s.class_code for c, s in level.items()}
    mates = {c: s.rank for c, s in level.items() if s.class_code == standing.class_code}
    if not _among_last(contestant, mates, constraint.threshold):
        return None
    times = 1
    for published in past.published()[: max(0, constraint.consecutive - 1)]:
        then = {
            who: r
            for (scope, kind, who), r in published.ranks.items()
            if scope == "overall" and kind == "level" and _class(past.season, who, class_of) == standing.class_code
        }
        if contestant not in then or not _among_last(contestant, _places(then), constraint.threshold):
            return None
        times += 1
    if times < constraint.consecutive:
        return None
    return {"rank": standing.rank, "among": len(mates), "places": int(constraint.threshold)}


def _class(season: Season, contestant: str, class_of: Mapping[str, str]) -> str:
    if contestant in class_of:
        return class_of[contestant]
    known = season.contestant.get(contestant)
    return known.class_code if known is not None and season.rank_classes == "apart" else ""


def _places(ranks: Mapping[str, RankThen]) -> dict[str, int]:
    return {who: r.rank for who, r in ranks.items()}


def _among_last(contestant: str, ranks: Mapping[str, int], places: float) -> bool:
    """Fewer than ``places`` are behind it. Who shares the first place is never among the last."""
    rank = ranks[contestant]
    behind = sum(other > rank for other in ranks.values())
    return rank > 1 and behind < places
