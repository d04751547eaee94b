"""Defects seen in other composite-index software, and edges that end in NaN or a traceback there: ours has none.

The list is that of reproduced defects of COINr 1.1.14, scikit-criteria 0.10 and pymcdm 1.4.0 as far as they touch what
is offered here. Outranking is not offered; missing data under rules by rank, and P(ahead), stand for it.
"""

import itertools
import math
from dataclasses import replace
from random import Random

import pytest
from drawn_seasons import FIRST, RELATIVE, more_from, rows_from, season_from
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import Refused
from saima.engine.model.evaluation_json import dumps, to_json
from saima.engine.model.periods import Period
from saima.engine.model.season import (
    Alternative,
    Constraint,
    Contestant,
    Node,
    Noise,
    Progress,
    ScoreRule,
    Target,
    Uncertainty,
)
from saima.engine.race.check import check_season
from saima.words import Text
from seasons import indicator, month, places, readings, run, scores, season

FIVE = ("ash", "birch", "cedar", "elm", "fir")


def tree(aggregate="arithmetic", power=1.0, **race):
    overall = Node("overall", Text("Overall"), "overall")
    return (overall, Node("race", Text("Race"), "race", "overall", aggregate=aggregate, power=power, **race))


def ruled(name, *indicators, steps=(), on="value", params=None, **changes):
    """A season in which every indicator is scored by one rule."""
    indicators = indicators or (indicator("jobs", measure="level"),)
    rules = (ScoreRule("capped", name, params or {}, steps, on),)
    return season(*indicators, **{"score_rules": rules, "contestants": FIVE, **changes})


def column(values, code="jobs"):
    return readings({c: {code: v} for c, v in zip(FIVE, values, strict=False) if v is not None})


def test_a_log_transform_really_transforms():
    # COINr: log_GII returns the data untouched under a new label.
    logged = ruled("min_max", indicator("jobs", measure="level", transform="log"), contestants=FIVE[:3])

    assert scores(run(logged, column([1, 10, 100]))) == {"ash": 0.0, "birch": 50.0, "cedar": 100.0}


def test_goalposts_of_an_indicator_of_which_less_is_better_tell_contestants_apart():
    # COINr: natural goalposts (0, 20) score everybody 0, and with the direction in the call everybody 1.
    dust = indicator("jobs", measure="level", better="lower", low=20.0, high=0.0)

    found = run(ruled("goalposts", dust), column([0, 5, 10, 15, 20]))

    assert scores(found) == {"ash": 100.0, "birch": 75.0, "cedar": 50.0, "elm": 25.0, "fir": 0.0}


def test_goalposts_against_the_direction_are_refused_not_turned_round():
    dust = indicator("jobs", measure="level", better="lower", low=0.0, high=20.0)

    assert [p.code for p in check_season(ruled("goalposts", dust))] == ["season.goalposts_direction"]


@pytest.mark.parametrize("rule", ["borda", "percentile"])
@pytest.mark.parametrize("policy", ["exclude", "floor", "class_mean"])
def test_a_missing_pair_favours_nobody_and_no_row_order(rule, policy):
    # COINr: two units that share no data: the later row wins, and the order of rows decides.
    both = (indicator("jobs", measure="level"), indicator("firms", measure="level"))
    figures = {"ash": {"jobs": 5}, "birch": {"firms": 5}, "cedar": {"jobs": 1, "firms": 1}}

    found = set()
    for names in itertools.permutations(FIVE[:3]):
        of = ruled(rule, *both, contestants=names, missing=policy)
        by_name = scores(run(of, readings({c: figures[c] for c in names})))
        found.add(tuple(by_name[c] for c in FIVE[:3]))

    ((ash, birch, _),) = found
    assert ash == birch


