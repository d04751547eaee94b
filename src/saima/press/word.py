"""The bulletin as Word document in the layout of Chinese official documents (公文), or a sober English counterpart."""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final, Literal

from saima.engine.model.evaluation import Evaluation
from saima.press.issue import Issue
from saima.press.paper import Align, Column, Paper, Place, Ranking, Table, paper
from saima.press.sentences import headline
from saima.press.word_file import undated
from saima.words import Lang, say

Side = Align | Literal["justify"]
RED: Final = "C00000"


@dataclass(frozen=True, slots=True)
class Type:
    """A typeface by script, its size in points and its line pitch in points (0: single)."""

    latin: str
    han: str
    size: float
    pitch: float = 0.0
    bold: bool = False
    colour: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """The typefaces of one language, after GB/T 9704 for Chinese: 二号 is 22 pt, 三号 16 pt, 四号 14 pt."""

    masthead: Type
    number: Type
    title: Type
    body: Type
    heading: Type
    subheading: Type
    table: Type
    foot: Type
    indent: float  # of the first line, in points


HOUSES: Final[dict[Lang, House]] = {
    "zh": House(
        masthead=Type("方正小标宋简体", "方正小标宋简体", 40, 0, bold=True, colour=RED),
        number=Type("仿宋", "仿宋", 16, 28),
        title=Type("方正小标宋简体", "方正小标宋简体", 22, 33),
        body=Type("仿宋", "仿宋", 16, 29),
        heading=Type("黑体", "黑体", 16, 29),
        subheading=Type("楷体", "楷体", 16, 29),
        table=Type("仿宋", "仿宋", 10.5, 15),
        foot=Type("仿宋", "仿宋", 14, 22),
        indent=32,
    ),
    "en": House(
        masthead=Type("Times New Roman", "宋体", 26, 0, bold=True, colour=RED),
        number=Type("Times New Roman", "仿宋", 11, 16),
        title=Type("Times New Roman", "宋体", 17, 24, bold=True),
        body=Type("Times New Roman", "仿宋", 11.5, 17),
        heading=Type("Times New Roman", "黑体", 13, 20, bold=True),
        subheading=Type("Times New Roman", "楷体", 11.5, 17, bold=True),
        table=Type("Times New Roman", "仿宋", 9, 12),
        foot=Type("Times New Roman", "仿宋", 10, 15),
        indent=0,
    ),
}
# What Word takes where a typeface is not installed, and whether it is a serif.
FALLBACKS: Final = {
    "Times New Roman": ("Liberation Serif", "roman"),
    "仿宋": ("FangSong", "modern"),
    "宋体": ("SimSun", "roman"),
    "方正小标宋简体": ("宋体", "roman"),
    "楷体": ("KaiTi", "modern"),
    "黑体": ("SimHei", "swiss"),
}
MOST_KEPT_TOGETHER: Final = 14  # rows of a table that stays on one page
NUMERALS: Final = "一二三四五六七八九十"


def render_docx(evaluation: Evaluation, issue: Issue, lang: Lang) -> bytes:
    """A Word document to edit and stamp: red head, number, addressees, body, signatory with seal space, foot.

    Words stay editable and tables are tables. The same arguments give the same bytes: dates in it are the issue's.
    """
    writer = _Writer(paper(evaluation, issue, lang), headline(evaluation, lang), issue)
    return writer.bytes()


