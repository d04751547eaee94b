"""A whole bulletin: every form is there, it verifies, and its bytes depend on nothing but what went in."""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import date

import pytest

from saima import examples
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.files import load_season
from saima.files.packages import verify_package, write_package
from saima.press.bulletin import bulletin_files
from saima.press.issue import Issue
from saima.words import Text

ISSUE = Issue(number=1, dated=date(2021, 6, 16))
PROGRAM = """
import hashlib, sys
from datetime import date
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.files import load_season
from saima.press.bulletin import bulletin_files
from saima.press.issue import Issue
b = load_season(sys.argv[1])
e = evaluate(b.season, b.readings, b.projects, b.history, AsOf(Period.parse("2026-04")), 7)
for name, content in bulletin_files(b, e, Issue(4, date(2026, 5, 8))).items():
    print(name, hashlib.sha256(content).hexdigest())
"""


@pytest.fixture(scope="module")
def ruian():
    bundle = load_season("ruian-2021")
    evaluation = evaluate(
        bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(Period.parse("2021-04")), 7
    )
    return bundle, evaluation


@pytest.fixture(scope="module")
def files(ruian):
    return bulletin_files(*ruian, ISSUE)


def test_bulletin_has_every_form_in_both_languages(files):
    forms = {name for name in files if "/" not in name}

    assert forms == {"evaluation.json", "manifest.json"} | {
        f"{name}.{lang}.{ending}"
        for lang in ("en", "zh")
        for name, endings in {
            "bulletin": ("html", "pdf", "docx", "xlsx"),
            "summary": ("pdf",),
            "headline": ("txt",),
            "chat": ("txt",),
        }.items()
        for ending in endings
    }
    assert {name.split("/")[0] for name in files if "/" in name} == {"data", "record", "season"}
    assert "record/2021-04.csv" in files


def test_bulletin_verifies_as_folder_and_zip(files, tmp_path):
    write_package(files, tmp_path / "p")
    write_package(files, tmp_path / "p.zip")

    assert verify_package(tmp_path / "p").ok
    assert verify_package(tmp_path / "p.zip").ok


def test_bulletin_with_one_byte_changed_in_any_file_fails_and_names_it(files, tmp_path):
    write_package(files, tmp_path / "p")
    unnoticed = []

    for name, content in files.items():
        path = tmp_path / "p" / name
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        faults = [s.params.get("file") for s in verify_package(tmp_path / "p").steps if not s.ok]
        if name not in faults:
            unnoticed.append(name)
        path.write_bytes(content)

    assert unnoticed == []


def test_bulletin_season_inside_evaluates_to_the_same(ruian, files, tmp_path):
    write_package(files, tmp_path / "p")

    inside = load_season(tmp_path / "p")

    assert (
        evaluate(inside.season, inside.readings, inside.projects, inside.history, AsOf(Period.parse("2021-04")), 7)
        == ruian[1]
    )


def test_bulletin_manifest_says_what_it_was_made_from_and_with(ruian, files):
    told = json.loads(files["manifest.json"])

    assert (told["number"], told["dated"], told["version"], told["period"]) == (1, "2021-06-16", 1, "2021-04")
    assert (told["spec_digest"], told["seed"], told["chain"]) == (ruian[1].spec_digest, 7, None)
    assert set(told["libraries"]) >= {"numpy", "typst", "xlsxwriter"}
    assert set(told["files"]) == set(files) - {"manifest.json"}


def test_bulletin_in_one_language_tells_its_progress(ruian):
    told = []

    files = bulletin_files(
        *ruian,
        Issue(1, date(2021, 6, 20), 2, Text("A digit.", "一个数字。")),
        ("zh",),
        progress=lambda *step: told.append(step),
    )

    assert [done for done, _, _ in told] == list(range(1, 9))
    assert {whole for _, whole, _ in told} == {8}
    assert told[-1][2] == "manifest.json"
    assert not any(".en." in name for name in files)
    assert "record/2021-04.v2.csv" in files


def turned(folder):
    """demo-city with the rows of every table in the opposite order."""
    shutil.copytree(examples.folder("demo-city"), folder)
    for table in sorted(folder.glob("**/*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[::-1]])
    return folder


def test_bulletin_bytes_do_not_depend_on_row_order_locale_time_zone_or_hash_seed(tmp_path):
    def made(season, **more: str) -> str:
        environment = {**os.environ, **more}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(season)],
            env=environment,
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout

    here = made("demo-city", TZ="UTC", LANG="C.UTF-8", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    there = made(
        turned(tmp_path / "turned"),
        TZ="America/Los_Angeles",
        LANG="zh_CN.UTF-8",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="2",
    )

    assert here.count("\n") > 40
    assert here == there
