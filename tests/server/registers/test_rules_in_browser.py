"""Rules in a real browser: a number changed, its effect read, published by another, checked by a firm on a phone.

The accessibility checker finds nothing, no page is wider than a phone, and nothing breaks the content policy.
"""

import re

import pytest
from walking import sign_in

from chromium import FLAGS

pytestmark = pytest.mark.browser
AWARD = "/registers/rules/demo-rd-award/"


@pytest.fixture(scope="module")
def browser(chromium_path):
    playwright = pytest.importorskip("playwright.sync_api")
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the thread of the tests
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        started.close()
    patch.undo()


@pytest.fixture
def at_desk(browser, desk):
    """at_desk("steward"): a page of somebody signed in, or of nobody; script errors and broken policies fail."""
    faults, contexts = [], []

    def visit(username="", width=1440, **more):
        context = browser.new_context(viewport={"width": width, "height": 800}, base_url=desk.url, **more)
        contexts.append(context)
        context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        if username:
            sign_in(page, username)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


def serious(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]


def test_a_number_is_changed_read_over_the_register_published_and_checked_by_a_firm(at_desk):
    one = at_desk("steward")
    one.goto(f"{AWARD}draft/param/cap/")
    one.fill("[name=start]", "2026-05-01")
    one.fill("[name=value_1]", "600000")
    one.fill("[name=source]", "Paper 3")
    one.fill("[name=reason]", "Less money")
    one.click("main .form-foot button")
    assert one.locator(".rule-dates", has_text="600,000 yuan").count() == 1
    assert serious(one) == []
    one.goto(f"{AWARD}draft/whatif/?on=2026-06-02")
    assert one.locator("#money tbody tr").count() > 0
    one.goto(f"{AWARD}draft/publish/")
    assert one.locator("main .form-foot button[data-confirm]").is_disabled()

    other = at_desk("steward2", 390)
    other.goto(f"{AWARD}draft/publish/")
    other.fill("[name=reason]", "Agreed")
    other.click("main .form-foot button")
    other.click("dialog[open] button.btn-primary")
    other.wait_for_url(re.compile(f"{AWARD}$"))
    assert "version 2" in other.inner_text(".page-head")
    for path in (AWARD, "/registers/rules/", "/registers/ladder/"):
        other.goto(path)
        assert other.evaluate("document.documentElement.scrollWidth") == 390, path
    other.wait_for_selector(".ladder-near")
    assert serious(other) == []

    firm = at_desk(width=390, java_script_enabled=False)
    firm.goto("/check/demo-rd-award/")
    for key, value in {"rd_spend": "9000000", "sales": "100000000", "staff": "9"}.items():
        firm.fill(f"#x-{key}", value)
    firm.click("main form button")
    assert "does not meet the rule" in firm.inner_text("#answer")
    firm.fill("#x-staff", "10")
    firm.click("main form button")
    assert "Amount 600,000 yuan" in firm.inner_text("#answer")
    assert [c["name"] for c in firm.context.cookies()] == ["saima_lang"]
    assert firm.evaluate("document.documentElement.scrollWidth") == 390
