"""A wall in a real browser: it turns, holds, says when it is stale, goes dark when revoked, and asks nobody else."""

import json
from pathlib import Path

import pytest

from chromium import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.looks]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PUBLISH = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from published import publish
from saima.server.race.models import Season
from saima.server.site.actions import wall_make
from saima.server.site.walls import signed
season = Season.objects.get(key="demo-city")
publish(season)
print("/wall/" + signed(wall_make(season=season, title="Lobby", networks="", by=None)) + "/")
"""
MAKE = """
from saima.server.race.models import Season
from saima.server.site.actions import wall_make
from saima.server.site.walls import signed
season = Season.objects.get(key="demo-city")
print("/wall/" + signed(wall_make(season=season, title="Hall", networks="", by=None)) + "/")
"""
REVOKE = """
from saima.server.site.actions import wall_revoke
from saima.server.site.models import Wall
wall_revoke(wall=Wall.objects.get(title="Hall"), by=None)
"""


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
def hung(make_desk):
    """An installation with a published bulletin, and the address of its wall."""
    desk = make_desk()
    path = desk.python(PUBLISH).split()[-1]
    desk.start()
    yield desk, path
    desk.kill9()


@pytest.fixture
def screen(browser, hung):
    """screen(): the wall's page; what the browser complains of and whom it asks are in ``complaints``, ``hosts``."""
    desk, lobby = hung
    contexts = []

    def opened(*, width=1920, script=True, clock=False, query="", theme="dark", path=lobby):
        context = browser.new_context(viewport={"width": width, "height": 1080}, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.hosts = [], set()
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
        page.on("request", lambda r: page.hosts.add(r.url.split("/")[2]))
        if clock:
            page.clock.install()
        page.goto(f"{desk.url}{path}?lang=en&theme={theme}{query}")
        if script:
            page.locator("#where", has_text="/").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


def scene(page):
    return page.locator("#stage").get_attribute("data-scene")


def test_scenes_turn_by_themselves_hold_on_space_and_follow_the_arrows(screen, hung):
    page = screen(clock=True, query="&every=20")
    seen = [scene(page)]

    page.clock.run_for(21_000)
    seen.append(scene(page))
    page.keyboard.press("Space")
    page.clock.run_for(120_000)
    seen.append(scene(page))
    held = page.locator("[data-do=pause]").get_attribute("aria-pressed")
    page.keyboard.press("ArrowRight")
    seen.append(scene(page))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    seen.append(scene(page))
    page.keyboard.press("Space")
    page.clock.run_for(21_000)
    seen.append(scene(page))

    assert seen == ["overall", "race:indicators", "race:indicators", "race:projects", "movement", "overall"]
    assert held == "true"
    assert page.complaints == []
    assert page.hosts == {hung[0].url.split("/")[2]}


def test_a_wall_that_hears_nothing_for_a_day_says_so_and_turns_on(screen):
    page = screen(clock=True, query="&every=600")
    stale = page.locator("#stale")
    shown = [stale.is_visible()]

    page.route("**/data.json*", lambda route: route.abort())
    page.clock.fast_forward(24 * 3600 * 1000 - 120_000)
    shown.append(stale.is_visible())
    page.clock.fast_forward(240_000)
    page.clock.run_for(2_000)
    shown.append(stale.is_visible())
    page.unroute("**/data.json*")
    page.clock.run_for(301_000)
    stale.wait_for(state="hidden")

    assert shown == [False, False, True]
    assert page.locator(".lanes li, .panel").count() > 0


def test_every_scene_fits_its_canvas_and_nothing_scrolls(screen):
    page = screen(query="&every=600")
    count = int(page.locator("#where").inner_text().split("/")[1])
    cut = {}
    for _ in range(count):
        found = page.evaluate(
            """() => [...document.querySelectorAll(".panel, .head-line, .notices, .foot")].filter((e) =>
              e.clientHeight && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)
            ).map((e) => e.className)"""
        )
        cut |= {scene(page): found} if found else {}
        page.keyboard.press("ArrowRight")

    assert cut == {}
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]


def test_a_wide_screen_keeps_the_whole_race_beside_the_scene(screen):
    page = screen(width=3840, query="&every=600")

    page.keyboard.press("ArrowRight")

    assert page.locator("#fixed .lanes li").count() == 5
    assert scene(page) != "overall"
    assert page.locator("#where").inner_text().endswith("/12")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_any_scene(screen, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = screen(query="&every=600", theme=theme)
    found = {}
    for key in ("overall", "movement", "alerts", "lights"):
        while scene(page) != key:
            page.keyboard.press("ArrowLeft")
        wrong = Axe().run(page, options=RULES).response["violations"]
        found |= {key: [(v["id"], [n["html"][:100] for n in v["nodes"][:2]]) for v in wrong]} if wrong else {}

    assert found == {}


def test_without_javascript_the_first_scene_stands(screen):
    page = screen(script=False)

    assert page.locator("#stage .lanes li").count() == 5
    assert page.locator("#left .bullets li").count() == 5
    assert page.locator("#turn").is_visible() is False


def test_news_glide_in_and_a_still_screen_swaps_them_at_once(screen, hung):
    desk, _path = hung
    page = screen(clock=True, query="&every=600")
    fresh = json.loads(page.request.get(page.url.replace("/?", "/data.json?")).text())
    for one in fresh["scenes"]:
        one["html"] = one["html"].replace("50.7", "61.2")
    page.route("**/data.json*", lambda route: route.fulfill(json=fresh))

    page.clock.run_for(301_000)
    page.locator("#stage .figure", has_text="61.2").wait_for()

    assert scene(page) == "overall"
    assert page.complaints == []
    assert desk.url in page.url


def test_a_revoked_wall_goes_dark_within_five_minutes(screen, hung):
    desk, _path = hung
    page = screen(clock=True, query="&every=600", path=desk.python(MAKE).split()[-1])

    desk.python(REVOKE)
    page.clock.run_for(301_000)
    page.locator("#stage[data-scene=over]").wait_for()

    assert "This address is no longer valid" in page.locator("#stage").inner_text()
    assert page.locator("#left").inner_text() == ""
    assert "Paper Crane" not in page.locator("body").inner_text()
