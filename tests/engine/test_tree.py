"""Aggregation, missing children, availability and contributions (docs/method/tree.md)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import ReadingsRefused
from saima.engine.model.inputs import GivenScore, Reading
from saima.engine.model.season import Contestant, ContestantClass, Node
from saima.engine.race.tree import combine, nominal_weights, tree_of
from saima.words import Text
from seasons import indicator, month, on, readings, run, scores, season


def of(aggregate="arithmetic", power=1.0, **changes):
    """Two indicators whose figures are their scores, under one race."""
    nodes = (
        Node("overall", Text("Overall"), "overall"),
        Node("race", Text("Race"), "race", "overall", aggregate=aggregate, power=power),
    )
    return season(
        indicator("a", score="given", measure="level"),
        indicator("b", score="given", measure="level"),
        **{"nodes": nodes, "targets": (), **changes},
    )


FIGURES = {"ash": {"a": 40, "b": 90}, "birch": {"a": 60, "b": 60}, "cedar": {"a": 10, "b": 20}}


@pytest.mark.parametrize(
    ("aggregate", "power", "expected"),
    [("arithmetic", 1, 65), ("geometric", 1, 60), ("power", 0.5, 62.5), ("power", 0, 60), ("minimum", 1, 40)],
)
def test_aggregates_of_forty_and_ninety(aggregate, power, expected):
    assert scores(run(of(aggregate, power), readings(FIGURES)))["ash"] == pytest.approx(expected)


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "power", "minimum"])
def test_contributions_add_up_to_the_score(aggregate):
    found = run(of(aggregate, 0.5), readings(FIGURES))

    for contestant, score in scores(found).items():
        parts = [c.contribution for c in found.cells if c.contestant == contestant]
        assert sum(parts) == pytest.approx(score, abs=1e-12)


def test_contributions_under_the_minimum_are_the_lowest_childs():
    found = run(of("minimum"), readings(FIGURES))

    assert [c.contribution for c in found.cells if c.contestant in ("ash", "birch")] == [40, 0, 30, 30]


def missing_b(policy, **changes):
    rows = [*readings({"ash": {"a": 40}, "birch": {"a": 60, "b": 60}, "cedar": {"a": 10, "b": 20}})]
    return run(of(missing=policy, **changes), rows)


def test_missing_excluded_lets_other_weights_grow_and_says_so():
    found = missing_b("exclude")

    assert scores(found)["ash"] == 40
    assert [(a.kind, a.contestant, a.subject) for a in found.adjustments] == [("reweighted", "ash", "b")]


def test_missing_floored_scores_the_floor():
    found = missing_b("floor", floor_score=10.0)

    assert scores(found)["ash"] == 25
    assert [(a.kind, a.contestant, a.subject, a.after, a.effect) for a in found.adjustments] == [
        ("floored_missing", "ash", "b", 10, 5)
    ]


def test_missing_takes_the_mean_of_ranked_members_of_its_class():
    contestants = (
        Contestant("ash", Text("Ash"), class_code="one"),
        Contestant("birch", Text("Birch"), class_code="one"),
        Contestant("cedar", Text("Cedar"), class_code="two"),
    )
    classes = (ContestantClass("one", Text("One")), ContestantClass("two", Text("Two")))

    assert scores(missing_b("class_mean", contestants=contestants, classes=classes))["ash"] == 50
    not_ranked = (contestants[0], replace(contestants[1], ranked=False), contestants[2])
    assert scores(missing_b("class_mean", contestants=not_ranked, classes=classes))["ash"] == 30


def test_missing_carries_the_last_figure_forward_inside_the_year_only():
    old = Reading("ash", "b", month(12).next(-12), "99")
    rows = [*readings({"ash": {"a": 40}, "birch": {"a": 60, "b": 60}}), old]

    assert scores(run(of(missing="carry_forward"), rows))["ash"] == 20
    assert scores(run(of(missing="carry_forward"), [*rows, Reading("ash", "b", month(2), "80")]))["ash"] == 60


def test_below_the_minimum_share_a_contestant_is_not_ranked_and_told_why():
    found = missing_b("exclude", minimum_share=0.65)

    assert scores(found) == {"birch": 60, "cedar": 15}
    assert [(n.scope, n.contestant, n.code, n.params["share"]) for n in found.not_ranked if n.scope == "overall"] == [
        ("overall", "ash", "not_ranked.too_little", 50.0)
    ]


def test_not_applicable_is_left_out_without_being_missing():
    rows = [
        *readings(FIGURES),
        Reading("ash", "b", month(4), "", state="not_applicable", revision=2, recorded_at=on(3)),
    ]
    found = run(of(missing="floor", minimum_share=0.9), rows)

    assert scores(found)["ash"] == 40
    assert found.adjustments == ()


def test_zero_under_a_geometric_mean_is_refused_by_name():
    rows = readings({"ash": {"a": 0, "b": 90}})

    with pytest.raises(ReadingsRefused) as refused:
        run(of("geometric", floor_score=1.0), rows)

    assert "Ash: A scores 0, and the geometric or power mean of Race needs scores above 0." in str(refused.value)


def test_power_mean_with_a_gap_is_a_number():
    found = run(of("power", 0.5, missing="exclude"), readings({"ash": {"a": 40}}))

    assert scores(found) == pytest.approx({"ash": 40})


def test_a_given_score_replaces_the_node_and_stands_in_the_ledger():
    given_scores = (GivenScore("ash", "race", month(4), 77.5, "Yearbook 2025, p. 3"),)
    found = run(of(), readings(FIGURES), given_scores=given_scores)

    assert scores(found)["ash"] == 77.5
    assert [(a.kind, a.contestant, a.subject, a.after) for a in found.adjustments] == [
        ("given", "ash", "node:race", 77.5)
    ]
    assert [c.contribution for c in found.cells if c.contestant == "ash"] == [0, 0]


def test_nominal_weights_are_products_down_the_tree():
    nodes = (
        Node("overall", Text("Overall"), "overall"),
        Node("race", Text("Race"), "race", "overall", 60),
        Node("other", Text("Other"), "race", "overall", 40),
        Node("group", Text("Group"), "group", "race", 25),
    )
    built = season(
        indicator("a", weight=75),
        indicator("b", node="group", weight=1),
        indicator("c", node="group", weight=3),
        indicator("d", node="other", weight=100),
        nodes=nodes,
    )

    assert nominal_weights(tree_of(built)).round(12).tolist() == [0.45, 0.0375, 0.1125, 0.4]


@settings(max_examples=50)
@given(
    st.lists(st.floats(1, 100), min_size=2, max_size=6),
    st.sampled_from(["arithmetic", "geometric", "power", "minimum"]),
)
def test_means_lie_between_their_children(values, aggregate):
    shares = np.full(len(values), 1 / len(values))

    found = float(combine(np.array(values), shares, aggregate, -1.0))

    assert min(values) - 1e-9 <= found <= max(values) + 1e-9
