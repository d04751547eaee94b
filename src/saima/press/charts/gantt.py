"""Where the bars of a plan stand: each task's latest days, the room before them, what is done, today, the deadline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from saima.engine.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Bar:
    """Shares of the drawing's width. ``room`` is where the task could begin; ``critical`` decides when all is done."""

    code: str
    room: float
    start: float
    end: float
    done: float
    critical: bool


@dataclass(frozen=True, slots=True)
class Gantt:
    """Bars in the order of the work; ``months`` are the first days of months with their places."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, date], ...]
    today: float
    deadline: float


def gantt(planned: Schedule, now: Schedule | None, done: Mapping[str, float], today: date) -> Gantt:
    """Lay a plan out over calendar days.

    Parameters
    ----------
    planned : from the plan's first day to its deadline; bars are its latest days.
    now : what is left from today on: what is critical today.
    """
    left = {s.task.code: s for s in now.tasks} if now else {}
    first = min(planned.start, today, *(s.late_start for s in planned.tasks))
    last = max(planned.deadline, planned.finish, today, *(s.late_finish for s in planned.tasks))
    if now:
        last = max(last, now.finish)
    span = (last - first).days + 1

    def at(day: date) -> float:
        return (day - first).days / span

    bars = []
    for s in planned.tasks:
        start, end = at(s.late_start), at(s.late_finish + timedelta(days=1))
        share = min(1.0, max(0.0, done.get(s.task.code, 0.0)))
        here = left.get(s.task.code)
        room = min(start, at(max(first, (here or s).early_start)))
        bars.append(Bar(s.task.code, room, start, end, start + (end - start) * share, bool(here and here.critical)))
    months = []
    month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while month <= last:
        months.append((at(month), month))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return Gantt(tuple(bars), tuple(months), at(today), at(planned.deadline + timedelta(days=1)))
