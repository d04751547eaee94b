"""The loop, in a browser: a month is closed, a park answers its card, plans, asks for help, appeals, and is put right.

May of the demonstration, on the 10th of June: the steward closes, a second person releases, cards follow; Fog Whistle
Park acknowledges one, opens a plan and a ticket, the department answers; Moon Ferry Park appeals a figure, somebody who
had no part decides, the erratum is released. Anybody reads version 2 with its reason, and both packages verify.
"""

import pytest
from walking import WORK, close_month, package, press, release, walking

pytestmark = pytest.mark.browser
RULES = """
from saima.server.race.models import Season
from saima.server.response.actions.cards import response_rules_set
from saima.server.response.queries.card_rules import PRESETS
season = Season.objects.get(key="demo-city")
response_rules_set(season=season, cards=PRESETS["usual"], appeal_days=15, reason="", by=None)
"""


@pytest.fixture
def come(chromium_path, make_desk, monkeypatch):
    with walking(make_desk(), chromium_path, monkeypatch) as come:
        yield come


@pytest.mark.long
def test_from_the_close_of_a_month_to_its_second_version(come, tmp_path):
    come.desk.python(RULES)
    steward, second = come("steward"), come("steward2")

    # Closed by one, released by another.
    close_month(come, "2026-05", prepared_by=steward, released_by=second)
    second.goto("/s/demo-city/close/2026-05/")
    assert second.locator(".steps li.done").count() == 8

    # The park sees its cards at home, acknowledges a red one and plans from it.
    whistle = come("whistle")
    whistle.goto("/s/demo-city/cards/?contestant=whistle&colour=red")
    press(whistle, ".card-list a[href*='/cards/'], main a[href*='/cards/']:not([href*='rules']):not(.tab)")
    press(whistle, "form:has(input[value=acknowledge]) button")
    assert "acknowledged" in whistle.locator(".page-head .pill").inner_text()
    press(whistle, "a[href*='/plans/open/']")
    whistle.fill("[name=help]", "Two people on site until the end of August")
    press(whistle, "form:has([name=help]) .form-foot button.btn-primary")
    assert "/plans/" in whistle.url
    assert whistle.locator("main a[href*='/cards/']").count() == 1  # the card it began from
    assert whistle.locator("svg").count() > 0

    # It asks a department for help; the department takes it on and does it; the park rates.
    whistle.goto("/s/demo-city/tickets/open/?about=indicator:labs&indicator=labs")
    whistle.fill("#t-title", "How to apply for a provincial platform")
    whistle.fill("#t-what", "Half a day with whoever reads the applications.")
    whistle.select_option("#t-owner", label="Science Bureau 科技局")
    whistle.fill("#t-due", "2026-06-19")
    press(whistle, ".form-foot button.btn-primary")
    ticket = whistle.url
    science = come("science")
    science.goto(ticket)
    press(science, "form:has(input[name=step][value=accept]) button")
    science.fill("#s-words-do", "They came on Tuesday; the application is being written.")
    press(science, "form:has(input[name=step][value=do]) button")
    whistle.goto(ticket)
    whistle.check("input[name=rating][value='5']")
    whistle.fill("#s-words-close", "Half a day well spent.")
    press(whistle, "form:has(input[name=step][value=close]) button")

    # Another park appeals a figure; somebody without a part in it hears and decides.
    ferry = come("ferry")
    ferry.goto("/s/demo-city/appeals/open/?about=reading&contestant=ferry&indicator=labs&period=2026-05")
    ferry.fill("#value", "6")
    ferry.fill("#text", "Two platforms were recognised in May; the notice came on 5 June.")
    press(ferry, ".form-foot button.btn-primary")
    appeal = ferry.url
    verifier = come("verifier2")
    verifier.goto(appeal)
    verifier.fill("#hear", "The park showed the notice.")
    press(verifier, "form:has(input[value=hear]) button")
    verifier.fill("#decision", "Recognised in May, so it counts in May")
    press(verifier, "button[name=do][value=uphold]")
    assert "upheld" in verifier.inner_text("main")

    # The correction is a draft, then version 2; version 1 stays.
    steward.goto(appeal)
    if steward.locator("form:has(input[value=erratum]) button").count():
        press(steward, "form:has(input[value=erratum]) button")
    come.desk.python(WORK)
    steward.goto(appeal)
    assert steward.locator(".timeline a[href*='/drafts/']").count(), steward.inner_text("main")
    press(steward, ".timeline a[href*='/drafts/']")
    draft = steward.url
    if steward.locator("form[action$='/check/'] button").count():
        press(steward, "form[action$='/check/'] button")
    release(come, second, f"{draft}release/")

    nobody = come()
    nobody.goto("/public/s/demo-city/2026-05/")
    words = nobody.inner_text("main")
    assert "Recognised in May, so it counts in May" in words
    for version in (1, 2):
        found = package(nobody, f"/public/s/demo-city/2026-05/v{version}/", tmp_path / f"v{version}.zip")
        assert found.ok, found.sentences("en")
