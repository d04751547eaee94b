"""How sure places are: seeded draws, bands, and the shortcut that must equal the level-by-level path."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings, ReadingTable
from saima.engine.model.season import Alternative, Contestant, ContestantClass, Node, Noise, Target, Uncertainty
from saima.engine.race.board import board_of
from saima.engine.race.draws import Frame, combinations, drawn_by_node, flat_weights, stream
from saima.engine.race.noise import NoisyColumn, widening
from saima.engine.race.tally import Tally
from saima.engine.race.tree import Method, roll_up
from saima.engine.race.uncertainty import uncertainty
from saima.words import Text
from seasons import indicator, month, readings, season

GEOMETRIC = Alternative("mean", "geometric", Text("Geometric"), aggregate="geometric")
EXCLUDE = Alternative("missing", "exclude", Text("Exclude"), missing="exclude")


def board(of, figures, **more):
    rows = figures if isinstance(figures, list) else readings(figures)
    table = Readings(ReadingTable.of(rows), **more)
    return board_of(of, table, Projects(), History(), AsOf(month(4)))


def doubtful(**changes):
    """Three contestants, three indicators: noise in one, two method alternatives, 2,000 draws."""
    columns = (
        indicator("jobs", noise=Noise("relative", 0.05)),
        indicator("labs", weight=2.0),
        indicator("firms", measure="count"),
    )
    known = {"uncertainty": Uncertainty(draws=2000, alternatives=(GEOMETRIC, EXCLUDE)), "decimals": 6}
    return season(*columns, **{**known, **changes})


CLOSE = {
    "ash": {"jobs": 60, "labs": 40, "firms": 20},
    "birch": {"jobs": 40, "labs": 50, "firms": 22},
    "cedar": {"jobs": 10, "labs": 12, "firms": 11},
}


def overall(doubt, source="all"):
    return {i.contestant: (i.low, i.high) for i in doubt.intervals if i.scope == "overall" and i.source == source}


def test_one_seed_gives_one_result_and_another_seed_another():
    one = board(doubtful(), CLOSE)

    first, again, other = uncertainty(one, 7), uncertainty(one, 7), uncertainty(one, 8)

    assert first == again
    assert first.scopes[0].p_ahead != other.scopes[0].p_ahead


def test_every_source_that_exists_is_named_and_drawn():
    doubt = uncertainty(board(doubtful(), CLOSE), 1)

    assert doubt.scopes[0].scope == "overall"
    assert doubt.scopes[0].sources == ("weights", "weights_flat", "methods", "noise")
    assert {i.source for i in doubt.intervals if i.scope == "race:race"} == {
        "weights",
        "weights_flat",
        "methods",
        "noise",
        "all",
    }
    assert {(i.scope, i.source) for i in doubt.intervals if i.scope.startswith("indicator")} == {
        ("indicator:jobs", "noise")
    }


def test_sources_that_do_not_exist_are_left_out():
    plain = season(indicator("jobs"), indicator("labs"), uncertainty=Uncertainty(draws=500))

    doubt = uncertainty(
        board(plain, {c: {"jobs": v, "labs": 50 - v} for c, v in zip(("ash", "birch"), (20, 30), strict=True)}), 1
    )

    assert doubt.scopes[0].sources == ("weights", "weights_flat")
    assert {i.source for i in doubt.intervals} == {"weights", "weights_flat", "all"}


def test_a_season_in_which_nothing_can_be_drawn_has_no_doubt():
    doubt = uncertainty(board(season(), {"ash": {"jobs": 10}, "birch": {"jobs": 20}}), 1)

    assert (doubt.intervals, doubt.scopes, dict(doubt.places)) == ((), (), {})


def places(doubt):
    """Low, high and band of the overall places, in the season's order."""
    return [*zip(*doubt.places["overall"], strict=True)]


def test_separated_contestants_are_sure_of_their_places():
    apart = {"ash": {"jobs": 90, "labs": 90, "firms": 90}, "birch": {"jobs": 50, "labs": 50, "firms": 50}}

    doubt = uncertainty(board(doubtful(contestants=("ash", "birch")), apart), 1)

    assert doubt.scopes[0].p_rank == ((1.0, 0.0), (0.0, 1.0))
    assert doubt.scopes[0].p_ahead == ((0.5, 1.0), (0.0, 0.5))
    assert places(doubt) == [(1, 1, 1), (2, 2, 2)]


def test_identical_contestants_share_a_band_and_a_tie_counts_half():
    same = {c: {"jobs": 40, "labs": 40, "firms": 20} for c in ("ash", "birch")}
    of = season(*(indicator(c) for c in ("jobs", "labs", "firms")), uncertainty=Uncertainty(draws=400))

    doubt = uncertainty(board(of, {**same, "cedar": {"jobs": 1, "labs": 1, "firms": 1}}), 1)

    assert doubt.scopes[0].p_ahead[0][1] == 0.5
    assert places(doubt) == [(1, 1, 1), (1, 1, 1), (3, 3, 2)]


