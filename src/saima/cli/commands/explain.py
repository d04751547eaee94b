"""``saima explain SEASON CONTESTANT``: the gap to another, part by part, and what was altered on the way."""

from rich.table import Table
from rich.text import Text as Line

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of
from saima.cli.terminal import drawn
from saima.engine.model.evaluation_json import answer_json
from saima.engine.model.season import Season
from saima.engine.race.explain import Comparison, GapRow, explain
from saima.files import load_season
from saima.words import Lang, number, say, signed


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
    out.say(
        "cli.explain.place",
        contestant=found.title,
        period=found.period,
        rank=str(found.rank),
        among=str(found.among),
        score=number(found.score, out.lang, season.decimals),
    )
    for comparison in found.comparisons:
        out.write("")
        out.say(comparison.code, **comparison.params)
        table = _table(comparison, found.title.of(out.lang), season, out.lang)
        out.write(drawn(lambda console, table=table: console.print(table)))  # type: ignore[misc]
        for row in comparison.rows:
            if row.note:
                out.say(row.note, node=row.title, missing=row.missing)
    if found.adjustments:
        out.write("")
        out.say("cli.explain.adjustments", count=str(len(found.adjustments)))
        for adjustment in found.adjustments:
            out.write(f"  {say(adjustment.code, out.lang, **adjustment.params)}")
    return 0


def _table(comparison: Comparison, mine: str, season: Season, lang: Lang) -> Table:
    other = season.contestant[comparison.against].title.of(lang)
    table = Table(header_style="bold", pad_edge=False)
    table.add_column(Line(say("cli.explain.part", lang)), overflow="fold")
    for head in (say("cli.explain.points", lang), mine, other):
        table.add_column(Line(head), justify="right", overflow="fold")
    for row in comparison.rows:
        points = signed(row.points, lang, season.decimals)
        table.add_row(
            Line(_title(row, lang)),
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


def _title(row: GapRow, lang: Lang) -> str:
    return say("cli.explain.weights", lang, node=row.title) if row.scope == "weights" else row.title.of(lang)


def _shown(row: GapRow, value: float | None, score: float | None, season: Season, lang: Lang) -> str:
    """An indicator's figure in its unit, or the points of a node."""
    if row.scope == "indicator":
        indicator = season.indicator[row.code]
        if value is None:
            return "–"
        return say(
            "cli.explain.value", lang, value=number(value, lang, indicator.decimals), unit=indicator.unit
        ).rstrip()
    return "–" if score is None else say("cli.explain.score", lang, score=number(score, lang, season.decimals))