def test_drawn_pairs_are_symmetric():
    of = ruled(
        "goalposts",
        indicator("jobs", measure="level", low=0.0, high=100.0, noise=Noise("relative", 0.2)),
        indicator("firms", measure="level", low=0.0, high=100.0, noise=Noise("relative", 0.2)),
        uncertainty=Uncertainty(draws=200),
    )

    found = run(of, column([50, 52, None, 48, 50]) + column([40, 38, None, None, 40], "firms"))

    for scope in found.uncertainty:
        for i, k in itertools.product(range(len(scope.contestants)), repeat=2):
            assert math.isclose(scope.p_ahead[i][k] + scope.p_ahead[k][i], 1.0)


@pytest.mark.parametrize(
    ("aggregate", "power", "expected"),
    [
        ("arithmetic", 1.0, 65.0),
        ("geometric", 1.0, 60.0),
        ("power", 0.5, 62.5),
        ("power", 0.0, 60.0),
        ("minimum", 1.0, 40.0),
    ],
)
def test_every_mean_treats_a_gap_alike(aggregate, power, expected):
    # COINr: a power mean with a gap is missing, while arithmetic and geometric means carry on without a word.
    three = [indicator(c) for c in ("jobs", "firms", "labs")]
    of = season(*three, nodes=tree(aggregate, power), missing="exclude", contestants=("ash",))

    found = run(of, readings({"ash": {"jobs": 40, "firms": 90}}))

    assert scores(found) == {"ash": pytest.approx(expected)}
    assert [(a.kind, a.subject) for a in found.adjustments] == [("reweighted", "labs")]


def test_one_figure_of_three_is_no_full_score():
    # COINr: one present value of three gives 90 of 100 unless a threshold is set.
    three = [indicator(c) for c in ("jobs", "firms", "labs")]
    rows = readings({"ash": {"jobs": 90}, "birch": {"jobs": 60, "firms": 60, "labs": 60}})

    floored = run(season(*three), rows)
    held_back = run(season(*three, missing="exclude", minimum_share=0.65), rows)
    left_out = run(season(*three, missing="exclude"), rows)

    assert scores(floored)["ash"] == pytest.approx(30.0)
    assert places(held_back) == {"birch": 1}
    said = [n.params["share"] for n in held_back.not_ranked if (n.scope, n.contestant) == ("overall", "ash")]
    assert said == [33.3]
    assert [a.kind for a in left_out.adjustments if a.contestant == "ash"] == ["reweighted", "reweighted"]


@pytest.mark.parametrize("rule", RELATIVE)
@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("values", [[7] * 5, [7], [7, 7, None, 7, None], [0] * 5])
def test_a_constant_column_gives_no_nan_and_no_advantage(rule, better, values):
    # COINr: NaN after min-max. pymcdm: full marks for everybody. scikit-criteria: NaN weights.
    found = run(ruled(rule, indicator("jobs", measure="level", better=better)), column(values))

    given_out = {s.score for s in found.standing("indicator:jobs")}
    assert given_out == {{"min_max": 50.0, "distance_to_leader": 100.0}.get(rule, 0.0)}
    assert len(set(places(found, "indicator:jobs").values())) == 1


@pytest.mark.parametrize("rule", RELATIVE)
def test_last_bits_of_arithmetic_are_no_difference(rule):
    people = indicator("people", measure="level", role="denominator", node="", score="")
    of = ruled(rule, indicator("jobs", measure="level", denominator="people"), people, contestants=FIVE[:3])
    rows = readings(
        {c: {"jobs": x, "people": p} for c, x, p in (("ash", "0.7", 7), ("birch", "0.1", 1), ("cedar", "0.3", 3))}
    )

    found = run(of, rows)

    assert len({s.score for s in found.standing("indicator:jobs")}) == 1


def test_a_third_and_three_tenths_tie_however_they_were_added_up():
    of = season(indicator("a", score="given"), indicator("b", score="given"), contestants=("ash", "birch"), decimals=12)
    rows = readings({"ash": {"a": "0.1", "b": "0.2"}, "birch": {"a": "0.15", "b": "0.15"}})

    found = run(replace(of, indicators=tuple(replace(i, weight=1.0) for i in of.indicators)), rows)

    assert places(found) == {"ash": 1, "birch": 1}


