"""From a figure to a score: the closed list of score rules. docs/method/scores.md has one section for each.

Every rule works on the last axis (contestants) of arrays with any number of axes before it, gives the score and what
it would have been without cap and floor, and keeps NaN where there is no figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.known import FloatArray
from saima.engine.model.season import Indicator, RuleName, ScoreRule

BoolArray = NDArray[np.bool_]
REQUIRED: Final = float("nan")
_LAST_BITS: Final = 1e-12  # relative
PARAMETERS: Final[Mapping[RuleName, Mapping[str, float]]] = MappingProxyType(
    {
        "completion": {"full": 100.0, "cap": 1.0, "floor": 0.0, "over_slope": 1.0},
        "pace": {"full": 100.0, "cap": 1.0, "floor": 0.0, "over_slope": 1.0},
        "goalposts": {"out_low": 0.0, "out_high": 100.0},
        "efficacy": {"base": 60.0, "span": 40.0, "floor": 0.0, "cap": 100.0},
        "points_per_unit": {"points": REQUIRED, "cap": REQUIRED, "floor": 0.0},
        "table": {},
        "bands": {"below": 0.0},
        "growth": {"low": REQUIRED, "high": REQUIRED, "small_base": 0.0, "out_low": 0.0, "out_high": 100.0},
        "milestone": {"full": 100.0, "late": 0.5},
        "pro_rata": {"full": REQUIRED, "bonus_cap": 0.0, "floor": 0.0},
        "deduction": {"full": REQUIRED, "per_unit": REQUIRED, "floor": 0.0},
        "given": {},
        "min_max": {"out_low": 0.0, "out_high": 100.0},
        "z_score": {},
        "percentile": {"out_high": 100.0},
        "borda": {},
        "distance_to_leader": {"full": 100.0},
    }
)
"""Numbers of each rule with their defaults; NaN means the season must give it."""

ON_COMPLETION: Final[frozenset[RuleName]] = frozenset({"completion", "pace", "milestone", "pro_rata"})
ON_TARGET: Final[frozenset[RuleName]] = frozenset({"deduction"})
ON_BASELINE: Final[frozenset[RuleName]] = frozenset({"growth"})


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a rule reads about one indicator: arrays whose last axis is contestants.

    ``late``: the target was reached, but only after it first fell due. ``in_sample``: who sets the yardstick of
    relative rules.
    """

    value: FloatArray
    completion: FloatArray
    pace: FloatArray
    target: FloatArray
    baseline: FloatArray
    late: BoolArray
    in_sample: BoolArray


def score(rule: ScoreRule, indicator: Indicator, given: Inputs) -> tuple[FloatArray, FloatArray]:
    """Score of one indicator, and the same before cap and floor.

    Examples
    --------
    >>> from saima.words import Text
    >>> wujin = ScoreRule("wujin", "pro_rata", {"full": 10, "bonus_cap": 4})
    >>> jobs = Indicator("jobs", Text("Jobs"), "higher", "count")
    >>> done = np.array([0.5, 1.3, 1.6])
    >>> nothing, nobody = np.full(3, np.nan), np.zeros(3, bool)
    >>> score(wujin, jobs, Inputs(done, done, done, nothing, nothing, nobody, ~nobody))[0]
    array([ 5., 13., 14.])
    """
    p = {**PARAMETERS[rule.rule], **rule.params}
    x = given.value
    match rule.rule:
        case "completion" | "pace":
            share = given.completion if rule.rule == "completion" else given.pace
            credit = np.minimum(share, 1.0) + p["over_slope"] * np.maximum(share - 1.0, 0.0)
            return p["full"] * np.clip(credit, p["floor"], p["cap"]), p["full"] * share
        case "goalposts":
            low, high = _posts(rule, indicator)
            return _between(x, low, high, p["out_low"], p["out_high"])
        case "efficacy":
            low, high = _posts(rule, indicator)
            raw = p["base"] + p["span"] * (x - low) / (high - low)
            return np.clip(raw, p["floor"], p["cap"]), raw
        case "points_per_unit":
            raw = p["points"] * x
            return np.clip(raw, p["floor"], p["cap"]), raw
        case "table":
            read = _read(rule, given)
            at, points = (np.array(column) for column in zip(*rule.steps, strict=True))
            found = np.where(np.isnan(read), np.nan, np.interp(read, at, points))
            return found, found
        case "bands":
            read = _read(rule, given)
            at, points = (np.array(column) for column in zip(*rule.steps, strict=True))
            step = np.searchsorted(at, _clean(read), side="right")
            found = np.where(np.isnan(read), np.nan, np.append(p["below"], points)[step])
            return found, found
        case "growth":
            grown = 100 * (x - given.baseline) / (given.baseline + p["small_base"])
            return _between(grown, p["low"], p["high"], p["out_low"], p["out_high"])
        case "milestone":
            done = np.where(_clean(given.completion) >= 1.0, p["full"] * np.where(given.late, p["late"], 1.0), 0.0)
            found = np.where(np.isnan(given.completion), np.nan, done)
            return found, found
        case "pro_rata":
            raw = p["full"] * given.completion
            return np.clip(raw, p["floor"], p["full"] + p["bonus_cap"]), raw
        case "deduction":
            short = given.target - x if indicator.better == "higher" else x - given.target
            raw = p["full"] - p["per_unit"] * np.maximum(short, 0.0)
            return np.maximum(raw, p["floor"]), raw
        case "given":
            return x, x
        case "min_max" | "z_score" | "percentile" | "borda" | "distance_to_leader":
            lower = indicator.better == "lower"
            found = _relative(rule.rule, -x if lower else x, given.in_sample, p, lower=lower)
            return found, found


