"""Lights with memory: the example of docs/method/lights.md, month by month."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.history import History
from saima.engine.race.lights import strip as strip_of
from saima.engine.race.record import published_of
from seasons import indicator, month, readings, run, season

DONE = {3: 20, 4: 30, 5: 42}


def strip():
    """March to May of one contestant, each month published before the next."""
    rows, history, found = [], History(), None
    for number, value in DONE.items():
        rows += readings({"ash": {"jobs": value}}, month(number))
        found = run(season(contestants=("ash",)), rows, number, history=history)
        history = History((*history.published, published_of(found, number=number, dated=date(2026, number + 1, 8))))
        yield [(m.period.index, m.issued, m.now) for m in found.lights]


def test_a_red_month_turns_yellow_once_caught_up_and_never_green():
    assert list(strip()) == [
        [(3, "red", "red")],
        [(3, "red", "yellow"), (4, "red", "red")],
        [(3, "red", "yellow"), (4, "red", "yellow"), (5, "green", "green")],
    ]


def test_exactly_what_is_due_is_green_whatever_binary_arithmetic_says():
    built = season(indicator("jobs"))
    rows = readings({"ash": {"jobs": "33.3333333333333"}, "birch": {"jobs": "33.33333333"}})

    assert [c.light for c in run(built, rows).cells] == ["green", "red", "red"]


def test_nothing_due_has_no_light_and_costs_nothing():
    built = season(indicator("jobs"), indicator("stats", due_months=(2, 3)))

    found = run(built, readings({"ash": {"jobs": 40}}))

    assert [(c.status, c.light, c.weight) for c in found.cells if c.indicator == "stats"] == [
        ("not_due", "none", 0)
    ] * 3
    assert [c.weight for c in found.cells if c.indicator == "jobs"] == [1, 1, 1]


def test_a_held_figure_stands_until_it_is_due_again():
    built = season(indicator("stats", due_months=(3, 6), when_not_due="hold"))

    cell = run(built, readings({"ash": {"stats": 30}}, month(3))).by_cell["ash", "stats"]

    assert (cell.status, cell.value, cell.due, cell.light) == ("present", 30, 0.25, "green")


def test_an_overspent_ceiling_has_caught_up_only_within_what_is_allowed_by_now():
    built = season(indicator("waste", better="lower"), contestants=("ash",))
    rows, history, seen = [], History(), []
    for number, used in ((4, 40), (5, 45), (6, 45)):
        rows += readings({"ash": {"waste": used}}, month(number))
        found = run(built, rows, number, history=history)
        seen.append([m.now for m in found.lights])
        history = History((*history.published, published_of(found, number=number, dated=date(2026, number + 1, 8))))

    assert seen == [["red"], ["red", "red"], ["yellow", "yellow", "green"]]


def test_a_red_that_an_erratum_put_right_is_remembered_as_yellow():
    built = season(contestants=("ash",))
    march = published(run(built, readings({"ash": {"jobs": 20}}, month(3)), 3), 1)
    right = readings({"ash": {"jobs": 30}}, month(3))
    erratum = run(built, right, 3)
    history = History((march, published(erratum, 2)))
    april = run(built, right + readings({"ash": {"jobs": 40}}), history=history)

    assert [(m.issued, m.now) for m in erratum.lights] == [("green", "green")]  # the erratum states its period anew
    assert [(m.issued, m.now) for m in april.lights] == [("red", "yellow"), ("green", "green")]
    assert [(m.issued, m.now) for m in strip_of(erratum, history)] == [("red", "yellow")]


def published(evaluation, version):
    return published_of(evaluation, number=evaluation.period.index, dated=date(2026, 12, 31), version=version)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["0", "8", "17", "30", "55", "100"])), max_size=9))
def test_a_period_issued_red_never_shows_green_whatever_comes_later(said):
    """Any figures of any months, in any order: a month said again is an erratum."""
    built, rows, history, versions = season(contestants=("ash",)), {}, History(), {}
    for number, value in said:
        rows[number] = readings({"ash": {"jobs": value}}, month(number))[0]
        versions[number] = versions.get(number, 0) + 1
        found = run(built, list(rows.values()), number, history=history)
        history = History((*history.published, published(found, versions[number])))
        red = {(p.period, *key) for p in history.published for key, cell in p.cells.items() if cell.light == "red"}
        for marks in (strip_of(found, history), found.lights):
            shown = {(m.period, m.contestant, m.subject): m.now for m in marks if m.period < found.period}
            assert [k for k in red if shown.get(k) == "green"] == []
        newest = {(m.period, m.contestant, m.subject): m.now for m in strip_of(found, history)}
        assert [k for k in red if newest.get(k) == "green"] == []