def test_ties_share_the_smaller_place_and_the_next_is_left_free():
    # scikit-criteria ranks 1 2 2 3, pymcdm 1 2.5 2.5 4; ours, as in sport, 1 2 2 4.
    found = run(season(contestants=FIVE[:4]), column([90, 50, 50, 10]))

    assert places(found) == {"ash": 1, "birch": 2, "cedar": 2, "elm": 4}


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_one_weak_zone_moves_nobody_s_distance_to_the_target(better):
    # COINr: the sample minimum is the zero point, so one weak zone changes every score.
    jobs = indicator("jobs", measure="level", better=better)
    of = ruled("completion", jobs, targets=(Target("*", "jobs", 100, 0 if better == "higher" else 400),))

    before, after = (scores(run(of, column([110, 120, 150, 200, x]))) for x in (210, 350))

    assert {c: s for c, s in before.items() if c != "fir"} == {c: s for c, s in after.items() if c != "fir"}


@pytest.mark.parametrize("rule", RELATIVE)
def test_one_missing_figure_spoils_nobody_else_s_score(rule):
    # scikit-criteria stops with a message about ranks; pymcdm gives NaN for every unit.
    found = run(ruled(rule), column([5, 4, None, 2, 1]))

    assert [s.contestant for s in found.standing("indicator:jobs")] == ["ash", "birch", "elm", "fir"]


def test_a_zero_under_a_geometric_mean_is_refused_with_who_and_what():
    of = season(indicator("jobs"), indicator("firms"), nodes=tree("geometric"), contestants=("ash",))

    with pytest.raises(Refused) as refused:
        run(of, readings({"ash": {"jobs": 0, "firms": 90}}))

    assert refused.value.sentences("en") == (
        (
            "Ash: Jobs scores 0, and the geometric or power mean of Race needs scores above 0. Score it from 1 to 100, "
            "set floor_score above 0, or aggregate arithmetically."
        ),
    )


def test_every_figure_that_was_limited_is_a_row():
    # COINr: 35 data points edited without a log.
    found = run(season(contestants=FIVE), column([150, 90, -5, 119, 500]))

    assert [(a.kind, a.contestant, a.before, a.after) for a in found.adjustments] == [
        ("cap", "ash", 150.0, 120.0),
        ("cap", "fir", 500.0, 120.0),
        ("floor", "cedar", -5.0, 0.0),
    ]


@pytest.mark.parametrize("weights", [[10.0] * 10, [33.3, 33.3, 33.4], [100 / 3] * 3, [12.5, 87.5]])
def test_weights_that_add_up_but_for_last_bits_start(weights):
    many = tuple(indicator(f"i{n}", weight=w) for n, w in enumerate(weights))
    of = season(*many, weights="percent", nodes=(tree()[0], replace(tree()[1], weight=100.0)))

    assert check_season(of) == ()


@pytest.mark.parametrize("total", [99.99, 100.000001])
def test_weights_that_do_not_add_up_are_not_stretched(total):
    of = season(
        indicator("a", weight=50.0),
        indicator("b", weight=total - 50),
        weights="percent",
        nodes=(tree()[0], replace(tree()[1], weight=100.0)),
    )

    assert [p.code for p in check_season(of)] == ["season.weights_short" if total < 100 else "season.weights_over"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tie_breakers": ("indicator:jibs",)}, "season.unknown_reference"),
        ({"tie_breakers": ("races:race",)}, "season.unknown_reference"),
        ({"tie_breakers": ("progress",)}, "season.tie_breaker_without_effect"),
        ({"constraints": (Constraint("k", Text("K"), "veto", "missing", ("jibs",)),)}, "season.unknown_reference"),
        ({"targets": (Target("oak", "jobs", 5),)}, "season.unknown_reference"),
        (
            {"uncertainty": Uncertainty(alternatives=(Alternative("a", "b", Text("B"), "rave", "minimum"),))},
            "season.unknown_reference",
        ),
        ({"score_rules": (ScoreRule("capped", "completion", {"ceiling": 1.2}),)}, "season.rule_unknown_parameter"),
        ({"score_rules": (ScoreRule("capped", "completion", {}, ((0, 1),)),)}, "season.steps_without_effect"),
    ],
)
def test_wrong_addresses_are_refused_never_defaulted(changes, code):
    # COINr: a wrong or absent address falls back to defaults in silence.
    assert code in [p.code for p in check_season(season(**changes))]