class _Writer:
    def __init__(self, said: Paper, lead: str, issue: Issue) -> None:
        from docx import Document

        self.said, self.lead, self.issue = said, lead, issue
        self.house = HOUSES[said.lang]
        self.document = Document()
        self.headings = 0

    def bytes(self) -> bytes:
        self._set_up()
        self._masthead()
        self._body()
        self._signature()
        self._foot()
        out = io.BytesIO()
        self.document.save(out)
        return undated(out.getvalue(), FALLBACKS)

    def _set_up(self) -> None:
        from docx.shared import Mm, Pt

        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance, section.header_distance = Mm(25), Mm(20)
        section.different_first_page_header_footer = False
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(self.house.body.size)
        _faces(normal.element.get_or_add_rPr(), self.house.body)
        _language(normal.element.get_or_add_rPr(), self.said.lang)
        for level, type_ in ((1, self.house.heading), (2, self.house.subheading)):
            _style_heading(self.document.styles[f"Heading {level}"], type_)
        self._core()
        self._page_number(section)
        if self.said.notice:
            line = section.header.paragraphs[0]
            if self.said.draft:
                mark = Type(self.house.heading.latin, self.house.heading.han, 18, bold=True, colour=RED)
                self._run(line, self.said.draft, mark)
                line.alignment = _side("centre")
                line = section.header.add_paragraph()
            self._run(line, self.said.notice, Type(self.house.foot.latin, self.house.foot.han, 9, colour="7A4B0C"))
            line.alignment = _side("centre")

    def _core(self) -> None:
        core, day = self.document.core_properties, datetime.combine(self.issue.dated, time())
        core.title = _printable(f"{self.said.title} {self.said.issue_line}")[:255]
        core.author = core.last_modified_by = _printable(self.said.organisation)[:255] or "Saima"
        core.created = core.modified = core.last_printed = day
        core.comments, core.revision = "", self.issue.version
        core.language = "zh-CN" if self.said.lang == "zh" else "en-GB"

    def _page_number(self, section: Any) -> None:
        line = section.footer.paragraphs[0]
        line.alignment = _side("centre")
        face = Type(
            "宋体" if self.said.lang == "zh" else self.house.foot.latin, "宋体", 14 if self.said.lang == "zh" else 10
        )
        self._run(line, "— ", face)
        _page_field(self._run(line, "", face))
        self._run(line, " —", face)

    def _run(self, paragraph: Any, text: str, type_: Type) -> Any:
        from docx.shared import Pt, RGBColor

        run = paragraph.add_run(_printable(text))
        run.font.size, run.font.bold = Pt(type_.size), type_.bold
        if type_.colour:
            run.font.color.rgb = RGBColor.from_string(type_.colour)
        _faces(run._element.get_or_add_rPr(), type_)  # noqa: SLF001 - the way in for East Asian faces
        return run

    def _line(self, text: str, type_: Type, side: Side | None = None, *, before: float = 0, after: float = 0) -> Any:
        from docx.enum.text import WD_LINE_SPACING
        from docx.shared import Pt

        line = self.document.add_paragraph()
        shape = line.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        if type_.pitch:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(type_.pitch)
        if side:
            line.alignment = _side(side)
        if text:
            self._run(line, text, type_)
        return line

    def _masthead(self) -> None:
        from docx.shared import Pt

        said, house = self.said, self.house
        organisation = said.organisation or said.title
        head = say("doc.word.masthead", said.lang, organisation=organisation)
        length = len(head)
        widest = 440 if said.lang == "zh" else 800
        size = min(house.masthead.size, widest / max(length, 1))
        self._line(head, _resized(house.masthead, size), "centre", after=10)
        number = self._line("", house.number, "centre", after=2)
        left = said.document_number or said.issue_line
        self._run(number, left, house.number)
        rule = self._line("", Type(house.body.latin, house.body.han, 2, 4), after=12)
        _rule(rule, RED, 18)
        self._line(said.title, house.title, "centre", after=2)
        self._line(
            say("doc.word.subtitle", said.lang, period=said.period, issue=said.issue_line),
            house.number,
            "centre",
            after=8,
        )
        if said.addressees:
            self._line(say("doc.word.addressees", said.lang, addressees=said.addressees), house.body, after=4)
        if said.erratum:
            line = self._paragraph(said.erratum)
            line.runs[0].font.bold = True
        for text in said.opening:
            self._paragraph(text)
        line = self._paragraph(self.lead)
        line.paragraph_format.space_after = Pt(2)

    def _paragraph(self, text: str) -> Any:
        from docx.shared import Pt

        line = self._line(text, self.house.body, "justify", after=0 if self.house.indent else 5)
        line.paragraph_format.first_line_indent = Pt(self.house.indent)
        return line

    def _heading(self, text: str, level: int = 1) -> None:
        from docx.shared import Pt

        if level == 1:
            self.headings += 1
            text = _numbered(self.headings, text, self.said.lang)
        line = self._line("", self.house.heading if level == 1 else self.house.subheading, before=6, after=2)
        line.style = self.document.styles[f"Heading {level}"]
        line.paragraph_format.first_line_indent = Pt(self.house.indent)
        line.paragraph_format.keep_with_next = True
        self._run(line, text, self.house.heading if level == 1 else self.house.subheading)

    def _body(self) -> None:
        said = self.said
        if said.rankings:
            self._heading(say("doc.section.standings", said.lang))
            for ranking in said.rankings:
                self._ranking(ranking)
        for section in said.sections:
            self._heading(section.title)
            for n, text in enumerate(section.paragraphs):
                several = len(section.paragraphs) > 2 and n > 0
                self._paragraph(say("doc.word.item", said.lang, number=n, text=text) if several else text)
            for table in section.tables:
                self._table(table)
        if said.remarks:
            self._heading(say("press.section.remarks", said.lang))
            for text in said.remarks:
                self._paragraph(text)
        self._heading(say("doc.section.method", said.lang))
        for text in said.method:
            # No page holds signatory and seal alone: the last words go with them.
            self._paragraph(text).paragraph_format.keep_with_next = text is said.method[-1]
        for name, digest in said.digests:
            line = self._line(say("doc.word.digest", said.lang, name=name, digest=digest), self.house.table)
            line.paragraph_format.keep_with_next = True

    def _ranking(self, ranking: Ranking) -> None:
        lang = self.said.lang
        tiers = any(p.tier for p in ranking.places)
        tracks = any(p.done_text for p in ranking.places)
        moves = any(p.moved != "new" for p in ranking.places)
        columns = [
            Column(say("term.rank", lang), 0.8, "centre"),
            Column(say("term.contestant", lang), 2.2),
            Column(say("term.score", lang), 1.1, "right"),
        ]
        columns += [Column(say("term.completion", lang), 1.4, "right")] if tracks else []
        columns += [Column(say("doc.column.interval", lang), 1.3, "centre")]
        columns += [Column(say("doc.column.change", lang), 1.2, "centre")] if moves else []
        columns += [Column(say("doc.column.tier", lang), 1.2, "centre")] if tiers else []
        rows = tuple(
            (
                p.rank,
                p.name,
                p.score,
                *((p.done_text,) if tracks else ()),
                p.interval,
                *((say(f"doc.moved.{p.moved}", lang, steps=p.change),) if moves else ()),
                *((p.tier,) if tiers else ()),
            )
            for p in ranking.places
        )
        caption = ranking.caption or say("doc.table.standings", lang)
        self._table(Table(caption, tuple(columns), rows, ranking.note), [_tint(p) for p in ranking.places])

    def _table(self, table: Table, tints: Sequence[str] = ()) -> None:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm, Pt

        caption = self._line(
            table.caption, _resized(self.house.table, self.house.table.size + 1), "centre", before=6, after=3
        )
        caption.paragraph_format.keep_with_next = True
        grid = self.document.add_table(rows=1 + bool(table.rows), cols=len(table.columns))
        grid.style = self.document.styles["Table Grid"]
        grid.autofit = False
        _narrow_cells(grid)
        grid.alignment = WD_TABLE_ALIGNMENT.CENTER
        short = len(table.rows) <= MOST_KEPT_TOGETHER
        whole = sum(c.width for c in table.columns)
        widths = [Mm(156 * c.width / whole) for c in table.columns]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        lines = [tuple(c.title for c in table.columns), *table.rows[:1]]
        # python-docx walks the whole table for every cell it is asked for; its rows hand them out at once.
        for n, (row, texts) in enumerate(zip(grid.rows, lines, strict=True)):
            _keep_whole(row)
            for cell, text, column, width in zip(row.cells, texts, table.columns, widths, strict=True):
                cell.width = width
                line = cell.paragraphs[0]
                line.alignment = _side("centre" if n == 0 else column.align)
                line.paragraph_format.space_after = line.paragraph_format.space_before = Pt(1.5)
                self._run(line, text, _bolder(self.house.table) if n == 0 else self.house.table)
                line.paragraph_format.keep_with_next = n == 0 or short
        _repeat_rows(grid, table.rows)
        for row, tint in zip(grid.rows, ("E4E8EC", *tints), strict=False):
            for cell in row.cells if tint else ():
                _shade(cell, tint)
        for cell in grid.rows[-1].cells if table.rows else ():
            cell.paragraphs[0].paragraph_format.keep_with_next = False
        _repeat_head(grid.rows[0])
        if table.note:
            self._line(table.note, self.house.table, after=4)
        self._line("", Type(self.house.body.latin, self.house.body.han, 4, 6))

    def _signature(self) -> None:
        from docx.shared import Pt

        said, body = self.said, self.house.body
        for _ in range(2):  # the seal stands over name and date
            self._line("", body).paragraph_format.keep_with_next = True
        for text in (said.signatory, said.dated):
            if text:
                line = self._line(text, body, "right")
                line.paragraph_format.right_indent = Pt(body.size * 4)
                line.paragraph_format.keep_with_next = True

    def _foot(self) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Mm, Pt

        said, foot = self.said, self.house.foot
        texts = []
        if said.contact:
            texts.append(say("doc.word.contact", said.lang, contact=said.contact))
        if said.copies:
            texts.append(say("doc.word.copies", said.lang, copies=said.copies))
        issued = say("doc.word.printed", said.lang, dated=said.dated)
        texts.append(f"{said.signatory or said.title}\t{issued}")
        for n, text in enumerate(texts):
            line = self._line(text, foot)
            line.paragraph_format.space_before = Pt(0 if n else 14)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
            line.paragraph_format.keep_with_next = n + 1 < len(texts)
            _border(line, top=n == 0, bottom=True)


