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
from saima.press.briefing import alerts, bullets, doubt, leader_sentence, thresholds
from saima.press.issue import Issue
from saima.press.page import draw_charts
from saima.press.paper import Paper, paper
from saima.press.pdf.pictures import Picture, pictures
from saima.press.sentences import headline, headline_lead
from saima.words import Lang, say

Form = Literal["full", "summary", "picture"]
SUMMARY_ROWS: Final = 10
PICTURE_ROWS: Final = 30
PICTURE_PPI: Final = 216.0  # 105 mm are 893 pixels: sharp on a phone, light in a chat
SUMMARY_RED: Final = 7
SUMMARY_SECTIONS: Final = frozenset({"known", "proposals", "findings", "received"})
RANKED_SECTIONS: Final = frozenset({"proposals"})  # where there are standings to read


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
    lead = headline_lead(evaluation, lang) if form == "summary" else headline(evaluation, lang)
    told = _inputs(said, lead, shown, form)
    told["brief"] = _brief(evaluation, lang) if form == "summary" else None
    inputs = {"paper": json.dumps(told, ensure_ascii=False, sort_keys=True)}
    inputs |= {f"chart{n}": picture.svg for n, picture in enumerate(shown)}
    return compiled(_layout(), inputs, datetime.combine(issue.dated, time(), UTC))


def render_picture(evaluation: Evaluation, issue: Issue, lang: Lang) -> bytes:
    """One long PNG for chat groups, as wide as a phone: head, headline, places with intervals, what is to be done.

    Set from the same data as the prints, no picture of a screen; the same arguments give the same bytes.
    """
    said = _shortened(paper(evaluation, issue, lang))
    told = _inputs(said, headline_lead(evaluation, lang), (), "picture") | {"brief": _brief(evaluation, lang)}
    return drawn_page(_layout(), {"paper": json.dumps(told, ensure_ascii=False, sort_keys=True)})


def _shortened(said: Paper) -> Paper:
    """What a leader needs beside the briefing: proposals, and the short tables of what is known from elsewhere."""
    kept = []
    wanted = RANKED_SECTIONS if said.rankings else SUMMARY_SECTIONS
    for section in said.sections:
        if section.key in wanted:
            tables = tuple(replace(t, rows=t.rows[:SUMMARY_ROWS]) for t in section.tables)
            most = 1 if section.key == "findings" else 3
            kept.append(replace(section, paragraphs=section.paragraphs[:most], tables=tables))
    return replace(said, sections=tuple(kept), method=said.method[-1:])


def _inputs(said: Paper, lead: str, shown: Sequence[Picture], form: Form) -> dict[str, Any]:
    labels = {
        "standings": "doc.section.standings",
        "charts": "doc.section.charts",
        "remarks": "press.section.remarks",
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
    rows = PICTURE_ROWS if form == "picture" else SUMMARY_ROWS
    more = {"labels": words, "headline": lead, "charts": charts, "form": form, "rows": rows}
    return asdict(said) | more


def _brief(evaluation: Evaluation, lang: Lang) -> dict[str, Any]:
    """The leader's sentence, headline indicators as bullets, the red list, what lights mean and how sure places are."""
    red = [a for a in alerts(evaluation, lang) if a.light == "red"]
    more = len(red) - SUMMARY_RED
    judged = any(c.light != "none" for c in evaluation.cells)
    titles = {
        "bullets": "press.brief.bullets",
        "red": "press.brief.red",
        "who": "press.brief.who",
        "state": "press.brief.state",
        "step": "press.brief.step",
        "owner": "press.brief.who_answers",
        "none": "press.brief.no_red",
    }
    return {
        "sentence": leader_sentence(evaluation, lang) if judged else "",
        "bullets": [asdict(b) for b in bullets(evaluation, lang)] if judged else [],
        "red": [asdict(a) for a in red[:SUMMARY_RED]],
        "more": say("press.brief.more_red", lang, count=more) if more > 0 else "",
        "judged": judged,
        "thresholds": thresholds(evaluation, lang) if judged else "",
        "doubt": doubt(evaluation, lang),
        "labels": {name: say(code, lang) for name, code in titles.items()},
    }


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


def drawn_page(layout: bytes, inputs: dict[str, str]) -> bytes:
    """A layout of one page as PNG."""
    import typst

    made = typst.compile(
        layout, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs, format="png", ppi=PICTURE_PPI
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{len(made)} pages where one was set")
    return made


def compiled(layout: bytes, inputs: dict[str, str], made: datetime) -> bytes:
    """A layout of this room with its data as PDF; the same arguments give the same bytes."""
    import typst

    def by(standards: list[Any]) -> bytes:
        return typst.compile(
            layout,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=made,
        )

    try:
        return by(["ua-1"])
    except typst.TypstError as error:
        # A title may hold a character no font has: the print then keeps its tags but not the claim to be PDF/UA.
        if "could not be displayed" not in error.message:
            raise
        return by([])
