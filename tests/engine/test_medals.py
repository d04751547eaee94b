from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.evaluation import Medals
from saima.engine.model.season import Contestant, ContestantClass
from saima.engine.race.medals import medal_table
from saima.words import Text
from seasons import season

OF = season(contestants=("ash", "birch", "cedar", "dogwood"))


def test_medals_of_the_method_page():
    ranks = {
        "jobs": {"ash": 1, "birch": 1, "cedar": 3, "dogwood": 4},
        "firms": {"ash": 2, "birch": 3, "cedar": 1, "dogwood": 0},
        "patents": {"ash": 2, "birch": 1, "cedar": 4, "dogwood": 3},
    }

    table = medal_table(OF, ranks)

    assert table == (
        Medals("birch", "", 1, 2, 0, 1),
        Medals("ash", "", 2, 1, 2, 0),
        Medals("cedar", "", 3, 1, 0, 1),
        Medals("dogwood", "", 4, 0, 0, 1),
    )


def test_same_medals_share_the_smaller_place():
    table = medal_table(OF, {"jobs": {"ash": 1, "birch": 2, "cedar": 3}, "firms": {"ash": 2, "birch": 1, "cedar": 3}})

    assert [(m.contestant, m.rank) for m in table] == [("ash", 1), ("birch", 1), ("cedar", 3)]


def test_classes_apart_have_their_own_medals_whatever_ranks_are_given():
    classes = (ContestantClass("inland", Text("Inland"), 1), ContestantClass("coast", Text("Coast"), 2))
    contestants = tuple(
        Contestant(c, Text(c), class_code=k)
        for c, k in (("ash", "coast"), ("birch", "inland"), ("cedar", "coast"), ("dogwood", "inland"))
    )
    apart = replace(OF, contestants=contestants, classes=classes, rank_classes="apart")
    over_all = {"jobs": {"ash": 1, "birch": 2, "cedar": 3, "dogwood": 4}}
    within = {"jobs": {"ash": 1, "birch": 1, "cedar": 2, "dogwood": 2}}

    assert medal_table(apart, over_all) == medal_table(apart, within)
    assert [(m.class_code, m.contestant, m.gold, m.silver) for m in medal_table(apart, within)] == [
        ("inland", "birch", 1, 0),
        ("inland", "dogwood", 0, 1),
        ("coast", "ash", 1, 0),
        ("coast", "cedar", 0, 1),
    ]


@settings(max_examples=40)
@given(st.permutations(["jobs", "firms", "patents"]), st.permutations(["ash", "birch", "cedar"]))
def test_order_of_indicators_and_contestants_changes_nothing(indicators, contestants):
    ranks = {
        "jobs": {"ash": 1, "birch": 2, "cedar": 3},
        "firms": {"ash": 3, "birch": 1, "cedar": 2},
        "patents": {"ash": 1, "birch": 1, "cedar": 3},
    }

    shuffled = {i: {c: ranks[i][c] for c in contestants} for i in indicators}

    assert medal_table(OF, shuffled) == medal_table(OF, ranks)
