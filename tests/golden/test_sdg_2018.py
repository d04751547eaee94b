"""The published SDG Index 2018, recomputed from its raw values."""

import csv
from dataclasses import replace
from pathlib import Path

import build_sdg_2018
import pytest

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.examples import folder
from saima.files import load_season

PERIOD = Period.parse("2018")
MOVED = {("MEX", "sanitation_basic"), ("MEX", "water_basic"), ("TUR", "sanitation_basic")}


@pytest.fixture(scope="module")
def published():
    with (Path(__file__).parent / "sdg2018" / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row[build_sdg_2018.RANK]}


@pytest.fixture(scope="module")
def bundle():
    return load_season(folder("sdg-2018"))


@pytest.fixture(scope="module")
def recomputed(bundle):
    return evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(PERIOD), 1)


@pytest.fixture(scope="module")
def uncorrected(bundle):
    readings = replace(bundle.readings, corrections=())
    return evaluate(bundle.season, readings, bundle.projects, bundle.history, AsOf(PERIOD), 1)


def scores(evaluation):
    return {s.contestant: s.score for s in evaluation.standing()}


def test_the_season_folder_is_what_its_builder_makes_of_the_sheet():
    shipped = {p.name: p.read_text(encoding="utf-8") for p in folder("sdg-2018").iterdir()}

    assert shipped == build_sdg_2018.build()


def test_index_is_the_published_one(recomputed, published):
    assert scores(recomputed) == pytest.approx(
        {code: float(row[build_sdg_2018.SCORE]) for code, row in published.items()}, abs=1e-9
    )


def test_all_156_ranks_are_the_published_ones(recomputed, published):
    ranks = {s.contestant: s.rank for s in recomputed.standing()}

    assert ranks == {code: int(row[build_sdg_2018.RANK]) for code, row in published.items()}
    assert len(ranks) == 156


def test_goal_scores_are_the_published_ones(recomputed, published):
    ours = {(n.contestant, n.node): n.score for n in recomputed.nodes}
    filled = {(a.contestant, a.subject.removeprefix("node:")) for a in recomputed.adjustments if a.kind == "class_mean"}

    for code, row in published.items():
        for goal in range(1, 18):
            node = f"goal_{goal:02d}"
            if (code, node) in filled:
                assert ours[code, node] is None, "a goal filled by its region has no score of its own"
            else:
                assert ours[code, node] == pytest.approx(float(row[f"Goal {goal} Score"]), abs=1e-9), (code, node)
    assert len([c for c in filled if c[0] in published]) == 67


def test_class_means_fill_goals_with_the_published_regional_score(recomputed, published):
    for a in recomputed.adjustments:
        if a.kind == "class_mean" and a.contestant in published:
            goal = int(a.subject.removeprefix("node:goal_"))
            assert a.after == pytest.approx(float(published[a.contestant][f"Goal {goal} Score"]), abs=1e-9)


def test_without_the_corrections_mexico_and_turkey_deviate_and_nobody_else_much(uncorrected, published):
    index = {code: float(row[build_sdg_2018.SCORE]) for code, row in published.items()}

    off = {code for code, score in scores(uncorrected).items() if abs(score - index[code]) > 1e-9}

    assert off == {"MEX", "TUR"}


def test_without_the_corrections_the_findings_name_exactly_the_three_cells(uncorrected):
    assert {(f.contestant, f.indicator) for f in uncorrected.findings} == MOVED


def test_with_the_corrections_nothing_is_found(recomputed):
    assert recomputed.findings == ()


def test_who_is_not_ranked_is_data_with_a_reason(recomputed, bundle):
    unranked = {c.code for c in bundle.season.contestants if not c.ranked}

    assert len(unranked) == 37
    assert {n.contestant for n in recomputed.not_ranked if n.scope == "overall"} == unranked
    assert all(bundle.season.contestant[c].reason for c in unranked)
