"""What a contestant still lacks of its year, by indicator, and the most that was ever done of it in one period."""

from dataclasses import dataclass

import numpy as np

from saima.engine.model.curves import planned_share
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.engine.race.asking import asked_board, asked_contestant
from saima.engine.race.effort import effort_of
from saima.engine.race.plan import Plan
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Shortfall:
    """``amount`` from ``figure`` to ``needed``, to the better, in the indicator's unit.

    ``best`` is the largest step of a period, its own or else anybody's, 0 where nobody ever moved; ``shares`` what each
    of the periods left carries of it on the indicator's curve.
    """

    indicator: str
    title: Text
    figure: float | None
    needed: float
    amount: float
    best: float
    effort: float
    behind: bool
    shares: tuple[float, ...]


def shortfalls(
    season: Season,
    readings: Readings,
    projects: Projects,
    history: History,
    as_of: AsOf,
    evaluation: Evaluation,
    contestant: str,
    plan: Plan | None = None,
) -> tuple[tuple[Period, ...], tuple[Shortfall, ...]]:
    """The periods left and what is lacking: to the targets, or by the moves of a ``plan`` for a place.

    Indicators behind their pace come first, by effort. A yes-no or an unknown figure has the amount 0.

    Raises
    ------
    QuestionRefused
        ``question.unknown_contestant``.
    """
    board = asked_board(season, readings, projects, history, as_of)
    effort = effort_of(board)
    row = asked_contestant(season, contestant)
    span = season.targets_cover
    left = tuple(p for p in span if p > as_of.period) or (as_of.period.next(),)
    wanted = _of_plan(plan) if plan is not None else _of_targets(season, evaluation, season.contestants[row].code)
    found = []
    for column, indicator in enumerate(season.indicators):
        if indicator.code not in wanted:
            continue
        figure, needed, amount, behind = wanted[indicator.code]
        own, anybody = float(effort.own[row, column]), float(effort.anybody[column])
        best = own if own > 0 else anybody
        planned = planned_share(season, indicator, [left[0].next(-1), *left])
        # A curve that stood at the end of the span before begins again at nothing.
        steps = np.diff(planned).clip(0.0)
        found.append(
            Shortfall(
                indicator.code,
                indicator.title,
                figure,
                needed,
                amount,
                best,
                amount / best if best > 0 else 0.0,
                behind,
                tuple(float(s) for s in steps),
            )
        )
    order = {i.code: n for n, i in enumerate(season.indicators)}
    found.sort(key=lambda s: (not s.behind, -s.effort, order[s.indicator]))
    return left, tuple(found)


_Wanted = dict[str, tuple[float | None, float, float, bool]]


def _of_plan(plan: Plan) -> _Wanted:
    return {m.indicator: (m.figure, m.needed, m.amount if m.figure is not None else 0.0, True) for m in plan.moves}


def _of_targets(season: Season, evaluation: Evaluation, contestant: str) -> _Wanted:
    """Every indicator with a target not reached."""
    found: _Wanted = {}
    for cell in evaluation.cells:
        if cell.contestant != contestant:
            continue
        indicator = season.indicator[cell.indicator]
        target = 100.0 if indicator.measure == "completion" else cell.target
        if indicator.measure == "yes-no" and (cell.value or 0.0) < 1:
            target = 1.0
        if target is None or indicator.role != "scored":
            continue
        sign = 1.0 if indicator.better == "higher" else -1.0
        if cell.value is None:
            if cell.status not in ("not_due", "not_applicable"):
                found[indicator.code] = (None, target, 0.0, cell.light == "red")
            continue
        gap = sign * (target - cell.value)
        if gap <= 1e-9 * max(1.0, abs(target)):
            continue
        if indicator.ceiling:
            continue  # a ceiling: what is spent cannot be unspent
        amount = 0.0 if indicator.measure == "yes-no" else round(gap, 12)
        found[indicator.code] = (cell.value, target, amount, cell.light == "red")
    return found
