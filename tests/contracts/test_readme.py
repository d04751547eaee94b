"""The READMEs tell the truth: sessions print what they show, links lead somewhere, people and pictures are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from saima.server.site.demo import PASSWORD, PEOPLE

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}


@pytest.mark.long
def test_sessions_show_what_the_commands_print() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "tools/readme.py", "--check"], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    linked = re.findall(r"""\]\(([^)#]+)[^)]*\)|(?:src|href)="([^"#]+)""", page.read_text("utf-8"))
    linked = [inside or html for inside, html in linked]

    assert [t for t in linked if "://" not in t and not (page.parent / t).exists()] == []


def test_headings_that_links_name_are_there() -> None:
    lost = set()
    for page in PAGES:
        for file, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text("utf-8")):
            there = (page.parent / file if file else page).read_text("utf-8")
            headings = {re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-") for h in _headings(there)}
            if heading not in headings:
                lost.add((page.name, f"{file}#{heading}"))

    assert lost == set()


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def test_pictures_are_those_the_readmes_show_in_their_language() -> None:
    shown = {lang: sorted(re.findall(r"docs/img/([\w.-]+)", path.read_text("utf-8"))) for lang, path in READMES.items()}

    taken = sorted(p.name for p in (ROOT / "docs/img").iterdir())
    assert shown == {lang: [name for name in taken if name.endswith(f".{lang}.png")] for lang in READMES}
    assert sorted(name for names in shown.values() for name in names) == taken


@pytest.mark.parametrize("lang", READMES)
def test_readme_names_everybody_of_the_demonstration_and_their_password(lang: str) -> None:
    text = READMES[lang].read_text("utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `") and "`demo-city`" not in line]

    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert sorted(names) == sorted(someone.username for someone in PEOPLE)
    assert f"`{PASSWORD}`" in text


def test_make_commands_that_pages_name_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    }

    assert {(page, target) for page, target in named if target not in targets} == set()
    assert ("README.md", "demo") in named


def test_files_that_pages_and_modules_name_are_there() -> None:
    named = {
        (page, name)
        for page in [*PAGES, *(ROOT / "src").rglob("*.py")]
        for name in re.findall(
            r"(?<![\w/])((?:docs|tests|tools|benchmarks|saima)/[\w./-]+\.(?:md|py|toml|json))", page.read_text("utf-8")
        )
    }

    lost = {
        (page.name, name) for page, name in named if not (ROOT / name).exists() and not (ROOT / "src" / name).exists()
    }
    assert lost == set()
    bare = {name for page in PAGES for name in re.findall(r"`(test_\w+)(?:\.py)?`", page.read_text("utf-8"))}
    written = "\n".join(f"{p.stem}\n{p.read_text('utf-8')}" for p in (ROOT / "tests").rglob("test_*.py"))
    assert {name for name in bare if not re.search(rf"\b{name}\b", written)} == set()
