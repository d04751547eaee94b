"""From a messy workbook to the standing, in a browser: firms, a parameter, what it would change, the next cut.

May of the demonstration, on the 10th of June. What the register said of a rule is what the indicator says at the cut;
the bulletin of April, released before, stays as it was to the byte.
"""

import csv
import io
import re

import pytest
from firms_workbook import code_of, unique_name, workbook
from walking import close_month, package, press, walking

from saima import examples

pytestmark = pytest.mark.browser
FIRMS = "/registers/enterprises/"
RULE = "/registers/rules/demo-rd-award/"
APRIL = "/public/s/demo-city/2026-04/"
FLOOR = {
    "start": "2026-05-01",
    "value_1": "0.04",
    "value_2": "0.05",
    "source": "Demonstration paper 2",
    "reason": "Small firms first",
}
PARKS = ("crane", "whale", "lantern", "ferry", "whistle")
TITLES = ("Paper Crane Park", "Glass Whale Park", "Nine Lanterns Park", "Moon Ferry Park", "Fog Whistle Park")
# The demonstration as far as its released bulletins and its feeds; from May on an indicator counts firms by a rule.
BEFORE = """
from saima.server.race.actions.drafts import draft_change, draft_propose
from saima.server.race.actions.seasons import season_publish
from saima.server.race.models import Season
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_plain import Edit
from saima.server.site.demo import demo_publish
from saima.server.site.demo_story import Cast, STORY
from django.core.management import call_command
demo_publish()
cast = Cast.called()
for name in ("rules", "bulletins", "large firms", "projects", "feeds"):
    STORY[name](cast)
season, people = Season.objects.get(key="demo-city"), cast.people
said = {
    "title_en": "Firms that meet the R&D award", "title_zh": "达到研发奖补条件的企业",
    "feed": "registers.firms_passing", "feed_parameters": "rule=demo-rd-award",
}
draft_change(season=season, seen=setup_of(season).seen, edits=[Edit("indicators", ("smes",), said)],
             by=people["steward"], code="setup.did_edit")
seen = setup_of(season).seen
draft_propose(season=season, seen=seen, reason="The register counts them from May on.", by=people["steward"])
season_publish(season=season, seen=seen, by=people["steward2"])
"""


@pytest.fixture
def come(chromium_path, make_desk, monkeypatch):
    with walking(make_desk(), chromium_path, monkeypatch) as come:
        yield come


def known_firms(count):
    """Code and name of firms the register has."""
    with (examples.tables("demo-city-firms") / "firms.csv").open(encoding="utf-8", newline="") as file:
        return [(row["uscc"], row["name"]) for row, _n in zip(csv.DictReader(file), range(count), strict=False)]


def messy(rows):
    """As bureaus keep them, with an award's figures and a title; some lines mean firms that are there, some nobody."""
    known = known_firms(12)
    renamed = [["", f"虚构更名{n}号科技有限公司", code, "", "", 900] for n, (code, _name) in enumerate(known[:3])]
    bare = [["", name, "", "", "", 900] for _code, name in known[3:7]]
    near = [["", name, code_of(20_000 + n), "", "", 900] for n, (_code, name) in enumerate(known[7:12])]
    return workbook(
        rows,
        start=1_000,
        changed={1_001: {6: "about 12"}, 1_002: {2: code_of(1_002)[:-2]}},
        extra=[*renamed, *bare, *near, ["", unique_name(26_000), "", "", "", 900]],
        more={
            "2025年销售收入": lambda n: 500 + n % 50 * 100,
            "高新技术企业": lambda n: "2026-03-01" if n % 10 == 7 else "",
        },
    )


def counted(page):
    """Rung -> firms that hold it, as the ladder's page says."""
    page.goto("/registers/ladder/")
    rows = page.locator("section.card table").first.locator("tbody tr")
    return {row.locator("th").inner_text(): number(row.locator("td").first.inner_text()) for row in rows.all()}


def number(text):
    return int(re.match(r"[\d,]+", text).group().replace(",", ""))


def numbers(page):
    """What an import says it does: new, changed, figures, statuses, doubts, refused."""
    return page.locator(".register-counts .stat-value").all_inner_texts()


def by_place(page, column):
    """Place -> a column of the table by place of the page that says what would change."""
    rows = page.locator("section.card:has(h2) table:has(tfoot)").first.locator("tbody tr")
    return {row.locator("th").inner_text(): number(row.locator("td").nth(column).inner_text()) for row in rows.all()}


