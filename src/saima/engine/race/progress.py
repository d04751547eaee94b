"""The progress ranking: how far a contestant moved since a past period, on today's yardsticks.

Both ends are scored with this season's targets, goalposts and weights, over the indicators known at both ends only;
so the difference is the contestant's own movement and not a change of rules. docs/method/standings.md.
"""

from dataclasses import dataclass

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.periods import PER_YEAR, Period
from saima.engine.model.season import Season
from saima.engine.race.board import Board
from saima.engine.race.sheet import Sheet, sheet_of
from saima.engine.race.tree import Method, roll_up


@dataclass(frozen=True, eq=False)
class Movement:
    """Points gained since ``since``: node code -> (contestants,), and (contestants, indicators); NaN = no past."""

    since: Period
    nodes: dict[str, FloatArray]
    indicators: FloatArray


def reference_period(season: Season, period: Period) -> Period | None:
    """The past period the progress ranking compares with, or None when the season has no such ranking."""
    match season.progress.against:
        case "none":
            return None
        case "previous":
            return period.next(-1)
        case "last_year":
            return period.next(-PER_YEAR[season.frequency])
        case "base":
            return season.progress.base_period


def movement(board: Board) -> Movement | None:
    """Points gained against the reference period; None when the season has no progress ranking."""
    season = board.season
    since = reference_period(season, board.period)
    if since is None:
        return None
    then = past_sheet(board, since)
    both = ~np.isnan(board.sheet.score) & ~np.isnan(then.score)
    method = Method(missing={b.node.code: "exclude" for b in board.tree.branches})
    absent = ~both
    ends = [
        roll_up(
            board.tree,
            np.where(both, sheet.score, np.nan),
            absent,
            board.sheet.ranked,
            {code: np.full(len(season.contestants), np.nan) for code in board.leaves},
            method=method,
        )
        for sheet in (board.sheet, then)
    ]
    nodes = {code: ends[0][code].total - ends[1][code].total for code in ends[0] if code not in board.leaves}
    return Movement(since, nodes, np.where(both, board.sheet.score - then.score, np.nan))


def past_sheet(board: Board, since: Period) -> Sheet:
    """The past period scored on today's yardsticks; what is due is taken at the same place of the season."""
    inside = since in board.season.targets_cover
    return sheet_of(board.season, board.known, since, since if inside else board.period)
