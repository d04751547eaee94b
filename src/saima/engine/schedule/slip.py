"""What slips when one task is late: which tasks begin later, which pass their latest day, where the end goes."""

from dataclasses import dataclass
from datetime import date

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.schedule.network import MOST_DAYS, Schedule, forward
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that begins ``by`` working days later, is then done on ``finish``, ``past`` days after its latest day."""

    code: str
    title: Text
    by: int
    finish: date
    past: int


@dataclass(frozen=True, slots=True)
class Slip:
    """``moved`` in the order of the work, the late task first. ``past`` > 0: the deadline is missed by so many days."""

    code: str
    title: Text
    days: int
    moved: tuple[Moved, ...]
    finish: date
    end_moves: int
    past: int
    left: int  # working days between the end and the deadline, when it is kept


def slip(found: Schedule, code: str, days: int) -> Slip:
    """What becomes of a schedule when a task is done ``days`` working days later than it could be.

    Raises
    ------
    QuestionRefused
        ``schedule.unknown_task``; ``schedule.late_days``: none, or more than 2,000.

    Notes
    -----
    docs/method/schedule.md: the forward pass again with the task that much later, everything else as early as it can.
    """
    known = {s.task.code: s for s in found.tasks}
    if code not in known:
        raise QuestionRefused(Problem("schedule.no_task", {"code_typed": code}))
    if not 1 <= days <= MOST_DAYS:
        raise QuestionRefused(Problem("schedule.late_days", {"days": days, "most": MOST_DAYS}))
    calendar, origin = found.calendar, found.start
    ordered = [s.task for s in found.tasks]
    before, _ = forward(ordered, calendar, origin)
    after, end = forward(ordered, calendar, origin, {code: days})
    moved = []
    for s in found.tasks:
        by = after[s.task.code] - before[s.task.code]
        if by > 0:
            finish = calendar.day(origin, after[s.task.code] + s.task.days - 1)
            moved.append(Moved(s.task.code, s.task.title, by, finish, max(0, by - s.total_float)))
    moved.sort(key=lambda m: m.code != code)
    last = calendar.number(origin, found.deadline) + 1
    return Slip(
        code,
        known[code].task.title,
        days,
        tuple(moved),
        calendar.day(origin, end - 1),
        end - found.length,
        max(0, end - last),
        max(0, last - end),
    )
