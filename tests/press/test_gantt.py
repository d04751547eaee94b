"""Where the bars of a plan stand: in order, inside the drawing, critical as of today."""

from datetime import date

from saima.engine.schedule import Task, WorkingDays, remaining, schedule
from saima.press.charts.gantt import gantt
from saima.words import Text

CALENDAR = WorkingDays(years=frozenset({2026}))
TASKS = (
    Task("a", Text("A", "甲"), 5),
    Task("b", Text("B", "乙"), 10, ("a",)),
    Task("c", Text("C", "丙"), 2, ("a",)),
)


def laid_out(done, today):
    planned = schedule(TASKS, CALENDAR, start=date(2026, 6, 1), deadline=date(2026, 6, 30))
    left = remaining(TASKS, done)
    now = schedule(left, CALENDAR, start=today, deadline=planned.deadline) if left else None
    return gantt(planned, now, done, today)


def test_bars_stand_on_their_latest_days_with_room_before_them():
    got = laid_out({}, date(2026, 6, 1))

    a, b, c = got.bars
    assert [(round(x.start * 30), round(x.end * 30)) for x in (a, b, c)] == [(9, 16), (16, 30), (28, 30)]
    assert (a.room, round(c.room * 30)) == (0.0, 7)
    assert [x.critical for x in (a, b, c)] == [True, True, False]
    assert (got.today, got.deadline) == (0.0, 1.0)
    assert got.months == ()


def test_what_is_done_is_filled_and_is_critical_no_more():
    got = laid_out({"a": 1.0, "b": 0.5}, date(2026, 6, 10))

    a, b, _ = got.bars
    assert (a.done, a.critical) == (a.end, False)
    assert b.start < b.done < b.end
    assert laid_out({"a": 1.0, "b": 1.0, "c": 1.0}, date(2026, 6, 10)).bars[1].critical is False


def test_an_end_past_the_deadline_stays_inside_the_drawing():
    got = laid_out({}, date(2026, 6, 25))

    assert got.deadline < 1
    assert all(0 <= x.room <= x.start < x.end <= 1 for x in got.bars)
    assert [day for _, day in got.months] == [date(2026, 7, 1)]
