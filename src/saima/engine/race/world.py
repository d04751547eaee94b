"""The present period with other figures: who would score what, and who would stand where."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from saima.engine.model.decimals import rounded
from saima.engine.model.known import FloatArray
from saima.engine.race.board import Board
from saima.engine.race.draws import Frame, drawn_by_node
from saima.engine.race.effort import Effort
from saima.engine.race.projection import project
from saima.engine.race.standings import classes_of
from saima.engine.race.tree import roll_up

Rivals = Literal["frozen", "pace", "projection"]


def moved_board(board: Board, contestant: int, rivals: Rivals, effort: Effort) -> Board:
    """The board with every rival's figures moved on; the contestant's stay.

    ``pace``: by its own mean step, for one period. ``projection``: to the upper end of its 80 % projection. Scored by
    the rules and due shares of the present period. A figure never moves to the worse.
    """
    if rivals == "frozen":
        return board
    sheet = board.sheet
    now = sheet.filled * sheet.denominator
    lower = np.array([i.better == "lower" for i in board.season.indicators])
    if rivals == "pace":
        then = now + effort.pace
    else:
        ahead = project(board.season, board.known, board.period)
        then = np.where(lower, ahead.projected_low, ahead.projected_high)
    then = np.where(np.where(lower, then < now, then > now), then, now)
    then[contestant] = now[contestant]
    figures = then / sheet.denominator
    score = sheet.score.copy()
    for n, indicator in enumerate(board.season.indicators):
        if indicator.role == "scored" and np.isfinite(sheet.due[n]):
            score[:, n] = _kept(sheet.rescored(n, figures[:, n])[0], score[:, n])
    other = replace(sheet, filled=figures, score=score)
    joined = roll_up(board.tree, score, sheet.absent, sheet.ranked, board.leaves, board.given, carried=sheet.carried)
    return replace(board, sheet=other, joined=joined)


def _kept(score: FloatArray, published: FloatArray) -> FloatArray:
    """A moved figure without a score (a ceiling divided by zero) keeps the published one."""
    return np.where(np.isfinite(score) | np.isnan(published), score, published)


@dataclass(frozen=True, eq=False)
class World:
    """One contestant's chances on one board. Figures are in the unit of the reading."""

    board: Board
    top: str
    contestant: int

    @cached_property
    def rivals(self) -> np.ndarray:
        """Places of those ranked in the same class, without the contestant."""
        classes = classes_of(self.board)
        total = self.board.joined[self.top].total
        here = self.board.sheet.ranked & np.isfinite(total)
        here &= np.array([c == classes[self.contestant] for c in classes])
        here[self.contestant] = False
        return np.flatnonzero(here)

    @cached_property
    def step(self) -> float:
        return float(10.0**-self.board.season.decimals)

    @cached_property
    def _frame(self) -> Frame:
        return Frame(self.board)

    def scored(self, column: int, figures: FloatArray) -> FloatArray:
        """Scores of one indicator, (figures, contestants), with the contestant's figure replaced by each."""
        sheet = self.board.sheet
        values = np.repeat(sheet.filled[None, :, column], len(figures), 0)
        values[:, self.contestant] = figures / sheet.denominator[self.contestant, column]
        with np.errstate(invalid="ignore", divide="ignore"):
            return _kept(sheet.rescored(column, values)[0], sheet.score[:, column])

    def tried(self, column: int, figures: FloatArray) -> FloatArray:
        """Top scores of everybody, (figures, contestants), for other figures of one indicator."""
        noisy = drawn_by_node(self.board, {column: self.scored(column, figures)})
        found = self._frame.totals({self.top}, noisy, {})[self.top]
        return np.broadcast_to(found, (len(figures), len(self.board.season.contestants)))

    def with_figures(self, figures: Mapping[int, float]) -> FloatArray:
        """Top scores of everybody with several figures replaced, by the full roll-up."""
        sheet = self.board.sheet
        score, carried = sheet.score.copy(), sheet.carried.copy()
        for column, figure in figures.items():
            score[:, column] = self.scored(column, np.array([figure]))[0]
            carried[self.contestant, column] = False
        joined = roll_up(
            self.board.tree,
            score,
            sheet.absent,
            sheet.ranked,
            self.board.leaves,
            self.board.given,
            carried=carried,
        )
        return joined[self.top].total

    def lead(self, totals: FloatArray, place: int) -> FloatArray:
        """By how much the contestant is above what ``place`` needs, (...,): the holder's rounded score and one step."""
        mine = totals[..., self.contestant]
        return mine - self.needed(totals, place)

    def needed(self, totals: FloatArray, place: int) -> FloatArray:
        """Score that takes ``place`` alone: that of the rival who would hold it, rounded, and one step more."""
        others = -np.sort(-totals[..., self.rivals], -1)
        holder = others[..., place - 1]
        scale = 10.0**self.board.season.decimals
        found: FloatArray = np.floor(holder * scale + (0.5 + 1e-9)) / scale + self.step
        return found

    def holder(self, place: int) -> int:
        """Who holds ``place`` among the rivals; ties in the season's order."""
        total = self.board.joined[self.top].total
        ordered = sorted(self.rivals.tolist(), key=lambda c: (-rounded(float(total[c]), 12), c))
        return int(ordered[place - 1])

    def rank(self, totals: FloatArray) -> int:
        """Place of the contestant among all of its class, by rounded scores, ties sharing the smaller."""
        decimals = self.board.season.decimals
        mine = rounded(float(totals[self.contestant]), decimals)
        return 1 + sum(rounded(float(totals[c]), decimals) > mine for c in self.rivals.tolist())
