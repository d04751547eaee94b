"""The READMEs tell the truth: their sessions print what they show, and their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_sessions_show_what_the_commands_print() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "tools/readme.py", "--check"], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    linked = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))

    assert [t for t in linked if "://" not in t and not (page.parent / t).exists()] == []


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
