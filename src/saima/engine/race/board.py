"""One period of a season with its scores: what evaluate, uncertainty, explain and whatif all stand on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.evaluation import ProjectResult, WeakSpot
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.known import FloatArray, Known, known_at
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.engine.race.cells import bare_cells
from saima.engine.race.projects import project_scores, race_projects
from saima.engine.race.sheet import Sheet, sheet_of
from saima.engine.race.tree import Joined, Tree, roll_up, slopes, tree_of
from saima.engine.race.weak_spots import race_weak_spots


@dataclass(frozen=True, eq=False)
class Board:
    """Scores of one period with all they came from. Arrays are on the season's axes."""

    season: Season
    known: Known
    sheet: Sheet
    tree: Tree
    leaves: Mapping[str, FloatArray]  # race code -> (contestants,), for project and weak-spot races
    given: Mapping[str, FloatArray]  # node code -> (contestants,), scores taken as published elsewhere
    joined: Mapping[str, Joined]  # node code -> what it made of its children
    projects: tuple[ProjectResult, ...]
    weak_spots: tuple[WeakSpot, ...]

    @property
    def period(self) -> Period:
        return self.sheet.period

    @cached_property
    def multiplier(self) -> Mapping[str, FloatArray]:
        """Node code -> (contestants,): points of the top score per point of the node."""
        return self._down()[0]

    @cached_property
    def node_weight(self) -> Mapping[str, FloatArray]:
        """Node code -> (contestants,): effective weight in the top node, after what is missing was left out."""
        return self._down()[1]

    @cached_property
    def node_contribution(self) -> Mapping[str, FloatArray]:
        """Node code -> (contestants,): points of the top score, of what entered for the node where it had no score."""
        found = {code: np.nan_to_num(self.joined[code].total) for code in self.tree.tops}
        for branch in self.tree.branches:
            for k, child in enumerate(branch.nodes, start=len(branch.columns)):
                entered = self.joined[branch.node.code].scores[:, k]
                found[child] = np.nan_to_num(entered) * self.multiplier[child]
        return found

    @cached_property
    def slope(self) -> FloatArray:
        """(contestants, indicators): points of the top score per point of the indicator's score."""
        return self._down()[2]

    @cached_property
    def weight(self) -> FloatArray:
        """(contestants, indicators): effective weight in the top node."""
        return self._down()[3]

    @cached_property
    def used(self) -> FloatArray:
        """(contestants, indicators): score that entered, filled in where it was missing; NaN where left out."""
        found = np.full(self.sheet.score.shape, np.nan)
        for branch in self.tree.branches:
            for k, column in enumerate(branch.columns):
                found[:, column] = self.joined[branch.node.code].scores[:, k]
        return found

    @cached_property
    def contribution(self) -> FloatArray:
        """(contestants, indicators): points of the top score, adding up to it where no score was given."""
        return self.slope * np.nan_to_num(self.used)

    def _down(self) -> tuple[dict[str, FloatArray], dict[str, FloatArray], FloatArray, FloatArray]:
        shape = self.sheet.score.shape
        ones = np.ones(shape[0])
        points: dict[str, FloatArray] = dict.fromkeys(self.tree.tops, ones)
        weights: dict[str, FloatArray] = dict.fromkeys(self.tree.tops, ones)
        slope, weight = np.zeros(shape), np.zeros(shape)
        for branch in reversed(self.tree.branches):
            code = branch.node.code
            joined = self.joined[code]
            if code in self.leaves:
                continue
            down = slopes(joined) * points[code][:, None]
            share = joined.weights * weights[code][:, None] * ~joined.taken_as_given[:, None]
            for k, column in enumerate(branch.columns):
                slope[:, column], weight[:, column] = down[:, k], share[:, k]
            for k, child in enumerate(branch.nodes, start=len(branch.columns)):
                points[child], weights[child] = down[:, k], share[:, k]
        return points, weights, slope, weight


def board_of(
    season: Season, readings: Readings, projects: Projects, history: History, as_of: AsOf, known: Known | None = None
) -> Board:
    """Score one period.

    Raises
    ------
    ReadingsRefused
        ``given.no_place``, and as ``known_at``, ``sheet_of``, ``roll_up`` and ``race_projects`` do.
    """
    known = known or known_at(season, readings, as_of)
    sheet = sheet_of(season, known, as_of.period)
    tree = tree_of(season)
    given = _given(season, readings, as_of)
    results = race_projects(season, projects, as_of)
    races = {b.node.code: b.node for b in tree.branches if b.node.kind == "race"}
    leaves = {
        code: project_scores(season, node, results, projects) for code, node in races.items() if node.race == "projects"
    }
    weak: tuple[WeakSpot, ...] = ()
    for code, node in races.items():
        if node.race == "weak_spots":
            weak = race_weak_spots(season, node, bare_cells(sheet), history, as_of.period)
            by_contestant = {w.contestant: w.score for w in weak}
            leaves[code] = np.array([by_contestant.get(c.code, np.nan) for c in season.contestants])
    for code in leaves.keys() & given.keys():
        leaves[code] = np.where(np.isnan(given[code]), leaves[code], given[code])
    joined = roll_up(tree, sheet.score, sheet.absent, sheet.ranked, leaves, given, carried=sheet.carried)
    return Board(season, known, sheet, tree, leaves, given, joined, results, weak)


def _given(season: Season, readings: Readings, as_of: AsOf) -> dict[str, FloatArray]:
    at = {c.code: n for n, c in enumerate(season.contestants)}
    found: dict[str, FloatArray] = {}
    for g in sorted(readings.given_scores, key=lambda g: (g.recorded_at, g.node, g.contestant)):
        if g.period == as_of.period and (as_of.known_at is None or g.recorded_at <= as_of.known_at):
            if g.contestant not in at:
                raise ReadingsRefused(Problem("readings.unknown_contestant", {"code": g.contestant}))
            if g.node not in season.node or not np.isfinite(g.score):
                named = {"contestant": season.contestant[g.contestant].title, "node": g.node, "score": g.score}
                raise ReadingsRefused(Problem("given.no_place", named))
            found.setdefault(g.node, np.full(len(at), np.nan))[at[g.contestant]] = g.score
    return found
