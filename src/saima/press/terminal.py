"""An evaluation in the terminal: standings, lights, findings, proposals and received places as tables."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import Colour
from saima.press.charts.light_map import cell_text
from saima.press.charts.palette import LIGHT_MARKS
from saima.press.sentences import (
    bulletin_title,
    by_class,
    change_text,
    date_text,
    headline,
    proposal_sentence,
    rank_range,
    score_text,
    span_name,
)
from saima.words import Lang, measured, number, say

MOST_PLACES: Final = 60
MOST_LIGHTS: Final = (40, 8)  # indicators, contestants
MOST_LISTED: Final = 30
STYLE: Final[dict[Colour, str]] = {"green": "green", "yellow": "yellow", "red": "red", "none": "dim"}


def print_evaluation(evaluation: Evaluation, lang: Lang, console: Console) -> None:
    """Title, headline, then each table there is something for. Typed text is never read as console markup."""
    season = evaluation.season
    title = f"{bulletin_title(season).of(lang)} · {span_name(season, evaluation.period, lang)}"
    console.print(Line(title, style="bold"))
    if season.notice:
        console.print(Line(season.notice.of(lang), style="yellow"))
    console.print(Panel(Line(headline(evaluation, lang)), border_style="blue"))
    for part in (*standings(evaluation, lang), *lights(evaluation, lang), *lists(evaluation, lang)):
        console.print(part)
    for code, digest in (
        ("press.reproduce.spec", evaluation.spec_digest),
        ("press.reproduce.data", evaluation.data_digest),
        ("press.reproduce.history", evaluation.history_digest),
    ):
        console.print(Line(f"{say(code, lang)}  {digest}", style="dim"))


def _table(title: str, lang: Lang, *columns: tuple[str, bool]) -> Table:
    table = Table(title=Line(title, style="bold"), title_justify="left", header_style="bold", pad_edge=False)
    for code, right in columns:
        table.add_column(Line(say(code, lang)), justify="right" if right else "left", overflow="fold")
    return table


def standings(evaluation: Evaluation, lang: Lang) -> Iterator[RenderableType]:
    """One table per class: place, change, name, score, 90 % interval and band."""
    season = evaluation.season
    tiers = {t.code: t.title.of(lang) for t in season.tiers}
    for title, rows in by_class(season, evaluation.standing()):
        head = say("press.standings.caption_class" if title else "press.standings.caption", lang, title=title)
        table = _table(
            head, lang, ("term.rank", True), ("press.standings.change", False), ("term.contestant", False),
            ("term.score", True), ("press.terminal.interval", False), ("press.terminal.band", True),
            ("press.standings.tier", False),
        )  # fmt: skip
        for row in rows[:MOST_PLACES]:
            change = change_text(row)
            tone = "green" if change.startswith("▲") else "red" if change.startswith("▼") else ""
            table.add_row(
                str(row.rank), Line(change, style=tone), Line(season.contestant[row.contestant].title.of(lang)),
                score_text(row.score, season, lang), rank_range(row.rank_low, row.rank_high), str(row.band),
                Line(tiers.get(row.tier, "")),
            )  # fmt: skip
        yield table
        if len({row.band for row in rows}) < len(rows):
            yield Line(say("press.terminal.bands", lang), style="dim")
        if len(rows) > MOST_PLACES:
            yield Line(say("press.cut.rows", lang, shown=MOST_PLACES, all=len(rows)), style="dim")


def lights(evaluation: Evaluation, lang: Lang) -> Iterator[RenderableType]:
    """Indicators down, contestants across: mark of the light and pace. Titles of indicators are the long ones."""
    season = evaluation.season
    lit = [i for i in season.indicators if any(c.indicator == i.code and c.light != "none" for c in evaluation.cells)]
    if not lit:
        return
    rank = {s.contestant: s.rank for s in evaluation.standing()}
    racing = {c.contestant for c in evaluation.cells}
    first = sorted(
        (c for c in season.contestants if c.code in racing), key=lambda c: (rank.get(c.code, 10**6), c.order, c.code)
    )
    down, across = lit[: MOST_LIGHTS[0]], first[: MOST_LIGHTS[1]]
    table = _table(say("press.section.lights", lang), lang, ("term.indicator", False))
    for contestant in across:
        table.add_column(Line(contestant.title.of(lang)), overflow="fold", min_width=6)
    for indicator in down:
        cells = []
        for contestant in across:
            cell = evaluation.by_cell.get((contestant.code, indicator.code))
            said = "" if cell is None else cell_text(cell, season.light_from, lang)
            cells.append(Line(said, style=STYLE["none" if cell is None else cell.light]))
        table.add_row(Line(indicator.title.of(lang)), *cells)
    yield table
    yield Line(_legend(evaluation, lang), style="dim")
    if len(down) < len(lit) or len(across) < len(first):
        counts = {"rows": len(across), "all_rows": len(first), "columns": len(down), "all_columns": len(lit)}
        yield Line(say("press.cut.both", lang, **counts), style="dim")


def _legend(evaluation: Evaluation, lang: Lang) -> str:
    """What the marks under the lights mean, for those there are; the figure beside a mark is the pace."""
    shown = {c.light for c in evaluation.cells}
    threshold = number(evaluation.season.light_from, lang, 2)
    marks = [colour for colour in LIGHT_MARKS if colour in shown]
    said = [f"{LIGHT_MARKS[colour]} {say(f'press.lights.{colour}', lang, threshold=threshold)}" for colour in marks]
    return ("；" if lang == "zh" else "; ").join(said)


def lists(evaluation: Evaluation, lang: Lang) -> Iterator[RenderableType]:
    """Proposals, findings, who is not ranked and why, and what others published."""
    season = evaluation.season
    if evaluation.proposals:
        yield Line(say("press.section.proposals", lang), style="bold")
        yield from (Line(f"· {proposal_sentence(p, season, lang)}") for p in evaluation.proposals[:MOST_LISTED])
        yield from _cut(len(evaluation.proposals), lang)
    if evaluation.findings:
        yield Line(say("press.section.findings", lang), style="bold")
        for f in evaluation.findings[:MOST_LISTED]:
            kind = say("press.finding.waived" if f.waived else f"press.finding.{f.severity}", lang)
            yield Line(f"· [{kind}] {say(f.code, lang, **f.params)}")
        yield from _cut(len(evaluation.findings), lang)
    outside = [n for n in evaluation.not_ranked if n.scope == "overall"]
    if outside:
        yield Line(say("press.section.not-ranked", lang), style="bold")
        for n in outside[:MOST_LISTED]:
            yield Line(f"· {say(n.code, lang, **n.params)}")
        yield from _cut(len(outside), lang)
    if evaluation.received:
        table = _table(
            say("press.received.caption", lang), lang, ("term.contestant", False), ("press.received.what", False),
            ("term.rank", True), ("term.value", True), ("press.received.period", False),
            ("press.received.source", False),
        )  # fmt: skip
        for r in evaluation.received[:MOST_LISTED]:
            known = season.contestant.get(r.contestant)
            name = known.title.of(lang) if known else r.contestant
            source = f"{r.source} · {date_text(r.published, lang)}"
            value = measured(r.value, r.unit, lang) if r.value else ""
            cells = (name, r.title.of(lang), "" if r.rank is None else str(r.rank), value, r.period_text, source)
            table.add_row(*(Line(c) for c in cells))
        yield table
        yield from _cut(len(evaluation.received), lang)


def _cut(many: int, lang: Lang) -> Iterator[RenderableType]:
    if many > MOST_LISTED:
        yield Line(say("press.cut.rows", lang, shown=MOST_LISTED, all=many), style="dim")
