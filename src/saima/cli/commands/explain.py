"""``saima explain SEASON CONTESTANT``: the gap to another, part by part, and what was altered on the way."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table
from rich.text import Text as Line

from saima.cli.figures import in_unit, say_place, shown, with_points
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of
from saima.cli.terminal import table_text
from saima.engine.model.evaluation import Adjustment
from saima.engine.model.evaluation_json import answer_json
from saima.engine.model.season import Season
from saima.engine.race.explain import Comparison, GapRow, explain
from saima.files import load_season
from saima.words import Lang, number, say, signed

LEVEL: Final = 1e-9  # points; less is the last bits of arithmetic


def run(given: Given, out: Output) -> int:
    bundle = load_season(given.text("season"))
    season = bundle.season
    question = as_of(bundle, given.maybe("period"), given.maybe("known_at"))
    found = explain(
        season,
        bundle.readings,
        bundle.projects,
        bundle.history,
        question,
        given.text("contestant"),
        given.maybe("against"),
    )
    if given.has("json"):
        out.write(answer_json(found))
        return 0
    say_place(found, season, out)
    for comparison in found.comparisons:
        out.write("")
        out.say(comparison.code, **with_points(comparison.params, season, out.lang))
        rows = [row for row in comparison.rows if abs(row.points) >= LEVEL]
        table = _table(comparison, rows, found.title.of(out.lang), season, out.lang)
        out.write(table_text(table))
        for row in rows:
            if row.note:
                out.say(row.note, node=row.title, missing=row.missing)
        level = [row.title for row in comparison.rows if abs(row.points) < LEVEL and row.scope != "weights"]
        if level:
            out.say("cli.explain.level", parts=level)
    if found.adjustments:
        out.write("")
        out.say("cli.explain.adjustments", count=str(len(found.adjustments)))
        for line in _altered(found.adjustments, out.lang):
            out.write(f"  {line}")
    return 0


def _altered(adjustments: Sequence[Adjustment], lang: Lang) -> list[str]:
    """A sentence for each alteration; what happened alike to several indicators of a contestant is one sentence."""
    alike: dict[tuple[object, ...], list[Adjustment]] = {}
    for n, a in enumerate(adjustments):
        key = (a.code, a.contestant, a.after) if "subject" in a.params and "source" not in a.params else (n,)
        alike.setdefault(key, []).append(a)
    return [
        say(group[0].code, lang, **{**group[0].params, "subject": tuple(a.params.get("subject") for a in group)})
        for group in alike.values()
    ]


def _table(comparison: Comparison, rows: Sequence[GapRow], mine: str, season: Season, lang: Lang) -> Table:
    other = season.contestant[comparison.against].title.of(lang)
    table = Table(header_style="bold", pad_edge=False)
    table.add_column(Line(say("cli.explain.part", lang)), overflow="fold")
    for head in (say("cli.explain.points", lang), mine, other):
        table.add_column(Line(head), justify="right", overflow="fold")
    for row in rows:
        points = signed(row.points, lang, season.decimals)
        table.add_row(
            Line(_title(row, season, lang)),
            points,
            _shown(row, row.value, row.score, season, lang),
            _shown(row, row.value_against, row.score_against, season, lang),
        )
    table.add_section()
    table.add_row(
        Line(say("cli.explain.gap", lang)),
        signed(comparison.gap, lang, season.decimals),
        number(comparison.score, lang, season.decimals),
        number(comparison.score_against, lang, season.decimals),
    )
    return table


def _title(row: GapRow, season: Season, lang: Lang) -> str:
    points = say("cli.explain.score", lang)
    if row.scope == "indicator":
        return in_unit(row.title, season.indicator[row.code].unit, lang)
    if row.scope == "weights":
        return say("cli.explain.weights", lang, node=row.title, unit=points)
    return in_unit(row.title, points, lang)


def _shown(row: GapRow, value: float | None, score: float | None, season: Season, lang: Lang) -> str:
    """An indicator's figure, or the points of a node."""
    if row.scope == "indicator":
        return shown(value, season.indicator[row.code].decimals, lang)
    return shown(score, season.decimals, lang)
