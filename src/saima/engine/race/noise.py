"""Figures as they might have been: measurement noise of indicators, scored again by the season's own rules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np

from saima.engine.model.known import NOTHING, VERIFIED, FloatArray
from saima.engine.race.board import Board
from saima.engine.race.lines import Line

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


def whole_of(board: Board, column: int) -> float:
    """What a full share is in the indicator's unit: 100 for %, 1,000 for per mille, else one base unit."""
    indicator = board.season.indicators[column]
    unit = indicator.unit.en + indicator.unit.zh
    if "%" in unit or indicator.measure == "completion":
        return 100.0
    return 1000.0 if "‰" in unit else 1 / indicator.scale


@dataclass(frozen=True, eq=False)
class Law:
    """A drawn figure is ``middle`` and ``spread`` times a drawn unit, which is never outside ``ends``.

    ``middle`` and ``spread`` : (contestants,), NaN where there is no figure. ``ends`` : (2, contestants) or (2, 1).
    ``units`` draws (draws, contestants).
    """

    middle: FloatArray
    spread: FloatArray
    ends: FloatArray
    units: Callable[[np.random.Generator, tuple[int, int]], FloatArray]


def law_of(board: Board, column: int, wider: FloatArray) -> Law:
    """How the figures of one indicator are drawn: before the denominator, in the unit they were reported in.

    Notes
    -----
    docs/method/uncertainty.md, noise.
    """
    indicator, wide = board.season.indicators[column], wider[:, column]
    figure = board.sheet.filled[:, column] * board.sheet.denominator[:, column]
    match indicator.noise.kind:
        case "relative":
            return Law(figure, np.abs(figure) * indicator.noise.size * wide, _normal_ends(), standard_normal)
        case "absolute":
            return Law(figure, indicator.noise.size * wide, _normal_ends(), standard_normal)
        case "poisson":
            return _poisson(figure, indicator.scale, wide)
        case _:
            return _binomial(figure, whole_of(board, column), indicator.noise.size / wide**2)


def _normal_ends() -> FloatArray:
    return _normal_steps()[[0, -1], None]


def _poisson(figure: FloatArray, scale: float, wide: FloatArray) -> Law:
    """Gamma with the count as mean and, times ``wide`` squared, as variance; by the cube of Wilson and Hilferty."""
    some = figure > 0
    count = np.where(some, figure * scale / wide**2, 1.0)
    third = 1 / (9 * count)
    root, middle = np.sqrt(third), 1 - third
    below = bool((_normal_ends()[0] * root + middle < 0).any())

    def cubed(normal: FloatArray) -> FloatArray:
        base = normal * root
        base += middle
        if below:
            np.maximum(base, 0.0, out=base)
        return base * base * base

    return Law(
        np.where(some, 0.0, figure),
        np.where(some, count * wide**2 / scale, 0.0),
        cubed(_normal_ends()),
        lambda rng, shape: cubed(standard_normal(rng, shape)),
    )


def _binomial(figure: FloatArray, whole: float, trials: FloatArray) -> Law:
    share = figure / whole
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    return Law(
        np.where(inside, 0.0, figure),
        np.where(inside, whole, 0.0),
        np.array([[0.0], [1.0]]),
        lambda rng, shape: rng.beta(safe * trials, (1 - safe) * trials, shape),
    )


class NoisyColumn:
    """One indicator, its figures drawn and scored again. ``line`` is what ``line_of`` says of it."""

    def __init__(self, board: Board, column: int, wider: FloatArray, line: Line | None = None) -> None:
        self.board, self.column, self.law = board, column, law_of(board, column, wider)
        self.under = board.sheet.denominator[:, column]
        middle, spread = self.law.middle / self.under, self.law.spread / self.under
        self.line = None if line is None else line.drawn(middle, spread).within(self.law.ends)

    def scores(self, rng: np.random.Generator, out: FloatArray) -> FloatArray:
        """Scores of drawn figures into ``out`` (draws, contestants); NaN where there is no figure."""
        step = max(1, _AT_A_TIME // out.shape[1])
        for first in range(0, len(out), step):
            part = out[first : first + step]
            unit = self.law.units(rng, part.shape)
            if self.line is None:
                part[:] = self._by_rule(unit)
            else:
                self.line.of(unit, part)
        return out

    def _by_rule(self, unit: FloatArray) -> FloatArray:
        sheet = self.board.sheet
        drawn = (self.law.middle + self.law.spread * unit) / self.under
        if self.board.season.indicators[self.column].transform != "none":
            drawn = np.maximum(drawn, sheet.filled[:, self.column] * _LEAST_SHARE)
        with np.errstate(invalid="ignore", divide="ignore"):
            score = sheet.rescored(self.column, drawn)[0]
        # A ceiling divided by a drawn zero has no score; the published one stands in.
        broken = ~np.isfinite(score) & np.isfinite(self.law.middle)
        return np.where(broken, sheet.score[:, self.column], score) if broken.any() else score
