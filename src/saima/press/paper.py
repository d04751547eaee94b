"""What every printed form of a bulletin says, as finished words in one language; the forms only lay it out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from saima.engine.model.evaluation import Cell, Evaluation, Standing
from saima.engine.model.history import Colour
from saima.press.charts.race_track import Lane, lanes
from saima.press.issue import Issue
from saima.press.sentences import (
    bulletin_title,
    by_class,
    date_text,
    document_number,
    erratum_sentence,
    proposal_sentence,
    rank_range,
    short_digest,
    span_name,
    value_text,
)
from saima.words import Lang, number, percent, say, signed

Align = Literal["left", "right", "centre"]
ROWS_SHOWN: Final = 30
FINDINGS_SHOWN: Final = 12
LIGHTS_SHOWN: Final = 24
NOT_RANKED_SHOWN: Final = 12
NOTHING: Final = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float = 1.0  # relative
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts, one per column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    label: str
    figure: str
    remark: str
    light: Colour = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the standings: a place, and how far along its year the contestant is. Shares are of the whole task."""

    rank: str
    name: str
    score: str
    done: float | None
    due: float | None
    done_text: str
    interval: str
    change: str
    moved: Literal["up", "down", "same", "new"]
    light: Colour
    tier: str
    band: int
    shared: bool  # the band holds more than one


