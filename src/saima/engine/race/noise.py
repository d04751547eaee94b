"""Figures as they might have been: measurement noise of indicators, scored again by the season's own rules."""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np

from saima.engine.model.known import NOTHING, VERIFIED, FloatArray
from saima.engine.model.season import Indicator, RuleName
from saima.engine.race.board import Board

_STRAIGHT: Final[frozenset[RuleName]] = frozenset(
    {"completion", "pace", "goalposts", "efficacy", "points_per_unit", "pro_rata", "growth", "given"}
)
_PROBES: Final = np.array([-1.0, -0.5, -0.2, -0.05, -0.01, 0.0, 0.01, 0.05, 0.2, 0.5, 1.0])
_FAR: Final = 1e6
_LEAST_SHARE: Final = 1e-3
_STEPS_BITS: Final = 14
_AT_A_TIME: Final = 16_384  # figures: keeps a dozen temporaries inside the processor's cache


@cache
def _normal_steps() -> FloatArray:
    """16,384 equally likely values of a standard normal, with variance exactly 1."""
    half = 2 ** (_STEPS_BITS - 1)
    upper = np.array([NormalDist().inv_cdf(0.5 + (k + 0.5) / (2 * half)) for k in range(half)])
    upper /= np.sqrt((upper**2).mean())
    return np.concatenate([-upper[::-1], upper])


