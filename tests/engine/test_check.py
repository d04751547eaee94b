"""What keeps a season from starting, each by name."""

from dataclasses import replace

import pytest

from saima.engine.model.season import Contestant, ContestantClass, Curve, Node, ScoreRule, Target
from saima.engine.race.check import check_season
from saima.words import Text
from seasons import indicator, month, season

A = indicator("jobs")


def codes(found):
    return [p.code for p in check_season(found)]


def rule(name, **params):
    return (ScoreRule("capped", name, params),)


def test_a_sound_season_has_no_problem():
    assert check_season(season()) == ()


def test_weights_that_do_not_join_are_refused_with_the_difference():
    built = season(indicator("a", weight=50), indicator("b", weight=45), weights="percent")
    built = replace(built, nodes=(built.nodes[0], replace(built.nodes[1], weight=100)))

    (problem,) = check_season(built)

    assert problem.sentence("en") == (
        "Test season cannot start: the weights under 'Race' add up to 95, 5 are missing to 100. "
        "Change the weights in season.toml or indicators.csv."
    )
    assert problem.sentence("zh") == (
        "测试赛季无法开始：“Race”之下的权重合计为 95，距 100 还差 5。请调整 season.toml 或 indicators.csv 中的权重。"
    )


@pytest.mark.parametrize(
    ("built", "code"),
    [
        (season(contestants=()), "season.nobody"),
        (season(A, A), "season.code_twice"),
        (season(indicator("jobs", node="nowhere")), "season.unknown_reference"),
        (season(indicator("jobs", score="nothing")), "season.unknown_reference"),
        (season(indicator("jobs", curve="none")), "season.unknown_reference"),
        (
            season(contestants=(Contestant("a", Text("A"), parent="b"), Contestant("b", Text("B"), parent="a"))),
            "season.circle",
        ),
        (season(tie_breakers=("luck",)), "season.unknown_reference"),
        (season(targets=()), "season.targets_missing"),
        (season(targets=(), contestants=("ash",)), "season.target_missing"),
        (season(targets=(Target("*", "jobs", 50, 50),)), "season.target_equals_baseline"),
        (season(targets=(Target("*", "jobs", 0),)), "season.target_not_positive"),
        (season(targets=(Target("*", "jobs", 40, 50),)), "season.target_wrong_way"),
        (season(score_rules=rule("goalposts")), "season.goalposts_missing"),
        (season(indicator("jobs", low=1.0, high=1.0), score_rules=rule("goalposts")), "season.goalposts_equal"),
        (season(indicator("jobs", low=9.0, high=1.0), score_rules=rule("goalposts")), "season.goalposts_direction"),
        (season(score_rules=rule("points_per_unit", points=1)), "season.rule_needs_parameter"),
        (season(score_rules=rule("completion", capp=1)), "season.rule_unknown_parameter"),
        (season(score_rules=rule("table")), "season.rule_needs_steps"),
        (season(score_rules=(ScoreRule("capped", "bands", {}, ((0, 9), (5, 3))),)), "season.steps_direction"),
        (season(indicator("jobs", weight=0)), "season.weight_not_positive"),
        (season(curves=(Curve("c", Text("C"), ((month(1), 0.5), (month(2), 0.4))),)), "season.curve_falls"),
        (season(indicator("jobs", transform="log")), "season.transform_with_target"),
        (season(score_rules=rule("growth", low=0, high=9)), "season.baselines_missing"),
        (season(score_rules=rule("completion", cap=0.5, floor=0.6)), "season.params_order"),
        (season(score_rules=rule("completion", over_slope=-1)), "season.params_order"),
        (season(score_rules=rule("milestone", late=2)), "season.params_order"),
        (season(score_rules=rule("min_max", out_low=100, out_high=0)), "season.params_order"),
        (season(score_rules=rule("deduction", full=5, per_unit=-1)), "season.params_order"),
        (season(score_rules=(ScoreRule("capped", "completion", {}, ((0, 9),)),)), "season.steps_without_effect"),
        (season(nodes=(Node("race", Text("Race"), "race", params={"late": 1.0}),)), "season.params_without_effect"),
        (season(indicator("jobs", better="lower"), score_rules=rule("given")), "season.points_direction"),
        (season(score_rules=rule("points_per_unit", points=-1, cap=9)), "season.points_direction"),
        (
            season(
                indicator("jobs", better="lower"), score_rules=(ScoreRule("capped", "bands", {}, ((10, 90), (20, 50))),)
            ),
            "season.steps_direction",
        ),
        (
            season(
                indicator("jobs", transform="log"),
                score_rules=(ScoreRule("capped", "table", {}, ((0, 0), (1, 9)), "pace"),),
            ),
            "season.transform_with_target",
        ),
        (
            season(indicator("jobs", measure="completion"), targets=(Target("*", "jobs", 80),)),
            "season.target_without_effect",
        ),
        (
            season(indicator("jobs", measure="yes-no"), targets=(Target("ash", "jobs", 3),)),
            "season.target_without_effect",
        ),
        (season(tie_breakers=("progress",)), "season.tie_breaker_without_effect"),
        (season(nodes=(Node("race", Text("Race"), "race", aggregate="power", power=400.0),)), "season.power_range"),
        (
            season(A, indicator("firms", role="shown", node="", score=""), tie_breakers=("indicator:firms",)),
            "season.tie_breaker_without_effect",
        ),
        (
            season(contestants=("ash",), rank_classes="apart", classes=(ContestantClass("x", Text("X")),)),
            "season.class_missing",
        ),
        (
            replace(
                season(),
                indicators=(),
                targets=(),
                nodes=(
                    Node("overall", Text("All"), "overall"),
                    Node("mend", Text("Mend"), "race", "overall", race="weak_spots"),
                ),
            ),
            "season.weak_spots_without_indicators",
        ),
    ],
)
def test_what_does_not_hold_together_is_named(built, code):
    assert code in codes(built)


def test_a_node_without_children_is_named():
    built = season()

    assert codes(replace(built, nodes=(*built.nodes, Node("hollow", Text("Hollow"), "group", "race")))) == [
        "season.empty_node"
    ]
