"""The bulletin as PDF, laid out by Typst from data; no season text ever becomes part of the layout's source."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from saima.engine.model.evaluation import Evaluation
from saima.press import fonts
from saima.press.issue import Issue
from saima.press.page import draw_charts
from saima.press.paper import Paper, paper
from saima.press.pdf.pictures import Picture, pictures
from saima.press.sentences import headline
from saima.words import Lang, say

Form = Literal["full", "summary"]
SUMMARY_ROWS: Final = 10
SUMMARY_SECTIONS: Final = frozenset({"known", "lights", "proposals", "findings", "received"})


def render_pdf(
    evaluation: Evaluation, issue: Issue, lang: Lang, form: Form = "full", charts: Mapping[str, str] | None = None
) -> bytes:
    """A PDF of the whole bulletin, or of one page for leaders; tagged (PDF/UA-1) wherever every character has a glyph.

    ``charts`` are plain SVG by key as ``saima.press.page.draw_charts`` makes them; they are drawn here when not given.
    The same arguments give the same bytes on every machine: fonts come from packages, the date from the issue.
    """
    said = paper(evaluation, issue, lang)
    if form == "summary":
        said = _shortened(said)
        shown: tuple[Picture, ...] = ()
    else:
        shown = pictures(evaluation, draw_charts(evaluation, lang) if charts is None else charts)
    inputs = {
        "paper": json.dumps(_inputs(said, headline(evaluation, lang), shown, form), ensure_ascii=False, sort_keys=True)
    }
    inputs |= {f"chart{n}": picture.svg for n, picture in enumerate(shown)}
    return _compiled(inputs, datetime.combine(issue.dated, time(), UTC))


def _shortened(said: Paper) -> Paper:
    """What a leader needs on one page: counts, proposals, and the short tables of what is known from elsewhere."""
    kept = []
    for section in said.sections:
        if section.key in SUMMARY_SECTIONS:
            tables = tuple(replace(t, rows=t.rows[:SUMMARY_ROWS]) for t in section.tables if section.key != "lights")
            most = 1 if section.key == "findings" else 3
            kept.append(replace(section, paragraphs=section.paragraphs[:most], tables=tables))
    return replace(said, sections=tuple(kept), method=said.method[-1:])


def _inputs(said: Paper, lead: str, shown: Sequence[Picture], form: Form) -> dict[str, Any]:
    labels = {
        "standings": "doc.section.standings",
        "charts": "doc.section.charts",
        "method": "doc.section.method",
        "rank": "term.rank",
        "contestant": "term.contestant",
        "score": "term.score",
        "done": "doc.column.done",
        "interval": "doc.column.interval",
        "change": "doc.column.change",
        "tier": "doc.column.tier",
        "new": "doc.moved.new",
    }
    words = {name: say(code, said.lang) for name, code in labels.items()}
    words["page"] = say("doc.page", said.lang, page="{page}", pages="{pages}")
    charts = [{"alt": picture.alt, "wide": picture.wide} for picture in shown]
    more = {"labels": words, "headline": lead, "charts": charts, "form": form, "rows": SUMMARY_ROWS}
    return asdict(said) | more


@cache
def _layout() -> bytes:
    return files(__name__).joinpath("bulletin.typ").read_bytes()


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in fonts.folders()],
    )


def _compiled(inputs: dict[str, str], made: datetime) -> bytes:
    import typst

    def compiled(standards: list[Any]) -> bytes:
        return typst.compile(
            _layout(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=made,
        )

    try:
        return compiled(["ua-1"])
    except typst.TypstError as error:
        # A title may hold a character no font has: the print then keeps its tags but not the claim to be PDF/UA.
        if "could not be displayed" not in error.message:
            raise
        return compiled([])
