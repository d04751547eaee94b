"""Why this number: the way from a figure to its points in words, and everything recorded of the figure."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.press.sentences import value_text
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.kit.context import lang
from saima.server.places.queries import keys_of
from saima.server.race.queries.feeds import feed_title, rows_behind
from saima.server.race.queries.why import origin_of
from saima.server.race.views.standing.cells import beside, cell_row
from saima.server.race.views.standing.common import (
    contestant_of,
    cut_for,
    indicator_of,
    links_of,
    page,
    period_choices,
    season_for,
)
from saima.server.race.views.standing.contestant import altered_row
from saima.server.race.views.standing.drawing import end_of
from saima.server.race.views.standing.rules_in_words import steps_of
from saima.words import say


@require_safe
def why(request: HttpRequest, key: str, contestant: str, indicator: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    who, what = contestant_of(found, contestant), indicator_of(found, indicator)
    index, links = found.index, links_of(found)
    cell = index.evaluation.by_cell.get((contestant, indicator))
    if cell is None or found.cut is None:
        params = {"contestant": who.title, "indicator": what.title}
        raise QuestionRefused(Problem("standing.no_cell", params))
    origin = origin_of(request.user, season, found.cut, contestant, what)
    own = (f"{contestant}", indicator)
    behind = rows_behind(found.cut, contestant, indicator)
    lanes = index.lanes(f"indicator:{indicator}")
    context = {
        "who": who,
        "what": what,
        "who_title": who.title.of(lang()),
        "what_title": what.title.of(lang()),
        "cell": cell,
        "row": cell_row(index, cell, links, end_of(lanes.values())),
        "furthest": end_of(lanes.values()),
        "figure": value_text(cell.value, what, lang()),
        "beside": beside(cell),
        "status": say(f"press.status.{cell.status}", lang()),
        "state": "" if cell.state is None else say(f"press.state.{cell.state}", lang()),
        "origin_said": "" if cell.origin is None else say(f"press.origin.{cell.origin}", lang()),
        "steps": steps_of(index.evaluation, cell),
        "altered": [altered_row(a, index) for a in index.evaluation.adjustments if (a.contestant, a.subject) == own],
        "findings": [
            (say(f.code, lang(), **f.params), f.waived)
            for f in index.evaluation.findings
            if (f.contestant, f.indicator) == own
        ],
        "origin": origin,
        "rows_url": "" if behind is None else links.to("figure-rows", contestant, indicator),
        "rows_count": 0 if behind is None else len(behind.figure.rows),
        "revisions": [
            (r, value_text(float(r.value), what, lang()) if r.value else "–", say(f"press.state.{r.state}", lang()),
             say(f"press.origin.{r.origin}", lang()), r.recorded_at <= found.cut.known_at,
             feed_title(r.source).of(lang()) if r.origin == "feed" else "")
            for r in origin.revisions
        ],
        "verdicts": [(v, say(f"standing.verdict.{v.kind}", lang())) for v in origin.verdicts],
        "periods": period_choices(found, "why", contestant, indicator),
        "own_figure": _own(request, season.key, contestant),
    }  # fmt: skip
    return page(request, "why", found, **context)


def _own(request: HttpRequest, season: str, contestant: str) -> bool:
    """Whether somebody reports for the contestant: they may object to what was released of it."""
    places = held_by(request.user, season=season).roles.get(Role.REPORTER, frozenset())
    return contestant in keys_of(places)
