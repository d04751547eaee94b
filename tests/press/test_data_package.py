"""The open data are described as they are, read back as the same numbers, and run in no spreadsheet."""

import csv
import io
import json
from dataclasses import replace

import sample

from saima.press.data_package import TABLES, data_package
from saima.words import Text


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_data_tables_have_the_columns_both_descriptions_name():
    files = data_package(sample.evaluation(), sample.ISSUE)

    heads = {name: files[f"{name}.csv"].decode().split("\n", 1)[0].split(",") for name in TABLES}
    csvw = json.loads(files["csvw.json"])
    frictionless = json.loads(files["datapackage.json"])
    assert {t["url"]: [c["name"] for c in t["tableSchema"]["columns"]] for t in csvw["tables"]} == {
        f"{name}.csv": columns for name, columns in heads.items()
    }
    assert {r["path"]: [f["name"] for f in r["schema"]["fields"]] for r in frictionless["resources"]} == {
        f"{name}.csv": columns for name, columns in heads.items()
    }


def test_data_numbers_read_back_as_the_same_floats():
    evaluation = sample.evaluation()

    rows = _rows(data_package(evaluation, sample.ISSUE)["cells.csv"])

    assert [float(r["score"]) if r["score"] else None for r in rows] == [c.score for c in evaluation.cells]
    assert [float(r["pace"]) if r["pace"] else None for r in rows] == [c.pace for c in evaluation.cells]


def test_data_text_that_would_run_is_led_by_an_apostrophe():
    evaluation = sample.evaluation()
    contestants = tuple(replace(c, title=Text("=1+1", "-3")) for c in evaluation.season.contestants)
    changed = replace(evaluation, season=replace(evaluation.season, contestants=contestants))

    rows = _rows(data_package(changed, sample.ISSUE)["standings.csv"])

    assert {(r["contestant_en"], r["contestant_zh"]) for r in rows} == {("'=1+1", "-3")}


def test_data_readme_speaks_both_languages_and_carries_the_notice():
    said = data_package(sample.evaluation(), sample.ISSUE)["README.md"].decode()

    assert f"> {sample.season().notice.en}\n" in said
    assert f"> {sample.season().notice.zh}\n" in said


def test_data_of_a_season_without_standings_have_every_table():
    files = data_package(sample.without_standings(), sample.ISSUE)

    assert set(files) == {f"{name}.csv" for name in TABLES} | {
        "README.md",
        "csvw.json",
        "datapackage.json",
        "evaluation.json",
    }
    assert _rows(files["received.csv"])[0]["published"] == "2026-05-16"
