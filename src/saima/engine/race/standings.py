"""Places in every scope: overall, races, groups, indicators; level and progress; who is not ranked, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.evaluation import Kind, Medals, NotRanked, Standing
from saima.engine.model.history import History
from saima.engine.model.known import FloatArray
from saima.engine.model.records import records
from saima.engine.race.board import Board
from saima.engine.race.medals import medal_table
from saima.engine.race.progress import Movement
from saima.engine.race.ranks import ranks_within
from saima.engine.race.tiers import tier_of

Places = Mapping[str, tuple[tuple[int, ...], ...]]


@dataclass(frozen=True)
class Standings:
    standings: tuple[Standing, ...]
    not_ranked: tuple[NotRanked, ...]
    medals: tuple[Medals, ...]


def classes_of(board: Board) -> list[str]:
    """Class of each contestant when classes are ranked apart, else one for all."""
    apart = board.season.rank_classes == "apart"
    return [c.class_code if apart else "" for c in board.season.contestants]


def standings_of(board: Board, moved: Movement | None, history: History, places: Places) -> Standings:
    """All standings, best first within each scope; scopes in the order overall, races, groups, indicators.

    ``places``: scope -> (low, high, band) of the level ranking, one number each per contestant, 0 where not drawn.
    """
    season, sheet = board.season, board.sheet
    classes = classes_of(board)
    scored = [(n, i) for n, i in enumerate(season.indicators) if i.role == "scored"]
    by_indicator = {
        i.code: ranks_within(np.where(sheet.ranked, sheet.score[:, n], np.nan), classes, season.decimals)
        for n, i in scored
    }
    codes = [c.code for c in season.contestants]
    medals = medal_table(
        season,
        {
            code: {c: int(r) for c, r in zip(codes, found, strict=True) if r}
            for code, found in by_indicator.items()
            if found.any()
        },
    )
    level: list[tuple[str, FloatArray]] = []
    progress: list[tuple[str, FloatArray]] = []
    for branch in reversed(board.tree.branches):
        scope = scope_of(branch.node.kind, branch.node.code)
        level.append((scope, board.joined[branch.node.code].total))
        if moved is not None and branch.node.code in moved.nodes:
            progress.append((scope, moved.nodes[branch.node.code]))
    if season.overall == "medals":
        level.insert(0, ("overall", _medal_scores(codes, medals)))
    for n, i in scored:
        level.append((f"indicator:{i.code}", sheet.score[:, n]))
        if moved is not None:
            progress.append((f"indicator:{i.code}", moved.indicators[:, n]))
    level.sort(key=lambda s: _order(s[0]))
    progress.sort(key=lambda s: _order(s[0]))

    breakers = [_breaker(board, moved, medals, name) for name in season.tie_breakers]
    past = history.before(board.period)
    published = past[-1].ranks if past else {}
    place = {c.code: n for n, c in enumerate(season.classes)}
    sorted_classes = sorted(set(classes), key=lambda code: (place.get(code, -1), code))
    in_order = np.array([sorted_classes.index(code) for code in classes])
    nothing = ((0,) * len(codes),) * 3
    found: list[Standing] = []
    reasons: list[NotRanked] = []
    kinds: Iterable[tuple[Kind, list[tuple[str, FloatArray]]]] = (("level", level), ("progress", progress))
    for kind, scopes in kinds:
        for scope, scores in scopes:
            eligible = np.where(sheet.ranked, scores, np.nan)
            code = scope.removeprefix("indicator:")
            if kind == "level" and code in by_indicator and scope != code:
                rank = by_indicator[code]
            else:
                rank = ranks_within(eligible, classes, season.decimals, breakers if scope == "overall" else ())
            if kind == "level" and season.overall == "medals" and scope == "overall":
                by_medals = {m.contestant: -float(m.rank) for m in medals}
                placed = np.array([by_medals.get(c, np.nan) for c in codes])
                rank = ranks_within(placed, classes, season.decimals, breakers)
            here = np.lexsort((rank, in_order))
            here = here[rank[here] > 0]
            low, high, band = np.array(places.get(scope, nothing) if kind == "level" else nothing)
            if not band[here].all():
                band = np.where(band > 0, band, _dense(rank, classes))
            low = np.where(low > 0, np.minimum(low, rank), rank)
            high, points = np.maximum(high, rank), scores[here].tolist()
            then = [published.get((scope, kind, codes[c])) for c in here.tolist()] if published else [None] * len(here)
            found += records(
                Standing,
                scope=[scope] * len(here),
                kind=[kind] * len(here),
                class_code=[classes[c] for c in here.tolist()],
                contestant=[codes[c] for c in here.tolist()],
                rank=rank[here].tolist(),
                score=points,
                rank_low=low[here].tolist(),
                rank_high=high[here].tolist(),
                band=band[here].tolist(),
                previous=[None if before is None else before.rank for before in then],
                tier=[tier_of(season, p) if kind == "level" and scope == "overall" else "" for p in points],
            )
            if kind == "level" and not scope.startswith("indicator:"):
                reasons += [_reason(board, scope, int(c)) for c in np.flatnonzero(rank == 0)]
    return Standings(tuple(found), tuple(reasons), medals)


def scope_of(kind: str, code: str) -> str:
    return "overall" if kind == "overall" else f"{kind}:{code}"


def _order(scope: str) -> int:
    return ("overall", "race", "group", "indicator").index(scope.partition(":")[0])


def _dense(rank: NDArray[np.int64], classes: Sequence[str]) -> NDArray[np.int64]:
    """Bands where nothing was drawn: equal ranks share one."""
    found = np.zeros(len(rank), np.int64)
    for group in sorted(set(classes)):
        here = np.array([g == group for g in classes]) & (rank > 0)
        found[here] = np.unique(rank[here], return_inverse=True)[1] + 1
    return found


def _medal_scores(codes: Sequence[str], medals: Sequence[Medals]) -> FloatArray:
    gold = {m.contestant: float(m.gold) for m in medals}
    return np.array([gold.get(c, np.nan) for c in codes])


def _breaker(board: Board, moved: Movement | None, medals: Sequence[Medals], name: str) -> FloatArray:
    kind, _, code = name.partition(":")
    nobody = np.full(len(board.season.contestants), np.nan)
    match kind:
        case "indicator":
            column = [i.code for i in board.season.indicators].index(code)
            return board.sheet.score[:, column]
        case "group" | "race":
            return board.joined[code].total
        case "medals":
            points = {m.contestant: 1e6 * m.gold + 1e3 * m.silver + m.bronze for m in medals}
            return np.array([points.get(c.code, np.nan) for c in board.season.contestants])
        case _:
            return nobody if moved is None else moved.nodes.get("overall", nobody)


def _reason(board: Board, scope: str, c: int) -> NotRanked:
    contestant = board.season.contestants[c]
    if not board.sheet.racing[c]:
        absent = {"contestant": contestant.title, "period": str(board.period)}
        return NotRanked(scope, contestant.code, "not_ranked.not_racing", absent)
    if not contestant.ranked:
        if not contestant.reason:
            named = {"contestant": contestant.title}
            return NotRanked(scope, contestant.code, "not_ranked.decided_without_reason", named)
        why = {"contestant": contestant.title, "reason": contestant.reason}
        return NotRanked(scope, contestant.code, "not_ranked.decided", why)
    kind, _, code = scope.partition(":")
    joined = board.joined.get(code or kind)
    if joined is None and bool((~board.sheet.absent[c] & board.sheet.scored).any()):
        return NotRanked(scope, contestant.code, "not_ranked.no_score", {"contestant": contestant.title})
    if joined is None or joined.nothing_due[c]:
        return NotRanked(scope, contestant.code, "not_ranked.nothing_due", {"contestant": contestant.title})
    share = float(joined.available[c]) * 100
    return NotRanked(
        scope, contestant.code, "not_ranked.too_little", {"contestant": contestant.title, "share": round(share, 1)}
    )
