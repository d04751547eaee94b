"""Why a number is what it is: the formula with its figures, revisions, corrections; others' history stays theirs."""

import re

import pytest
from django.utils import translation
from frozen import frozen

from saima.server.race.models import Reading, Season
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated
from saima.server.race.views.standing.rules_in_words import rule_said, steps_of


@pytest.fixture
def april(demo):
    return frozen(demo)


def body(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_way_of_a_figure_is_told_step_by_step(april, demo, signed_in):
    evaluation = evaluation_of(newest_evaluated(demo))
    cell = evaluation.by_cell["whale", "doctors"]

    with translation.override("en"):
        found = [(s.title, s.formula, s.result) for s in steps_of(evaluation, cell)]

    assert found == [
        ("Completion", "92 ÷ 260", "35.4\N{NO-BREAK SPACE}%"),
        ("Due by now", "", "33.3\N{NO-BREAK SPACE}%"),
        ("Pace", "35.4\N{NO-BREAK SPACE}% ÷ 33.3\N{NO-BREAK SPACE}%", "1.062"),
        ("Score", "100 × (1 + 0.5 × (1.062 − 1))", "103.08"),
        ("Contribution", "", "4.22"),
    ]


@pytest.mark.parametrize("key", ["demo-city", "ruian-2021", "sdg-2018"])
def test_every_figure_of_every_example_has_a_way_and_every_rule_words(db, key):
    season = Season.objects.get(key=key)
    last = {"demo-city": "2026-04", "ruian-2021": "2021-04", "sdg-2018": "2018"}[key]
    frozen(season, last)
    evaluation = evaluation_of(newest_evaluated(season, last))

    said = {i.code: rule_said(evaluation.season, i) for i in evaluation.season.indicators}
    scored = [c for c in evaluation.cells if c.score is not None]

    assert [i.code for i in evaluation.season.scored if evaluation.season.overall != "none" and not said[i.code]] == []
    assert [c for c in scored[:2000] if not steps_of(evaluation, c)] == []
    assert not any("{" in s or "nan" in s for s in said.values())


def test_the_bureau_sees_every_revision_and_what_came_after_the_cut(april, demo, signed_in):
    row = Reading.objects.filter(season=demo, contestant="whale", indicator="doctors", period="2026-04").latest(
        "revision"
    )
    row.pk, row._state.adding, row.revision, row.value = None, True, row.revision + 1, "95"
    row.reason, row.source = "Two contracts were counted twice.", "list.xlsx, cell C7"
    row.recorded_at = april.known_at.replace(year=2027)
    row.save()

    page = body(signed_in("auditor").get("/s/demo-city/why/whale/doctors/"))

    assert "Two contracts were counted twice." in page
    assert "list.xlsx, cell C7" in page
    assert "after the cut, does not count in it" in page
    assert "92 ÷ 260" in page


def test_a_zone_sees_the_number_of_another_but_not_how_it_came_about(april, signed_in):
    crane = signed_in("crane")

    own, other = (
        body(crane.get("/s/demo-city/why/crane/gazelles/")),
        body(crane.get("/s/demo-city/why/whale/gazelles/")),
    )

    closed = "Revisions and evidence of this figure are seen by the zone or office it belongs to, and by the bureau."
    assert closed not in own
    assert closed in other
    assert '<th scope="col" class="num">Revision</th>' not in other


def test_an_office_sees_the_history_of_its_indicators_of_every_zone(april, signed_in):
    talent = signed_in("talent")

    assert "seen by the zone or office" not in body(talent.get("/s/demo-city/why/whale/teams/"))
    assert "seen by the zone or office" in body(talent.get("/s/demo-city/why/whale/high_tech/"))


def test_corrections_and_caps_stand_in_the_ledger(demo, signed_in):
    frozen(demo, "2026-03")

    page = body(signed_in("leader").get("/s/demo-city/why/lantern/added_value/?period=2026-03"))

    assert "The decimal point was lost in typing: 108 for 10.8." in page
