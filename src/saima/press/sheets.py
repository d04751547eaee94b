"""The bulletin as workbook: every number behind it, with live formulas where a reader can recompute one."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import Colour
from saima.press.columns import columns
from saima.press.issue import Issue
from saima.press.paper import paper
from saima.press.sentences import proposal_sentence
from saima.press.sheet_grids import HEAD_ROW, Entry, Figure, Formula, Grid, Head, Light, Look, grids, word
from saima.words import Lang, say

FILLS: Final[Mapping[Colour, str]] = {"green": "#D5EBDD", "yellow": "#F9E6BF", "red": "#F6D0CC", "none": "#FFFFFF"}
INKS: Final[Mapping[Colour, str]] = {"green": "#14532D", "yellow": "#7A4B0C", "red": "#8C1C13", "none": "#3F5568"}
WIDTHS: Final[Mapping[Look, float]] = {
    "text": 20, "long": 48, "count": 9, "score": 11, "share": 11, "figure": 16, "light": 9,
}  # fmt: skip


WIDEST: Final = 44


def _width(head: str, look: Look, entries: Sequence[Entry]) -> float:
    """As wide as its texts up to a limit, and wide enough for a heading of two lines with its filter button."""
    least = max(WIDTHS[look], columns(head) / 2 + 5)
    texts = {e for e in entries if isinstance(e, str)} if look == "text" else set()
    return max(least, min(WIDEST, max((columns(t) + 2 for t in texts), default=0)))


def render_workbook(evaluation: Evaluation, issue: Issue, lang: Lang) -> bytes:
    """A workbook of all tables. Text is never taken for a formula; equal arguments give equal bytes."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    said = paper(evaluation, issue, lang)
    book.set_properties(
        {
            "title": f"{said.title} {said.issue_line}",
            "author": said.organisation,
            "created": datetime.combine(issue.dated, time()),
            "comments": said.notice,
        }
    )
    writer = _Writer(book, lang, f"{said.title}  {said.issue_line}  {said.period}", said.notice, evaluation)
    for grid in grids(evaluation, issue, lang):
        if grid.rows:
            writer.sheet(grid)
    lines = [(say("doc.column.digest", lang, name=name), digest) for name, digest in said.digests]
    method = [(say("doc.section.method", lang), text) for text in said.method]
    known = [(say("doc.section.not_ranked", lang), say(n.code, lang, **n.params)) for n in evaluation.not_ranked]
    proposed = [
        (say("doc.section.proposals", lang), proposal_sentence(p, evaluation.season, lang))
        for p in evaluation.proposals
    ]
    heads = (Head("doc.column.what", "text"), Head("doc.column.words", "long"))
    writer.sheet(Grid("doc.sheet.method", heads, (*method, *proposed, *known, *lines), frozen=1))
    book.close()
    return out.getvalue()


class _Writer:
    def __init__(self, book: Any, lang: Lang, title: str, notice: str, evaluation: Evaluation) -> None:
        self.book, self.lang, self.title, self.notice = book, lang, title, notice
        self.decimals = evaluation.season.decimals
        self.looks: dict[str, Any] = {}
        self.formats: dict[tuple[str, str], Any] = {}

    def sheet(self, grid: Grid) -> None:
        sheet = self.book.add_worksheet(say(grid.name, self.lang))
        sheet.write_string(0, 0, self.title, self._format("title"))
        if self.notice:
            sheet.write_string(1, 0, self.notice, self._format("notice"))
        for n, head in enumerate(grid.heads):
            said = say(head.code, self.lang)
            sheet.set_column(n, n, _width(said, head.look, [row[n] for row in grid.rows]))
            sheet.write_string(HEAD_ROW, n, said, self._format("head"))
        for n, row in enumerate(grid.rows, HEAD_ROW + 1):
            for k, (entry, head) in enumerate(zip(row, grid.heads, strict=True)):
                self._write(sheet, n, k, entry, head.look)
        last = HEAD_ROW + len(grid.rows)
        sheet.autofilter(HEAD_ROW, 0, last, len(grid.heads) - 1)
        sheet.freeze_panes(HEAD_ROW + 1, grid.frozen)
        sheet.set_row(HEAD_ROW, 30)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        if self.notice:
            sheet.set_header("&C" + self.notice.replace("&", "&&")[:200])
        sheet.set_footer("&C&P / &N")

    def _write(self, sheet: Any, row: int, column: int, entry: Entry, look: Look) -> None:
        match entry:
            case None | Figure(None):
                pass
            case str():
                sheet.write_string(row, column, entry, self._format("long" if look == "long" else "text"))
            case Light(colour):
                sheet.write_string(row, column, word(f"doc.light_letter.{colour}", self.lang), self._light(colour))
            case Figure(value, unit, decimals):
                sheet.write_number(row, column, value, self._unit(unit, decimals))
            case Formula(text, value):
                sheet.write_formula(row, column, text, self._format(look), value)
            case _:
                sheet.write_number(row, column, entry, self._format(look))

    def _format(self, look: str) -> Any:
        if look not in self.looks:
            self.looks[look] = self._look(look)
        return self.looks[look]

    def _look(self, look: str) -> Any:
        numbers = {
            "count": "#,##0",
            "score": "#,##0." + "0" * self.decimals if self.decimals else "#,##0",
            "share": "0.0%",
            "figure": "#,##0.######",
        }
        if look == "title":
            return self._made(look, "", bold=True, font_size=14, font_color="#12304F")
        if look == "notice":
            return self._made(look, "", font_color="#7A4B0C", italic=True)
        if look == "head":
            return self._made(
                look, "", bold=True, font_color="#FFFFFF", bg_color="#12304F", text_wrap=True, valign="vcenter",
                border=1, border_color="#FFFFFF",
            )  # fmt: skip
        if look == "long":
            return self._made(look, "", text_wrap=True, valign="top", bottom=4, bottom_color="#CFD6DD")
        return self._made(look, numbers.get(look, ""), valign="top", bottom=4, bottom_color="#CFD6DD")

    def _unit(self, unit: str, decimals: int) -> Any:
        number = "#,##0." + "0" * decimals if decimals else "#,##0"
        unit = unit.replace('"', "").replace("\n", " ")[:40]
        joint = " × " if unit[:1].isdigit() else " "  # "12,206 10,000 yuan" would read as one number
        return self._made(
            "figure", f'{number}"{joint}{unit}"' if unit else number, valign="top", bottom=4, bottom_color="#CFD6DD"
        )

    def _light(self, colour: Colour) -> Any:
        return self._made(
            f"light-{colour}", "", bold=True, align="center", valign="top", bg_color=FILLS[colour],
            font_color=INKS[colour], bottom=4, bottom_color="#CFD6DD",
        )  # fmt: skip

    def _made(self, look: str, number: str, **properties: object) -> Any:
        key = (look, number)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(properties) | ({"num_format": number} if number else {}))
        return self.formats[key]
