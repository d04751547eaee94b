"""Gaps as parts that add up, and refusals that name a way out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import QuestionRefused
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, GivenScore, Projects, Readings, ReadingTable
from saima.engine.model.season import Contestant, Node
from saima.engine.race.board import board_of
from saima.engine.race.explain import explain
from saima.engine.race.gap import gap_parts
from saima.words import LANGS, Text, say
from seasons import indicator, month, readings, season

FIGURES = {
    "ash": {"jobs": 60, "labs": 40},
    "birch": {"jobs": 40, "labs": 50},
    "cedar": {"jobs": 10, "labs": 12},
}


def asked(of, figures, contestant, against=None, **more):
    table = Readings(ReadingTable.of(readings(figures)), **more)
    return explain(of, table, Projects(), History(), AsOf(month(4)), contestant, against)


def two():
    return season(indicator("jobs", weight=3.0), indicator("labs"))


def test_the_second_is_compared_with_the_first():
    found = asked(two(), FIGURES, "birch")

    (only,) = found.comparisons
    assert (found.rank, found.among, only.against, only.rank_against) == (2, 3, "ash", 1)
    assert [(r.code, r.points, r.value, r.value_against) for r in only.rows] == [
        ("jobs", -15.0, 40.0, 60.0),
        ("labs", 2.5, 50.0, 40.0),
    ]
    assert only.gap == -12.5
    assert say(only.code, "en", **only.params) == (
        "Birch (place 2) is 12.5 points behind Ash (place 1): 15 are lost on Jobs, and Labs wins 2.5 back."
    )


def test_the_first_is_compared_with_the_next_below():
    (only,) = asked(two(), FIGURES, "ash").comparisons

    assert (only.against, only.gap, only.code) == ("birch", 12.5, "explain.ahead")


def test_the_last_is_compared_with_the_next_above_and_the_leader():
    found = asked(two(), FIGURES, "Cedar")

    assert [c.against for c in found.comparisons] == ["birch", "ash"]
    assert {c.code for c in found.comparisons} == {"explain.behind_throughout"}


def test_equal_scores_are_called_equal():
    (only,) = asked(two(), dict.fromkeys(("ash", "birch"), FIGURES["ash"]), "birch", "ash").comparisons

    assert (only.gap, only.code) == (0.0, "explain.level")


def test_a_missing_figure_left_out_shows_as_different_weights():
    of = season(indicator("jobs"), indicator("labs"), missing="exclude")

    (only,) = asked(of, {"ash": {"jobs": 60, "labs": 40}, "birch": {"jobs": 60}}, "ash").comparisons[:1]

    row = next(r for r in only.rows if r.scope == "weights")
    assert (row.code, row.missing, row.note) == ("race", (Text("Labs"),), "explain.weights")
    assert only.gap == -10.0
    assert sum(r.points for r in only.rows) == pytest.approx(-10.0, abs=1e-9)


def test_a_given_score_is_a_row_of_its_own():
    nodes = (
        Node("overall", Text("Overall"), "overall"),
        Node("race", Text("Race"), "race", "overall"),
        Node("other", Text("Other"), "race", "overall"),
    )
    of = season(indicator("jobs"), indicator("labs", node="other"), nodes=nodes)
    given_score = GivenScore("birch", "other", month(4), 90.0, "above")

    (only,) = asked(of, FIGURES, "birch", "ash", given_scores=(given_score,)).comparisons

    assert [(r.scope, r.code, r.points) for r in only.rows] == [
        ("race", "other", 25.0),
        ("indicator", "jobs", -10.0),
    ]
    assert [a.kind for a in asked(of, FIGURES, "birch", "ash", given_scores=(given_score,)).adjustments] == ["given"]


@pytest.mark.parametrize(
    ("contestant", "against", "code"),
    [
        ("Birsh", None, "question.unknown_contestant"),
        ("ash", "ash", "question.same_contestant"),
        ("guest", None, "question.not_ranked"),
        ("ash", "guest", "question.not_ranked"),
    ],
)
def test_questions_without_an_answer_are_refused(contestant, against, code):
    guest = Contestant("guest", Text("Guest"), ranked=False, reason=Text("Joined late.", "中途加入。"))
    of = season(indicator("jobs"), contestants=(*two().contestants, guest))

    with pytest.raises(QuestionRefused) as refusal:
        asked(of, {c: {"jobs": 5} for c in ("ash", "birch", "cedar", "guest")}, contestant, against)

    assert refusal.value.problems[0].code == code
    assert all(refusal.value.sentences(lang) for lang in LANGS)


def test_an_unknown_contestant_is_told_the_nearest_name():
    with pytest.raises(QuestionRefused, match="The nearest is 'Birch'"):
        asked(two(), FIGURES, "Birsh")


def test_a_contestant_that_is_not_ranked_is_told_why():
    guest = Contestant("guest", Text("Guest"), ranked=False, reason=Text("Joined late.", "中途加入。"))
    of = season(indicator("jobs"), contestants=("ash", guest))

    with pytest.raises(QuestionRefused, match="Joined late"):
        asked(of, {"ash": {"jobs": 5}, "guest": {"jobs": 6}}, "guest")


AGGREGATES = st.lists(st.sampled_from(["arithmetic", "geometric", "power", "minimum"]), min_size=4, max_size=5)


@settings(max_examples=60)
@given(
    AGGREGATES,
    st.sampled_from([-1.0, 0.5, 2.0]),
    st.sampled_from(["exclude", "floor", "class_mean"]),
    st.integers(0, 2**32),
)
def test_parts_add_up_through_any_tree(aggregates, power, missing, seed):
    rng = np.random.default_rng(seed)
    groups = tuple(
        Node(f"g{k}", Text(f"G{k}"), "group", "race", weight=k + 1.0, aggregate=a, power=power)
        for k, a in enumerate(aggregates[2:])
    )
    nodes = (
        Node("overall", Text("Overall"), "overall", aggregate=aggregates[0], power=power),
        Node("race", Text("Race"), "race", "overall", aggregate=aggregates[1], power=power),
        *groups,
    )
    columns = tuple(indicator(f"i{k}", node=f"g{k % len(groups)}", weight=1.0 + k % 3) for k in range(9))
    of = season(*columns, indicator("top", node="race"), nodes=nodes, missing=missing, floor_score=5.0)
    whole = rng.uniform() < 0.4
    figures = {
        c.code: {i.code: round(float(rng.uniform(2, 130)), 1) for i in columns if whole or rng.uniform() < 0.8}
        for c in of.contestants
    }
    here = board_of(of, Readings(ReadingTable.of(readings(figures))), Projects(), History(), AsOf(month(4)))
    total = here.joined["overall"].total

    for mine, other in ((0, 1), (1, 2), (2, 0)):
        if np.isfinite(total[[mine, other]]).all():
            parts = gap_parts(here, "overall", mine, other)
            assert sum(p.points for p in parts) == pytest.approx(total[mine] - total[other], abs=1e-9)
            assert not whole or all(p.scope == "indicator" for p in parts)
