"""The light of a plan: due on the latest days, weeks that keep their colour, yellow once caught up."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from saima.engine.schedule import Task, WorkingDays, due_share, marks, plan_light, schedule
from saima.words import Text

CALENDAR = WorkingDays(years=frozenset({2026}))


def plan():
    tasks = [Task("a", Text("A", "甲"), 5), Task("b", Text("B", "乙"), 5, ("a",))]
    return schedule(tasks, CALENDAR, start=date(2026, 6, 1), deadline=date(2026, 6, 12))


def test_due_follows_the_latest_days():
    days = [
        date(2026, 5, 29),
        date(2026, 6, 1),
        date(2026, 6, 7),
        date(2026, 6, 8),
        date(2026, 6, 12),
        date(2026, 7, 1),
    ]

    assert [due_share(plan(), d) for d in days] == [0.0, 0.1, 0.5, 0.6, 1.0, 1.0]


def test_a_week_behind_stays_on_record_and_turns_yellow_once_caught_up():
    entries = [(date(2026, 6, 5), "a", 0.6), (date(2026, 6, 9), "a", 1.0), (date(2026, 6, 9), "b", 0.4)]

    got = marks(plan(), entries, first=date(2026, 6, 1), today=date(2026, 6, 9))

    assert [(m.day.day, m.due, m.done, m.issued, m.now) for m in got] == [
        (7, 0.5, 0.3, "red", "yellow"),
        (9, 0.6, 0.7, "green", "green"),  # what is due on the 9th itself may still come
    ]
    assert plan_light(got) == "yellow"


def test_behind_today_is_red_whatever_was_before():
    got = marks(plan(), [(date(2026, 6, 5), "a", 1.0)], first=date(2026, 6, 1), today=date(2026, 6, 10))

    assert [m.issued for m in got] == ["green", "red"]
    assert plan_light(got) == "red"
    assert plan_light(()) == "none"


def test_an_entry_taken_back_counts_as_it_was_entered_last():
    entries = [(date(2026, 6, 5), "a", 1.0), (date(2026, 6, 8), "a", 0.2)]

    got = marks(plan(), entries, first=date(2026, 6, 1), today=date(2026, 6, 8))

    assert [(m.done, m.issued) for m in got] == [(0.5, "green"), (0.1, "red")]


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from("ab"), st.floats(0, 1)), max_size=12), st.integers(1, 30))
def test_a_week_issued_red_never_shows_green(entries, today):
    dated = sorted((date(2026, 6, d), code, share) for d, code, share in entries)

    got = marks(plan(), dated, first=date(2026, 6, 1), today=date(2026, 6, today))

    assert all(m.now in ("red", "yellow") for m in got if m.issued == "red")
    assert all(m.now == "green" for m in got if m.issued == "green")
