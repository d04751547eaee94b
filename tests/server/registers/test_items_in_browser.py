"""In a real browser: a chain's picture is clicked, a project led on, a person shown and told; axe finds nothing."""

import re
import shutil

import pytest
from walking import sign_in

from chromium import FLAGS
from saima.server.registers.queries.sealing import key_path

pytestmark = pytest.mark.browser
CHAIN = "/registers/chains/c/quiet-machines/?node=controllers"
PAGES = ("/registers/items/", "/registers/items/platform/", "/registers/items/major-project/i/MP-001/", CHAIN)
PAGES += ("/registers/talents/", "/registers/talents/t/T-0002/", "/registers/items/park/new/")


@pytest.fixture
def page(chromium_path, desk):
    """A page of the steward, in the dark; script errors and broken policies fail."""
    playwright = pytest.importorskip("playwright.sync_api")
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the thread of the tests
    faults = []
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium_path, args=FLAGS)
        context = started.new_context(viewport={"width": 375, "height": 800}, base_url=desk.url, locale="en-GB")
        context.add_cookies([{"name": n, "value": v, "url": desk.url} for n, v in COOKIES.items()])
        made = context.new_page()
        made.on("pageerror", lambda fault: faults.append(str(fault)))
        made.on("console", lambda m: faults.append(m.text) if m.type == "error" and "status of 4" not in m.text else 0)
        sign_in(made, "steward")
        yield made
        started.close()
    patch.undo()
    assert faults == []


COOKIES = {"saima_lang": "en", "saima_theme": "dark"}


def serious(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [
        (v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found if v["impact"] in ("serious", "critical")
    ]


def test_pages_are_clicked_through_on_a_phone_in_the_dark(page, desk):
    shutil.copyfile(key_path(), desk.home / "personal.key")
    found = {}
    for address in PAGES:
        page.goto(address)
        found[address] = (serious(page), page.evaluate("document.documentElement.scrollWidth") > 375)
    assert {a: f for a, f in found.items() if f != ([], False)} == {}

    page.goto(CHAIN)
    page.locator("a.chain-node", has_text="Windings").click()
    page.wait_for_url(re.compile("node=windings"))
    page.goto(CHAIN)
    page.get_by_role("button", name="Put on this node").first.click()
    page.wait_for_url(re.compile("#node"))
    assert "1 of 2 wanted" in page.locator("#node").inner_text()
    page.get_by_role("link", name="Open a ticket").click()
    assert "Motor controllers" in page.locator("#t-title").input_value()

    page.goto("/registers/items/major-project/i/MP-002/")
    for library in ("", "L-77"):
        page.locator("summary", has_text="Another stage").click()
        page.select_option("#s-stage", "started")
        page.fill("#s-started-ground-level", "Photo 12")
        page.fill("#s-started-library", library)
        page.locator("button", has_text="Another stage").click()
        page.wait_for_load_state()
        if not library:
            assert "Number in the official project library" in page.locator("main").inner_text()
            page.goto("/registers/items/major-project/i/MP-002/")
    assert "L-77" in page.locator("main").inner_text()

    page.goto("/registers/talents/t/T-0001/")
    page.fill("#s-purpose", "a form")
    page.get_by_role("button", name="Show it").click()
    page.wait_for_selector("#personal dl")
    assert "Fictional Fern" in page.locator("#personal").inner_text()
    page.goto("/registers/talents/t/T-0001/")
    assert "Fictional Fern" not in page.content()
    assert "a form" in page.locator("main").inner_text()
