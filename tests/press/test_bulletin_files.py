"""A whole bulletin: every form is there, it verifies, and its bytes depend on nothing but what went in."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from saima import examples
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.files import load_season
from saima.files.packages import verify_package, write_package
from saima.files.packages.manifest import canonical, digest_of
from saima.press.bulletin import bulletin_files
from saima.press.issue import Issue, Words
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
from saima.press.issue import Issue, Words
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
            "picture": ("png",),
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

    assert [done for done, _, _ in told] == list(range(1, 10))
    assert {whole for _, whole, _ in told} == {9}
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


WORDS = Words(
    opening=Text("Four months are over.", "四个月已过。"),
    remarks=Text("Reed Lake reports by 10 June.\nThe others go on.", "苇湖6月10日前报送。\n其余继续。"),
    addressees=Text("Every park", "各园区"),
    copies=Text("The mayor", "市长"),
    signatory=Text("Race office", "赛马办"),
)


@pytest.fixture(scope="module")
def worded(ruian):
    return bulletin_files(*ruian, Issue(1, date(2021, 6, 16), words=WORDS))


def test_words_people_wrote_go_with_the_package_and_change_no_number(ruian, files, worded, tmp_path):
    write_package(worded, tmp_path / "p")

    told = json.loads(worded["words.json"])
    computed = ("evaluation.json", "record/2021-04.csv", "data/", "season/")

    assert told["remarks"] == {"en": WORDS.remarks.en, "zh": WORDS.remarks.zh}
    assert verify_package(tmp_path / "p").ok
    assert "words.json" in json.loads(worded["manifest.json"])["files"]
    assert "words.json" not in files  # and a bulletin without such words is what it was
    assert {n for n in files if n.startswith(computed) and files[n] != worded[n]} == set()
    assert bulletin_files(*ruian, Issue(1, date(2021, 6, 16), words=WORDS)) == worded


def test_a_package_from_before_there_were_words_and_pictures_verifies(files, tmp_path):
    old = {n: c for n, c in files.items() if not n.startswith("picture.")}
    told = json.loads(old["manifest.json"])
    told["files"] = {n: d for n, d in told["files"].items() if n in old}
    old["manifest.json"] = canonical(told | {"digest": digest_of(told)})
    write_package(old, tmp_path / "p")

    assert verify_package(tmp_path / "p").ok


def test_words_stand_on_page_print_and_word_where_they_belong(worded):
    page = worded["bulletin.en.html"].decode()
    with zipfile.ZipFile(io.BytesIO(worded["bulletin.zh.docx"])) as archive:
        word = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())

    places = [page.index(t) for t in ("Four months are over.", "Reed Lake reports by 10 June.", "To: Every park")]
    assert places == sorted(places)
    assert "Race office" in page
    assert [t in word for t in ("四个月已过。", "工作要求", "苇湖6月10日前报送。", "各园区", "市长", "赛马办")] == [
        True
    ] * 6
    assert word.index("四个月已过。") < word.index("工作要求") < word.index("赛马办")


def test_the_picture_is_one_png_as_wide_as_a_phone(files):
    for lang in ("en", "zh"):
        content = files[f"picture.{lang}.png"]
        width, height = (int.from_bytes(content[n : n + 4]) for n in (16, 20))

        assert content.startswith(b"\x89PNG")
        assert (width, height > width) == (893, True)
