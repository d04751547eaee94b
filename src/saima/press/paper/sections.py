"""The sections of a printed bulletin below its standings, in order; a form may leave some out by their key."""

from collections.abc import Iterator
from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.press.changes import change_rows
from saima.press.issue import Issue
from saima.press.paper.naming import cell_text, contestant_name, indicator_name, main_standings
from saima.press.paper.parts import NOTHING, Column, Section, Table
from saima.press.sentences import proposal_sentence
from saima.words import Lang, number, percent, say, signed

FINDINGS_SHOWN: Final = 12
LIGHTS_SHOWN: Final = 24
NOT_RANKED_SHOWN: Final = 12


def sections(evaluation: Evaluation, issue: Issue, lang: Lang) -> Iterator[Section]:
    yield Section("changes", say("press.section.changes", lang), (), tuple(_changes(evaluation, issue, lang)))
    yield Section("races", say("doc.section.races", lang), (), tuple(_races(evaluation, lang)))
    yield Section("medals", say("doc.section.medals", lang), (), tuple(_medals(evaluation, lang)))
    yield Section("progress", say("doc.section.progress", lang), (), tuple(_progress(evaluation, lang)))
    yield Section("known", say("doc.section.known", lang), (), tuple(_known(evaluation, lang)))
    yield _lights(evaluation, lang)
    yield Section("projects", say("doc.section.projects", lang), (), tuple(_projects(evaluation, lang)))
    yield Section("weak_spots", say("doc.section.weak_spots", lang), (), tuple(_weak_spots(evaluation, lang)))
    yield Section("proposals", say("doc.section.proposals", lang), tuple(_proposals(evaluation, lang)))
    yield Section("findings", say("doc.section.findings", lang), tuple(_findings(evaluation, lang)))
    yield Section("not_ranked", say("doc.section.not_ranked", lang), tuple(_not_ranked(evaluation, lang)))
    yield Section(
        "received", say("doc.section.received", lang), _received_words(evaluation, lang), _received(evaluation, lang)
    )


def _changes(evaluation: Evaluation, issue: Issue, lang: Lang) -> Iterator[Table]:
    """Of an erratum, every place and figure that differs from the version before."""
    if rows := change_rows(evaluation, issue, lang):
        columns = (
            _contestant_column(lang),
            Column(say("press.changes.what", lang), 2.2),
            Column(say("press.changes.before", lang), 1.6),
            Column(say("press.changes.after", lang), 1.6),
        )
        yield Table(say("doc.table.changes", lang), columns, tuple((c.who, c.what, c.before, c.after) for c in rows))


def _contestant_column(lang: Lang, width: float = 2.0) -> Column:
    return Column(say("term.contestant", lang), width)


