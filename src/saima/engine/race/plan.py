"""The cheapest way to a place on several indicators together, within what was ever achieved; checked on true scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from saima.engine.model.known import FloatArray
from saima.engine.race.effort import Effort
from saima.engine.race.singles import Kind, Lever
from saima.engine.race.world import World
from saima.words import Text

_POINTS: Final = 24
_TRIES: Final = 15
_SECONDS: Final = 5.0
_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Move:
    """One indicator of a plan. ``effort`` = amount / best step: how many best periods it takes.

    ``rate`` is what is needed in each of the periods left; ``points`` what the move alone would bring.
    """

    indicator: str
    title: Text
    kind: Kind
    figure: float | None
    needed: float
    amount: float
    rate: float
    best: float
    effort: float
    points: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Moves that together take ``place`` with the least effort; ``score`` and ``rank`` are re-scored, not estimated.

    Not ``reached``: all that was ever achieved, in every period left, is not enough; then ``moves`` is empty, and
    ``score`` and ``rank`` are what it would bring at most.
    """

    place: int
    reached: bool
    moves: tuple[Move, ...]
    effort: float
    score: float
    rank: int
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False)
class Option:
    """A lever within its capacity: amounts, what each brings alone, and the best step that measures effort."""

    lever: Lever
    best: float
    amounts: FloatArray
    gains: FloatArray

    @property
    def whole(self) -> bool:
        """Whether only whole choices make sense: counts, missing figures, and gains that do not level off."""
        slopes = np.diff(self.gains) / np.diff(self.amounts)
        rises = bool((np.diff(slopes) > 1e-6 * max(1e-12, np.abs(slopes).max())).any()) if len(slopes) > 1 else False
        return self.lever.indicator.measure in ("count", "yes-no") or not self.lever.reported or rises


def options(world: World, levers: tuple[Lever, ...], effort: Effort) -> tuple[Option, ...]:
    """What can move at all: best past step, own or else anybody's, in every period left, up to where points end."""
    found = []
    now = world.with_figures({})[world.contestant]
    for lever in levers:
        own, anybody = effort.own[world.contestant, lever.column], effort.anybody[lever.column]
        best = float(own if own > 0 else anybody)
        capacity = min(best * effort.remaining, lever.limit)
        units = int(np.floor(capacity / lever.grain + 1e-6))
        if units < 1 and lever.reported:
            continue
        steps = np.unique(np.rint(np.linspace(0, max(units, 0), _POINTS + 1)))
        amounts = steps * lever.grain
        gains = world.tried(lever.column, lever.figures(amounts))[:, world.contestant] - now
        if gains.max() <= _NEAR:
            continue
        last = int(np.flatnonzero(gains >= gains.max() - _NEAR)[0])
        found.append(Option(lever, best, amounts[: last + 1], gains[: last + 1]))
    return tuple(found)


def cheapest(world: World, choices: tuple[Option, ...], place: int, effort: Effort) -> Plan:
    """The plan for one place.

    Notes
    -----
    docs/method/whatif.md. Gains of single moves, as straight lines between their points, make a linear programme
    (integer where a choice is whole); its answer is scored again together, asked for more where that falls short,
    and then trimmed move by move to the smallest amounts that still take the place.
    """
    everything = {o.lever.column: _figure(o, float(o.amounts[-1])) for o in choices}
    best_totals = world.with_figures(everything)
    if not choices or world.lead(best_totals, place) < -_NEAR:
        return _out_of_reach(world, place, best_totals, anything=bool(choices))
    now = world.with_figures({})
    need = float(-world.lead(now, place))
    amounts: dict[int, float] | None = None
    for _ in range(_TRIES):
        amounts = _programme(choices, need)
        if amounts is None:
            break
        short = -float(world.lead(world.with_figures(_figures(choices, amounts)), place))
        if short <= _NEAR:
            break
        need += 1.05 * short + world.step / 10
        amounts = None
    if amounts is None:
        amounts = {k: float(o.amounts[-1]) for k, o in enumerate(choices)}
    amounts = _trimmed(world, choices, amounts, place)
    return _plan(world, choices, amounts, place, effort)


def _figure(option: Option, amount: float) -> float:
    return float(option.lever.figures(np.array([amount]))[0])


def _figures(choices: tuple[Option, ...], amounts: Mapping[int, float]) -> dict[int, float]:
    return {choices[k].lever.column: _figure(choices[k], a) for k, a in amounts.items()}


