"""Tasks and what must be finished before them: earliest and latest days, float, critical path, days too few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.schedule.calendar import WorkingDays
from saima.words import Text

MOST_DAYS = 2_000


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work of whole working days. ``after`` are codes of tasks to be finished before it begins.

    ``not_before`` it cannot begin; on ``due`` it must be finished, whatever the deadline of all is.
    """

    code: str
    title: Text
    days: int
    after: tuple[str, ...] = ()
    not_before: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One task with its days; start and finish are both worked on.

    ``total_float``: working days it may slip before the deadline (or a due day) is missed; negative: so many too few.
    ``free_float``: before any other task, or the end, begins later than it could.
    """

    task: Task
    early_start: date
    early_finish: date
    late_start: date
    late_finish: date
    total_float: int
    free_float: int
    critical: bool


@dataclass(frozen=True, eq=False)
class Schedule:
    """Tasks in an order in which they can be done. ``short_by``: working days before ``start`` it would have to begin.

    ``start`` is the first working day work can be done on; ``deadline`` the last. ``length`` are the working days the
    work takes at the least, ``finish`` the day it is done then.
    """

    tasks: tuple[Scheduled, ...]
    calendar: WorkingDays
    start: date
    deadline: date
    finish: date
    length: int
    short_by: int
    critical_path: tuple[str, ...]
    unknown_years: tuple[int, ...]
    after: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, code: str) -> Scheduled:
        return next(s for s in self.tasks if s.task.code == code)


def schedule(tasks: Sequence[Task], calendar: WorkingDays, *, start: date, deadline: date) -> Schedule:
    """Forward from ``start`` and backward from ``deadline``.

    Raises
    ------
    QuestionRefused
        ``schedule.nothing``, ``schedule.twice``, ``schedule.days``, ``schedule.unknown_task``, ``schedule.cycle``.

    Notes
    -----
    docs/method/schedule.md. Working days are counted from the first one on or after ``start``; half-open intervals, so
    a task that takes 3 days from day 0 ends at 3 and its successor begins on day 3.

    Examples
    --------
    >>> tasks = [Task("a", Text("A", "A"), 2), Task("b", Text("B", "B"), 3, ("a",))]
    >>> found = schedule(tasks, WorkingDays(), start=date(2026, 6, 1), deadline=date(2026, 6, 9))
    >>> found.length, found.of("a").total_float, str(found.of("b").late_start)
    (5, 2, '2026-06-05')
    """
    ordered = in_order(tasks)
    origin = calendar.from_day(start)
    last = calendar.until_day(deadline)
    end = calendar.number(origin, last) + 1
    early, finish = forward(ordered, calendar, origin)
    late = _backward(ordered, calendar, origin, end)
    floats = {t.code: late[t.code] - early[t.code] for t in ordered}
    least = min(floats.values())
    followers = _followers(ordered)
    found = []
    for t in ordered:
        begins, ends = early[t.code], early[t.code] + t.days
        free = min((early[f] for f in followers[t.code]), default=finish) - ends
        found.append(
            Scheduled(
                t,
                calendar.day(origin, begins),
                calendar.day(origin, ends - 1),
                calendar.day(origin, late[t.code]),
                calendar.day(origin, late[t.code] + t.days - 1),
                floats[t.code],
                free,
                floats[t.code] == least,
            )
        )
    first = min(origin, *(s.late_start for s in found))
    done = calendar.day(origin, finish - 1)
    return Schedule(
        tasks=tuple(found),
        calendar=calendar,
        start=origin,
        deadline=last,
        finish=done,
        length=finish,
        short_by=max(0, -least),
        critical_path=_path(ordered, early, floats, least),
        unknown_years=calendar.unknown(first, max(done, last)),
        after=MappingProxyType({t.code: t.after for t in ordered}),
    )


def in_order(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Every task behind those it waits for, otherwise as given.

    Raises
    ------
    QuestionRefused
        As ``schedule``.
    """
    if not tasks:
        raise QuestionRefused(Problem("schedule.nothing"))
    known = {t.code: t for t in tasks}
    problems = [Problem("schedule.twice", {"task": t.title}) for t in tasks if known[t.code] is not t]
    problems += [
        Problem("schedule.days", {"task": t.title, "days": t.days, "most": MOST_DAYS})
        for t in tasks
        if not 1 <= t.days <= MOST_DAYS
    ]
    problems += [
        Problem("schedule.unknown_task", {"task": t.title, "code_typed": a})
        for t in tasks
        for a in t.after
        if a not in known
    ]
    if problems:
        raise QuestionRefused(problems)
    placed: dict[str, Task] = {}
    waiting = list(tasks)
    while waiting:
        ready = [t for t in waiting if all(a in placed for a in t.after)]
        if not ready:
            raise QuestionRefused(Problem("schedule.cycle", {"tasks": _circle(waiting, known)}))
        placed |= {t.code: t for t in ready}
        waiting = [t for t in waiting if t.code not in placed]
    return tuple(placed.values())


def _circle(waiting: Sequence[Task], known: Mapping[str, Task]) -> tuple[Text, ...]:
    """The titles of one circle, from a task back to itself: follow what each waits for until one comes again."""
    left = {t.code for t in waiting}
    walked = [waiting[0].code]
    while True:
        following = next(a for a in known[walked[-1]].after if a in left)
        if following in walked:
            circle = walked[walked.index(following) :]
            return tuple(known[c].title for c in [*reversed(circle), circle[-1]])
        walked.append(following)


def forward(
    ordered: Sequence[Task], calendar: WorkingDays, origin: date, late_by: Mapping[str, int] | None = None
) -> tuple[dict[str, int], int]:
    """The earliest start of each task as a working day's number, and where the last one ends.

    ``late_by`` adds days of waiting before a task begins.
    """
    early: dict[str, int] = {}
    ends: dict[str, int] = {}
    for t in ordered:
        begins = max((ends[a] for a in t.after), default=0)
        if t.not_before is not None:
            begins = max(begins, calendar.number(origin, calendar.from_day(t.not_before)))
        early[t.code] = begins + (late_by or {}).get(t.code, 0)
        ends[t.code] = early[t.code] + t.days
    return early, max(ends.values())


def _backward(ordered: Sequence[Task], calendar: WorkingDays, origin: date, end: int) -> dict[str, int]:
    late: dict[str, int] = {}
    followers = _followers(ordered)
    for t in reversed(ordered):
        ends = min((late[f] for f in followers[t.code]), default=end)
        if t.due is not None:
            ends = min(ends, calendar.number(origin, calendar.until_day(t.due)) + 1)
        late[t.code] = ends - t.days
    return late


def _followers(ordered: Sequence[Task]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {t.code: [] for t in ordered}
    for t in ordered:
        for a in t.after:
            found[a].append(t.code)
    return found


def _path(ordered: Sequence[Task], early: Mapping[str, int], floats: Mapping[str, int], least: int) -> tuple[str, ...]:
    """One chain of critical tasks, each beginning where the one before ends; the longest by days, first of equals."""
    best: dict[str, tuple[int, tuple[str, ...]]] = {}
    for t in ordered:
        if floats[t.code] != least:
            continue
        before = [
            best[a]
            for a in t.after
            if a in best and early[a] + next(o.days for o in ordered if o.code == a) == early[t.code]
        ]
        days, chain = max(before, key=lambda b: b[0], default=(0, ()))
        best[t.code] = (days + t.days, (*chain, t.code))
    return max(best.values(), key=lambda b: b[0])[1]
