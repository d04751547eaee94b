"""Places, ties, classes, medals in place of a composite, progress (docs/method/standings.md)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.history import History
from saima.engine.model.inputs import Reading
from saima.engine.model.season import Contestant, ContestantClass, Progress, Tier
from saima.engine.race.record import published_of
from saima.words import Text
from seasons import indicator, month, on, places, readings, run, scores, season


def level(code, **changes):
    return indicator(code, score="given", measure="level", **changes)


def of(*indicators, **changes):
    return season(*indicators, targets=(), **changes)


def test_ranks_share_the_smaller_place_when_rounded_scores_tie():
    rows = readings({"ash": {"a": 91.204}, "birch": {"a": 91.196}, "cedar": {"a": 88}})

    assert places(run(of(level("a")), rows)) == {"ash": 1, "birch": 1, "cedar": 3}
    assert places(run(of(level("a"), decimals=3), rows)) == {"ash": 1, "birch": 2, "cedar": 3}


def test_a_tenth_and_two_tenths_tie_with_three_tenths():
    rows = readings({"ash": {"a": 0.1, "b": 0.2}, "birch": {"a": 0.3, "b": 0}})

    assert places(run(of(level("a"), level("b"), decimals=12), rows)) == {"ash": 1, "birch": 1, "cedar": 3}


def test_declared_tie_breakers_decide_and_nothing_else_does():
    rows = readings({"ash": {"a": 40, "b": 60}, "birch": {"a": 60, "b": 40}})
    built = of(level("a"), level("b"))

    assert places(run(built, rows)) == {"ash": 1, "birch": 1, "cedar": 3}
    assert places(run(replace(built, tie_breakers=("indicator:b",)), rows)) == {"ash": 1, "birch": 2, "cedar": 3}


def test_classes_apart_have_their_own_places_in_every_scope():
    contestants = tuple(
        Contestant(c, Text(c), class_code=k) for c, k in (("ash", "one"), ("birch", "two"), ("cedar", "one"))
    )
    classes = (ContestantClass("one", Text("One")), ContestantClass("two", Text("Two")))
    rows = readings({"ash": {"a": 10}, "birch": {"a": 5}, "cedar": {"a": 20}})

    found = run(of(level("a"), contestants=contestants, classes=classes, rank_classes="apart"), rows)

    assert places(found) == {"cedar": 1, "ash": 2, "birch": 1}
    assert places(found, "indicator:a") == {"cedar": 1, "ash": 2, "birch": 1}
    assert {s.class_code for s in found.standing()} == {"one", "two"}


def test_who_is_not_ranked_is_listed_with_the_reason():
    guest = Contestant("guest", Text("Guest"), ranked=False, reason=Text("Joined for comparison."))
    late = Contestant("late", Text("Late"), since=month(6))
    built = of(level("a"), contestants=("ash", guest, late))

    found = run(built, readings({"ash": {"a": 1}, "guest": {"a": 9}}))

    assert places(found) == {"ash": 1}
    assert [(n.contestant, n.code) for n in found.not_ranked if n.scope == "overall"] == [
        ("guest", "not_ranked.decided"),
        ("late", "not_ranked.not_racing"),
    ]


def test_medals_in_place_of_a_composite():
    rows = readings({"ash": {"a": 3, "b": 1}, "birch": {"a": 2, "b": 2}, "cedar": {"a": 1, "b": 3}})

    built = of(level("a"), level("b"), level("c"), overall="medals", nodes=(replace(season().nodes[1], parent=""),))

    found = run(built, [*rows, *readings({"ash": {"c": 5}, "birch": {"c": 9}, "cedar": {"c": 1}})])

    assert [(m.contestant, m.gold, m.silver, m.bronze, m.rank) for m in found.medals] == [
        ("birch", 1, 2, 0, 1),
        ("ash", 1, 1, 1, 2),
        ("cedar", 1, 0, 2, 3),
    ]
    assert places(found) == {"birch": 1, "ash": 2, "cedar": 3}
    assert found.reverses_ranks


def test_tiers_are_named_by_the_rounded_score():
    tiers = (Tier("good", Text("Good"), 60), Tier("excellent", Text("Excellent"), 90))
    rows = readings({"ash": {"a": 89.996}, "birch": {"a": 60}, "cedar": {"a": 59.99}})

    found = run(of(level("a"), tiers=tiers), rows)

    assert {s.contestant: s.tier for s in found.standing()} == {"ash": "excellent", "birch": "good", "cedar": ""}


def test_progress_is_points_gained_since_last_year_on_todays_yardsticks():
    built = season(progress=Progress("last_year"))
    past = [Reading("ash", "jobs", month(4).next(-12), "10"), Reading("birch", "jobs", month(4).next(-12), "35")]
    rows = [*past, *readings({"ash": {"jobs": 30}, "birch": {"jobs": 40}, "cedar": {"jobs": 50}})]

    found = run(built, rows)

    assert scores(found, kind="progress") == pytest.approx({"ash": 20, "birch": 5})
    assert places(found) == {"cedar": 1, "birch": 2, "ash": 3}


def test_base_period_is_index_one_hundred():
    built = season(base_period=month(12).next(-12))
    rows = [Reading("ash", "jobs", month(12).next(-12), "20"), *readings({"ash": {"jobs": 30}})]

    found = run(built, rows)

    assert found.by_cell["ash", "jobs"].base_index == 150
    assert {n.contestant: n.base_index for n in found.nodes if n.node == "overall"} == {
        "ash": pytest.approx(150),
        "birch": None,
        "cedar": None,
    }


def test_the_rank_of_the_last_bulletin_stands_beside_the_new_one():
    march = run(season(), readings({"ash": {"jobs": 30}, "birch": {"jobs": 20}}, month(3)), 3)
    history = History((published_of(march, number=3, dated=date(2026, 4, 8)),))
    rows = readings({"ash": {"jobs": 31}, "birch": {"jobs": 40}})

    found = run(season(), rows, history=history)

    assert {s.contestant: (s.rank, s.previous) for s in found.standing()} == {
        "birch": (1, 2),
        "ash": (2, 1),
        "cedar": (3, 3),
    }


def test_history_of_the_same_or_later_months_is_not_looked_at():
    march = run(season(), readings({"ash": {"jobs": 30}}, month(3)), 3)
    april = run(season(), readings({"ash": {"jobs": 35}}), 4)
    one = published_of(march, number=3, dated=date(2026, 4, 8), known_at=on(8, 4))
    two = published_of(april, number=4, dated=date(2026, 5, 8), known_at=on(8))
    rows = readings({"ash": {"jobs": 35}})

    assert run(season(), rows, history=History((one,))) == run(season(), rows, history=History((two, one)))


@settings(max_examples=25, deadline=None)
@given(st.permutations(["ash", "birch", "cedar", "dogwood"]), st.floats(1e-4, 1e6))
def test_order_of_contestants_and_scale_of_a_unit_change_no_place(order, factor):
    base = {"ash": 20.0, "birch": 35.0, "cedar": 35.0, "dogwood": 5.0}
    built = season(contestants=tuple(order))
    scaled = replace(built, targets=tuple(replace(t, target=100 * factor) for t in built.targets))
    figures = {c: {"jobs": f"{base[c] * factor:.6f}"} for c in order}

    assert places(run(scaled, readings(figures))) == {"birch": 1, "cedar": 1, "ash": 3, "dogwood": 4}
