"""The frame in a real browser: axe finds nothing in either theme, no page scrolls sideways, keys and menus work."""

import re

import pytest

from chromium import FLAGS
from saima.server.site.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.looks]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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
    """One installation for these pages, with the style guide."""
    patch = pytest.MonkeyPatch()
    patch.setenv("SAIMA_DEBUG", "1")
    made = make_desk()
    made.start()
    yield made
    made.kill9()
    patch.undo()


@pytest.fixture(scope="module")
def session(desk):
    """session("crane"): the session cookie of somebody, signed in once."""
    known = {"": ""}

    def cookie(username):
        if username not in known:
            known[username] = desk.visitor(username).cookie("sessionid")
        return known[username]

    return cookie


@pytest.fixture
def tab_of(browser, desk, session):
    """tab_of("crane"): a page of that person; what the browser complains of is in ``page.complaints``."""
    contexts = []

    def tab(username="", *, theme="light", lang="en", width=1440, script=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=desk.url
        )
        cookies = {"saima_lang": "en" if lang == "en" else "zh-hans", "saima_theme": theme}
        cookies |= {"sessionid": session(username)} if username else {}
        context.add_cookies([{"name": n, "value": v, "url": desk.url} for n, v in cookies.items()])
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
        return page

    yield tab
    for context in contexts:
        context.close()


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("", "/"),
        ("", "/accounts/login/"),
        ("steward", "/"),
        ("ferry", "/"),
        ("steward", "/style/"),
        ("steward", "/no/"),
    ],
    ids=["landing", "login", "bureau", "reporter", "style", "missing"],
)
def test_axe_finds_nothing(tab_of, who, path, theme):
    page = tab_of(who, theme=theme, lang="zh" if theme == "dark" else "en")

    page.goto(path)

    assert faults(page) == []


@pytest.mark.parametrize("width", [375, 1920])
@pytest.mark.parametrize(
    ("who", "path"), [("", "/"), ("", "/accounts/login/"), ("steward", "/"), ("ferry", "/"), ("steward", "/style/")]
)
def test_no_page_scrolls_sideways_and_none_breaks_the_policy(tab_of, who, path, width):
    page = tab_of(who, width=width)

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.complaints == []


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("places", ["h1", ".stat-value", ".table tbody th"])
def test_a_name_of_a_hundred_letters_without_a_blank_widens_no_page(tab_of, places, width):
    page = tab_of("steward", width=width)
    page.goto("/style/")

    count = page.evaluate(
        """places => {
          const found = [...document.querySelectorAll("main " + places)];
          for (const one of found) one.textContent = "A".repeat(100);
          return found.length;
        }""",
        places,
    )

    assert count
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_menus_open_one_at_a_time_and_close_by_escape(tab_of):
    page = tab_of("steward")
    page.goto("/")
    season, person = page.locator("details.menu").first, page.locator("details.menu").last

    season.locator("summary").click()
    person.locator("summary").click()
    opened = [menu.evaluate("m => m.open") for menu in (season, person)]
    page.keyboard.press("Escape")

    assert opened == [False, True]
    assert person.evaluate("m => m.open") is False
    assert person.locator("summary").evaluate("s => s === document.activeElement")


def test_keys_lead_to_pages_and_are_listed(tab_of):
    page = tab_of("steward")
    page.goto("/")

    page.keyboard.press("?")
    listed = page.locator("dialog .keys").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog .keys", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/reports/")

    assert re.sub(r"\s+", " ", listed).startswith("G H Home G L Leaderboard G R Reports")


def test_a_question_stands_before_what_cannot_be_undone(tab_of):
    page = tab_of("steward")
    page.goto("/style/")
    page.evaluate("""() => {
        const form = document.createElement("form");
        form.action = "/style/?done";
        form.innerHTML = '<button class="btn btn-danger" name="sure" data-confirm="Really?">Delete</button>';
        document.querySelector("main").prepend(form);
    }""")
    button = page.locator("button[name=sure]")

    button.click()
    asked = page.locator("dialog.dialog").inner_text()
    page.keyboard.press("Enter")  # Cancel has the focus
    stayed = page.url
    button.click()
    page.locator("dialog.dialog .btn-danger").click()
    page.wait_for_url("**/style/?sure=")

    assert "Really?" in asked
    assert stayed.endswith("/style/")


def test_a_refused_part_is_told_and_takes_nobodys_place(tab_of):
    page = tab_of("ferry")
    page.goto("/")
    before = page.locator(".report-card").count()

    page.evaluate("htmx.ajax('GET', '/people/', {target: '.report-card', swap: 'outerHTML'})")

    page.wait_for_selector("#messages [data-refused]")

    assert page.locator(".report-card").count() == before > 0
    assert "Your roles do not include this." in page.locator("#messages").inner_text()


def test_a_server_that_is_gone_is_told_and_nothing_typed_is_lost(tab_of):
    page = tab_of("ferry")
    page.goto("/")
    page.context.set_offline(True)

    page.evaluate("() => { htmx.ajax('GET', '/', {target: 'main'}).catch(() => null) }")  # not waited for: words fade
    page.wait_for_selector(".toasts .notice-refused")

    assert "The server cannot be reached." in page.locator(".toasts").inner_text()


def test_language_theme_and_signing_in_work_without_script(tab_of):
    page = tab_of(script=False)
    page.goto("/accounts/login/")

    page.get_by_role("button", name="切换到中文").click()
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="深色").click()
    page.fill("[name=login]", "ferry")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.get_by_role("heading", level=1).inner_text() == "月渡园填报员 Moon Ferry reporter，您好"


def test_paper_is_white_whatever_the_screen_shows(tab_of):
    page = tab_of("steward", theme="dark")
    page.goto("/")
    dark = page.evaluate("getComputedStyle(document.body).color")

    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(18, 35, 59)" != dark
    assert page.locator("header.bar").is_visible() is False