def standard_normal(rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Standard normal figures by table: two bytes each, several times quicker than exact ones, and as good here."""
    size = shape[0] * shape[1]
    words = np.asarray(rng.bit_generator.random_raw(-(-size // 4)), "<u8")
    steps = (words.view("<u2")[:size] >> (16 - _STEPS_BITS)).astype(np.intp)
    found: FloatArray = _normal_steps().take(steps, mode="clip").reshape(shape)
    return found


def noisy_columns(board: Board) -> tuple[int, ...]:
    """Scored indicators that declare noise and have figures."""
    there = np.asarray(np.isfinite(board.sheet.score).any(0))
    return tuple(
        n
        for n, i in enumerate(board.season.indicators)
        if i.role == "scored"
        and there[n]
        and (i.noise.kind == "poisson" or (i.noise.kind != "none" and i.noise.size > 0))
    )


def widening(board: Board) -> FloatArray:
    """(contestants, indicators): 1, or the season's factor where the figure that counts is not verified."""
    slot = board.sheet.slot
    c, n = np.indices(slot.shape)
    state = np.where(slot == NOTHING, VERIFIED, board.known.state[c, n, slot])
    # A correction has no reading of its own and is verified; -1 is nothing at all and draws nothing.
    return np.where(state > VERIFIED, board.season.uncertainty.unverified_factor, 1.0)


@dataclass(frozen=True, eq=False)
class Line:
    """A score that is a straight line of the figure between two limits, each (contestants,)."""

    slope: FloatArray
    start: FloatArray
    low: FloatArray
    high: FloatArray

    def of(self, figure: FloatArray) -> FloatArray:
        found = figure * self.slope
        found += self.start
        return np.clip(found, self.low, self.high, out=found)


def line_of(board: Board, column: int, wider: FloatArray) -> Line | None:
    """The line a rule amounts to within reach of its noise, found by scoring probes; None where it is none.

    Reach is eight standard deviations, and at least the figure itself, to both sides. Rules with steps and rules that
    read the others are never taken for a line.
    """
    sheet, indicator = board.sheet, board.season.indicators[column]
    if board.season.score_rule[indicator.score].rule not in _STRAIGHT or indicator.transform != "none":
        return None
    there = np.isfinite(sheet.filled[:, column])
    figure = np.where(there, sheet.filled[:, column], 1.0)
    under = np.where(there & (sheet.denominator[:, column] > 0), sheet.denominator[:, column], 1.0)
    spread = _deviation(indicator, figure * under) * wider[:, column] / under
    reach = np.maximum(np.abs(figure), 8 * spread) + 1.0
    probes = figure + reach * _PROBES[:, None]
    score, raw = (np.where(there, found, 0.0) for found in sheet.rescored(column, probes))
    far, _ = sheet.rescored(column, figure + _FAR * reach * np.array([[-1.0], [1.0]]))
    far = np.where(there, far, 0.0)
    if not (np.isfinite(raw).all() and np.isfinite(far).all()):
        return None
    slope = (raw[-1] - raw[0]) / (probes[-1] - probes[0])
    line = Line(slope, raw[0] - slope * probes[0], far.min(0), far.max(0))
    near = 1e-9 * (1 + np.abs(raw).max())
    same = np.abs(line.of(probes) - score).max() <= near
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


def noisy_scores(
    board: Board, column: int, rng: np.random.Generator, draws: int, wider: FloatArray, line: Line | None = None
) -> FloatArray:
    """Scores of one indicator for drawn figures, (draws, contestants).

    Notes
    -----
    docs/method/uncertainty.md, noise. Figures are drawn before the denominator, in the unit they were reported in;
    a figure that is not there is not drawn. ``line`` is what ``line_of`` says of this column.
    """
    found = np.empty((draws, board.sheet.score.shape[0]))
    step = max(1, _AT_A_TIME // found.shape[1])
    for first in range(0, draws, step):
        part = found[first : first + step]
        part[:] = _noisy_scores(board, column, rng, len(part), wider, line)
    return found


def _noisy_scores(
    board: Board, column: int, rng: np.random.Generator, draws: int, wider: FloatArray, line: Line | None
) -> FloatArray:
    sheet, indicator = board.sheet, board.season.indicators[column]
    published = sheet.filled[:, column]
    there = np.isfinite(published)
    under = sheet.denominator[:, column]
    figure = np.where(there, published * under, 1.0)
    shape, size, wide = (draws, len(figure)), indicator.noise.size, wider[:, column]
    match indicator.noise.kind:
        case "relative":
            drawn = figure + (np.abs(figure) * size * wide) * standard_normal(rng, shape)
        case "absolute":
            drawn = figure + (size * wide) * standard_normal(rng, shape)
        case "poisson":
            drawn = _poisson(figure * indicator.scale, wide, rng, shape) / indicator.scale
        case _:
            drawn = _binomial(figure, whole_of(board, column), size / wide**2, rng, shape)
    if under.any() and not (under == 1.0).all():
        drawn = drawn / under
    if line is not None:
        straight = line.of(drawn)
        return straight if there.all() else np.where(there, straight, np.nan)
    if indicator.transform != "none":
        drawn = np.maximum(drawn, published * _LEAST_SHARE)
    if not there.all():
        drawn = np.where(there, drawn, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = sheet.rescored(column, drawn)[0]
    # A ceiling divided by a drawn zero has no score; the published one stands in.
    broken = ~np.isfinite(score) & there
    return np.where(broken, sheet.score[:, column], score) if broken.any() else score


def whole_of(board: Board, column: int) -> float:
    """What a full share is in the indicator's unit: 100 for %, 1,000 for per mille, else one base unit."""
    indicator = board.season.indicators[column]
    unit = indicator.unit.en + indicator.unit.zh
    if "%" in unit or indicator.measure == "completion":
        return 100.0
    return 1000.0 if "‰" in unit else 1 / indicator.scale


def _poisson(count: FloatArray, wide: FloatArray, rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Gamma with the count as mean and, times ``wide`` squared, as variance; by the cube of Wilson and Hilferty."""
    safe = np.where(count > 0, count / wide**2, 1.0)
    third = 1 / (9 * safe)
    cube = np.sqrt(third) * standard_normal(rng, shape) + (1 - third)
    drawn = np.maximum(cube, 0.0) ** 3 * (safe * wide**2)
    return drawn if (count > 0).all() else np.where(count > 0, drawn, count)


def _binomial(
    figure: FloatArray, whole: float, trials: FloatArray, rng: np.random.Generator, shape: tuple[int, int]
) -> FloatArray:
    share = figure / whole
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    return np.where(inside, whole * rng.beta(safe * trials, (1 - safe) * trials, shape), figure)
