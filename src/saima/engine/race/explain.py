"""Why is this zone second? The gap to another as contributions that add up, and what was altered on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Adjustment, Standing
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.engine.race.adjustments import ledger
from saima.engine.race.asking import asked_board, asked_contestant, asked_standings
from saima.engine.race.board import Board
from saima.engine.race.cells import number
from saima.engine.race.gap import Part, Scope, gap_parts
from saima.engine.race.standings import scope_of
from saima.words import Text

SCHEMA: Final = "saima.explanation/1"
_LEVEL: Final = 1e-9


@dataclass(frozen=True, slots=True)
class GapRow:
    """One part of a gap: ``points`` of the top score by which the contestant is ahead (+) or behind (-).

    ``scope`` weights: effective weights differ under this node because ``missing`` was missing or not due for one.
    """

    code: str
    title: Text
    scope: Scope
    points: float
    value: float | None = None
    value_against: float | None = None
    score: float | None = None
    score_against: float | None = None
    missing: tuple[Text, ...] = ()
    note: str = ""  # catalogue code of a sentence with {node} and {missing}, for weights


@dataclass(frozen=True, slots=True)
class Comparison:
    """One contestant beside another. Rows add up to ``gap`` to 1e-9; the largest parts come first."""

    against: str
    rank: int
    rank_against: int
    score: float
    score_against: float
    gap: float
    rows: tuple[GapRow, ...]
    code: str  # catalogue code of the sentence that sums it up
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a contestant stands where it stands, against whom was asked (or the next above), and the leader."""

    season: str
    period: Period
    scope: str
    class_code: str
    contestant: str
    title: Text
    rank: int
    among: int
    score: float
    comparisons: tuple[Comparison, ...]
    adjustments: tuple[Adjustment, ...]
    schema: str = SCHEMA


def explain(
    season: Season,
    readings: Readings,
    projects: Projects,
    history: History,
    as_of: AsOf,
    contestant: str,
    against: str | None = None,
) -> Explanation:
    """Take a place apart.

    Parameters
    ----------
    contestant, against : code or title. Without ``against``, the next one above, for the first the next below; the
        leader is always compared with as well.

    Raises
    ------
    QuestionRefused
        ``question.unknown_contestant`` with the nearest name, ``question.not_ranked`` with the reason,
        ``question.same_contestant``, ``question.other_class``.

    Notes
    -----
    docs/method/explain.md. Nothing is drawn: the answer is exact.
    """
    board = asked_board(season, readings, projects, history, as_of)
    mine = asked_contestant(season, contestant)
    top, standings, own = asked_standings(board, history, mine)
    rivals = [] if against is None else [_asked_rival(board, history, against, own)]
    if against is None and len(standings) > 1:
        better = [s for s in standings if s.rank < own.rank]
        rivals.append(better[-1] if better else next(s for s in standings if s.contestant != own.contestant))
    leader = standings[0]
    if leader.contestant not in {own.contestant, *(r.contestant for r in rivals)}:
        rivals.append(leader)
    names = {own.contestant, *(r.contestant for r in rivals)}
    return Explanation(
        season=season.code,
        period=as_of.period,
        scope=scope_of(board.tree.branch[top].node.kind, top),
        class_code=own.class_code,
        contestant=own.contestant,
        title=season.contestant[own.contestant].title,
        rank=own.rank,
        among=len(standings),
        score=own.score,
        comparisons=tuple(_comparison(board, top, own, rival) for rival in rivals),
        adjustments=tuple(a for a in ledger(board, readings, as_of) if a.contestant in names),
    )


def _asked_rival(board: Board, history: History, against: str, own: Standing) -> Standing:
    other = asked_contestant(board.season, against)
    title = board.season.contestants[other].title
    if board.season.contestants[other].code == own.contestant:
        raise QuestionRefused(Problem("question.same_contestant", {"contestant": title}))
    _, _, rival = asked_standings(board, history, other)
    if (rival.scope, rival.class_code) != (own.scope, own.class_code):
        mine = board.season.contestant[own.contestant].title
        raise QuestionRefused(Problem("question.other_class", {"contestant": mine, "other": title}))
    return rival


def _comparison(board: Board, top: str, own: Standing, rival: Standing) -> Comparison:
    season = board.season
    at = {c.code: n for n, c in enumerate(season.contestants)}
    mine, other = at[own.contestant], at[rival.contestant]
    parts = gap_parts(board, top, mine, other)
    rows = [_row(board, part, mine, other) for part in parts]
    rows.sort(key=lambda r: (-abs(round(r.points, 9)), r.scope, r.code))
    gap = own.score - rival.score
    code, params = _summary(season, own, rival, gap, rows)
    return Comparison(rival.contestant, own.rank, rival.rank, own.score, rival.score, gap, tuple(rows), code, params)


def _row(board: Board, part: Part, mine: int, other: int) -> GapRow:
    season = board.season
    if part.scope == "indicator":
        indicator = season.indicators[part.column]
        raw = board.sheet.raw[:, part.column]
        return GapRow(
            indicator.code, indicator.title, part.scope, part.points, number(raw[mine]), number(raw[other]),
            part.mine, part.other,
        )  # fmt: skip
    branch = board.tree.branch[part.node]
    titles = [season.indicators[n].title for n in branch.columns] + [season.node[c].title for c in branch.nodes]
    return GapRow(
        code=part.node,
        title=branch.node.title,
        scope=part.scope,
        points=part.points,
        score=part.mine,
        score_against=part.other,
        missing=tuple(titles[k] for k in part.missing),
        note="explain.weights" if part.missing else "",
    )


def _summary(
    season: Season, own: Standing, rival: Standing, gap: float, rows: list[GapRow]
) -> tuple[str, dict[str, object]]:
    """Code and parameters of one whole sentence: the gap, what costs most and what wins most back."""
    behind = gap < 0
    params: dict[str, object] = {
        "contestant": season.contestant[own.contestant].title,
        "other": season.contestant[rival.contestant].title,
        "gap": round(abs(gap), season.decimals),
        "rank": own.rank,
        "other_rank": rival.rank,
    }
    sign = -1 if behind else 1
    named = [r for r in rows if r.scope != "weights"] or rows
    most = [r for r in named if r.points * sign > _LEVEL][:3]
    back = [r for r in named if r.points * sign < -_LEVEL][:1]
    if abs(gap) <= _LEVEL or not most:
        return "explain.level", params
    params["most"] = tuple(r.title for r in most)
    params["points"] = round(abs(sum(r.points for r in most)), season.decimals)
    word = "behind" if behind else "ahead"
    if not back:
        return f"explain.{word}_throughout", params
    params |= {"back": back[0].title, "back_points": round(abs(back[0].points), season.decimals)}
    return f"explain.{word}", params
