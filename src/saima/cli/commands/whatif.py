"""``saima whatif SEASON CONTESTANT --place N``: what each place up would take, and how safe the present one is."""

from typing import Final, get_args

from rich.table import Table
from rich.text import Text as Line

from saima.cli.answers import whole_number
from saima.cli.figures import in_unit, say_place, shown, with_points
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of
from saima.cli.terminal import table_text
from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation_json import answer_json
from saima.engine.model.season import Season
from saima.engine.race.plan import Plan
from saima.engine.race.whatif import PlaceAhead, whatif
from saima.engine.race.world import Rivals
from saima.files import load_season
from saima.words import Lang, measured, number, say

RIVALS: Final[tuple[Rivals, ...]] = get_args(Rivals)
MOST_RIVALS: Final = 8  # behind; JSON holds all


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
    say_place(found, season, out)
    out.say(found.code, **found.params)
    for ahead in found.places:
        out.write("")
        out.say(ahead.code, **with_points(ahead.params, season, out.lang))
        out.say(ahead.plan.code, **with_points(ahead.plan.params, season, out.lang))
        if ahead.plan.moves:
            table = _table(ahead.plan, season, out.lang)
            out.write(table_text(table))
        for line in _singles(ahead, season, out.lang):
            out.write(f"  {line}")
    if found.slack:
        out.write("")
        for rival in found.slack[:MOST_RIVALS]:
            out.say(rival.code, **with_points(rival.params, season, out.lang))
        if len(found.slack) > MOST_RIVALS:
            out.say("cli.whatif.more_rivals", more=str(len(found.slack) - MOST_RIVALS))
    return 0


def _singles(ahead: PlaceAhead, season: Season, lang: Lang) -> list[str]:
    """A sentence for each indicator that could do it alone, and one for all that never could."""
    said, never = [], []
    for single in ahead.singles:
        params = with_points(single.params, season, lang)
        if single.needed is None:
            never.append(single)
            continue
        params["figure"] = measured(number(single.needed, lang), season.indicator[single.indicator].unit, lang)
        said.append(say(single.code, lang, **params))
    if len(never) == 1:
        said.append(say(never[0].code, lang, **with_points(never[0].params, season, lang)))
    elif never:
        best = max(never, key=lambda s: s.most)
        most = number(best.most, lang, season.decimals)
        params = {"place": ahead.place, "count": str(len(never)), "indicator": best.title, "most": most}
        said.append(say("cli.whatif.never_alone", lang, **params))
    return said


def _table(plan: Plan, season: Season, lang: Lang) -> Table:
    table = Table(header_style="bold", pad_edge=False)
    heads = ("indicator", "now", "needed", "rate", "best", "effort", "kind")
    for head in heads:
        left = head in {"indicator", "kind"}
        table.add_column(Line(say(f"cli.whatif.{head}", lang)), justify="left" if left else "right", overflow="fold")
    for move in plan.moves:
        indicator = season.indicator[move.indicator]
        table.add_row(
            Line(in_unit(indicator.title, indicator.unit, lang)),
            shown(move.figure, indicator.decimals, lang),
            shown(move.needed, indicator.decimals, lang),
            shown(move.rate, indicator.decimals + 1, lang),
            shown(move.best, indicator.decimals, lang),
            number(move.effort, lang, 2),
            Line(say(f"cli.whatif.kind_{move.kind}", lang)),
        )
    return table
