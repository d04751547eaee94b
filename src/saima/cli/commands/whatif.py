"""``saima whatif SEASON CONTESTANT --place N``: what each place up would take, and how safe the present one is."""

from typing import Final, get_args

from rich.table import Table
from rich.text import Text as Line

from saima.cli.answers import whole_number
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of
from saima.cli.terminal import drawn
from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation_json import answer_json
from saima.engine.model.season import Season
from saima.engine.race.plan import Plan
from saima.engine.race.whatif import whatif
from saima.engine.race.world import Rivals
from saima.files import load_season
from saima.words import Lang, number, say

RIVALS: Final[tuple[Rivals, ...]] = get_args(Rivals)


def run(given: Given, out: Output) -> int:
    place = whole_number(given.text("place"), "--place", least=1, most=100_000)
    asked = given.text("rivals")
    rivals = next((r for r in RIVALS if r == asked), None)
    if rivals is None:
        raise QuestionRefused(Problem("cli.rivals_unknown", {"text": asked}))
    bundle = load_season(given.text("season"))
    season = bundle.season
    question = as_of(bundle, given.maybe("period"), given.maybe("known_at"))
    found = whatif(
        season,
        bundle.readings,
        bundle.projects,
        bundle.history,
        question,
        given.text("contestant"),
        place,
        rivals,
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
    out.say(found.code, **found.params)
    for ahead in found.places:
        out.write("")
        out.say(ahead.code, **ahead.params)
        out.say(ahead.plan.code, **ahead.plan.params)
        if ahead.plan.moves:
            table = _table(ahead.plan, season, out.lang)
            out.write(drawn(lambda console, table=table: console.print(table)))  # type: ignore[misc]
        for single in ahead.singles:
            out.write(f"  {say(single.code, out.lang, **single.params)}")
    if found.slack:
        out.write("")
        for rival in found.slack:
            out.say(rival.code, **rival.params)
    return 0


def _table(plan: Plan, season: Season, lang: Lang) -> Table:
    table = Table(header_style="bold", pad_edge=False)
    heads = ("indicator", "now", "needed", "rate", "best", "effort", "kind")
    for head in heads:
        left = head in {"indicator", "kind"}
        table.add_column(Line(say(f"cli.whatif.{head}", lang)), justify="left" if left else "right", overflow="fold")
    for move in plan.moves:
        indicator = season.indicator[move.indicator]
        unit = indicator.unit

        def figure(value: float | None, places: int = indicator.decimals, unit: object = unit) -> str:
            if value is None:
                return "–"
            return say("cli.explain.value", lang, value=number(value, lang, places), unit=unit).rstrip()

        table.add_row(
            Line(indicator.title.of(lang)),
            figure(move.figure),
            figure(move.needed),
            figure(move.rate, indicator.decimals + 1),
            figure(move.best),
            number(move.effort, lang, 2),
            Line(say(f"cli.whatif.kind_{move.kind}", lang)),
        )
    return table
