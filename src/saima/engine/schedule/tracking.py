"""Whether a plan is on time: the share of its work due by a day, and its lights with memory, week by week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from saima.engine.model.history import Colour
from saima.engine.race.lights import light
from saima.engine.schedule.calendar import WorkingDays
from saima.engine.schedule.network import Schedule, Task
from saima.engine.schedule.quantities import Week

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One week's end: what was due and done then, the light of that week, and what has become of it by now."""

    day: date
    due: float
    done: float
    issued: Colour
    now: Colour


def due_share(found: Schedule, day: date) -> float:
    """Share of the plan's working days due by the end of ``day``: every task on its latest days.

    Notes
    -----
    docs/method/schedule.md, "The light of a plan".
    """
    whole = sum(s.task.days for s in found.tasks)
    due = sum(_due_days(found.calendar, s.late_start, s.late_finish, s.task.days, day) for s in found.tasks)
    return due / whole


def _due_days(calendar: WorkingDays, first: date, last: date, days: int, day: date) -> int:
    if day >= last:
        return days
    return calendar.between(first, day)


def done_share(found: Schedule, done: Mapping[str, float]) -> float:
    """Share of all working days of the plan that is done; ``done`` by task, 0 to 1."""
    whole = sum(s.task.days for s in found.tasks)
    return sum(s.task.days * min(1.0, max(0.0, done.get(s.task.code, 0.0))) for s in found.tasks) / whole


def marks(found: Schedule, entries: Sequence[tuple[date, str, float]], *, first: date, today: date) -> tuple[Mark, ...]:
    """The lights of a plan at the end of each week from ``first`` on, and today.

    Parameters
    ----------
    entries : (day it was entered, task, share done), in the order they were entered.

    Notes
    -----
    The rule of docs/method/lights.md: a week is judged by what was known at its end; red turns yellow once what was
    due then is done, and never green. Today is judged by what was due the evening before: its work may still come.
    """
    days = []
    sunday = first + timedelta(days=6 - first.weekday())
    while sunday < today:
        days.append(sunday)
        sunday += timedelta(days=7)
    now = _known(entries, today)
    done_now = done_share(found, now)
    out = []
    for day in (*days, today):
        due, done = due_share(found, min(day, today - DAY)), done_share(found, _known(entries, day))
        issued = light("present", done, due, 1.0)
        caught_up = issued == "red" and round(done_now, 12) >= round(due, 12)
        out.append(Mark(day, due, done, issued, "yellow" if caught_up else issued))
    return tuple(out)


def remaining(tasks: Sequence[Task], done: Mapping[str, float]) -> tuple[Task, ...]:
    """What is still to be done: finished tasks left out, begun ones with the whole days that remain.

    Examples
    --------
    >>> from saima.words import Text
    >>> a, b = Task("a", Text("A", "A"), 4), Task("b", Text("B", "B"), 5, ("a",))
    >>> [(t.code, t.days, t.after) for t in remaining([a, b], {"a": 1.0, "b": 0.5})]
    [('b', 3, ())]
    """
    finished = {t.code for t in tasks if done.get(t.code, 0.0) >= 1}
    return tuple(
        replace(
            t,
            days=max(1, ceil(t.days * (1 - max(0.0, done.get(t.code, 0.0))) - 1e-9)),
            after=tuple(a for a in t.after if a not in finished),
        )
        for t in tasks
        if t.code not in finished
    )


def amount_marks(weeks: Sequence[Week], entries: Sequence[tuple[date, float]], *, today: date) -> tuple[Mark, ...]:
    """The lights of a quantity at the end of each week that is over; shares of the whole amount.

    Parameters
    ----------
    entries : (day it was entered, done since the plan began), in the order they were entered.
    """
    whole = sum(w.amount for w in weeks)
    over = [w for w in weeks if w.last <= today]
    if not whole > 0:
        return ()
    done_now = entries[-1][1] / whole if entries else 0.0
    out, due = [], 0.0
    for week in over:
        due += week.amount / whole
        done = next((v for at, v in reversed(entries) if at <= week.last), 0.0) / whole
        issued = light("present", done, due, 1.0)
        caught_up = issued == "red" and round(done_now, 12) >= round(due, 12)
        out.append(Mark(week.last, due, done, issued, "yellow" if caught_up else issued))
    return tuple(out)


def _known(entries: Sequence[tuple[date, str, float]], day: date) -> dict[str, float]:
    return {task: share for at, task, share in entries if at <= day}


def plan_light(found: Sequence[Mark]) -> Colour:
    """The one light of a plan today: red behind; yellow when it was behind and has caught up; else green.

    Examples
    --------
    >>> was = Mark(date(2026, 6, 7), 0.2, 0.1, "red", "yellow")
    >>> plan_light([was, Mark(date(2026, 6, 9), 0.2, 0.3, "green", "green")])
    'yellow'
    """
    if not found:
        return "none"
    if found[-1].issued == "red":
        return "red"
    return "yellow" if any(m.issued == "red" for m in found) else found[-1].issued
