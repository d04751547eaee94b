"""A first plan from a contestant's gap: what is lacking, the network of tasks, the months."""

from datetime import date

import pytest

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import evaluate, whatif
from saima.engine.schedule import (
    Shortfall,
    Task,
    WorkingDays,
    proposed_quantities,
    proposed_tasks,
    schedule,
    shortfalls,
)
from saima.files import load_season
from saima.words import Text

CALENDAR = WorkingDays(years=frozenset({2026}))
APRIL = AsOf(Period.parse("2026-04"))


@pytest.fixture(scope="module")
def city():
    b = load_season("demo-city")
    return b, evaluate(b.season, b.readings, b.projects, b.history, APRIL, 1)


def lacking(city, contestant, plan=None):
    b, evaluation = city
    return shortfalls(b.season, b.readings, b.projects, b.history, APRIL, evaluation, contestant, plan)


def test_what_is_lacking_is_the_way_from_the_cut_to_the_target(city):
    periods, found = lacking(city, "whistle")

    assert [str(p) for p in periods] == [f"2026-{m:02d}" for m in range(5, 13)]
    cells = {c.indicator: c for c in city[1].cells if c.contestant == "whistle"}
    for s in found:
        if s.amount:
            assert abs(s.needed - s.figure) == pytest.approx(s.amount)
            assert s.figure == cells[s.indicator].value
            assert s.effort == pytest.approx(s.amount / s.best)
    assert [s.behind for s in found] == sorted((s.behind for s in found), reverse=True)
    assert {s.indicator for s in found if s.behind} <= {i for i, c in cells.items() if c.light == "red"}


def test_the_moves_of_the_cheapest_plan_are_its_amounts(city):
    b, _ = city
    answer = whatif(b.season, b.readings, b.projects, b.history, APRIL, "lantern", 1)
    plan = answer.places[-1].plan

    _, found = lacking(city, "lantern", plan)

    assert {(s.indicator, s.amount) for s in found} == {(m.indicator, m.amount) for m in plan.moves}


def test_shares_follow_the_curve_and_start_anew_with_a_new_span(city):
    _, found = lacking(city, "ferry")

    smes = next(s for s in found if s.indicator == "smes")  # the curve of spring: 0.5 in April, 0.6 in May
    assert smes.shares[:3] == pytest.approx((0.1, 0.1, 0.0))
    assert sum(smes.shares) == pytest.approx(0.5)


def shortfall(code, amount, best, figure=1.0):
    return Shortfall(
        code, Text(code, code), figure, 0.0, amount, best, amount / best if best else 0.0, True, (1.0, 1.0)
    )


def test_a_first_plan_fits_the_days_there_are_and_has_no_circle():
    start, deadline = date(2026, 6, 1), date(2026, 7, 31)  # 45 working days, 21 of them for what is fixed

    found = proposed_tasks(
        [shortfall("hard", 90, 10), shortfall("easy", 1, 10), shortfall("silent", 0, 0, figure=None)],
        CALENDAR, start=start, deadline=deadline, periods=2,
    )  # fmt: skip

    assert [(t.code, t.days, t.after) for t in found] == [
        ("agree", 5, ()),
        ("i1-collect", 10, ("agree",)),
        ("i1-carry", 24, ("i1-collect",)),
        ("i1-prove", 3, ("i1-carry",)),
        ("i2-collect", 10, ("agree",)),
        ("i2-carry", 5, ("i2-collect",)),
        ("i2-prove", 3, ("i2-carry",)),
        ("i3-report", 5, ("agree",)),
        ("check", 3, ("i1-prove", "i2-prove", "i3-report")),
    ]
    tasks = [Task(t.code, Text(t.code, t.code), t.days, t.after) for t in found]
    assert schedule(tasks, CALENDAR, start=start, deadline=deadline).short_by == 0


def test_quantities_leave_out_what_has_no_amount(city):
    season = city[0].season
    periods = (Period.parse("2026-05"), Period.parse("2026-06"))

    found = proposed_quantities(season, [shortfall("smes", 7, 4), shortfall("pilot", 0, 0)], periods)

    assert [(q.indicator, [a for _, a in q.parts], q.short) for q in found] == [("smes", [4.0, 3.0], 0.0)]
