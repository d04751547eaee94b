"""ruian-2021 says what the source says, derives two paces, and invents nothing."""

from datetime import date

import pytest

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.examples import folder
from saima.files import load_season
from saima.words import LANGS

APRIL = Period.parse("2021-04")
PARK = "ruian-park"


@pytest.fixture(scope="module")
def bundle():
    return load_season(folder("ruian-2021"))


@pytest.fixture(scope="module")
def april(bundle):
    return evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(APRIL), 1)


def test_ruian_2021_holds_the_quoted_facts_and_nothing_else(bundle):
    table = bundle.readings.table
    rows = [table.row(n) for n in range(len(table))]

    assert {(r.contestant, r.indicator, str(r.period), r.value, r.state) for r in rows} == {
        (PARK, "talents", "2021-04", "64.9", "reported"),
        (PARK, "projects", "2021-04", "60", "reported"),
        (PARK, "key-tech", "2021-04", "6", "reported"),
        (PARK, "high-tech-growth", "2021-04", "41.7", "reported"),
    }
    assert all("Wenzhou government site, 16 June 2021" in r.note for r in rows)
    assert [c.code for c in bundle.season.contestants] == [PARK]
    assert {(t.contestant, t.indicator, t.target, t.baseline) for t in bundle.season.targets} == {
        (PARK, "tech-centres", 3, None),
        (PARK, "service-complexes", 5, None),
        (PARK, "public-platforms", 10, None),
    }
    assert bundle.projects.projects == ()
    assert bundle.history.published == ()
    assert bundle.readings.corrections == bundle.readings.given_scores == bundle.readings.waivers == ()


def test_ruian_2021_receives_four_first_places_with_source_and_date(april):
    assert {
        (r.contestant, r.indicator, r.value, r.rank, r.among.en, r.period_text, r.source, r.published)
        for r in april.received
    } == {
        (PARK, *fact, 1, "one zone, five parks", "January-April 2021", "Wenzhou government site", date(2021, 6, 16))
        for fact in (("talents", "64.9"), ("projects", "60"), ("key-tech", "6"), ("high-tech-growth", "41.7"))
    }
    assert len(april.received) == 4


def test_ruian_2021_paces_are_derived_from_the_quoted_completions(april):
    talents, projects = april.by_cell[PARK, "talents"], april.by_cell[PARK, "projects"]

    assert f"{100 * talents.due:.1f} {100 * projects.due:.1f}" == "33.3 33.3"
    assert (talents.completion, projects.completion) == (0.649, 0.6)
    assert f"{talents.pace:.2f} {projects.pace:.2f}" == "1.95 1.80"


def test_ruian_2021_computes_no_place(april):
    assert april.standings == ()
    assert april.medals == ()
    assert {n.contestant for n in april.not_ranked} == {PARK}
    assert all(n.score is None for n in april.nodes)


def test_ruian_2021_goals_are_never_achievements(april):
    for goal, target in (("tech-centres", 3), ("service-complexes", 5), ("public-platforms", 10)):
        cell = april.by_cell[PARK, goal]

        assert (cell.target, cell.value, cell.completion, cell.status, cell.light) == (
            target, None, None, "not_due", "none",
        )  # fmt: skip


def test_ruian_2021_says_source_date_and_what_is_derived_on_every_page(bundle):
    season = bundle.season

    for lang in LANGS:
        assert "2021" in season.source.of(lang)
        assert "1.95" in season.notice.of(lang)
        assert "33.3" in season.notice.of(lang)
    assert "16 June 2021" in season.source.en
    assert "2021年6月16日" in season.source.zh
    assert all("2021" in i.source.en and "2021" in i.source.zh for i in season.indicators)
    assert not season.illustrative