def order(page, period):
    """The parks in their order, as the standing's own file has them."""
    file = page.request.get(f"/s/demo-city/standing.csv?scope=overall&period={period}")
    return [row["Contestant"] for row in csv.DictReader(io.StringIO(file.body().decode("utf-8-sig")))]


def released(page):
    """April as anybody reads it: its page and its package, byte for byte."""
    files = [page.request.get(f"{APRIL}v1/{name}") for name in ("page/en/", "page/zh/", "package.zip")]
    assert [f.status for f in files] == [200, 200, 200]
    return [f.body() for f in files]


@pytest.mark.long
def test_firms_come_in_a_parameter_changes_and_the_next_cut_moves(come, tmp_path):
    come.desk.python(BEFORE)
    steward, second, nobody = come("steward"), come("steward2"), come()
    april, rungs = released(nobody), counted(steward)

    # Five thousand firms, looked at before anything is written.
    steward.goto(f"{FIRMS}imports/")
    steward.set_input_files("input[type=file]", {"name": "firms.xlsx", "mimeType": "", "buffer": messy(5_000)})
    press(steward, "button:has-text('Look at it')")
    receipt = steward.url
    assert numbers(steward) == ["4,999", "0", "28,993", "500", "12", "3"]
    assert counted(steward) == rungs
    steward.goto(receipt)
    press(steward, "button[value=confirm]")

    # Doubtful pairs: one by itself, the others by kind; then what is settled is taken in.
    press(steward, "a:has-text('Settle them')")
    press(steward, "#renamed tbody tr:first-child button:has-text('The same firm')")
    press(steward, "#renamed .actions button:has-text('Leave')")
    press(steward, "#no_code .actions button:has-text('The same firm')")
    press(steward, "#near_name .actions button:has-text('Another')")
    press(steward, ".empty a")
    press(steward, "button[value=confirm]")
    assert numbers(steward) == ["5,004", "5", "29,003", "500", "0", "3"]
    moved = counted(steward)
    assert {rung: moved[rung] - rungs[rung] for rung in rungs if moved[rung] != rungs[rung]} == {
        "High-tech enterprise": 500,
        "Registered, no rung": 5_004,
    }

    # A parameter from a day on, what it would change, and the second person who publishes it.
    steward.goto("/registers/rules/")
    press(steward, f"a.row-title[href='{RULE}']")
    press(steward, ".page-head .btn-primary")
    press(steward, "a[href$='/param/floor/']")
    for name, value in FLOOR.items():
        steward.fill(f"[name={name}]", value)
    press(steward, "main .form-foot button")
    press(steward, "a[href$='/whatif/']")
    steward.fill("[name=on]", "2026-05-31")
    press(steward, "form.toolbar button")
    cards = [number(value) for value in steward.locator(".cards .stat-value").all_inner_texts()]
    awaited = by_place(steward, 2)
    assert cards == [5_329, 847, 1_122, 285, 10, 1_054]
    assert "117,576,800 now, 134,341,710 with the draft" in steward.inner_text("main")
    steward.goto(f"{RULE}draft/")
    steward.fill("[name=note]", "See whom it moves")
    press(steward, "#send button")
    second.goto("/")
    press(second, "section:has(#rules-wait-title) a.btn")
    assert "See whom it moves" in second.inner_text("main")
    assert second.input_value("[name=since]") == FLOOR["start"]
    second.fill("[name=reason]", "Agreed")
    press(second, "main .form-foot button")
    assert "version 2" in second.inner_text(".page-head")

    # The next cut says what the register said, and the standing moves; April stays as it was.
    close_month(come, "2026-05", prepared_by=steward, released_by=second)
    said = {}
    for park in PARKS:
        steward.goto(f"/s/demo-city/rows/{park}/smes/?period=2026-05")
        said[park] = number(re.search(r"[\d,]+ rows, each counts once", steward.inner_text("main")).group())
    assert list(said.values()) == [awaited[title] for title in TITLES]
    assert released(nobody) == april
    assert package(nobody, f"{APRIL}v1/", tmp_path / "april.zip").ok
    crane, whale, lanterns, ferry, whistle = TITLES
    assert order(steward, "2026-04") == [crane, whale, lanterns, ferry, whistle]
    assert order(steward, "2026-05") == [crane, lanterns, whale, ferry, whistle]