@dataclass(frozen=True, slots=True)
class Ranking:
    caption: str
    places: tuple[Place, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """``key`` names it for forms that leave some out."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Head, words, tables and foot of a bulletin. Empty texts are left out of the print."""

    lang: Lang
    organisation: str
    title: str
    document_number: str
    issue_line: str
    period: str
    dated: str
    season: str
    addressees: str
    copies: str
    signatory: str
    contact: str
    notice: str
    erratum: str
    key_figures: tuple[KeyFigure, ...]
    rankings: tuple[Ranking, ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    short: str  # a few digits that name the data


def notice(evaluation: Evaluation, lang: Lang) -> str:
    """What must stand on every page, in particular that all is invented."""
    said = evaluation.season.notice.of(lang)
    return said or (say("doc.illustrative", lang) if evaluation.season.illustrative else "")


def contestant_name(evaluation: Evaluation, code: str, lang: Lang) -> str:
    found = evaluation.season.contestant.get(code)
    return (found.title.of(lang) if found else "") or code


def indicator_name(evaluation: Evaluation, code: str, lang: Lang) -> str:
    found = evaluation.season.indicator.get(code)
    return (found.title.of(lang) if found else "") or code


def cell_text(evaluation: Evaluation, cell: Cell, lang: Lang) -> str:
    """The value with its unit, or why there is none."""
    if cell.value is None:
        return say(f"doc.status.{cell.status}", lang)
    return value_text(cell.value, evaluation.season.indicator[cell.indicator], lang)


def paper(evaluation: Evaluation, issue: Issue, lang: Lang) -> Paper:
    """Everything the printed forms say. Long tables that belong into the workbook are cut, and say so."""
    season, head = evaluation.season, evaluation.season.masthead
    return Paper(
        lang=lang,
        organisation=head.organisation.of(lang),
        title=bulletin_title(season).of(lang),
        document_number=document_number(season, issue),
        issue_line=say("doc.issue", lang, number=issue.number),
        period=span_name(season, evaluation.period, lang),
        dated=date_text(issue.dated, lang),
        season=season.title.of(lang),
        addressees=head.addressees.of(lang),
        copies=head.copies.of(lang),
        signatory=head.signatory.of(lang) or head.organisation.of(lang),
        contact=head.contact.of(lang),
        notice=notice(evaluation, lang),
        erratum=erratum_sentence(issue, lang) if issue.version > 1 else "",
        key_figures=tuple(_key_figures(evaluation, lang))[:4],
        rankings=tuple(_rankings(evaluation, lang)),
        sections=tuple(_fitting(s, lang) for s in _sections(evaluation, lang) if s.paragraphs or s.tables),
        method=tuple(_method(evaluation, lang)),
        digests=(
            (say("doc.digest.spec", lang), evaluation.spec_digest),
            (say("doc.digest.data", lang), evaluation.data_digest),
            (say("doc.digest.history", lang), evaluation.history_digest),
        ),
        short=short_digest(evaluation),
    )


def _fitting(section: Section, lang: Lang) -> Section:
    """The same with tables a print can bear; the workbook has them whole."""
    return replace(section, tables=tuple(_cut(t, lang) for t in section.tables))


def _cut(table: Table, lang: Lang) -> Table:
    if len(table.rows) <= ROWS_SHOWN:
        return table
    note = say("doc.table.cut", lang, shown=ROWS_SHOWN, count=len(table.rows))
    return replace(table, rows=table.rows[:ROWS_SHOWN], note=note)


def main_standings(evaluation: Evaluation) -> tuple[Standing, ...]:
    """The standings a bulletin is about: overall; without one, none."""
    return evaluation.standing("overall", "level")


def _key_figures(evaluation: Evaluation, lang: Lang) -> Iterator[KeyFigure]:
    first = [s for s in main_standings(evaluation) if s.rank == 1]
    decimals = evaluation.season.decimals
    if len(first) == 1:
        yield KeyFigure(
            say("doc.key.first", lang),
            contestant_name(evaluation, first[0].contestant, lang),
            say("doc.key.score", lang, score=number(first[0].score, lang, decimals)),
        )
    judged = [c for c in evaluation.cells if c.light != "none"]
    if judged and main_standings(evaluation):
        green = sum(c.light == "green" for c in judged)
        yield KeyFigure(
            say("doc.key.green", lang),
            f"{green}/{len(judged)}",
            say("doc.key.red", lang, red=sum(c.light == "red" for c in judged)),
            "green" if green * 2 >= len(judged) else "red",
        )
    if main_standings(evaluation):
        shares = [(n.done, n.due) for n in lanes(evaluation) if n.due is not None]
        if shares:
            done = sum(d for d, _ in shares) / len(shares)
            due = sum(d for _, d in shares) / len(shares)
            yield KeyFigure(
                say("doc.key.done", lang),
                percent(done, lang),
                say("doc.key.due", lang, due=percent(due, lang)),
                "green" if done >= due else "red",
            )
        if not evaluation.findings and not evaluation.proposals:
            yield KeyFigure(
                say("doc.key.ranked", lang),
                number(len(main_standings(evaluation)), lang),
                say("doc.key.not_ranked", lang, count=len(_unranked(evaluation))),
            )
        else:
            waived = [f for f in evaluation.findings if f.waived]
            yield KeyFigure(
                say("doc.key.findings", lang),
                number(len(evaluation.findings) - len(waived), lang),
                say("doc.key.waived", lang, count=len(waived)),
                "none",
            )
        return
    for cell in evaluation.cells:
        if cell.value is not None:
            label = indicator_name(evaluation, cell.indicator, lang)
            if cell.pace is not None and cell.due is not None and cell.completion is not None:
                yield KeyFigure(
                    label,
                    percent(cell.completion, lang),
                    say("doc.key.pace", lang, due=percent(cell.due, lang), pace=number(cell.pace, lang, 2)),
                    cell.light,
                )
            else:
                name = contestant_name(evaluation, cell.contestant, lang)
                yield KeyFigure(label, cell_text(evaluation, cell, lang), name, cell.light)


def _unranked(evaluation: Evaluation) -> list[str]:
    return sorted({n.contestant for n in evaluation.not_ranked if n.scope == "overall"})


def _rankings(evaluation: Evaluation, lang: Lang) -> Iterator[Ranking]:
    tracks = {n.contestant: n for n in lanes(evaluation)}
    for title, rows in by_class(evaluation.season, main_standings(evaluation)):
        held = Counter(s.band for s in rows)
        places = tuple(_place(evaluation, s, tracks.get(s.contestant), held, lang) for s in rows)
        yield Ranking(title.of(lang), places, say("doc.ranking.bands", lang) if len(held) < len(places) else "")


def _place(evaluation: Evaluation, s: Standing, track: Lane | None, held: Counter[int], lang: Lang) -> Place:
    step = 0 if s.previous is None else s.previous - s.rank
    tiers = {t.code: t.title.of(lang) for t in evaluation.season.tiers}
    return Place(
        rank=str(s.rank),
        name=contestant_name(evaluation, s.contestant, lang),
        score=number(s.score, lang, evaluation.season.decimals),
        done=track.done if track else None,
        due=track.due if track else None,
        done_text=percent(track.done, lang) if track else "",
        interval=rank_range(s.rank_low, s.rank_high),
        change=NOTHING if not step else str(abs(step)),
        moved="new" if s.previous is None else "up" if step > 0 else "down" if step < 0 else "same",
        light="none" if track is None or track.due is None else "green" if track.done >= track.due else "red",
        tier=tiers.get(s.tier, ""),
        band=s.band,
        shared=held[s.band] > 1,
    )


def _sections(evaluation: Evaluation, lang: Lang) -> Iterator[Section]:
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


def _method(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    season = evaluation.season
    yield say(
        "doc.method.scope",
        lang,
        contestants=len(season.contestants),
        indicators=len(season.scored),
        missing=say(f"doc.missing.{season.missing}", lang),
    )
    if main_standings(evaluation):
        draws = max((u.draws for u in evaluation.uncertainty), default=0)
        if draws:
            yield say("doc.method.uncertainty", lang, draws=number(draws, lang), seed=evaluation.seed)
        stability = "doc.method.relative" if evaluation.reverses_ranks else "doc.method.fixed"
        yield say(stability, lang)
    if evaluation.adjustments:
        yield say("doc.method.adjustments", lang, count=len(evaluation.adjustments))
    if source := season.source.of(lang):
        yield say("doc.method.source", lang, source=source)
    yield say("doc.method.verify", lang, version=evaluation.engine_version)
