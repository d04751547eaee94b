"""Score rules that amount to a straight line, bent at most once, wherever noise may carry a figure."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.model.season import Indicator, RuleName
from saima.engine.race.board import Board
from saima.engine.race.scores import bend_of

_STRAIGHT: Final[frozenset[RuleName]] = frozenset(
    {"completion", "pace", "goalposts", "efficacy", "points_per_unit", "pro_rata", "growth", "given"}
)
_PROBES: Final = np.array([-1e6, -1.0, -0.5, -0.2, -0.05, -0.01, 0.0, 0.01, 0.05, 0.2, 0.5, 1.0, 1e6])


@dataclass(frozen=True, eq=False)
class Line:
    """Scores that are straight lines of a figure, one per contestant, between two limits they share.

    ``slope`` and ``start`` : (contestants,). Of what is above ``bend`` points the share ``beyond`` counts.
    """

    slope: FloatArray
    start: FloatArray
    low: float = -np.inf
    high: float = np.inf
    bend: float = np.inf
    beyond: float = 1.0

    def of(self, figure: FloatArray, out: FloatArray | None = None) -> FloatArray:
        """Scores of figures, (..., contestants)."""
        found = np.multiply(figure, self.slope, out=out)
        found += self.start
        if self.bend < np.inf:
            past = found * self.beyond
            past += (1 - self.beyond) * self.bend
            (np.minimum if self.beyond < 1 else np.maximum)(found, past, out=found)
        if (self.low, self.high) != (-np.inf, np.inf):
            np.clip(found, self.low, self.high, out=found)
        return found

    def drawn(self, middle: FloatArray, spread: FloatArray) -> "Line":
        """The same of a unit, where the figure is ``middle + spread * unit``."""
        return replace(self, slope=self.slope * spread, start=self.slope * middle + self.start)

    def within(self, ends: FloatArray) -> "Line":
        """The same without the bend and the limits that nothing between ``ends`` reaches, (2, contestants)."""
        bare = replace(self, low=-np.inf, high=np.inf, bend=np.inf)
        bent = replace(bare, bend=self.bend) if np.nanmax(bare.of(ends)) > self.bend else bare
        reached = bent.of(ends)
        return replace(
            bent,
            low=self.low if np.nanmin(reached) < self.low else -np.inf,
            high=self.high if np.nanmax(reached) > self.high else np.inf,
        )


def line_of(board: Board, column: int, wider: FloatArray) -> Line | None:
    """The line a rule amounts to within reach of its noise, found by scoring probes; None where it is none.

    Reach is eight standard deviations, and at least the figure itself, to both sides; a million times as far out are
    the limits. Rules with steps and rules that read the others are never taken for a line.
    """
    sheet, indicator = board.sheet, board.season.indicators[column]
    rule = board.season.score_rule[indicator.score]
    bend, beyond = bend_of(rule)
    if rule.rule not in _STRAIGHT or indicator.transform != "none" or bend <= 0 or beyond < 0:
        return None
    there = np.isfinite(sheet.filled[:, column])
    figure = np.where(there, sheet.filled[:, column], 1.0)
    under = np.where(there & (sheet.denominator[:, column] > 0), sheet.denominator[:, column], 1.0)
    spread = _deviation(indicator, figure * under) * wider[:, column] / under
    reach = np.maximum(np.abs(figure), 8 * spread) + 1.0
    probes = figure + reach * _PROBES[:, None]
    score, raw = (np.where(there, found, 0.0) for found in sheet.rescored(column, probes))
    far, score, raw, probes = score[[0, -1]][:, there], score[1:-1], raw[1:-1], probes[1:-1]
    if not (np.isfinite(raw).all() and np.isfinite(far).all() and there.any()):
        return None
    slope = (raw[-1] - raw[0]) / (probes[-1] - probes[0])
    line = Line(slope, raw[0] - slope * probes[0], far.min(0).max(), far.max(0).min(), bend, beyond)
    near = 1e-9 * (1 + np.abs(raw).max())
    same = np.abs(np.where(there, line.of(probes) - score, 0.0)).max() <= near
    return line if same and np.abs(slope * probes + line.start - raw).max() <= near else None


def _deviation(indicator: Indicator, figure: FloatArray) -> FloatArray:
    """Standard deviation of a figure as reported, generously."""
    match indicator.noise.kind:
        case "relative":
            return np.abs(figure) * indicator.noise.size
        case "absolute":
            return np.full(figure.shape, indicator.noise.size)
        case "poisson":
            return np.sqrt(np.abs(figure) / indicator.scale)
        case _:
            return np.abs(figure)