def test_neighbours_that_cannot_be_told_apart_share_a_band():
    doubt = uncertainty(board(doubtful(), CLOSE), 1)

    ahead = doubt.scopes[0].p_ahead[0][1]
    assert 0.5 < ahead < 0.95
    assert sorted(band for _, _, band in places(doubt)) == [1, 1, 2]


def test_more_draws_narrow_the_stated_error_and_keep_to_it():
    few = uncertainty(board(doubtful(), CLOSE), 1).scopes[0]
    rules = Uncertainty(draws=32000, alternatives=(GEOMETRIC, EXCLUDE))

    many = uncertainty(board(doubtful(uncertainty=rules), CLOSE), 2).scopes[0]

    assert (few.draws, many.draws) == (2000, 32000)
    assert many.error == few.error / 4
    assert abs(few.p_ahead[0][1] - many.p_ahead[0][1]) < 4 * few.error


def test_probabilities_add_up():
    found = uncertainty(board(doubtful(), CLOSE), 3).scopes[0]

    assert np.allclose(np.array(found.p_rank).sum(1), 1)
    assert np.allclose(np.array(found.p_ahead) + np.array(found.p_ahead).T, 1)


def test_order_of_rows_changes_nothing():
    rows = readings(CLOSE)

    assert uncertainty(board(doubtful(), rows), 5) == uncertainty(board(doubtful(), rows[::-1]), 5)


@pytest.mark.parametrize(("kind", "size"), [("relative", 0.03), ("absolute", 2.0), ("poisson", 0.0)])
def test_scale_of_a_unit_changes_nothing(kind, size):
    def drawn(factor):
        noise = Noise(kind, size * factor if kind == "absolute" else size)
        of = season(indicator("jobs", noise=noise, scale=1 / factor), indicator("labs"), decimals=6)
        of = replace(of, targets=(Target("*", "jobs", 100.0 * factor), Target("*", "labs", 100.0)))
        figures = {c: {"jobs": v * factor, "labs": 40} for c, v in (("ash", 40), ("birch", 42), ("cedar", 44))}
        return uncertainty(board(of, figures), 1)

    one, thousand = drawn(1), drawn(1024)

    assert one == thousand


def test_an_unverified_figure_is_twice_as_noisy():
    of = season(indicator("jobs", noise=Noise("relative", 0.05)), counts="reported")
    rows = readings({"ash": {"jobs": 50}}) + readings({"birch": {"jobs": 50}}, state="reported")
    here = board(of, rows)

    scores = NoisyColumn(here, 0, widening(here)).scores(stream(1, 2, 0), np.empty((20000, 3)))

    assert np.allclose(scores[:, :2].std(0), [2.5, 5.0], rtol=0.03)


@pytest.mark.parametrize(
    ("noise", "measure", "figure", "spread"),
    [
        (Noise("poisson"), "count", 64, 8.0),
        (Noise("absolute", 3.0), "level", 64, 3.0),
        (Noise("binomial", 400), "share", 64, 2.4),
    ],
)
def test_noise_has_the_declared_mean_and_spread(noise, measure, figure, spread):
    of = season(indicator("jobs", measure=measure, noise=noise, score="given", unit=Text("%")), contestants=("ash",))
    here = board(of, {"ash": {"jobs": figure}})

    scores = NoisyColumn(here, 0, widening(here)).scores(stream(1, 2, 0), np.empty((40000, 1)))

    assert np.isclose(scores.mean(), figure, rtol=0.005)
    assert np.isclose(scores.std(), spread, rtol=0.03)


def test_noise_cannot_pass_the_cap():
    of = season(indicator("jobs", noise=Noise("relative", 0.5)), contestants=("ash",))
    here = board(of, {"ash": {"jobs": 119}})

    assert NoisyColumn(here, 0, widening(here)).scores(stream(1, 2, 0), np.empty((1000, 1))).max() == 120.0


def test_classes_apart_are_ranked_apart():
    zones = tuple(Contestant(c, Text(c), class_code=k) for c, k in (("ash", "a"), ("birch", "b"), ("cedar", "b")))
    classes = tuple(ContestantClass(k, Text(k)) for k in "ab")
    of = doubtful(contestants=zones, classes=classes, rank_classes="apart")

    doubt = uncertainty(board(of, CLOSE), 1)

    assert places(doubt) == [(1, 1, 1), (1, 1, 1), (2, 2, 2)]


def test_more_than_sixty_contestants_have_intervals_but_no_tables():
    zones = tuple(f"z{k:02d}" for k in range(61))
    of = season(indicator("jobs"), indicator("labs"), contestants=zones, uncertainty=Uncertainty(draws=100))

    doubt = uncertainty(board(of, {z: {"jobs": k, "labs": (k * 7) % 61} for k, z in enumerate(zones)}), 1)

    assert [(s.scope, s.p_rank, s.p_ahead) for s in doubt.scopes] == [("overall", (), ())]
    assert len(overall(doubt)) == 61


