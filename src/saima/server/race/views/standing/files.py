"""A table of places as CSV and as a workbook."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.model.evaluation import Kind
from saima.server.kit import downloads
from saima.server.kit.context import lang
from saima.server.race.queries.standing import Index
from saima.server.race.views.standing.common import cut_for, season_for
from saima.server.race.views.standing.leaderboard import asked_kind, asked_scope
from saima.words import say

COLUMNS = (
    "term.rank",
    "term.contestant",
    "term.class",
    "term.score",
    "standing.file.low",
    "standing.file.high",
    "standing.file.band",
    "standing.file.previous",
    "term.completion",
    "term.due",
)


@require_safe
def standing_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    found = cut_for(request, season_for(request, key))
    scope, kind = asked_scope(request, found.index), asked_kind(request, found.index)
    rows = _rows(found.index, scope, "level" if kind == "medals" else kind)
    heads = [say(code, lang()) for code in COLUMNS]
    name = f"{key}-{found.period}-{scope.replace(':', '-')}-{kind}.{form}"
    if form == "csv":
        return downloads.csv_file(name, heads, rows)
    return downloads.xlsx_file(name, heads, rows, made=found.cut.at if found.cut else found.season.created_at)


def _rows(index: Index, scope: str, kind: Kind) -> list[tuple[object, ...]]:
    lanes = index.lanes(scope) if scope else {}
    classes = {c.code: c.title.of(lang()) for c in index.season.classes}
    found: list[tuple[object, ...]] = []
    for s in index.standings(scope, kind):
        lane = lanes.get(s.contestant)
        found.append(
            (
                s.rank,
                index.season.contestant[s.contestant].title.of(lang()),
                classes.get(index.season.contestant[s.contestant].class_code, ""),
                s.score,
                s.rank_low,
                s.rank_high,
                s.band,
                s.previous,
                None if lane is None else lane.done,
                None if lane is None else lane.due,
            )
        )
    return found
