"""Forms, links and figures in a real browser: a guest reports from a phone, a filled form is taken over, no fault is
found by the accessibility checker, and nothing breaks the content policy."""

import io
import re

import openpyxl
import pytest
from walking import sign_in

from chromium import FLAGS

pytestmark = pytest.mark.browser


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
        context = browser.new_context(
            viewport={"width": width, "height": 800}, base_url=desk.url, locale="en-GB", **more
        )
        contexts.append(context)
        context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" and "status of 4" not in m.text else 0)
        if username:
            sign_in(page, username)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


def lantern(page):
    page.goto("/s/demo-city/reports/")
    return page.locator("a.row-title", has_text="Nine Lanterns").first.get_attribute("href")


def serious(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]


def test_a_guest_fills_in_from_a_phone_and_a_used_link_is_dead(at_desk):
    steward = at_desk("steward")
    report = lantern(steward)
    steward.goto(f"{report}links/")
    steward.fill("[name=for_whom]", "Wang, Nine Lanterns")
    steward.click("main form:has([name=for_whom]) button[type=submit]")
    address = steward.input_value("#address")
    assert serious(steward) == []
    phone = at_desk(width=375)
    phone.goto(address)
    assert serious(phone) == []

    phone.click("main button[type=submit]")
    phone.locator("input.figure").first.fill("9")
    phone.locator("input.figure").first.press("Enter")
    phone.wait_for_selector(".dot-saved")
    phone.goto("/s/demo-city/")

    assert "/accounts/login/" in phone.url
    steward.goto(report)
    assert steward.locator("input.figure").first.input_value() == "9"
    steward.goto(f"{report}links/")
    steward.click("main td button.btn-danger")
    steward.locator("dialog[open] .btn-danger").click()
    steward.wait_for_selector("td .pill-grey")
    assert phone.goto(address).status == 410


def test_a_filled_form_is_compared_and_taken_over(at_desk, tmp_path):
    page = at_desk("lantern")
    report = lantern(page)
    content = page.request.get(f"{report}form.xlsx").body()
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    first = next(c.row for c in sheet["B"] if c.value)
    sheet.cell(first, 9).value = 9
    book.save(tmp_path / "form.xlsx")
    page.goto(report)
    page.click("text=Excel form")
    page.set_input_files("#file", str(tmp_path / "form.xlsx"))
    page.click("main button[type=submit]")
    page.wait_for_selector("ins")
    assert serious(page) == []

    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"check=1"))

    assert page.locator("input.figure").first.input_value() == "9"


@pytest.mark.looks
@pytest.mark.parametrize("name", ["figures/", "reminders/"])
def test_pages_of_the_bureau_have_no_serious_fault(at_desk, name):
    page = at_desk("steward", width=375)

    page.goto(f"/s/demo-city/{name}")

    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= 375")


@pytest.mark.looks
def test_the_sheet_is_one_page_on_paper(at_desk):
    page = at_desk("lantern")
    page.goto(f"{lantern(page)}print/")

    assert serious(page) == []
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 1