def _races(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    """Scores of the races, or of the groups where there is one race only, for the contestants in order."""
    season = evaluation.season
    nodes = [n for n in season.nodes if n.kind == "race"]
    if len(nodes) < 2:
        nodes = [n for n in season.nodes if n.kind == "group" and (not nodes or n.parent == nodes[0].code)]
    scores = {(n.contestant, n.node): n.score for n in evaluation.nodes}
    order = [s.contestant for s in main_standings(evaluation)]
    if not 2 <= len(nodes) <= 8 or not order:
        return
    rows = tuple(
        (
            contestant_name(evaluation, c, lang),
            *(_optional(scores.get((c, n.code)), lang, season.decimals) for n in nodes),
        )
        for c in order
    )
    columns = (_contestant_column(lang), *(Column(n.title.of(lang) or n.code, 1.2, "right") for n in nodes))
    yield Table(say("doc.table.races", lang), columns, rows)


def _optional(value: float | None, lang: Lang, decimals: int | None = None) -> str:
    return NOTHING if value is None else number(value, lang, decimals)


def _optional_share(value: float | None, lang: Lang) -> str:
    return NOTHING if value is None else percent(value, lang)


def _medals(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    if not evaluation.medals:
        return
    columns = (
        Column(say("term.rank", lang), 0.8, "centre"),
        _contestant_column(lang),
        *(Column(say(f"doc.medal.{m}", lang), 1, "right") for m in ("gold", "silver", "bronze")),
    )
    rows = tuple(
        (
            str(m.rank),
            contestant_name(evaluation, m.contestant, lang),
            number(m.gold, lang),
            number(m.silver, lang),
            number(m.bronze, lang),
        )
        for m in evaluation.medals
    )
    yield Table(say("doc.table.medals", lang), columns, rows)


def _progress(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    rows = evaluation.standing("overall", "progress")
    if not rows:
        return
    columns = (
        Column(say("term.rank", lang), 0.8, "centre"),
        _contestant_column(lang),
        Column(say("doc.column.progress", lang), 1, "right"),
    )
    decimals = evaluation.season.decimals
    body = tuple(
        (str(s.rank), contestant_name(evaluation, s.contestant, lang), signed(s.score, lang, decimals)) for s in rows
    )
    yield Table(say("doc.table.progress", lang), columns, body)


def _known(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    """Where nothing is ranked, the figures that are known, and the targets without one."""
    if main_standings(evaluation) or evaluation.medals:
        return
    cells = [c for c in evaluation.cells if c.value is not None or c.target is not None]
    if not cells:
        return
    several = len({c.contestant for c in cells}) > 1
    columns = (
        Column(say("term.indicator", lang), 2.4),
        Column(say("term.value", lang), 1.3, "right"),
        Column(say("term.target", lang), 1, "right"),
        Column(say("term.completion", lang), 1, "right"),
        Column(say("term.due", lang), 1, "right"),
        Column(say("term.pace", lang), 0.9, "right"),
    )
    rows = tuple(
        (
            *((contestant_name(evaluation, c.contestant, lang),) if several else ()),
            indicator_name(evaluation, c.indicator, lang),
            cell_text(evaluation, c, lang),
            _optional(c.target, lang, evaluation.season.indicator[c.indicator].decimals),
            _optional_share(c.completion, lang),
            _optional_share(c.due, lang),
            _optional(c.pace, lang, 2),
        )
        for c in cells
    )
    title = "doc.table.known" if several else "doc.table.known_one"
    first = contestant_name(evaluation, cells[0].contestant, lang)
    yield Table(
        say(title, lang, contestant=first), ((_contestant_column(lang, 1.6),) if several else ()) + columns, rows
    )


def _lights(evaluation: Evaluation, lang: Lang) -> Section:
    judged = [c for c in evaluation.cells if c.light != "none"]
    title = say("doc.section.lights", lang)
    if not judged:
        return Section("lights", title)
    counts = {light: sum(c.light == light for c in judged) for light in ("green", "yellow", "red")}
    repaired = [m for m in evaluation.lights if m.issued == "red" and m.now == "yellow"]
    words = [say("doc.lights.count", lang, judged=len(judged), **counts)]
    if repaired:
        words.append(say("doc.lights.repaired", lang, count=len(repaired)))
    red = [c for c in judged if c.light == "red"]
    if not red:
        return Section("lights", title, tuple(words))
    note = say("doc.lights.cut", lang, count=len(red), shown=LIGHTS_SHOWN) if len(red) > LIGHTS_SHOWN else ""
    rows = tuple(
        (
            contestant_name(evaluation, c.contestant, lang),
            indicator_name(evaluation, c.indicator, lang),
            cell_text(evaluation, c, lang),
            _optional_share(c.completion, lang),
            _optional_share(c.due, lang),
            _optional(c.required_rate, lang, max(1, evaluation.season.indicator[c.indicator].decimals)),
        )
        for c in red[:LIGHTS_SHOWN]
    )
    columns = (
        _contestant_column(lang, 1.6),
        Column(say("term.indicator", lang), 2.4),
        Column(say("term.value", lang), 1.4, "right"),
        Column(say("term.completion", lang), 1, "right"),
        Column(say("term.due", lang), 1, "right"),
        Column(say("doc.column.required", lang), 1.2, "right"),
    )
    return Section("lights", title, tuple(words), (Table(say("doc.table.red", lang), columns, rows, note),))


def _projects(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    if not evaluation.projects:
        return
    columns = (
        Column(say("doc.column.project", lang), 2.2),
        _contestant_column(lang, 1.5),
        Column(say("term.light", lang), 0.8, "centre"),
        Column(say("doc.column.milestones", lang), 1.2, "right"),
        Column(say("doc.column.investment", lang), 1.1, "right"),
        Column(say("term.score", lang), 0.9, "right"),
    )
    rows = tuple(
        (
            p.project.title.of(lang) or p.project.code,
            contestant_name(evaluation, p.project.contestant, lang),
            say(f"doc.light.{p.light}", lang),
            f"{p.milestones_on_time}/{p.milestones_due}",
            _optional_share(p.investment_share, lang),
            _optional(p.score, lang, evaluation.season.decimals),
        )
        for p in evaluation.projects
    )
    yield Table(say("doc.table.projects", lang), columns, rows)


def _weak_spots(evaluation: Evaluation, lang: Lang) -> Iterator[Table]:
    if not evaluation.weak_spots:
        return
    columns = (
        _contestant_column(lang),
        Column(say("doc.column.shortfall", lang), 1.1, "right"),
        Column(say("doc.column.mean_shortfall", lang), 1.1, "right"),
        Column(say("doc.column.repaired", lang), 1.1, "right"),
        Column(say("term.score", lang), 0.9, "right"),
    )
    rows = tuple(
        (
            contestant_name(evaluation, w.contestant, lang),
            percent(w.shortfall, lang),
            percent(w.mean_shortfall, lang),
            _optional_share(w.repaired_share, lang),
            number(w.score, lang, evaluation.season.decimals),
        )
        for w in evaluation.weak_spots
    )
    yield Table(say("doc.table.weak_spots", lang), columns, rows)


def _proposals(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    if evaluation.proposals:
        yield say("doc.proposals.lead", lang)
    for p in evaluation.proposals:
        yield proposal_sentence(p, evaluation.season, lang)


def _findings(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    if not evaluation.findings:
        return
    open_ones = [f for f in evaluation.findings if not f.waived]
    waived = len(evaluation.findings) - len(open_ones)
    yield say("doc.findings.count", lang, open=len(open_ones), waived=waived)
    for f in open_ones[:FINDINGS_SHOWN]:
        yield say(f.code, lang, **f.params)
    if len(open_ones) > FINDINGS_SHOWN:
        yield say("doc.findings.cut", lang, count=len(open_ones) - FINDINGS_SHOWN)


def _not_ranked(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    rows = [n for n in evaluation.not_ranked if n.scope == "overall"]
    if not rows or not main_standings(evaluation):
        return
    for n in rows[:NOT_RANKED_SHOWN]:
        yield say(n.code, lang, **n.params)
    if len(rows) > NOT_RANKED_SHOWN:
        yield say("doc.not_ranked.cut", lang, count=len(rows) - NOT_RANKED_SHOWN)


def _received_words(evaluation: Evaluation, lang: Lang) -> tuple[str, ...]:
    return (say("doc.received.lead", lang),) if evaluation.received else ()


def _received(evaluation: Evaluation, lang: Lang) -> tuple[Table, ...]:
    if not evaluation.received:
        return ()
    columns = (
        _contestant_column(lang, 2),
        Column(say("doc.column.received", lang), 2.2),
        Column(say("term.value", lang), 1, "right"),
        Column(say("term.rank", lang), 1.4),
        Column(say("doc.column.period", lang), 1.3),
        Column(say("doc.column.source", lang), 2),
    )
    rows = []
    for r in evaluation.received:
        unit = r.unit.of(lang)
        value = f"{r.value}{'' if unit == '%' and lang == 'zh' else ' '}{unit}".strip() if r.value else NOTHING
        rank = NOTHING if r.rank is None else str(r.rank)
        if r.rank is not None and r.among:
            rank = say("doc.received.rank", lang, rank=r.rank, among=r.among)
        source = say("doc.received.source", lang, source=r.source, published=r.published.isoformat())
        name = contestant_name(evaluation, r.contestant, lang)
        rows.append((name, r.title.of(lang), value, rank, r.period_text, source))
    return (Table(say("doc.table.received", lang), columns, tuple(rows)),)
