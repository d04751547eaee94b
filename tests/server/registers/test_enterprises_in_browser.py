"""The register in a real browser: a messy workbook comes in by hand, without script; axe finds nothing on its pages."""

import pytest
from firms_workbook import code_of, unique_name, workbook
from walking import sign_in

from chromium import FLAGS

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LIST = "/registers/enterprises/"


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


def tab(browser, desk, *, script=True):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=script, base_url=desk.url
    )
    context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
    page = context.new_page()
    sign_in(page, "steward")
    return page


def hand_over(page, content):
    page.goto(f"{LIST}imports/")
    page.set_input_files("input[type=file]", {"name": "firms.xlsx", "mimeType": "", "buffer": content})
    page.click("button:has-text('Look at it')")
    page.wait_for_url(f"**{LIST}imports/*/")


@pytest.mark.long
def test_a_messy_workbook_comes_in_and_its_pages_are_sound(browser, desk):
    from axe_playwright_python.sync_playwright import Axe

    plain = tab(browser, desk, script=False)
    hand_over(plain, workbook(300))
    plain.click("button[value=confirm]")
    receipt = plain.inner_text("main")
    extra = [["", "虚构改名云水科技有限公司", code_of(1), "", "", 5_000], ["", unique_name(3), "", "", "", 7_000]]
    hand_over(plain, workbook(2, start=400, changed={401: {6: "about 12"}}, extra=extra))
    address = plain.url
    plain.click("a:has-text('Settle them')")
    plain.click("#renamed tbody button:has-text('The same firm')")
    plain.click("#no_code .actions button:has-text('The same firm')")
    plain.goto(address)
    plain.click("button[value=confirm]")
    plain.goto(f"{LIST}?q={code_of(1)}")
    plain.click("a.row-title")

    assert "300" in receipt
    assert plain.inner_text("h1") == "虚构改名云水科技有限公司"
    found, wide = {}, {}
    page = tab(browser, desk)
    hand_over(page, workbook(2, start=600, changed={601: {6: "about 12"}}, extra=extra[1:]))
    for path in (f"{LIST}firm/919999MA000000010R/", page.url, f"{page.url}doubts/", LIST):
        page.goto(path)
        page.set_viewport_size({"width": 390, "height": 844})
        wide[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        page.set_viewport_size({"width": 1440, "height": 900})
        if path == LIST:
            page.emulate_media(color_scheme="dark")
        violations = Axe().run(page, options=RULES).response["violations"]
        found[path] = [(v["id"], [n["html"][:150] for n in v["nodes"][:2]]) for v in violations]
    assert {p: w for p, w in wide.items() if w > 0} == {}
    assert {p: v for p, v in found.items() if v} == {}