def test_many_contestants_keep_single_ranks_instead_of_counts(monkeypatch):
    here = board(doubtful(), CLOSE)
    counted = uncertainty(here, 4)
    monkeypatch.setattr("saima.engine.race.tally._COUNTED_UP_TO", 2)
    monkeypatch.setattr("saima.engine.race.uncertainty.MATRIX_UP_TO", 2)

    kept = uncertainty(here, 4)

    assert kept.intervals == counted.intervals
    assert kept.places == counted.places


def test_quantiles_are_ranks_that_were_drawn():
    # One contestant is first in 6 of 100 draws, second in 90 and third in 4; place 5 of 0-99 is a first still.
    scores = np.array([[3.0, 2, 1]] * 6 + [[2.0, 3, 1]] * 90 + [[1.0, 3, 2]] * 4)
    tally = Tally((np.array([1, 0, 2]),), 2, 3)
    tally.add(scores[:50])
    tally.add(scores[50:])

    assert tally.quantiles((0.05, 0.95, 0.5)).tolist() == [[1, 1, 3], [2, 2, 3], [2, 1, 3]]
    assert tally.quantiles((0.07, 0.97))[:, 0].tolist() == [2, 3]
    assert tally.probabilities().tolist() == [[0.94, 0.06, 0.0], [0.06, 0.9, 0.04], [0.0, 0.04, 0.96]]


def test_scores_equal_at_the_seasons_decimals_share_the_smaller_rank():
    tally = Tally((np.arange(3),), 1, 3)
    tally.add(np.array([[0.3, 0.1 + 0.2, 0.2], [1.26, 1.34, np.nan]]))

    assert tally.quantiles((0.0, 1.0)).tolist() == [[1, 1, 3], [1, 1, 3]]


def tree_season(aggregates, missing):
    groups = tuple(
        Node(f"g{k}", Text(f"G{k}"), "group", "race", weight=k + 1.0, aggregate=a, power=0.5)
        for k, a in enumerate(aggregates[2:])
    )
    nodes = (
        Node("overall", Text("Overall"), "overall", aggregate=aggregates[0], power=-1.0),
        Node("race", Text("Race"), "race", "overall", aggregate=aggregates[1], power=2.0),
        *groups,
    )
    columns = tuple(indicator(f"i{k}", node=f"g{k % len(groups)}", weight=1.0 + k % 3) for k in range(2 * len(groups)))
    zones = (Contestant("ash", Text("Ash"), tags=("core",)), Contestant("birch", Text("Birch")), "cedar")
    own = indicator("own", node="g0", applies_to=("core",))
    top = indicator("top", node="race")
    return season(*columns, own, top, contestants=zones, nodes=nodes, missing=missing, floor_score=5.0)


AGGREGATES = st.lists(st.sampled_from(["arithmetic", "geometric", "power", "minimum"]), min_size=4, max_size=5)


@settings(max_examples=60)
@given(
    AGGREGATES,
    st.sampled_from(["exclude", "floor", "class_mean"]),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["none", "geometric", "exclude"]),
)
def test_the_shortcut_equals_the_level_by_level_path(aggregates, missing, seed, alternative):
    rng = np.random.default_rng(seed)
    of = tree_season(aggregates, missing)
    figures = {
        c.code: {i.code: round(float(rng.uniform(20, 110)), 2) for i in of.indicators if rng.uniform() < 0.8}
        for c in of.contestants
    }
    figures["birch"].pop("own", None)
    here = board(of, figures)
    method = {
        "none": Method(),
        "geometric": combinations(replace_board(here, GEOMETRIC))[1],
        "exclude": combinations(replace_board(here, EXCLUDE))[1],
    }[alternative]
    weights = {b.node.code: flat_weights(rng, b.weights, 6) for b in here.tree.branches if rng.uniform() < 0.7}
    noisy = {
        n: np.where(np.isnan(here.sheet.score[:, n]), np.nan, rng.uniform(20, 110, (6, 3)))
        for n in range(len(of.indicators))
        if rng.uniform() < 0.15
    }
    scores = np.repeat(here.sheet.score[None], 6, 0)
    for n, drawn in noisy.items():
        scores[:, :, n] = drawn

    long = roll_up(
        here.tree,
        scores,
        here.sheet.absent,
        here.sheet.ranked,
        method=Method(weights=weights, aggregate=method.aggregate, missing=method.missing),
    )
    short = Frame(here).totals({b.node.code for b in here.tree.branches}, drawn_by_node(here, noisy), weights, method)

    for code, joined in long.items():
        assert np.allclose(np.broadcast_to(short[code], joined.total.shape), joined.total, atol=1e-9, equal_nan=True)


def test_what_does_not_apply_is_left_out_of_draws_too():
    here = board(
        tree_season(["arithmetic"] * 3, "floor"), {"ash": {"i0": 40, "i1": 60, "own": 80}, "birch": {"i0": 40}}
    )

    drawn = Frame(here).totals({"g0"}, {}, {"g0": np.array([[0.25, 0.25, 0.5]])})["g0"]

    assert drawn.tolist() == [[65.0, 22.5, 5.0]]


def replace_board(here, alternative):
    rules = Uncertainty(alternatives=(alternative,))
    return replace(here, season=replace(here.season, uncertainty=rules))
