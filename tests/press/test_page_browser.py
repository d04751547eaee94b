"""The page in a real browser: fits a phone, asks for nothing, says nothing on the console, works without script."""

import os
import shutil
from pathlib import Path

import pytest
import sample

from chromium import FLAGS
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.files import load_season
from saima.press.page import render_page
from saima.words import LANGS

CHROMIUM = os.environ.get("SAIMA_CHROMIUM") or shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs chromium (Debian package, or its path in SAIMA_CHROMIUM)"),
]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [375, 1440])
def test_page_fits_and_asks_for_nothing(browser, tmp_path: Path, lang, width):
    path = tmp_path / "bulletin.html"
    path.write_text(render_page(sample.evaluation(), sample.ISSUE, lang), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    tab, asked, said = context.new_page(), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))

    tab.goto(path.as_uri())
    seen = tab.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
    context.close()

    assert seen == [width, width]
    assert (asked, said) == ([path.as_uri()], [])


OUTSIDE = """() => [...document.querySelectorAll(".chart svg text")].filter(text => {
    const box = text.getBoundingClientRect(), picture = text.ownerSVGElement.getBoundingClientRect();
    return box.left < picture.left || box.right > picture.right || box.top < picture.top;
}).map(text => text.textContent)"""


@pytest.mark.parametrize("lang", LANGS)
def test_words_of_charts_stay_inside_their_pictures(browser, tmp_path: Path, lang):
    path = tmp_path / "bulletin.html"
    path.write_text(render_page(_demo_city(), sample.ISSUE, lang), "utf-8")
    tab = browser.new_page(viewport={"width": 1440, "height": 800})

    tab.goto(path.as_uri())
    outside = tab.evaluate(OUTSIDE)
    tab.close()

    assert outside == []


def _demo_city() -> Evaluation:
    b = load_season("demo-city")
    return evaluate(b.season, b.readings, b.projects, b.history, AsOf(Period.parse("2026-04")), 7)


def test_link_to_a_folded_why_opens_it(browser, tmp_path: Path):
    path = tmp_path / "bulletin.html"
    path.write_text(render_page(sample.large(20, 6), sample.ISSUE, "en", charts={}), "utf-8")
    tab = browser.new_page()

    tab.goto(path.as_uri())
    tab.get_by_role("link", name="Country 002").first.click()
    opened = tab.locator("details[open] summary").all_inner_texts()
    tab.close()

    assert len(opened) == 1
    assert opened[0].startswith("Country 002")
