"""The breakdown of targets: by indicator and by contestant, gaps and missing owners, CSV, and what to do when empty."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saima.server.race.actions.drafts import draft_change, draft_propose
from saima.server.race.actions.seasons import season_publish
from saima.server.race.models import SeasonDraft
from saima.server.race.queries.setup_plain import Edit

PAGE = "/s/demo-city/breakdown/"


def text_of(answer):
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def below(demo, person):
    """Lantern stands below Crane, Ferry and Whistle below Whale; nobody signs for one target."""
    parents = {"lantern": "crane", "ferry": "whale", "whistle": "whale"}
    edits = [Edit("contestants", (code,), {"parent": parent}) for code, parent in parents.items()]
    edits.append(Edit("targets", ("crane", "smes"), {"owner": ""}))
    draft_change(season=demo, seen="v1", edits=edits, by=person("steward"))
    seen = str(SeasonDraft.objects.get(season=demo).row_version)
    draft_propose(season=demo, seen=seen, reason="Who stands below whom.", by=person("steward"))
    season_publish(season=demo, seen=seen, by=person("steward2"))
    return demo


def test_parts_owners_and_shares_of_the_demonstration(demo, signed_in):
    page = text_of(signed_in("crane").get(f"{PAGE}?indicator=smes"))

    assert "Technology SMEs enrolled" in page
    assert "together 1,510 firms" in page
    assert "Science Bureau 科技局" in page
    assert "No contestant of this season stands below another" in page
    assert "Mend the targets" not in page


def test_what_nobody_carries_and_who_has_not_signed(below, signed_in):
    page = text_of(signed_in("steward").get(f"{PAGE}?indicator=smes&only=gaps"))

    assert "10 carried by nobody" in page
    assert "120 carried twice" in page
    assert "nobody yet" in page
    assert "Mend the targets" in page


def test_one_contestant_with_all_its_targets(demo, signed_in):
    page = text_of(signed_in("leader", lang="zh").get(f"{PAGE}?contestant=whistle"))

    assert "雾笛园" in page
    assert "引进高层次人才团队" in page


def test_the_file_has_a_line_for_each_part(below, signed_in):
    answer = signed_in("auditor").get("/s/demo-city/breakdown.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Indicator code,Indicator,Unit")
    assert [line.split(",")[3:] for line in lines if line.startswith("smes,")] == [
        ["crane", "Paper Crane Park", "", "360.0", "", "350.0", "10.0", ""],
        ["lantern", "Nine Lanterns Park", "crane", "350.0", "Science Bureau 科技局", "", "", ""],
        ["whale", "Glass Whale Park", "", "340.0", "Science Bureau 科技局", "460.0", "-120.0", ""],
        ["ferry", "Moon Ferry Park", "whale", "260.0", "Science Bureau 科技局", "", "", ""],
        ["whistle", "Fog Whistle Park", "whale", "200.0", "Science Bureau 科技局", "", "", ""],
    ]


def test_a_season_without_targets_says_what_to_do(db, signed_in):
    page = text_of(signed_in("steward").get("/s/sdg-2018/breakdown/"))

    assert "This season has no targets yet." in page


def test_the_number_of_queries_is_fixed(demo, signed_in):
    leader = signed_in("leader")
    leader.get(PAGE)
    counts = []
    for path in (PAGE, f"{PAGE}?indicator=smes", f"{PAGE}?contestant=crane"):
        with CaptureQueriesContext(connection) as caught:
            leader.get(path)
        counts.append(len(caught))

    assert counts == [6, 6, 6]
