"""Why a project has its mark: what its score is made of, and the register's rows as they were frozen with the cut."""

import csv
import io
import json

import pytest

from saima.engine.model.periods import Period
from saima.server.kit import blobs
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import CutRows
from saima.server.race.queries.feeds import rows_in
from saima.server.registers.actions.items import Entry, item_figures
from saima.server.registers.models import Item
from saima.server.site.demo_registers import demo_feeds, demo_projects

PAGE = "/s/demo-city/projects/crane-sensor/?period=2026-05"


def read(client):
    """The page's own part."""
    return client.get(PAGE).content.decode().partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def may(demo, person):
    """May frozen, its projects given by the register of major projects."""
    demo_projects()
    demo_feeds({name: person(name) for name in ("steward", "steward2")})
    return cut_freeze(season=demo, period=Period.parse("2026-05"), by=None)


def test_rows_are_those_of_the_cut_whatever_the_register_says_later(may, signed_in):
    leader = signed_in("leader")
    listed = leader.get("/s/demo-city/projects/?period=2026-05").content.decode()
    first = read(leader)
    assert first
    later = [Entry("monthly", "2026-05", "done", "9")]
    item_figures(item=Item.objects.get(code="crane-sensor"), entries=later, by=None, reason="Corrected")
    again = read(leader)
    file = leader.get(f"{PAGE}&form=csv").content.decode("utf-8-sig")

    kept = json.loads(blobs.get(CutRows.objects.get(cut=may).rows_id))["race:projects"]["figures"]["crane-sensor"]
    rows = list(csv.reader(io.StringIO(file)))[1:]
    assert 'href="/s/demo-city/projects/crane-sensor/' in listed
    assert again == first
    assert ("19,500" in first, "20,475" in first, "Equipment going in" in first) == (True, True, True)
    assert [r[2] for r in rows] == [r[3] for r in kept["rows"]]
    assert sum(int(r[2]) for r in rows if r[5] == "done") == 20475


def test_a_cut_no_register_spoke_for_says_so_and_no_project_is_no_page(demo, signed_in):
    cut_freeze(season=demo, period=Period.parse("2026-04"), by=None)
    leader = signed_in("leader")

    before = leader.get(PAGE.replace("05", "04"))
    assert "No register gave where this project stands" in before.content.decode()
    assert leader.get(f"{PAGE.replace('05', '04')}&form=csv").status_code == 404
    assert leader.get("/s/demo-city/projects/nobody/").status_code == 404


def test_what_was_corrected_after_the_register_spoke_is_said(may, signed_in, monkeypatch):
    kept = json.loads(blobs.get(CutRows.objects.get(cut=may).rows_id))
    assert "corrected afterwards" not in signed_in("crane").get(PAGE).content.decode()

    kept["race:projects"]["figures"]["crane-sensor"]["invested"] = "1"
    monkeypatch.setattr("saima.server.race.queries.feeds.rows_in", lambda _sha256: kept)
    rows_in.cache_clear()

    assert "corrected afterwards" in signed_in("crane").get(PAGE).content.decode()