def _programme(choices: tuple[Option, ...], need: float) -> dict[int, float] | None:
    """Amounts of the chosen options, by place in ``choices``; None when the estimate cannot reach the need."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    owner, amount, gain, cost, whole = [], [], [], [], []
    for k, option in enumerate(choices):
        first = 1 if option.lever.reported else 0
        for a, g in zip(option.amounts[first:], option.gains[first:], strict=True):
            owner.append(k)
            amount.append(float(a))
            gain.append(float(g))
            # A little for each, so that of two equal ways the one with fewer moves is taken.
            cost.append(float(a) / option.best + 1e-6 if option.best > 0 else 1e-6)
            whole.append(int(option.whole))
    each = np.array([[float(o == k) for o in owner] for k in range(len(choices))])
    found = milp(
        np.array(cost),
        constraints=[
            LinearConstraint(np.array(gain)[None, :], lb=need),
            LinearConstraint(each, ub=np.ones(len(choices))),
        ],
        bounds=Bounds(0, 1),
        integrality=np.array(whole),
        options={"time_limit": _SECONDS},
    )
    if found.x is None:
        return None
    amounts: dict[int, float] = {}
    for k, option in enumerate(choices):
        parts = [(a, x) for o, a, x in zip(owner, amount, found.x, strict=True) if o == k and x > 1e-7]
        if parts:
            exact = sum(a * x for a, x in parts)
            units = np.ceil(exact / option.lever.grain - 1e-6)
            amounts[k] = min(float(units * option.lever.grain), float(option.amounts[-1]))
    return amounts


def _trimmed(world: World, choices: tuple[Option, ...], amounts: dict[int, float], place: int) -> dict[int, float]:
    """Each amount lowered as far as the others allow, the dearest first; moves nobody needs are dropped."""
    kept = dict(amounts)
    dearest = sorted(kept, key=lambda k: (-(kept[k] / choices[k].best if choices[k].best > 0 else 0.0), k))
    for k in dearest:
        without = {j: a for j, a in kept.items() if j != k}
        if world.lead(world.with_figures(_figures(choices, without)), place) >= -_NEAR:
            kept = without
            continue
        grain = choices[k].lever.grain
        low, high = -1 if not choices[k].lever.reported else 0, round(kept[k] / grain)
        while high - low > 1:
            middle = (low + high) // 2
            tried = {**kept, k: middle * grain}
            if world.lead(world.with_figures(_figures(choices, tried)), place) >= -_NEAR:
                high = middle
            else:
                low = middle
        kept[k] = high * grain
    return kept


def _plan(world: World, choices: tuple[Option, ...], amounts: Mapping[int, float], place: int, effort: Effort) -> Plan:
    now = world.with_figures({})[world.contestant]
    moves = []
    for k, amount in sorted(amounts.items()):
        option = choices[k]
        figure = _figure(option, amount)
        alone = world.with_figures({option.lever.column: figure})[world.contestant]
        moves.append(
            Move(
                indicator=option.lever.indicator.code,
                title=option.lever.indicator.title,
                kind=option.lever.kind,
                figure=option.lever.start if option.lever.reported else None,
                needed=figure,
                amount=round(amount, 12),
                rate=amount / effort.remaining,
                best=option.best,
                effort=amount / option.best if option.best > 0 else 0.0,
                points=float(alone - now),
            )
        )
    moves.sort(key=lambda m: (-m.points, m.indicator))
    totals = world.with_figures(_figures(choices, amounts))
    score, rank = float(totals[world.contestant]), world.rank(totals)
    params = {
        "place": place,
        "indicators": tuple(m.title for m in moves),
        "effort": round(sum(m.effort for m in moves), 2),
        "periods": effort.remaining,
        "score": round(score, world.board.season.decimals),
        "rank": rank,
    }
    return Plan(place, True, tuple(moves), sum(m.effort for m in moves), score, rank, "whatif.plan", params)


def _out_of_reach(world: World, place: int, totals: FloatArray, *, anything: bool) -> Plan:
    score, rank = float(totals[world.contestant]), world.rank(totals)
    params = {"place": place, "score": round(score, world.board.season.decimals), "rank": rank}
    code = "whatif.out_of_reach" if anything else "whatif.no_past"
    return Plan(place, False, (), 0.0, score, rank, code, params)
