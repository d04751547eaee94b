"""One indicator alone: how far it would have to move to take a place, found on the actual score rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from saima.engine.model.known import VERIFIED, FloatArray
from saima.engine.model.season import Indicator
from saima.engine.race.effort import Effort
from saima.engine.race.noise import whole_of
from saima.engine.race.sheet import LATE, REJECTED_STATUS
from saima.engine.race.world import World
from saima.words import Text

Kind = Literal["activity", "paper"]
_LADDER = np.concatenate([[0.0], np.geomspace(1e-4, 64.0, 80)])
_SPLIT = 16
_ROUNDS = 6
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Single:
    """What one indicator alone would have to do to take a place.

    ``amount`` is in the unit of the reading, in the better direction (None: no figure is enough, ``most`` is the
    highest score it can bring). ``possible``: anybody ever moved that far in one period. ``best_own`` and ``best``
    are the contestant's and anybody's best step in one period.
    """

    place: int
    indicator: str
    title: Text
    kind: Kind
    figure: float | None
    needed: float | None
    amount: float | None
    rate: float | None  # per period left, to get there by the end
    best_own: float
    best: float
    most: float
    possible: bool
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False)
class Lever:
    """One indicator that could move: where it starts, how far it can go, and what it would bring."""

    column: int
    indicator: Indicator
    start: float
    reported: bool  # False: the figure is missing, and reporting it is the move
    grain: float  # smallest step in the unit
    limit: float  # largest amount there can be at all
    kind: Kind

    def figures(self, amounts: FloatArray) -> FloatArray:
        sign = 1.0 if self.indicator.better == "higher" else -1.0
        # At the indicator's own decimals: what a bulletin can print, without the last bits of arithmetic.
        return np.round(self.start + sign * amounts, 12)


def levers(world: World) -> tuple[Lever, ...]:
    """Every scored indicator that is due for the contestant and whose figure, or an earlier one, is known."""
    board, c = world.board, world.contestant
    found = []
    for n, indicator in enumerate(board.season.indicators):
        if indicator.role != "scored" or board.sheet.absent[c, n] or np.isnan(board.sheet.due[n]):
            continue
        under = float(board.sheet.denominator[c, n])
        start = float(board.sheet.filled[c, n]) * under
        reported = not LATE <= board.sheet.status[c, n] <= REJECTED_STATUS
        if np.isnan(start):
            series = board.known.value[c, n]
            earlier = series[np.isfinite(series) & (board.known.state[c, n] == VERIFIED)]
            if not earlier.size or not np.isfinite(under):
                continue
            start = float(earlier[-1])
        decimals = 0 if indicator.measure == "count" else indicator.decimals
        share = indicator.measure in ("share", "completion")
        kind: Kind = "paper" if share or not reported else "activity"
        limit = _limit(world, n, indicator, start)
        found.append(Lever(n, indicator, start, reported, 10.0**-decimals, limit, kind))
    return tuple(found)


def _limit(world: World, column: int, indicator: Indicator, start: float) -> float:
    if indicator.measure == "yes-no":
        return max(0.0, 1 - start if indicator.better == "higher" else start)
    if indicator.better == "lower":
        return start if start >= 0 and indicator.measure != "growth" else np.inf
    return max(0.0, whole_of(world.board, column) - start) if indicator.measure == "share" else np.inf


def reach(world: World, lever: Lever, places: range, effort: Effort) -> tuple[Single, ...]:
    """What the lever alone would have to do for each place."""
    board, c, n = world.board, world.contestant, lever.column
    sheet, under = board.sheet, float(board.sheet.denominator[c, n])
    posts = [p for p in (lever.indicator.low, lever.indicator.high) if p is not None]
    scale = max(
        lever.grain,
        float(effort.anybody[n]),
        abs(lever.start) / 10,
        abs(float(np.nan_to_num(sheet.target[c, n])) * under - lever.start) if np.isfinite(sheet.target[c, n]) else 0.0,
        *(abs(p * under - lever.start) for p in posts),
    )
    amounts = np.unique(np.minimum(_LADDER * scale, lever.limit))
    totals = world.tried(n, lever.figures(amounts))
    return tuple(_single(world, lever, place, effort, amounts, totals) for place in places)


def _single(world: World, lever: Lever, place: int, effort: Effort, amounts: FloatArray, totals: FloatArray) -> Single:
    c, n = world.contestant, lever.column
    best_own, best = float(effort.own[c, n]), float(effort.anybody[n])
    most = float(totals[:, c].max())
    enough = np.flatnonzero(world.lead(totals, place) >= -_NEAR)
    amount = None
    if enough.size:
        first = int(enough[0])
        low, high = float(amounts[max(first - 1, 0)]), float(amounts[first])
        amount = _smallest(world, lever, place, low, high)
    title = lever.indicator.title
    more = "more" if lever.indicator.better == "higher" else "less"
    params: dict[str, object] = {
        "indicator": title,
        "place": place,
        "best": float(f"{best:.6g}"),
        "unit": lever.indicator.unit,
    }
    needed = None
    if amount is None:
        code = "whatif.single.capped"
        params = {"indicator": title, "place": place, "most": round(most, world.board.season.decimals)}
    else:
        needed = float(lever.figures(np.array([amount]))[0])
        params |= {"amount": round(amount, 9), "figure": round(needed, 9)}
        if not lever.reported:
            code = "whatif.single.report"
        else:
            code = f"whatif.single.{more}" if amount <= best + _NEAR else f"whatif.single.never_{more}"
    return Single(
        place=place,
        indicator=lever.indicator.code,
        title=title,
        kind=lever.kind,
        figure=lever.start if lever.reported else None,
        needed=needed,
        amount=amount,
        rate=None if amount is None else amount / effort.remaining,
        best_own=best_own,
        best=best,
        most=most,
        possible=amount is not None and amount <= best + _NEAR,
        code=code,
        params=params,
    )


def _smallest(world: World, lever: Lever, place: int, low: float, high: float) -> float:
    """Smallest amount between one that is not enough and one that is, rounded up to the indicator's decimals."""
    for _ in range(_ROUNDS):
        if high - low <= lever.grain / 2:
            break
        tried = np.linspace(low, high, _SPLIT + 1)[1:]
        lead = world.lead(world.tried(lever.column, lever.figures(tried)), place)
        first = int(np.flatnonzero(lead >= -_NEAR)[0]) if (lead >= -_NEAR).any() else _SPLIT - 1
        low, high = (float(tried[first - 1]) if first else low), float(tried[first])
    steps = np.ceil(np.array([low, high]) / lever.grain - 1e-6)
    candidates = np.minimum(np.unique([*steps, steps[-1] + 1]) * lever.grain, lever.limit)
    lead = world.lead(world.tried(lever.column, lever.figures(candidates)), place)
    good = np.flatnonzero(lead >= -_NEAR)
    return float(candidates[good[0]]) if good.size else high
