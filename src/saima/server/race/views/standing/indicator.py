"""One indicator: every contestant's lane, how they came along by period, and what the season says of it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.model.season import Indicator
from saima.engine.race.pace import due_share
from saima.press.sentences import period_short
from saima.server.kit.context import lang
from saima.server.race.queries.standing import Index
from saima.server.race.views.standing.cells import cell_row
from saima.server.race.views.standing.common import (
    cut_for,
    indicator_of,
    links_of,
    page,
    period_choices,
    season_for,
)
from saima.server.race.views.standing.drawing import LineChart, Series, end_of, line_chart
from saima.server.race.views.standing.rules_in_words import definition_rows
from saima.words import say

MOST_LINES = 10
TONES = 5


@require_safe
def indicator(request: HttpRequest, key: str, code: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    what = indicator_of(found, code)
    index, links = found.index, links_of(found)
    lanes = index.lanes(f"indicator:{code}")
    furthest = end_of(lanes.values())
    order = {c: n for n, c in enumerate(lanes)}
    cells = sorted(
        (c for c in index.of_indicator.get(code, ()) if c.status != "not_applicable"),
        key=lambda c: (order.get(c.contestant, len(order)), index.season.contestant[c.contestant].order),
    )
    chart, left_out = _chart(index, what)
    context = {
        "what": what,
        "what_title": what.title.of(lang()),
        "rows": [cell_row(index, c, links, furthest) for c in cells],
        "furthest": furthest,
        "laned": bool(lanes),
        "chart": chart,
        "left_out": left_out,
        "definition": definition_rows(index.season, what),
        "periods": period_choices(found, "indicator", code),
        "leaderboard_url": links.to("leaderboard", scope=f"indicator:{code}")
        if index.standings(f"indicator:{code}")
        else "",
    }
    return page(request, "indicator", found, **context)


def _chart(index: Index, what: Indicator) -> tuple[LineChart | None, int]:
    """The pace curve: what each contestant had done by the end of each period, and what was due."""
    evaluation, season = index.evaluation, index.season
    place = {p: n for n, p in enumerate(evaluation.periods)}
    span = list(season.targets_cover)
    if sum(p in place for p in span) < 2:
        return None, 0
    found = [s for s in evaluation.series if s.indicator == what.code]
    shares = any(v is not None for s in found for v in s.completions)
    rank = {s.contestant: s.rank for s in index.standings(f"indicator:{what.code}")}
    found.sort(key=lambda s: (rank.get(s.contestant, 10**6), season.contestant[s.contestant].order))
    series: list[Series] = []
    for n, s in enumerate(found[:MOST_LINES]):
        values: Sequence[float | None] = s.completions if shares else s.values
        tone = f"series-{n % TONES}" + (f" dash-{n // TONES}" if n >= TONES else "")
        name = season.contestant[s.contestant].title.of(lang())
        series.append((tone, name, [values[place[p]] if p in place else None for p in span]))
    if shares:
        series.append(("series-due", say("term.due", lang()), [due_share(season, what, p) for p in span]))
    return line_chart([period_short(p, lang()) for p in span], series, shares=shares), max(0, len(found) - MOST_LINES)
