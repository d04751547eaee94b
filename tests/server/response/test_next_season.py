"""The next season: targets proposed with their numbers, accepted or changed, begun as a draft like any other."""

import re

import pytest

from saima.engine.errors import Refused
from saima.server.race.models import Season
from saima.server.race.queries.setup import setup_of
from saima.server.response.actions.next_season import season_next
from saima.server.response.queries.next_season import targets_proposed
from saima.words import Text

TITLE = Text("Demo City 2027", "示范市2027")


def test_the_page_shows_each_proposal_with_its_numbers_and_reason(april, signed_in):
    page = re.sub(r"\s+", " ", signed_in("steward").get("/s/demo-city/next/").content.decode())

    assert 'name="n|crane|teams"' in page
    assert "2026 ≈" in page
    assert "Held back: the newest year alone moves a target by at most 5 %." in page
    assert "Its year counts" in page or "its year counts with the projection" in page


def test_the_draft_has_the_targets_as_accepted_changed_or_left_open(april, demo, person):
    _, _, found = targets_proposed(demo)
    proposed = {(p.contestant, p.indicator): p for p in found}

    begun = season_next(
        season=demo,
        code="demo-2027",
        title=TITLE,
        years=1,
        typed={("crane", "teams"): "30", ("crane", "smes"): ""},
        by=person("steward"),
    )

    targets = setup_of(begun).plain.keyed("targets")
    assert targets["crane", "teams"]["target"] == "30"
    assert not targets.get(("crane", "smes"), {}).get("target")
    whale = targets["whale", "smes"]
    assert float(whale["target"]) == proposed["whale", "smes"].proposed
    assert "2026≈" in whale["note"]
    assert whale["owner"] == "Science Bureau 科技局"
    assert not begun.versions.exists()


def test_nothing_is_begun_when_something_typed_is_wrong(april, demo, person):
    for code, typed in (("demo-2027", {("crane", "teams"): "many"}), ("not a code!", {})):
        with pytest.raises(Refused):
            season_next(season=demo, code=code, title=TITLE, years=1, typed=typed, by=person("steward"))

    assert not Season.objects.filter(key__contains="2027").exists()


def test_the_form_begins_the_draft_and_leads_to_its_targets(april, signed_in):
    steward = signed_in("steward")

    answer = steward.post(
        "/s/demo-city/next/",
        {"code": "demo-2027", "years": "1", "title_en": TITLE.en, "title_zh": TITLE.zh, "n|crane|teams": "25"},
    )

    assert answer.status_code == 302
    assert "demo-2027" in answer["Location"]
    assert setup_of(Season.objects.get(key="demo-2027")).plain.row("targets", ("crane", "teams"))["target"] == "25"
    assert steward.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("who", ["leader", "crane", "verifier"])
def test_only_the_bureau_proposes(april, signed_in, who):
    assert signed_in(who).get("/s/demo-city/next/").status_code == 403


def test_without_a_cut_the_way_out_is_said(demo, signed_in):
    page = signed_in("steward").get("/s/demo-city/next/").content.decode()

    assert 'href="/s/demo-city/cuts/"' in page[page.index('class="empty"') :]