def bend_of(rule: ScoreRule) -> tuple[float, float]:
    """Points above which a rule counts only a share of each further point, and that share; (inf, 1) for none."""
    p = {**PARAMETERS[rule.rule], **rule.params}
    return (p["full"], p["over_slope"]) if p.get("over_slope", 1.0) != 1.0 else (np.inf, 1.0)


def _posts(rule: ScoreRule, indicator: Indicator) -> tuple[float, float]:
    low = rule.params.get("low", indicator.low)
    high = rule.params.get("high", indicator.high)
    if low is None or high is None or low == high:
        raise ValueError(f"{indicator.code}: goalposts are for check_season to refuse")
    return low, high


def _between(x: FloatArray, low: float, high: float, out_low: float, out_high: float) -> tuple[FloatArray, FloatArray]:
    raw = out_low + (out_high - out_low) * (x - low) / (high - low)
    return np.clip(raw, min(out_low, out_high), max(out_low, out_high)), raw


def _read(rule: ScoreRule, given: Inputs) -> FloatArray:
    match rule.on:
        case "completion":
            return given.completion
        case "pace":
            return given.pace
        case "value":
            return given.value


def _clean(x: FloatArray) -> FloatArray:
    """Without the last bits of arithmetic, so that 0.1 + 0.2 reaches a step at 0.3."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(x), np.round(x, 12), x)


def _relative(
    name: RuleName, x: FloatArray, in_sample: BoolArray, p: Mapping[str, float], *, lower: bool
) -> FloatArray:
    """Rules that read the others; ``x`` is negated where lower is better.

    A column in which all are equal separates nobody and scores everybody alike. Equal is what differs in the last bits
    of arithmetic only: 0.7 / 7 is not ahead of 0.1.
    """
    sample = np.where(in_sample, x, np.nan)
    some = np.isfinite(sample)
    count = some.sum(-1, keepdims=True)
    high = np.max(np.where(some, sample, -np.inf), -1, keepdims=True)
    low = np.min(np.where(some, sample, np.inf), -1, keepdims=True)
    found: FloatArray
    with np.errstate(divide="ignore", invalid="ignore"):
        last_bits = _LAST_BITS * np.maximum(np.abs(high), np.abs(low))
        apart = high - low > last_bits
        match name:
            case "min_max":
                middle = (p["out_low"] + p["out_high"]) / 2
                spread: FloatArray = p["out_low"] + (p["out_high"] - p["out_low"]) * (x - low) / (high - low)
                found = np.where(apart, np.clip(spread, p["out_low"], p["out_high"]), middle)
            case "z_score":
                mean: FloatArray = np.where(some, sample, 0.0).sum(-1, keepdims=True) / count
                square: FloatArray = np.where(some, (sample - mean) ** 2, 0.0).sum(-1, keepdims=True)
                found = np.where(apart, (x - mean) / np.sqrt(square / (count - 1)), 0.0)
            case "distance_to_leader":
                # A ratio to a leader at or below 0 says nothing. Of the negated, leader / x is still high / x.
                ratio = (
                    np.where((high < 0) & (x < 0), high / x, np.nan) if lower else np.where(high > 0, x / high, np.nan)
                )
                found = p["full"] * np.where(apart, ratio, 1.0)
            case _:
                worse = (sample[..., None, :] < x[..., :, None] - last_bits[..., None]) & some[..., None, :]
                below = worse.sum(-1).astype(np.float64)
                share = np.where(apart, np.minimum(below / (count - 1), 1.0), 0.0)
                found = below if name == "borda" else p["out_high"] * share
    return np.where(np.isfinite(x), found, np.nan)
