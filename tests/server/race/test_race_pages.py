"""The weak-spot race and the project race as pages: what the newest cut says, in order, with the reason."""

import re

import pytest
from frozen import frozen

from saima.server.race.queries.documents import newest, stages_of
from saima.server.race.queries.standing import shown


@pytest.fixture
def april(demo):
    frozen(demo)
    return shown(demo).index


def order_of(page, titles):
    text = re.sub(r"<[^>]+>", " ", page.content.decode().split("<tbody>")[1].split("</tbody>")[0])
    return sorted(titles, key=text.index)


def test_weak_spots_stand_in_the_order_of_the_race_with_the_reason(demo, april, signed_in):
    page = signed_in("crane").get("/s/demo-city/weak-spots/")

    titles = {c.code: c.title.en for c in april.season.contestants}
    scope = next(f"race:{n.code}" for n in april.season.nodes if n.kind == "race" and n.race == "weak_spots")
    ranked = [titles[s.contestant] for s in april.standings(scope)]
    assert order_of(page, titles.values()) == ranked
    assert page.content.decode().count("of what was due was missing") == len(april.evaluation.weak_spots)
    assert "/s/demo-city/why/" in page.content.decode()


def test_projects_stand_by_park_and_one_by_one(demo, april, signed_in):
    text = signed_in("leader").get("/s/demo-city/projects/").content.decode()

    for p in april.evaluation.projects:
        assert p.project.title.en in text
    stages = stages_of(newest(demo))
    assert {stages[p.stage].en for p in april.evaluation.projects if p.stage} <= {s.en for s in stages.values()}
    assert all(stages[p.stage].en in text for p in april.evaluation.projects if p.stage)
    assert 'class="rank rank-1"' in text


@pytest.mark.parametrize("path", ["weak-spots/", "projects/"])
def test_both_languages_and_an_earlier_period_and_nothing_frozen(demo, april, signed_in, path):
    assert signed_in("steward", "zh").get(f"/s/demo-city/{path}").status_code == 200
    assert signed_in("steward").get(f"/s/demo-city/{path}?period=2026-03").status_code == 422
    assert f"/s/demo-city/{path}" in signed_in("steward").get("/s/demo-city/").content.decode()


@pytest.mark.parametrize(("path", "queries"), [("weak-spots/", 7), ("projects/", 8)])
def test_they_ask_a_fixed_number_of_times(demo, april, signed_in, django_assert_num_queries, path, queries):
    client = signed_in("steward")
    client.get(f"/s/demo-city/{path}")
    with django_assert_num_queries(queries):
        client.get(f"/s/demo-city/{path}")
