"""Lights: issued once with a release, and shown as issued and as they have become."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from released import CUT_AT, reading_set, released

from saima.server.kit.models import Audit
from saima.server.response.actions.lights import lights_issue
from saima.server.response.models import Light
from saima.server.response.queries.lights import lights_of


@pytest.fixture
def april(demo):
    return released(demo, "2026-04", known_at=CUT_AT["2026-04"])


def marks(season, contestant, subject):
    row = next(r for r in lights_of(season).rows if (r.contestant, r.subject) == (contestant, subject))
    return [(m.issued, m.now) if m else None for m in row.marks]


def test_lights_are_issued_once_however_often_they_are_asked_for(april):
    first = lights_issue(version=april)

    assert lights_issue(version=april) == first == Light.objects.count() > 80
    assert Light.objects.filter(subject_type="project").exists()
    assert set(Light.objects.values_list("period", flat=True)) == {"2026-04"}
    assert Audit.objects.filter(action="lights.issued").count() == 1


def test_what_is_kept_is_what_the_strip_says_was_issued(demo, april):
    lights_issue(version=april)

    shown = {(r.contestant, r.subject): r.marks[-1].issued for r in lights_of(demo).rows if r.marks[-1] is not None}
    kept = {
        (light.contestant, ("project:" if light.subject_type == "project" else "") + light.subject): light.colour
        for light in Light.objects.all()
    }
    assert shown == {key: kept[key] for key in shown}


def test_a_month_that_was_red_and_caught_up_is_yellow(demo, april):
    assert marks(demo, "crane", "smes") == [
        ("red", "yellow"),
        ("red", "yellow"),
        ("green", "green"),
        ("green", "green"),
    ]


def test_a_red_that_an_erratum_puts_right_is_never_green(demo, april):
    lights_issue(version=april)
    assert marks(demo, "whistle", "fund")[-1] == ("red", "red")
    reading_set(demo, "whistle", "fund", "2026-04", "9999")
    erratum = released(demo, "2026-04", reason="One investment was booked twice.")
    lights_issue(version=erratum)

    assert [light.colour for light in Light.objects.filter(contestant="whistle", subject="fund")] == ["red", "green"]
    assert marks(demo, "whistle", "fund")[-1] == ("red", "yellow")
    row = next(r for r in lights_of(demo).rows if (r.contestant, r.subject) == ("whistle", "fund"))
    assert row.marks[-1].versions == ((1, "red"), (2, "green"))


def test_before_any_release_there_is_nothing(demo):
    assert lights_of(demo).version is None


def test_the_page_shows_strips_with_shape_and_words(demo, april, signed_in):
    lights_issue(version=april)

    page = signed_in("leader").get("/s/demo-city/lights/?contestant=crane").content.decode()

    assert "issued red, yellow now" in page
    assert "Glass Whale" in page  # another park to choose
    assert "on pace: at least 1.00 of what is due" in page
    zh = signed_in("crane", "zh").get("/s/demo-city/lights/").content.decode()
    assert "发布时红灯，现为黄灯" in zh


def test_one_indicator_across_contestants(demo, april, signed_in):
    page = signed_in("leader").get("/s/demo-city/lights/?indicator=fund").content.decode()

    assert page.count('scope="row"') == 5


def test_the_empty_page_says_what_comes_first(demo, signed_in):
    page = signed_in("steward").get("/s/demo-city/lights/").content.decode()

    assert "Lights are issued with a bulletin" in page


@pytest.mark.parametrize("contestant", ["crane", "all"])
def test_queries_do_not_grow_with_rows(demo, april, signed_in, contestant):
    client = signed_in("leader")
    client.get("/s/demo-city/lights/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/s/demo-city/lights/?contestant={contestant}")

    assert len(asked) == 9
