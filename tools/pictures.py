"""Takes the README's pictures: docs/img/*.png, from a bulletin and the running demonstration. Needs chromium.

make pictures
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from saima.cli import main as saima
from saima.words import LANGS

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "img"
BULLETIN = ("bulletin", "demo-city", "--period", "2026-04", "--date", "2026-05-08", "--out")
LOCALES = {"en": "en", "zh": "zh-hans"}  # what the desk's language cookie says
TOLD_WITHIN = 600  # seconds until the demonstration has released its bulletins


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the desk: who looks, at what, and which links lead there from the address."""

    name: str
    username: str
    address: str
    links: tuple[str, ...] = ()
    wide: int = 1440
    high: int = 900


SHOTS = (
    Shot("leaderboard", "leader", "/s/demo-city/"),
    Shot("report", "lantern", "/s/demo-city/reports/", ("main a[href^='/report/']",)),
    Shot("review", "verifier", "/verify/", ("main a.row-title:text-matches('Glass Whale|玻璃鲸')",)),
    Shot("phone", "lantern", "/", wide=375, high=760),
)


def gap(browser: Browser, folder: Path) -> None:
    """The bars between the first and the second, from April's bulletin."""
    made = folder / "april"
    if saima([*BULLETIN, str(made)]):
        raise SystemExit("the bulletin could not be made")
    for lang in LANGS:
        page = browser.new_page(viewport={"width": 1100, "height": 900}, color_scheme="light")
        page.goto((made / f"bulletin.{lang}.html").as_uri())
        page.locator("#gap").screenshot(path=IMAGES / f"gap.{lang}.png")
        page.close()


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where it is, and the password of each of its people, as it prints them."""

    address: str
    passwords: dict[str, str]


@contextlib.contextmanager
def demonstration(folder: Path) -> Iterator[Demonstration]:
    """A demonstration of its own, ended when we are done with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).with_name("saima"), "demo", "--home", folder / "demo", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    try:
        printed = []
        for line in server.stdout or ():
            printed.append(line)
            if address := re.search(r"http://[\w.:]+", line):
                rows = [p.split("│") for p in printed if "│" in p]
                yield Demonstration(address[0], {row[0].strip(): row[-1].strip() for row in rows})
                return
        raise SystemExit("the demonstration did not start")
    finally:
        server.terminate()
        server.communicate()


def seen(browser: Browser, demo: Demonstration, shot: Shot, lang: str) -> None:
    """Sign in as the person of the shot, go there, and take it."""
    context = browser.new_context(
        base_url=demo.address, viewport={"width": shot.wide, "height": shot.high}, color_scheme="light"
    )
    context.add_cookies([{"name": "saima_lang", "value": LOCALES[lang], "url": demo.address}])
    page = context.new_page()
    sign_in(page, shot.username, demo.passwords[shot.username])
    page.goto(shot.address)
    for link in shot.links:
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{shot.name}.{lang}.png")
    context.close()


def wall(browser: Browser, demo: Demonstration) -> None:
    """A screen of the demonstration, once its bulletins are released: the steward makes its address."""
    context = browser.new_context(base_url=demo.address, viewport={"width": 1440, "height": 810})
    page = context.new_page()
    for _ in range(TOLD_WITHIN):
        page.goto("/public/")
        if page.locator("a[href$='/2026-04/v2/']").count():
            break
        page.wait_for_timeout(1000)
    sign_in(page, "steward", demo.passwords["steward"])
    page.goto("/s/demo-city/walls/")
    page.locator("input[name=title]").fill("README")
    page.locator("input[name=title]").press("Enter")
    address = page.locator("a[href*='/wall/']").first.get_attribute("href") or ""
    for lang in LANGS:
        page.goto(f"{address.partition('?')[0]}?lang={lang}&every=600")
        page.locator("#where", has_text="/").wait_for()
        page.screenshot(path=IMAGES / f"wall.{lang}.png")
    context.close()


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/")


def main() -> None:
    chromium = os.environ.get("SAIMA_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("needs chromium: apt-get install chromium, or set SAIMA_CHROMIUM to one")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        gap(browser, folder)
        with demonstration(folder) as demo:
            for shot in SHOTS:
                for lang in LANGS:
                    seen(browser, demo, shot, lang)
            wall(browser, demo)
        browser.close()


if __name__ == "__main__":
    main()