@pytest.mark.parametrize("rule", ["given", "points_per_unit"])
def test_a_direction_that_would_have_no_effect_is_refused(rule):
    params = {"points": 2.0, "cap": 10.0} if rule == "points_per_unit" else {}
    of = ruled(rule, indicator("jobs", measure="level", better="lower"), params=params)

    assert [p.code for p in check_season(of)] == ["season.points_direction"]


def numbers_in(value):
    match value:
        case bool() | None | str():
            return
        case int() | float():
            yield value
        case dict():
            for part in value.values():
                yield from numbers_in(part)
        case list():
            for part in value:
                yield from numbers_in(part)


@settings(max_examples=80)
@given(st.integers(0, 10**9), st.integers(1, 8), st.sampled_from([0.1, 0.6, 1.0]))
def test_no_nan_reaches_a_result(seed, number, gaps):
    of = season_from(seed)
    rows = rows_from(seed, of, gaps=gaps)
    corrections, given_scores = more_from(seed, of, rows)
    try:
        found = run(of, rows, number, corrections=tuple(corrections), given_scores=tuple(given_scores))
    except Refused as refused:
        said = refused.sentences("en") + refused.sentences("zh")
        found = None
    else:
        said = (dumps(found),)

    assert not any(word in text for text in said for word in ("NaN", "nan ", ":nan", "Infinity", "{contestant}"))
    assert found is None or all(math.isfinite(x) for x in numbers_in(to_json(found)))


def test_a_result_says_what_it_was_made_from():
    found = run(season(), column([50, 40, 30]), seed=7)

    assert (found.seed, len(found.spec_digest), len(found.data_digest)) == (7, 64, 64)
    assert found.engine_version


# ---- edges: a sensible result or one clear sentence ------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["exclude", "floor", "carry_forward", "class_mean"])
@pytest.mark.parametrize("overall", ["composite", "medals", "none"])
def test_nothing_reported_is_a_result(missing, overall):
    nodes = tree() if overall == "composite" else (replace(tree()[1], parent=""),)
    of = season(missing=missing, overall=overall, nodes=nodes, tie_breakers=("indicator:jobs", "medals"))

    found = run(of, [])

    assert {c.status for c in found.cells} == {"late"}
    assert {c.light for c in found.cells} == {"red"}
    floored = missing in ("floor", "carry_forward") and overall == "composite"
    assert places(found) == ({"ash": 1, "birch": 1, "cedar": 1} if floored else {})
    assert dumps(found)


def test_nobody_ranked_is_a_result_with_the_reason():
    nobody = tuple(Contestant(c, Text(c.title()), ranked=False, reason=Text("Trial run")) for c in FIVE)

    found = run(ruled("min_max", contestants=nobody), column([5, 4, 3, 2, 1]))

    assert found.standings == ()
    assert {n.code for n in found.not_ranked} == {"not_ranked.decided"}
    assert {c.score for c in found.cells} == {50.0}


@pytest.mark.parametrize("rule", RELATIVE)
def test_who_is_not_ranked_neither_sets_the_scale_nor_leaves_it(rule):
    star = Contestant("star", Text("Star"), ranked=False)
    rows = column([5, 4, 3, 2, 1])
    without = run(ruled(rule), rows)
    of = ruled(rule, contestants=(*(Contestant(c, Text(c.title())) for c in FIVE), star))

    found = run(of, rows + readings({"star": {"jobs": 99}}))

    assert scores(found) == scores(without)
    if rule in ("min_max", "percentile"):
        assert found.by_cell["star", "jobs"].score == 100.0


