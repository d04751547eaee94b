"""Takes the README's pictures from the bulletin of the fictional demo-city: docs/img/*.png. Needs chromium.

make pictures
"""

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from saima.cli import main as saima
from saima.words import LANGS

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "img"
SECTIONS = ("standings", "gap")
BULLETIN = ("bulletin", "demo-city", "--period", "2026-04", "--date", "2026-05-08", "--out")


def main() -> None:
    chromium = os.environ.get("SAIMA_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("needs chromium: apt-get install chromium, or set SAIMA_CHROMIUM to one")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        made = Path(folder) / "april"
        if saima([*BULLETIN, str(made)]):
            raise SystemExit("the bulletin could not be made")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for lang in LANGS:
            page = browser.new_page(viewport={"width": 1100, "height": 900}, color_scheme="light")
            page.goto((made / f"bulletin.{lang}.html").as_uri())
            for section in SECTIONS:
                page.locator(f"#{section}").screenshot(path=IMAGES / f"{section}.{lang}.png")
        browser.close()


if __name__ == "__main__":
    main()
