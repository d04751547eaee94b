"""What stands in the sheets of the workbook: rows of entries, formulas among them; not how a sheet looks."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from saima.engine.model.evaluation import Cell, Evaluation, Kind
from saima.engine.model.history import Colour
from saima.press.changes import change_rows
from saima.press.issue import Issue
from saima.press.sentences import period_name, scope_title, subject_title
from saima.words import Lang, say

Look = Literal["text", "long", "count", "score", "share", "figure", "light"]
HEAD_ROW: Final = 3  # title, notice, an empty row, then the column names
CLOSE: Final = 1e-9  # a formula is written only where it gives the same number


@dataclass(frozen=True, slots=True)
class Head:
    code: str  # catalogue code of the column's name
    look: Look


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a unit."""

    value: float | None
    unit: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the number it gives, so that programs that do not calculate show it too."""

    text: str
    value: float


@dataclass(frozen=True, slots=True)
class Light:
    colour: Colour


Entry = str | float | None | Figure | Formula | Light


@dataclass(frozen=True, slots=True)
class Grid:
    name: str  # catalogue code of the sheet's name
    heads: tuple[Head, ...]
    rows: tuple[tuple[Entry, ...], ...]
    frozen: int = 2  # columns that stay


def grids(evaluation: Evaluation, issue: Issue, lang: Lang) -> Iterator[Grid]:
    """All sheets but the one on method, in order; empty ones too."""
    yield _changes(evaluation, issue, lang)
    yield _standings(evaluation, lang, "level", "doc.sheet.standings")
    yield _indicators(evaluation, lang)
    yield _light_matrix(evaluation, lang)
    yield _light_strips(evaluation, lang)
    yield _groups(evaluation, lang)
    yield _standings(evaluation, lang, "progress", "doc.sheet.progress")
    yield _medals(evaluation, lang)
    yield _projects(evaluation, lang)
    yield _weak_spots(evaluation, lang)
    yield _adjustments(evaluation, lang)
    yield _findings(evaluation, lang)
    yield _received(evaluation, lang)


@cache
def word(code: str, lang: Lang) -> str:
    """What stands in every other row is looked up once."""
    return say(code, lang)


def _who(evaluation: Evaluation, code: str, lang: Lang) -> tuple[str, str]:
    return code, evaluation.season.contestant[code].title.of(lang)


CODE: Final = Head("doc.column.code", "text")
NAME: Final = Head("term.contestant", "text")
INDICATOR_CODE: Final = Head("doc.column.indicator_code", "text")
INDICATOR: Final = Head("term.indicator", "text")


def _changes(evaluation: Evaluation, issue: Issue, lang: Lang) -> Grid:
    heads = (NAME, Head("press.changes.what", "text"), Head("press.changes.before", "text"))
    rows = tuple((c.who, c.what, c.before, c.after) for c in change_rows(evaluation, issue, lang))
    return Grid("doc.sheet.changes", (*heads, Head("press.changes.after", "text")), rows, frozen=1)


def _standings(evaluation: Evaluation, lang: Lang, kind: Kind, name: str) -> Grid:
    season = evaluation.season
    heads = [CODE, NAME, Head("doc.column.scope", "text"), Head("term.class", "text"), Head("term.rank", "count")]
    heads += [Head("term.score", "score"), Head("doc.column.rank_low", "count"), Head("doc.column.rank_high", "count")]
    heads += [Head("doc.column.band", "count"), Head("doc.column.previous", "count"), Head("doc.column.tier", "text")]
    classes = {c.code: c.title.of(lang) for c in season.classes}
    tiers = {t.code: t.title.of(lang) for t in season.tiers}
    sums = _sums(evaluation, lang) if kind == "level" else {}
    rows: list[tuple[Entry, ...]] = []
    for s in evaluation.standings:
        if s.kind != kind:
            continue
        row = HEAD_ROW + 2 + len(rows)
        formula = next(
            (f for f, value in sums.get(s.contestant, ()) if s.scope == "overall" and _same(value, s.score)), ""
        )
        score: Entry = Formula(formula.format(row=row), s.score) if formula else s.score
        rows.append(
            (
                *_who(evaluation, s.contestant, lang),
                scope_title(s.scope, season).of(lang),
                classes.get(s.class_code, ""),
                s.rank,
                score,
                s.rank_low,
                s.rank_high,
                s.band,
                s.previous,
                tiers.get(s.tier, ""),
            )
        )
    return Grid(name, tuple(heads), tuple(rows))


def _sums(evaluation: Evaluation, lang: Lang) -> dict[str, list[tuple[str, float]]]:
    """By contestant: formulas that might give the overall score, from indicators or from races, and what they give."""
    indicators, groups = (f"'{say(code, lang)}'!" for code in ("doc.sheet.indicators", "doc.sheet.groups"))
    races = {n.code for n in evaluation.season.nodes if n.kind == "race"}
    found: dict[str, list[tuple[str, float]]] = {}
    cells: dict[str, list[float]] = {c.code: [] for c in evaluation.season.contestants}
    nodes: dict[str, list[float]] = {c.code: [] for c in evaluation.season.contestants}
    for cell in evaluation.cells:
        cells[cell.contestant].append(cell.contribution)
    for node in evaluation.nodes:
        if node.node in races:
            nodes[node.contestant].append(node.contribution)
    for code, own in cells.items():
        found[code] = [
            (f"=SUMIFS({indicators}$P:$P,{indicators}$A:$A,$A{{row}})", math.fsum(own)),
            (f'=SUMIFS({groups}$H:$H,{groups}$A:$A,$A{{row}},{groups}$E:$E,"race")', math.fsum(nodes[code])),
        ]
    return found


def _same(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b))


def _checked(text: str, gives: float | None, value: float | None) -> Entry:
    """The formula where it gives the number the engine has, the number elsewhere."""
    return Formula(text, value) if value is not None and _same(gives, value) else value


def _indicators(evaluation: Evaluation, lang: Lang) -> Grid:
    heads = (
        CODE, NAME, INDICATOR_CODE, INDICATOR, Head("term.value", "figure"), Head("doc.column.baseline", "figure"),
        Head("term.target", "figure"), Head("term.completion", "share"), Head("term.due", "share"),
        Head("term.pace", "score"), Head("doc.column.ahead", "share"), Head("term.light", "light"),
        Head("doc.column.status", "text"), Head("term.score", "score"), Head("doc.column.weight", "share"),
        Head("doc.column.contribution", "score"), Head("doc.column.required", "figure"),
        Head("doc.column.projected", "figure"), Head("doc.column.projected_low", "figure"),
        Head("doc.column.projected_high", "figure"), Head("doc.column.p_target", "share"),
        Head("doc.column.origin", "text"), Head("doc.column.note", "text"),
    )  # fmt: skip
    rows = tuple(_indicator_row(evaluation, cell, n, lang) for n, cell in enumerate(evaluation.cells, HEAD_ROW + 2))
    return Grid("doc.sheet.indicators", heads, rows, frozen=4)


def _indicator_row(evaluation: Evaluation, c: Cell, n: int, lang: Lang) -> tuple[Entry, ...]:
    indicator = evaluation.season.indicator[c.indicator]
    unit = indicator.unit.of(lang)

    def figure(value: float | None, more: int = 0) -> Figure:
        return Figure(value, unit, indicator.decimals + more)

    return (
        *_who(evaluation, c.contestant, lang),
        c.indicator,
        indicator.title.of(lang),
        figure(c.value),
        figure(c.baseline),
        figure(c.target),
        _completion(c, n),
        c.due,
        _checked(f"=H{n}/I{n}", None if c.completion is None or not c.due else c.completion / c.due, c.pace),
        _checked(f"=H{n}-I{n}", None if c.completion is None or c.due is None else c.completion - c.due, c.ahead),
        Light(c.light),
        word(f"doc.status.{c.status}", lang),
        c.score,
        c.weight,
        _checked(f"=N{n}*O{n}", None if c.score is None else c.score * c.weight, c.contribution),
        figure(c.required_rate, 1),
        figure(c.projected, 1),
        figure(c.projected_low, 1),
        figure(c.projected_high, 1),
        c.p_target,
        word(f"doc.origin.{c.origin}", lang) if c.origin else "",
        c.note,
    )


def _completion(c: Cell, n: int) -> Entry:
    if c.value is None or c.target is None or c.completion is None:
        return c.completion
    start = c.baseline or 0.0
    ways = (
        (f"=E{n}/G{n}", c.value / c.target if c.target else None),
        (f"=(E{n}-F{n})/(G{n}-F{n})", (c.value - start) / (c.target - start) if c.target != start else None),
        (f"=2-E{n}/G{n}", 2 - c.value / c.target if c.target else None),
        (f"=G{n}/E{n}", c.target / c.value if c.value else None),
    )
    return next((Formula(text, c.completion) for text, gives in ways if _same(gives, c.completion)), c.completion)


def _light_matrix(evaluation: Evaluation, lang: Lang) -> Grid:
    lit = {c.indicator for c in evaluation.cells if c.light != "none"}
    columns = [i for i in evaluation.season.indicators if i.code in lit]
    if not columns:
        return Grid("doc.sheet.lights", (), ())
    order = [s.contestant for s in evaluation.standing()] or [c.code for c in evaluation.season.contestants]
    heads = (NAME, INDICATOR, Head("term.light", "light"), Head("term.pace", "score"))
    cells = evaluation.by_cell
    rows = [
        (_who(evaluation, who, lang)[1], i.title.of(lang), Light(cell.light), cell.pace)
        for who in order
        for i in columns
        if (cell := cells.get((who, i.code))) is not None
    ]
    return Grid("doc.sheet.lights", heads, tuple(rows))


def _light_strips(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (NAME, Head("doc.column.subject", "text"), Head("doc.column.period", "text"))
    heads += (Head("doc.column.issued", "light"), Head("doc.column.now", "light"))
    rows = tuple(
        (
            _who(evaluation, m.contestant, lang)[1],
            subject_title(m.subject, evaluation.season).of(lang),
            period_name(m.period, lang),
            Light(m.issued),
            Light(m.now),
        )
        for m in evaluation.lights
    )
    return Grid("doc.sheet.light_strips", heads, rows)


def _groups(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (CODE, NAME, Head("doc.column.node_code", "text"), Head("doc.column.scope", "text"))
    heads += (Head("doc.column.node_kind", "text"), Head("term.score", "score"), Head("doc.column.weight", "share"))
    heads += (Head("doc.column.contribution", "score"), Head("doc.column.available", "share"))
    season = evaluation.season
    rows = tuple(
        (
            *_who(evaluation, node.contestant, lang),
            node.node,
            season.node[node.node].title.of(lang) if node.node in season.node else node.node,
            season.node[node.node].kind if node.node in season.node else "",
            node.score,
            node.weight,
            _checked(f"=F{n}*G{n}", None if node.score is None else node.score * node.weight, node.contribution),
            node.available,
        )
        for n, node in enumerate(evaluation.nodes, HEAD_ROW + 2)
    )
    return Grid("doc.sheet.groups", heads, rows)


def _medals(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (CODE, NAME, Head("term.rank", "count"))
    heads += tuple(Head(f"doc.medal.{m}", "count") for m in ("gold", "silver", "bronze"))
    rows = tuple((*_who(evaluation, m.contestant, lang), m.rank, m.gold, m.silver, m.bronze) for m in evaluation.medals)
    return Grid("doc.sheet.medals", heads, rows)


def _projects(evaluation: Evaluation, lang: Lang) -> Grid:
    heads = (
        Head("doc.column.code", "text"), Head("doc.column.project", "text"), NAME, Head("term.light", "light"),
        Head("doc.column.milestones_due", "count"), Head("doc.column.milestones_on_time", "count"),
        Head("doc.column.milestones_late", "count"), Head("doc.column.planned", "figure"),
        Head("doc.column.invested", "figure"), Head("doc.column.investment", "share"),
        Head("doc.column.mark", "score"), Head("term.score", "score"),
    )  # fmt: skip
    rows: list[tuple[Entry, ...]] = []
    for n, p in enumerate(evaluation.projects, HEAD_ROW + 2):
        unit = p.project.unit.of(lang)
        share = None if p.invested is None or not p.planned else p.invested / p.planned
        rows.append(
            (
                p.project.code,
                p.project.title.of(lang),
                _who(evaluation, p.project.contestant, lang)[1],
                Light(p.light),
                p.milestones_due,
                p.milestones_on_time,
                p.milestones_late,
                Figure(p.planned, unit, 1),
                Figure(p.invested, unit, 1),
                _checked(f"=I{n}/H{n}", share, p.investment_share),
                p.mark,
                p.score,
            )
        )
    return Grid("doc.sheet.projects", heads, tuple(rows))


def _weak_spots(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (CODE, NAME, Head("doc.column.shortfall", "share"))
    heads += (
        Head("doc.column.mean_shortfall", "share"),
        Head("doc.column.repaired", "share"),
        Head("term.score", "score"),
    )
    rows = tuple(
        (*_who(evaluation, w.contestant, lang), w.shortfall, w.mean_shortfall, w.repaired_share, w.score)
        for w in evaluation.weak_spots
    )
    return Grid("doc.sheet.weak_spots", heads, rows)


def _adjustments(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (NAME, Head("doc.column.subject", "text"), Head("doc.column.before", "figure"))
    heads += (Head("doc.column.after", "figure"), Head("doc.column.effect", "score"), Head("doc.column.words", "long"))
    rows = tuple(
        (
            _who(evaluation, a.contestant, lang)[1],
            subject_title(a.subject, evaluation.season).of(lang),
            a.before,
            a.after,
            a.effect,
            say(a.code, lang, **a.params),
        )
        for a in evaluation.adjustments
    )
    return Grid("doc.sheet.adjustments", heads, rows)


def _findings(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (NAME, INDICATOR, Head("doc.column.period", "text"), Head("doc.column.severity", "text"))
    heads += (Head("doc.column.words", "long"), Head("doc.column.waived", "long"), Head("doc.column.key", "text"))
    season = evaluation.season
    names: Mapping[str, str] = {c.code: c.title.of(lang) for c in season.contestants}
    rows: Sequence[tuple[Entry, ...]] = [
        (
            names.get(f.contestant, f.contestant),
            subject_title(f.indicator, season).of(lang),
            period_name(f.period, lang),
            say(f"doc.severity.{f.severity}", lang),
            say(f.code, lang, **f.params),
            f.waived,
            f.key,
        )
        for f in evaluation.findings
    ]
    return Grid("doc.sheet.findings", heads, tuple(rows))


def _received(evaluation: Evaluation, lang: Lang) -> Grid:
    heads: tuple[Head, ...] = (NAME, Head("doc.column.received", "text"), Head("term.value", "text"))
    heads += (
        Head("doc.column.unit", "text"),
        Head("term.rank", "count"),
        Head("doc.column.among", "text"),
        Head("doc.column.period", "text"),
    )
    heads += (Head("doc.column.source", "long"), Head("doc.column.published", "text"), Head("doc.column.url", "long"))
    heads += (Head("doc.column.note", "long"),)
    rows = tuple(
        (
            _who(evaluation, r.contestant, lang)[1],
            r.title.of(lang),
            r.value,
            r.unit.of(lang),
            r.rank,
            r.among.of(lang),
            r.period_text,
            r.source,
            r.published.isoformat(),
            r.url,
            r.note.of(lang),
        )
        for r in evaluation.received
    )
    return Grid("doc.sheet.received", heads, rows)