def _printable(text: str) -> str:
    """XML has no control characters, and python-docx fails on one."""
    return "".join(c for c in text if c in "\t\n" or c >= " ")


def _tint(place: Place) -> str:
    if not place.shared:
        return ""
    return "F3F5F7" if place.band % 2 == 0 else "E9EEF2"


def _side(side: Side) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    return {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "centre": WD_ALIGN_PARAGRAPH.CENTER,
        "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    }[side]


def _resized(type_: Type, size: float) -> Type:
    return Type(type_.latin, type_.han, round(size * 2) / 2, type_.pitch, type_.bold, type_.colour)


def _bolder(type_: Type) -> Type:
    return Type(type_.latin, type_.han, type_.size, type_.pitch, True, type_.colour)


def _numbered(index: int, text: str, lang: Lang) -> str:
    if lang == "en":
        return f"{index}. {text}"
    tens, ones = divmod(index, 10)
    numeral = ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens - 1] + "十") + (
        NUMERALS[ones - 1] if ones else ""
    )
    return f"{numeral}、{text}"


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _faces(properties: Any, type_: Type) -> None:
    """Latin and East Asian typeface; without the latter Word takes the theme's own for Chinese."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), type_.latin)
    fonts.set(qn("w:eastAsia"), type_.han)
    if type_.latin == type_.han:
        fonts.set(qn("w:hint"), "eastAsia")
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _language(properties: Any, lang: Lang) -> None:
    from docx.oxml.ns import qn

    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(
        _element("w:lang", val="en-GB", eastAsia="zh-CN")
        if lang == "en"
        else _element("w:lang", val="zh-CN", eastAsia="zh-CN")
    )


def _style_heading(style: Any, type_: Type) -> None:
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.bold, style.font.italic = Pt(type_.size), type_.bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    _faces(style.element.get_or_add_rPr(), type_)


def _page_field(run: Any) -> None:
    from docx.oxml.ns import qn

    instruction = _element("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = "PAGE"
    for part in (_element("w:fldChar", fldCharType="begin"), instruction, _element("w:fldChar", fldCharType="end")):
        run._element.append(part)  # noqa: SLF001 - fields have no public way in


def _rule(line: Any, colour: str, eighths: int) -> None:
    borders = _element("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz=str(eighths), space="1", color=colour))
    _set_borders(line, borders)


def _border(line: Any, *, top: bool, bottom: bool) -> None:
    borders = _element("w:pBdr")
    if top:
        borders.append(_element("w:top", val="single", sz="8", space="1", color="000000"))
    if bottom:
        borders.append(_element("w:bottom", val="single", sz="8", space="1", color="000000"))
    _set_borders(line, borders)


def _set_borders(line: Any, borders: Any) -> None:
    # Word refuses a file whose paragraph properties stand in another order than the standard's.
    after = ("w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
    line._element.get_or_add_pPr().insert_element_before(borders, *after)  # noqa: SLF001


def _shade(cell: Any, colour: str) -> None:
    cell._element.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))  # noqa: SLF001


def _narrow_cells(table: Any) -> None:
    """Less air left and right than the style gives, so that a heading of one word stays in one piece."""
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w="57", type="dxa"))  # twentieths of a point: 1 mm
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")  # noqa: SLF001


def _repeat_rows(grid: Any, rows: Sequence[Sequence[str]]) -> None:
    """All rows but the first as copies of it in other words: python-docx takes its time over every property it sets."""
    from docx.oxml.ns import qn

    if not rows:
        return
    first = grid.rows[1]._tr  # noqa: SLF001
    for texts in rows[1:]:
        copied = deepcopy(first)
        for run, text in zip(copied.iter(qn("w:r")), texts, strict=True):
            run.text = _printable(text)
        grid._tbl.append(copied)  # noqa: SLF001


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))  # noqa: SLF001


def _repeat_head(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))  # noqa: SLF001
