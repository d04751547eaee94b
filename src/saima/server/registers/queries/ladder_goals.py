"""Goals of the ladder beside what the register counts: due by the end of each year, needed this year, done so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from saima.server.registers.models import LadderGoal
from saima.server.registers.queries.ladder import Board, year_end


@dataclass(frozen=True, slots=True)
class Against:
    """A goal and where its rung stands. All counts are those who hold the status; only ``base`` is the plan's own."""

    goal: LadderGoal
    target: int  # at the end of the last year
    until: int  # that year
    counted_base: int  # what the register counts at the end of the base year
    year_began: int  # held at the end of last year
    due: int  # by the end of this year, in even steps
    now: int

    @property
    def needed(self) -> int:
        """More by the end of this year than at its beginning."""
        return max(self.due - self.year_began, 0)

    @property
    def done(self) -> int:
        """More now than at the beginning of the year; below 0 where there are fewer."""
        return self.now - self.year_began

    @property
    def share(self) -> float:
        """How far from base to target."""
        return (self.now - self.goal.base) / max(self.target - self.goal.base, 1)


def goals_of() -> dict[str, LadderGoal]:
    """By rung the goal that was recorded last."""
    return {g.rung: g for g in LadderGoal.objects.select_related("by").order_by("recorded_at", "id")}


def target_of(base: int, times: object) -> int:
    """A goal is reached by whole firms.

    Examples
    --------
    >>> target_of(45, 2), target_of(45, "1.5")
    (90, 68)
    """
    return ceil(base * Fraction(str(times)))


def due_of(goal: LadderGoal, year: int) -> int:
    """By the end of a year, in even steps from base to target."""
    target = target_of(goal.base, goal.times)
    passed = min(max(year - goal.base_year, 0), goal.years)
    return goal.base + ceil(Fraction((target - goal.base) * passed, goal.years))


def against(board: Board, goal: LadderGoal) -> Against:
    on: date = board.on
    return Against(
        goal,
        target_of(goal.base, goal.times),
        goal.base_year + goal.years,
        board.held_on(goal.rung, year_end(goal.base_year)),
        board.held_on(goal.rung, year_end(on.year - 1)),
        due_of(goal, on.year),
        board.held_on(goal.rung, on),
    )


def goals_history(rung: str) -> Sequence[LadderGoal]:
    """Every goal ever set for a rung, the newest first."""
    return list(LadderGoal.objects.filter(rung=rung).select_related("by").order_by("-recorded_at", "-id"))
