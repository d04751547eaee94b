"""An erratum tells in every form what it changes: from which place to which, which figure, and why."""

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
import sample

from saima.engine.model.history import RankThen
from saima.engine.race import published_of
from saima.press.changes import change_rows, erratum_words
from saima.press.chat import chat_text
from saima.press.data_package import data_package
from saima.press.page import render_page
from saima.press.pdf import render_pdf
from saima.press.sheets import render_workbook
from saima.press.word import render_docx


def _text(pdf: bytes, tmp_path: Path) -> str:
    (tmp_path / "b.pdf").write_bytes(pdf)
    made = subprocess.run(["pdftotext", str(tmp_path / "b.pdf"), "-"], capture_output=True, check=True)
    return made.stdout.decode()


@pytest.fixture(scope="module")
def evaluation():
    return sample.evaluation()


@pytest.fixture(scope="module")
def issue(evaluation):
    """The first version had the leaders the other way round, and a figure of the first less."""
    now = published_of(evaluation, number=4, dated=sample.ISSUE.dated)
    ranks, cells = dict(now.ranks), dict(now.cells)
    first, second, third = (("overall", "level", s.contestant) for s in evaluation.standing()[:3])
    ranks[third] = RankThen(3, 90.0)
    ranks[first], ranks[second] = RankThen(2, 111.5), RankThen(1, ranks[first].score)
    key = next(k for k, c in cells.items() if c.light == "green" and c.value and k[0] == first[2])
    cells[key] = replace(cells[key], value="1", light="red")
    before = replace(now, ranks=MappingProxyType(ranks), cells=MappingProxyType(cells))
    return replace(sample.ERRATUM, replaces=before)


def test_every_place_and_figure_that_differs_is_a_row_and_nothing_else(evaluation, issue):
    rows = change_rows(evaluation, issue, "en")

    willow, stone, third, figure = rows
    assert (willow.who, willow.what) == ("Willow Bay", "Place: Overall")
    assert (willow.before, willow.after) == ("place 2, 111.50 points", "place 1, 113.60 points")
    assert stone.before.startswith("place 1, ")
    assert stone.after.startswith("place 2, ")
    assert (third.before, third.after[:8]) == ("place 3, 90.00 points", "place 3,")
    assert f"Scores changed: {third.who} (90.00 → " in erratum_words(evaluation, issue, "en")
    assert figure.who == "Willow Bay"
    assert figure.before.endswith("(red)")
    assert figure.after.endswith("(green)")
    same = published_of(evaluation, number=4, dated=sample.ISSUE.dated)
    assert change_rows(evaluation, replace(sample.ERRATUM, replaces=same), "en") == ()
    assert erratum_words(evaluation, replace(sample.ERRATUM, replaces=same), "zh").endswith("名次无变动。")
    assert change_rows(evaluation, sample.ISSUE, "en") == ()
    assert erratum_words(evaluation, sample.ISSUE, "en") == ""


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext: apt-get install poppler-utils")
@pytest.mark.parametrize(("lang", "moved"), [("en", "Willow Bay (2 → 1)"), ("zh", "柳湾园区（第2→第1）")])
def test_every_form_says_from_which_place_to_which_and_why(evaluation, issue, lang, moved, tmp_path):
    from docx import Document
    from openpyxl import load_workbook

    why = issue.reason.of(lang)
    full = _text(render_pdf(evaluation, issue, lang, charts={}), tmp_path)
    summary = _text(render_pdf(evaluation, issue, lang, "summary"), tmp_path)
    document = Document(io.BytesIO(render_docx(evaluation, issue, lang)))
    words = "\n".join(p.text for p in document.paragraphs)
    cells = {c.text for table in document.tables for row in table.rows for c in row.cells}
    book = load_workbook(io.BytesIO(render_workbook(evaluation, issue, lang)))
    page, chat = render_page(evaluation, issue, lang, charts={}), chat_text(evaluation, issue, lang)

    for said in (full, summary, words, page, chat):
        for part in (moved, why):
            assert "".join(part.split()) in "".join(said.split())
    before = change_rows(evaluation, issue, lang)[0].before
    assert before in cells
    assert before in page
    assert before in {c.value for c in book.worksheets[0]["C"]}
    rows = list(csv.DictReader(io.StringIO(data_package(evaluation, issue)["changes.csv"].decode())))
    assert [(r["kind"], r["contestant"], r["before"], r["after"]) for r in rows[:2]] == [
        ("place", "willow", "2", "1"),
        ("place", rows[1]["contestant"], "1", "2"),
    ]
    assert (rows[3]["kind"], rows[3]["light_before"], rows[3]["light_after"]) == ("figure", "red", "green")
