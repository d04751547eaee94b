"""The network of docs/method/schedule.md by hand, refusals by name, and what must hold for every network."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.errors import QuestionRefused
from saima.engine.schedule import Task, WorkingDays, schedule, slip
from saima.words import Text

JUNE = WorkingDays(frozenset(date(2026, 6, d) for d in (19, 20, 21)), frozenset(), frozenset({2026}))
START, DEADLINE = date(2026, 6, 1), date(2026, 6, 30)
BY_HAND = {
    "A": (3, ()),
    "B": (4, ("A",)),
    "C": (2, ("A",)),
    "D": (5, ("B",)),
    "E": (1, ("C",)),
    "F": (2, ("C",)),
    "G": (4, ("D", "E")),
    "H": (3, ("F", "G")),
}


def task(code, days, after=(), **more):
    return Task(code, Text(f"Task {code}", f"任务{code}"), days, tuple(after), **more)


def network():
    return [task(code, days, after) for code, (days, after) in BY_HAND.items()]


def found(tasks=None, deadline=DEADLINE, calendar=JUNE, start=START):
    return schedule(tasks or network(), calendar, start=start, deadline=deadline)


def test_the_network_of_the_page_has_the_days_of_the_page():
    got = found()

    number = {s.task.code: (JUNE.number(START, s.early_start), JUNE.number(START, s.late_start)) for s in got.tasks}
    assert number == {
        "A": (0, 2), "B": (3, 5), "C": (3, 11), "D": (7, 9), "E": (5, 13), "F": (5, 16), "G": (12, 14), "H": (16, 18),
    }  # fmt: skip
    assert {s.task.code: s.total_float for s in got.tasks} == {
        "A": 2, "B": 2, "C": 8, "D": 2, "E": 8, "F": 11, "G": 2, "H": 2,
    }  # fmt: skip
    assert {s.task.code: s.free_float for s in got.tasks} == {
        "A": 0, "B": 0, "C": 0, "D": 0, "E": 6, "F": 9, "G": 0, "H": 0,
    }  # fmt: skip
    assert (got.length, got.finish, got.short_by) == (19, date(2026, 6, 26), 0)
    assert got.critical_path == ("A", "B", "D", "G", "H")
    assert [s.task.code for s in got.tasks if s.critical] == ["A", "B", "D", "G", "H"]


def test_a_finish_is_the_last_day_worked_on_and_steps_over_the_holiday():
    g = found().of("G")

    assert (g.early_start, g.early_finish) == (date(2026, 6, 17), date(2026, 6, 23))


def test_a_deadline_too_near_says_by_how_many_days():
    got = found(deadline=date(2026, 6, 24))

    assert got.short_by == 2
    assert got.of("A").late_start == date(2026, 5, 28)
    assert got.critical_path == ("A", "B", "D", "G", "H")


def test_what_slips_when_e_is_late_by_seven_days():
    got = slip(found(), "E", 7)

    assert [(m.code, m.by, m.past) for m in got.moved] == [("E", 7, 0), ("G", 1, 0), ("H", 1, 0)]
    assert (got.end_moves, got.past, got.left, got.finish) == (1, 0, 1, date(2026, 6, 29))


def test_what_slips_past_the_deadline_is_counted():
    got = slip(found(), "D", 5)

    assert [(m.code, m.by, m.past) for m in got.moved] == [("D", 5, 3), ("G", 5, 3), ("H", 5, 3)]
    assert (got.past, got.left) == (3, 0)


def test_pinned_days_hold():
    tasks = [replace(t, not_before=date(2026, 6, 15)) if t.code == "C" else t for t in network()]
    tasks = [replace(t, due=date(2026, 6, 18)) if t.code == "D" else t for t in tasks]

    got = found(tasks)

    assert got.of("C").early_start == date(2026, 6, 15)
    assert got.of("D").late_finish == date(2026, 6, 18)
    assert got.of("B").late_finish == date(2026, 6, 11)


def test_a_circle_is_refused_with_its_tasks_by_name():
    tasks = [task("a", 1, ("c",)), task("b", 1, ("a",)), task("c", 1, ("b",)), task("d", 1, ("c",))]

    with pytest.raises(QuestionRefused) as refused:
        found(tasks)

    problem = refused.value.problems[0]
    assert problem.code == "schedule.cycle"
    said = [t.en[-1] for t in problem.params["tasks"]]
    assert (said[0], set(said), len(said)) == (said[-1], {"a", "b", "c"}, 4)
    for before, after in pairwise(said):
        assert before in {t.code: t.after for t in tasks}[after]
    assert "Task a" in problem.sentence("en")
    assert "任务a" in problem.sentence("zh")


@pytest.mark.parametrize(
    ("tasks", "code"),
    [
        ([], "schedule.nothing"),
        ([task("a", 1), task("a", 2)], "schedule.twice"),
        ([task("a", 0)], "schedule.days"),
        ([task("a", 2001)], "schedule.days"),
        ([task("a", 1, ("x",))], "schedule.unknown_task"),
        ([task("a", 1, ("a",))], "schedule.cycle"),
    ],
)
def test_what_is_no_network_is_refused(tasks, code):
    with pytest.raises(QuestionRefused) as refused:
        schedule(tasks, JUNE, start=START, deadline=DEADLINE)

    assert {p.code for p in refused.value.problems} == {code}


@pytest.mark.parametrize(("code", "days"), [("schedule.late_days", 0), ("schedule.late_days", 2001)])
def test_late_by_no_days_cannot_be_asked(code, days):
    with pytest.raises(QuestionRefused) as refused:
        slip(found(), "A", days)

    assert refused.value.problems[0].code == code


def test_a_year_without_a_calendar_is_named_and_does_not_stop():
    got = found(deadline=date(2027, 1, 29), start=date(2026, 12, 28))

    assert got.unknown_years == (2027,)


@st.composite
def networks(draw):
    size = draw(st.integers(1, 9))
    tasks = []
    for n in range(size):
        after = draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else []
        tasks.append(task(f"t{n}", draw(st.integers(1, 12)), [f"t{a}" for a in after]))
    return tasks


@st.composite
def calendars(draw):
    days = [date.fromordinal(date(2026, 6, 1).toordinal() + n) for n in range(120)]
    off = draw(st.lists(st.sampled_from([d for d in days if d.weekday() < 5]), max_size=15))
    worked = draw(st.lists(st.sampled_from([d for d in days if d.weekday() >= 5]), max_size=8))
    return WorkingDays(frozenset(off), frozenset(worked), frozenset({2026}))


def longest(tasks):
    ends = {}
    for t in tasks:
        ends[t.code] = max((ends[a] for a in t.after), default=0) + t.days
    return max(ends.values())


@given(networks(), calendars(), st.integers(0, 60))
def test_floats_are_never_negative_where_the_deadline_can_be_kept(tasks, calendar, spare):
    origin = calendar.from_day(START)
    deadline = calendar.day(origin, longest(tasks) - 1 + spare)

    got = found(tasks, deadline, calendar)

    assert got.short_by == 0
    assert min(s.total_float for s in got.tasks) == spare
    assert all(0 <= s.free_float <= s.total_float for s in got.tasks)


@given(networks(), calendars())
def test_the_critical_path_is_as_long_as_the_work(tasks, calendar):
    got = found(tasks, date(2026, 9, 1), calendar)

    days = {t.code: t.days for t in tasks}
    after = {t.code: t.after for t in tasks}
    assert sum(days[c] for c in got.critical_path) == got.length == longest(tasks)
    assert all(a in after[b] for a, b in pairwise(got.critical_path))
    assert calendar.between(got.start, got.finish) == got.length


@given(networks(), calendars(), st.integers(-40, 40))
def test_a_deadline_moved_moves_every_latest_day_with_it(tasks, calendar, moved):
    last = calendar.until_day(date(2026, 8, 3))
    before = found(tasks, last, calendar)

    after = found(tasks, calendar.day(last, moved), calendar)

    shifts = {calendar.number(b.late_start, a.late_start) for b, a in zip(before.tasks, after.tasks, strict=True)}
    assert shifts == {moved}
    assert [s.early_start for s in before.tasks] == [s.early_start for s in after.tasks]


@given(networks(), calendars(), st.integers(-30, 30))
def test_work_begun_as_late_as_allowed_ends_on_the_deadline(tasks, calendar, moved):
    deadline = calendar.day(calendar.until_day(date(2026, 8, 3)), moved)

    got = found(tasks, deadline, calendar)

    assert max(s.late_finish for s in got.tasks) == got.deadline
    ends = {s.task.code: s for s in got.tasks}
    assert all(ends[a].late_finish < s.late_start for s in got.tasks for a in s.task.after)


@given(networks(), calendars(), st.data())
def test_a_task_late_within_its_float_keeps_the_deadline_and_one_day_more_does_not(tasks, calendar, data):
    got = found(tasks, date(2026, 9, 1), calendar)
    chosen = data.draw(st.sampled_from(got.tasks))
    if chosen.total_float < 1:
        return

    assert slip(got, chosen.task.code, chosen.total_float).past == 0
    assert slip(got, chosen.task.code, chosen.total_float + 1).past == 1
