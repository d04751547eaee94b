"""Every score rule against a figure worked by hand or published (docs/method/scores.md)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.season import ScoreRule
from saima.engine.race.scores import Inputs, score
from seasons import indicator

NOTHING = np.nan


def points(
    rule, values, *, of=None, target=None, baseline=None, late=None, done=None, pace=None, steps=(), on="value", **p
):
    x = np.array(values, float)
    blank = np.full(x.shape[-1:], NOTHING)
    given_ = Inputs(
        value=x,
        completion=x if done is None else np.array(done, float),
        pace=x if pace is None else np.array(pace, float),
        target=blank if target is None else np.full(x.shape[-1:], target, float),
        baseline=blank if baseline is None else np.full(x.shape[-1:], baseline, float),
        late=np.zeros(x.shape[-1:], bool) if late is None else np.array(late),
        in_sample=np.ones(x.shape[-1:], bool),
    )
    found = score(ScoreRule("r", rule, p, tuple(steps), on), of or indicator("jobs"), given_)[0]
    return [round(float(v), 9) for v in found]


def test_completion_credits_less_above_the_task_and_stops_at_the_cap():
    assert points("completion", [-0.1, 0.5, 1.0, 1.2, 2.0], cap=1.2, over_slope=0.5) == [0, 50, 100, 110, 120]


def test_completion_is_capped_at_the_task_unless_said_otherwise():
    assert points("completion", [0.5, 1.5]) == [50, 100]


def test_pace_scores_pace_and_not_completion():
    assert points("pace", [0, 0], done=[0.1, 0.2], pace=[0.5, 2.0], cap=1.5) == [50, 150]


def test_goalposts_clip_and_swap_ends_where_lower_is_better():
    falling = indicator("waste", better="lower", low=20.0, high=0.0)

    assert points("goalposts", [0, 5, 20, 25], of=falling) == [100, 75, 0, 0]


def test_goalposts_reach_a_scale_from_one_for_geometric_means():
    assert points("goalposts", [0, 5, 10], of=indicator("x", low=0.0, high=10.0), out_low=1) == [1, 50.5, 100]


def test_efficacy_is_sixty_plus_forty():
    assert points("efficacy", [50, 80, 90, 95], of=indicator("x", low=50.0, high=90.0)) == [60, 90, 100, 100]


def test_points_per_unit_stop_at_the_cap():
    assert points("points_per_unit", [0, 3, 7], points=2, cap=10) == [0, 6, 10]


def test_table_runs_straight_between_steps_and_flat_outside():
    assert points("table", [-5, 30, 60, 80, 150], steps=[(0, 0), (60, 50), (100, 100)]) == [0, 25, 50, 75, 100]


def test_bands_include_their_lower_bound_even_after_binary_arithmetic():
    assert points("bands", [0.1 + 0.2, 0.29, 0.9], steps=[(0.3, 60), (0.8, 90)], below=10) == [60, 10, 90]


def test_growth_guards_a_small_base():
    assert points("growth", [3], baseline=1, low=0, high=100) == [100]
    assert points("growth", [3], baseline=1, low=0, high=100, small_base=9) == [20]


def test_milestone_reached_late_gets_part():
    assert points("milestone", [0.9, 1.0, 1.0], late=[False, False, True], full=10) == [0, 10, 5]


def test_pro_rata_has_a_capped_bonus_as_in_wujin_2010():
    assert points("pro_rata", [0.5, 1.3, 1.6], full=10, bonus_cap=4) == [5, 13, 14]


def test_deduction_takes_half_a_point_per_ten_thousand_short():
    assert points("deduction", [20, 15, 25, 0], target=20, full=5, per_unit=0.5) == [5, 2.5, 5, 0]


def test_given_is_the_figure_itself():
    assert points("given", [12.5]) == [12.5]


def test_min_max_of_a_constant_column_gives_all_the_middle():
    assert points("min_max", [5, 5, 5]) == [50, 50, 50]


def test_z_score_uses_the_sample_deviation():
    assert points("z_score", [1, 2, 3]) == [-1, 0, 1]


@pytest.mark.parametrize("rule", ["min_max", "z_score", "percentile", "borda", "distance_to_leader"])
def test_relative_rules_of_a_constant_column_give_numbers_to_all_alike(rule):
    found = points(rule, [7, 7, 7])

    assert len(set(found)) == 1
    assert np.isfinite(found).all()


def test_percentile_and_borda_count_who_is_worse_and_ties_share():
    assert points("percentile", [1, 2, 2, 5]) == [0, 33.333333333, 33.333333333, 100]
    assert points("borda", [1, 2, 2, 5]) == [0, 1, 1, 3]


def test_distance_to_leader_both_ways():
    assert points("distance_to_leader", [50, 100]) == [50, 100]
    assert points("distance_to_leader", [4, 8], of=indicator("x", better="lower")) == [100, 50]


def test_relative_rules_leave_gaps_out_of_the_sample():
    found = points("min_max", [0, 5, 10, np.nan])

    assert found[:3] == [0, 50, 100]
    assert np.isnan(found[3])


RULES = [
    ("completion", {"cap": 1.2, "over_slope": 0.5}),
    ("pace", {}),
    ("goalposts", {}),
    ("efficacy", {}),
    ("points_per_unit", {"points": 3, "cap": 40}),
    ("growth", {"low": -10, "high": 60}),
    ("pro_rata", {"full": 10, "bonus_cap": 4}),
    ("deduction", {"full": 10, "per_unit": 1}),
    ("milestone", {}),
    ("given", {}),
]


@settings(max_examples=40)
@given(st.floats(-500, 500), st.floats(0, 200))
@pytest.mark.parametrize(("rule", "params"), RULES)
def test_a_better_figure_never_lowers_a_score(rule, params, value, step):
    of = indicator("x", low=0.0, high=100.0)

    low, high = points(rule, [value, value + step], of=of, target=80, baseline=20, **params)

    assert high >= low


@settings(max_examples=30)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=8), st.floats(-100, 100))
@pytest.mark.parametrize(("rule", "params"), RULES)
def test_another_contestant_changes_no_score_under_fixed_yardsticks(rule, params, values, other):
    of = indicator("x", low=0.0, high=100.0)

    alone = points(rule, values, of=of, target=80, baseline=20, **params)

    assert points(rule, [*values, other], of=of, target=80, baseline=20, **params)[:-1] == alone