def test_one_contestant_alone_is_first():
    found = run(season(contestants=("ash",)), column([50]))

    assert [(s.scope, s.rank, s.rank_low, s.rank_high) for s in found.standings] == [
        ("overall", 1, 1, 1),
        ("race:race", 1, 1, 1),
        ("indicator:jobs", 1, 1, 1),
    ]


def test_a_month_in_which_nothing_is_due_ranks_nobody_and_blames_nobody():
    found = run(season(indicator("jobs", due_months=(6,))), [])

    assert found.standings == ()
    assert {n.code for n in found.not_ranked} == {"not_ranked.nothing_due"}
    assert {c.light for c in found.cells} == {"none"}


def test_impossible_figures_are_findings_and_scores_stay_on_their_scale():
    yes = indicator("plan", measure="yes-no")
    percent = indicator("works", measure="completion")
    of = season(
        yes, percent, indicator("jobs", measure="count"), contestants=("ash",), targets=(Target("*", "jobs", 9),)
    )

    found = run(of, readings({"ash": {"plan": 7, "works": -30, "jobs": "1.5"}}))

    assert sorted(f.key.split(":")[0] for f in found.findings) == ["completion-range", "fraction", "yes-no"]
    assert all(0 <= c.score <= 120 for c in found.cells)


@pytest.mark.parametrize(
    ("what", "then"),
    [
        (indicator("jobs", measure="level", denominator="people"), 2),
        (indicator("jobs", measure="level", better="lower"), 0),
    ],
)
def test_a_past_that_cannot_be_scored_is_no_past_and_stops_nobody(what, then):
    people = indicator("people", measure="level", role="denominator", node="", score="")
    of = season(
        what, people, contestants=("ash", "birch"), progress=Progress("last_year"), targets=(Target("*", "jobs", 5),)
    )
    last_year = Period.parse("2025-04")
    rows = readings({c: {"jobs": 4, "people": 2} for c in ("ash", "birch")})
    rows += readings({"ash": {"jobs": then}}, last_year)
    if what.denominator == "":
        rows += readings({"birch": {"jobs": 9}}, last_year)

    found = run(of, rows)

    assert places(found) == {"ash": 1, "birch": 1}
    assert places(found, kind="progress") == ({"birch": 1} if what.denominator == "" else {})


def test_a_denominator_of_zero_is_refused_by_name_only_where_a_figure_needs_it():
    people = indicator("people", measure="level", role="denominator", node="", score="")
    of = season(indicator("jobs", denominator="people"), people, contestants=("ash",), missing="carry_forward")
    march, april = readings({"ash": {"jobs": 4, "people": 0}}, month(3)), readings({"ash": {"jobs": 4}})

    with pytest.raises(Refused) as refused:
        run(of, march + april)

    assert [p.code for p in refused.value.problems] == ["denominator.zero"]
    assert run(of, march).by_cell["ash", "jobs"].score == 0.0


def test_a_figure_of_thirty_digits_is_scored_and_said():
    found = run(season(contestants=("ash",)), readings({"ash": {"jobs": "1e30"}}))

    assert scores(found) == {"ash": 120.0}
    (said,) = to_json(found)["adjustments"]
    assert "1,000,000,000,000,000,000,000,000,000,000" in said["text"]["en"]


def test_a_period_outside_the_window_is_one_sentence():
    with pytest.raises(Refused) as refused:
        run(replace(season(), window=type(season().window)(month(1), month(3))), [], 4)

    assert refused.value.sentences("en") == (
        "2026-04 is not a period of Test season, which runs from 2026-01 to 2026-03.",
    )


def test_random_seasons_are_made_again_from_their_number():
    seed = Random(5).randrange(10**6)

    assert season_from(seed) == season_from(seed)
    assert rows_from(seed, season_from(seed))[0].period >= FIRST
