"""The house keeps its own rules: import contracts, doors that open, no path of anybody's machine."""

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import saima

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(m.name for m in pkgutil.walk_packages(saima.__path__, "saima."))
WEB = ("django", "granian", "ninja", "prometheus_client", "psycopg", "structlog")
HEAVY = (*WEB, "cryptography", "docx", "fastexcel", "polars", "rich", "scipy", "typst", "vl_convert", "xlsxwriter")


def tracked_texts() -> list[Path]:
    """Files of the checkout: what git tracks, or everything outside hidden and built folders where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    return [
        p for top in ("src", "tests", "docs", "tools", "benchmarks") for p in (ROOT / top).rglob("*") if p.is_file()
    ]


def test_import_contracts_are_kept() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 broken" in run.stdout


@pytest.mark.parametrize("name", MODULES)
def test_every_name_on_a_door_exists(name: str) -> None:
    module = importlib.import_module(name)
    door = getattr(module, "__all__", [])

    assert [n for n in door if not hasattr(module, n)] == []
    assert list(door) == sorted(set(door)), f"{name}: __all__ is sorted and says each name once"


def test_nothing_tracked_names_a_path_of_a_machine() -> None:
    path = re.compile(r"(?<![\w.:/-])/(home|Users|root|work|tmp|opt|mnt)/[\w.-]+")
    registry = re.compile(r"(index-url|find-links|//[\w.-]*(pypi|artifactory|nexus|mirror)[\w.-]*/)")
    found = []
    for file in tracked_texts():
        if file == Path(__file__):
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{file.relative_to(ROOT)}:{n}: {line.strip()[:80]}"
            for n, line in enumerate(text.splitlines(), 1)
            if path.search(line) or registry.search(line)
        ]

    assert found == []


def test_help_needs_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from saima.cli import main\n"
        "code = main(['--help'])\n"
        f"heavy = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "assert code == 0, code\n"
        "assert heavy == [], heavy\n"
    )

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_a_season_is_evaluated_without_a_web_framework() -> None:
    script = (
        "import sys\n"
        "from saima.cli import main\n"
        "code = main(['evaluate', 'ruian-2021', '--json'])\n"
        f"loaded = [m for m in {WEB!r} if m in sys.modules]\n"
        "assert code == 0, code\n"
        "assert loaded == [], loaded\n"
    )

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
