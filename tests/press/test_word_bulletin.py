"""The Word document is editable, laid out as an official document, and the same bytes each time."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
import sample
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from saima.press.sentences import headline
from saima.press.word import render_docx
from saima.words import Text


def _opened(lang="zh", evaluation=None, issue=sample.ISSUE):
    return Document(io.BytesIO(render_docx(evaluation or sample.evaluation(), issue, lang)))


def _paragraphs(document) -> list[str]:
    return [p.text for p in document.paragraphs]


def test_word_follows_the_order_of_an_official_document():
    said = [text for text in _paragraphs(_opened()) if text]

    order = [
        "湖滨市科技局文件",
        "湖科赛〔2026〕4号",
        "科技创新“赛马”通报",
        "各园区管委会：",
        headline(sample.evaluation(), "zh"),
        "一、综合排名",
        "二、各赛道得分",
        "湖滨市科技局",
        "2026年5月8日",
        "湖滨市科技局\t2026年5月8日印发",
    ]
    assert [said.index(text) for text in order] == sorted(said.index(text) for text in order)


def test_word_uses_the_typefaces_and_line_pitch_of_official_documents():
    document = _opened()

    body = next(p for p in document.paragraphs if p.text == headline(sample.evaluation(), "zh"))
    fonts = body.runs[0]._element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋"
    assert (body.runs[0].font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 29)
    assert body.paragraph_format.first_line_indent.pt == 32
    title = next(p for p in document.paragraphs if p.text == "科技创新“赛马”通报")
    assert title.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert title.runs[0].font.size.pt == 22


def test_word_has_signatory_and_date_to_the_right_with_room_for_a_seal():
    document = _opened("en")

    said = _paragraphs(document)
    at = said.index("Science Bureau")
    assert [p.alignment for p in document.paragraphs[at : at + 2]] == [WD_ALIGN_PARAGRAPH.RIGHT] * 2
    assert said[at - 2 : at] == ["", ""]
    assert said[at + 1] == "8 May 2026"


def test_word_standings_are_a_real_table():
    table = _opened("en").tables[0]

    assert [[c.text for c in row.cells] for row in table.rows][:3] == [
        ["Rank", "Contestant", "Score", "Completion", "90% range", "Moved", "Tier"],
        ["1", "Willow Bay", "113.60", "55.3\N{NO-BREAK SPACE}%", "1", "up 1", "Excellent"],
        ["2", "Cedar Hill", "110.56", "52.6\N{NO-BREAK SPACE}%", "2–3", "down 1", "Good"],
    ]


def test_word_page_number_is_a_field_between_dashes_and_the_notice_is_on_every_page():
    section = _opened().sections[0]

    assert section.footer.paragraphs[0].text == "—  —"
    assert section.footer.paragraphs[0]._element.xpath(".//w:instrText/text()") == ["PAGE"]
    assert section.header.paragraphs[0].text == sample.season().notice.zh


def test_word_is_dated_by_the_issue_and_never_by_a_clock():
    content = render_docx(sample.evaluation(), sample.ERRATUM, "en")

    core = Document(io.BytesIO(content)).core_properties
    assert core.created == core.modified == datetime.fromisoformat("2026-05-20T00:00:00+00:00")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {e.date_time for e in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert content == render_docx(sample.evaluation(), sample.ERRATUM, "en")


def test_word_keeps_typed_text_and_drops_control_characters():
    evaluation = sample.evaluation()
    bad = Text("<w:p> & \x00\x0bend", "<坏>&\x01")
    season = replace(evaluation.season, contestants=tuple(replace(c, title=bad) for c in evaluation.season.contestants))

    table = _opened("en", replace(evaluation, season=season)).tables[0]

    assert table.rows[1].cells[1].text == "<w:p> & end"


@pytest.mark.parametrize("make", [sample.without_standings, sample.large, sample.hostile])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_word_of_unusual_seasons_opens(make, lang):
    assert len(_opened(lang, make()).paragraphs) > 10


def test_word_tables_repeat_their_heading_and_break_no_row_over_two_pages():
    tables = _opened("en").tables

    assert all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in tables if len(t.rows) > 1)
    ranked = next(t for t in tables if t.rows[0].cells[0].text == "Rank")
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in ranked.rows)


def test_word_of_a_draft_says_so_on_every_page():
    header = _opened(issue=replace(sample.ISSUE, draft=True)).sections[0].header

    assert [p.text for p in header.paragraphs] == [
        "草稿",
        f"【草稿】尚未发布，仅供修改讨论，不得公布或引用。 {sample.season().notice.zh}",
    ]
