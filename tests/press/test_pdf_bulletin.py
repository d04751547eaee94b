"""The PDF says what the evaluation says, prints typed text as typed, and stays readable for few and for many."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import sample

from saima.engine.model.evaluation import Evaluation
from saima.press.pdf import render_pdf
from saima.press.pdf.pictures import pictures
from saima.press.sentences import headline
from saima.words import Text

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext: apt-get install poppler-utils")
MARKUP = Text("#panic() $x^2$ *a* _b_ `c` @d <e> [f] \\g #{1}", "#吴$与*下\\行_号")


def _text(pdf: bytes, tmp_path: Path) -> list[str]:
    """The words of each page, without white space: lines break anywhere."""
    (tmp_path / "b.pdf").write_bytes(pdf)
    out = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "b.pdf"), "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    return ["".join(page.split()) for page in out.split("\f")[:-1]]


def _bare(text: str) -> str:
    return "".join(text.split())


def _titled(evaluation: Evaluation, title: Text) -> Evaluation:
    season = evaluation.season
    return replace(
        evaluation,
        season=replace(
            season,
            title=title,
            contestants=tuple(replace(c, title=title) for c in season.contestants),
            indicators=tuple(replace(i, title=title, unit=Text()) for i in season.indicators),
            masthead=replace(season.masthead, organisation=title, bulletin_title=title, document_number="{x}#{year}"),
        ),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pdf_says_head_headline_standings_and_digests(tmp_path, lang):
    evaluation = sample.evaluation()

    said = "".join(_text(render_pdf(evaluation, sample.ISSUE, lang), tmp_path))

    head = evaluation.season.masthead
    expected = [head.bulletin_title.of(lang), head.organisation.of(lang), headline(evaluation, lang)]
    expected += [c.title.of(lang) for c in evaluation.season.contestants]
    expected += [evaluation.spec_digest, evaluation.data_digest, evaluation.history_digest, "湖科赛〔2026〕4号"]
    assert [e for e in expected if _bare(e) not in said] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["full", "summary"])
def test_pdf_carries_the_notice_on_every_page(tmp_path, lang, form):
    evaluation = sample.evaluation()

    pages = _text(render_pdf(evaluation, sample.ISSUE, lang, form), tmp_path)

    notice = _bare(evaluation.season.notice.of(lang))
    assert [notice in page for page in pages] == [True] * len(pages)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pdf_prints_markup_as_it_was_typed(tmp_path, lang):
    said = "".join(_text(render_pdf(_titled(sample.evaluation(), MARKUP), sample.ISSUE, lang), tmp_path))

    assert said.count(_bare(MARKUP.of(lang))) >= 7
    assert "{x}#2026" in said


def test_pdf_tells_an_erratum_with_its_reason(tmp_path):
    said = "".join(_text(render_pdf(sample.evaluation(), sample.ERRATUM, "zh"), tmp_path))

    assert _bare("苇湖人才数据重复计数") in said


def test_pdf_is_accessible_and_says_so():
    pdf = render_pdf(sample.evaluation(), sample.ISSUE, "zh")

    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/StructTreeRoot" in pdf


def test_pdf_with_a_character_no_font_has_is_still_made(tmp_path):
    title = Text("Grin \N{GRINNING FACE} park", "笑\N{GRINNING FACE}园")

    pdf = render_pdf(_titled(sample.evaluation(), title), sample.ISSUE, "en")

    assert b"pdfuaid" not in pdf
    assert any("park" in page for page in _text(pdf, tmp_path))


def test_pdf_shows_single_tracks_in_the_order_of_the_season():
    evaluation = sample.without_standings()
    tracks = {f"track-{code}": f'<svg aria-label="{code}"/>' for code in ("talent", "projects", "growth")}

    shown = pictures(evaluation, {"bump": '<svg aria-label="bump"/>', **tracks})

    assert [picture.alt for picture in shown] == ["talent", "projects", "growth", "bump"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", [sample.evaluation, sample.without_standings, sample.large, sample.hostile])
def test_pdf_summary_is_one_page(tmp_path, lang, make):
    assert len(_text(render_pdf(make(), sample.ERRATUM, lang, "summary"), tmp_path)) == 1


def test_pdf_without_standings_shows_what_is_known_and_received(tmp_path):
    said = "".join(_text(render_pdf(sample.without_standings(), sample.ISSUE, "en"), tmp_path))

    assert _bare("Figures known for the period") not in said  # captions are the workbook's and Word's
    for expected in ("51.7 %", "64.9 %", "2026-05-16"):
        assert _bare(expected) in said
    assert "Standings" not in said


def test_pdf_says_where_a_long_table_goes_on(tmp_path):
    evaluation = sample.evaluation()
    many = replace(evaluation, projects=evaluation.projects * 40)

    said = "".join(_text(render_pdf(many, sample.ISSUE, "en", charts={}), tmp_path))

    assert _bare("The first 30 of 80 rows; all are in the workbook.") in said


def test_pdf_of_a_large_season_lists_everybody_over_pages(tmp_path):
    evaluation = sample.large()

    pages = _text(render_pdf(evaluation, sample.ISSUE, "en", charts={}), tmp_path)

    ranked = [evaluation.season.contestant[s.contestant].title.en for s in evaluation.standing()]
    said = "".join(pages)
    assert [name for name in ranked if _bare(name) not in said] == []
    assert 2 <= len(pages) <= 8


@pytest.mark.parametrize(("lang", "mark"), [("en", "DRAFT"), ("zh", "草稿")])
@pytest.mark.parametrize("form", ["full", "summary"])
def test_pdf_of_a_draft_says_so_on_every_page(tmp_path, lang, mark, form):
    issue = replace(sample.ISSUE, draft=True)

    pages = _text(render_pdf(sample.evaluation(), issue, lang, form), tmp_path)
    released = _text(render_pdf(sample.evaluation(), sample.ISSUE, lang, form), tmp_path)

    assert [mark in page for page in pages] == [True] * len(pages)
    assert [mark in page for page in released] == [False] * len(released)
