"""Verifying in a real browser: three clicks for a clean report, keys alone for eighteen figures, two people at once."""

import time
from pathlib import Path

import pytest
from walking import sign_in

from chromium import FLAGS

pytestmark = pytest.mark.browser
FOCUSED = "details.verify-form[open] :focus"  # the form is there and takes what is typed
HERE = str(Path(__file__).parent)
COUNT = """addEventListener("click", e => {
    if (e.isTrusted && e.detail > 0) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true)"""
EVERY = [
    "teams", "doctors", "graduates", "high_tech", "smes", "gazelles", "labs", "shared", "rd_spend", "rd_intensity",
    "patents", "added_value", "scale_firms", "energy", "loans", "fund", "pilot", "tickets",
]  # fmt: skip


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


@pytest.fixture(scope="module")
def desk(make_desk):
    """One installation for these pages: each test verifies a report of its own."""
    return make_desk()


@pytest.fixture
def tab_of(browser, desk):
    """tab_of("verifier"): a signed-in page that counts clicks of the mouse."""
    contexts = []

    def tab(username):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=desk.url)
        context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
        contexts.append(context)
        page = context.new_page()
        sign_in(page, username)
        context.add_init_script(COUNT)
        return page

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture
def made(desk):
    """made("whistle", {"smes": "130"}): the id of a submitted June report."""

    def report(place, values):
        code = f"import sys\nsys.path.insert(0, {HERE!r})\nfrom verifying import sent\n"
        return int(desk.python(code + f"print(sent({place!r}, {values!r})[0].pk)").split()[-1])

    return report


def status_of(page, title):
    return page.locator("tr", has=page.locator(f"a[data-row]:has-text('{title}')")).locator("td").last.inner_text()


def test_a_report_without_warnings_is_verified_in_three_clicks(made, tab_of):
    pk = made("whistle", {"smes": "130", "doctors": "60", "gazelles": "2"})
    page = tab_of("verifier")
    page.goto("/verify/")

    page.click(f'a[href="/verify/{pk}/"]')
    page.click("button[value=accept_all]")
    page.click("button[value=certify]")
    page.wait_for_selector(".notice-good:has-text('Fog Whistle Park: the report is verified.')")

    assert page.evaluate("Number(sessionStorage.clicks)") == 3


def test_eighteen_figures_by_keys_alone_take_a_fraction_of_six_minutes(made, tab_of):
    pk = made("crane", dict.fromkeys(EVERY, "1"))
    page = tab_of("verifier")
    page.goto(f"/verify/{pk}/")
    started = time.monotonic()

    page.keyboard.press("j")
    page.wait_for_selector("tr[data-current]:has-text('Doctors hired')")
    page.keyboard.press("k")
    page.wait_for_selector("tr[data-current]:has-text('High-level teams')")
    for done in range(1, len(EVERY) + 1):
        page.keyboard.press("a")
        page.wait_for_selector(f"text=decided {done} of 18")
    page.keyboard.press("c")
    page.wait_for_selector(".notice-good:has-text('Paper Crane Park: the report is verified.')")

    assert page.evaluate("sessionStorage.clicks") is None
    assert time.monotonic() - started < 120


def test_question_edit_and_reject_by_keys(made, tab_of):
    pk = made("ferry", {"smes": "170", "doctors": "90", "gazelles": "4"})
    page = tab_of("verifier")
    page.goto(f"/verify/{pk}/")
    page.wait_for_selector("tr[data-current]:has-text('Doctors hired')")

    page.keyboard.press("q")
    page.wait_for_selector(FOCUSED)
    page.keyboard.type("Which enterprises?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr[data-current]:has-text('Technology SMEs')")
    page.wait_for_selector("#verify-cell h2:has-text('Technology SMEs')")
    page.keyboard.press("e")
    page.wait_for_selector(FOCUSED)
    page.keyboard.type("171")
    page.keyboard.press("Tab")
    page.keyboard.type("Counted again")
    page.locator("details.verify-form[open] button[type=submit]").press("Enter")
    page.wait_for_selector("tr[data-current]:has-text('Gazelle')")
    page.wait_for_selector("#verify-cell h2:has-text('Gazelle')")
    page.keyboard.press("r")
    page.wait_for_selector(FOCUSED)
    page.keyboard.type("Not on the list")
    page.locator("details.verify-form[open] button[type=submit]").press("Enter")
    page.wait_for_selector("text=decided 2 of 3")

    assert [status_of(page, t) for t in ("Doctors hired", "Technology SMEs", "Gazelle")] == [
        "asked",
        "changed",
        "rejected",
    ]


def test_two_verifiers_on_one_figure_the_second_sees_both_values(made, tab_of):
    pk = made("whale", {"smes": "230"})
    first, second = tab_of("verifier"), tab_of("verifier2")
    first.goto(f"/verify/{pk}/")
    second.goto(f"/verify/{pk}/")

    first.keyboard.press("a")
    first.wait_for_selector("text=decided 1 of 1")
    second.keyboard.press("a")
    said = second.wait_for_selector("#messages .notice-refused").inner_text()

    assert "you looked at 230 (reported)" in said
    assert "made it 230 (verified)" in said
