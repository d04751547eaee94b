"""The workbook holds every number, live formulas that give the engine's numbers, and no text that runs."""

import io
import re
from dataclasses import replace
from datetime import datetime

import pytest
import sample
from openpyxl import load_workbook

from saima.press.sheets import render_workbook
from saima.words import Text


def _book(lang="en", evaluation=None, *, cached=False):
    content = render_workbook(evaluation or sample.evaluation(), sample.ISSUE, lang)
    return load_workbook(io.BytesIO(content), data_only=cached)


def _rows(sheet):
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=5)]


def test_workbook_has_the_sheets_in_order():
    assert _book().sheetnames == [
        "Standings",
        "Indicators",
        "Lights",
        "Lights over time",
        "Races and groups",
        "Progress",
        "Medals",
        "Projects",
        "Weak spots",
        "Adjustments",
        "Findings",
        "Method",
    ]
    assert "上级公布" in _book("zh", sample.without_standings()).sheetnames


def test_workbook_formulas_give_the_cached_numbers():
    live, cached = _book()["Indicators"], _book(cached=True)["Indicators"]
    checked = 0

    for row in live.iter_rows(min_row=5):
        for cell in row:
            if cell.data_type != "f":
                continue
            # Only references of the same row, and + - * / : small enough to be worked out here.
            expression = re.sub(r"([A-Z])(\d+)", lambda m: repr(cached[m[0]].value), cell.value.removeprefix("="))
            assert re.fullmatch(r"[-+*/().\de]+", expression)
            assert eval(expression) == pytest.approx(cached[cell.coordinate].value, abs=1e-9)
            checked += 1

    assert checked == 30 * 4 - 3  # completion, pace, ahead, contribution; one cell has a contribution of 0 alone


def test_workbook_overall_score_is_the_sum_of_the_races():
    live, cached = _book(), _book(cached=True)
    scores = {row[0]: row[5] for row in _rows(cached["Standings"]) if row[2] == "Overall"}
    races = {}
    for row in _rows(cached["Races and groups"]):
        if row[4] == "race":
            races[row[0]] = races.get(row[0], 0) + row[7]

    assert scores == pytest.approx(races)
    assert live["Standings"]["F5"].value.startswith("=SUMIFS(")


def test_workbook_text_is_never_a_formula():
    evaluation = sample.evaluation()
    bad = Text('=HYPERLINK("http://example.org","x")', "+1")
    season = replace(
        evaluation.season,
        title=bad,
        contestants=tuple(replace(c, title=bad) for c in evaluation.season.contestants),
        indicators=tuple(
            replace(i, title=Text("@SUM(1)", "-2"), unit=Text('"x"', "%")) for i in evaluation.season.indicators
        ),
    )

    for lang in ("en", "zh"):
        sheet = _book(lang, replace(evaluation, season=season))["Indicators" if lang == "en" else "指标"]
        assert {sheet.cell(row, column).data_type for row in range(5, 35) for column in (2, 4)} == {"s"}


def test_workbook_shows_lights_as_letter_and_colour_and_freezes_heads():
    sheet = _book()["Indicators"]

    assert sheet.freeze_panes == "E5"
    assert sheet["L5"].value == "G"
    assert sheet["L5"].fill.fgColor.rgb == "FFD5EBDD"
    assert sheet["A2"].value == sample.season().notice.en
    assert sheet["E5"].number_format == '#,##0" people"'


def test_workbook_is_dated_by_the_issue_and_the_same_each_time():
    content = render_workbook(sample.evaluation(), sample.ISSUE, "zh")

    assert load_workbook(io.BytesIO(content)).properties.created == datetime.fromisoformat("2026-05-08")
    assert content == render_workbook(sample.evaluation(), sample.ISSUE, "zh")


@pytest.mark.parametrize("make", [sample.without_standings, sample.hostile, lambda: sample.large(30, 12)])
def test_workbook_of_unusual_seasons_opens(make):
    assert _book("zh", make()).sheetnames[-1] == "方法与复核"


def test_columns_are_as_wide_as_their_texts_up_to_a_limit():
    sheet = _book()["Lights"]

    longest = max(len(row[1]) for row in _rows(sheet))
    assert longest < sheet.column_dimensions["B"].width <= 45
