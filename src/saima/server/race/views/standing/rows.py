"""From a figure to the rows of the register it was made of, as they were frozen with the cut; as a page and as CSV."""

from datetime import datetime
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.feeds import Figure, Row
from saima.server.kit import downloads
from saima.server.kit.context import lang
from saima.server.race.queries.feeds import Behind, feed_title, may_see_rows, rows_behind
from saima.server.race.views.standing.common import contestant_of, cut_for, indicator_of, page, season_for
from saima.words import number, say

PER_PAGE = 200
COLUMNS = ("rows.key", "rows.label", "rows.value", "rows.of", "rows.since", "rows.source")


@require_safe
def figure_rows(request: HttpRequest, key: str, contestant: str, indicator: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    who, what = contestant_of(found, contestant), indicator_of(found, indicator)
    behind = None if found.cut is None else rows_behind(found.cut, contestant, indicator)
    may = behind is not None and may_see_rows(request.user, season, contestant, behind.feed)
    if request.GET.get("form") == "csv":
        if behind is None or not may:
            raise Http404
        name = f"{key}-{found.period}-{contestant}-{indicator}.csv"
        return downloads.csv_file(name, [say(code, lang()) for code in COLUMNS], _plain(behind.figure))
    cell = found.evaluation.by_cell.get((contestant, indicator))
    rows = None
    if behind is not None and may:
        rows = Paginator(_shown(behind.figure.rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "who": who,
        "what": what,
        "who_title": who.title.of(lang()),
        "what_title": what.title.of(lang()),
        "unit": what.unit.of(lang()) if behind is not None and behind.figure.how in ("count", "sum") else "",
        "behind": behind,
        "may": may,
        "feed_title": "" if behind is None else feed_title(behind.feed).of(lang()),
        "how": "" if behind is None else _how(behind),
        "corrected": behind is not None and (cell is None or cell.evidence != behind.evidence),
        "has_of": behind is not None and any(r.of for r in behind.figure.rows),
        "rows": rows,
        "known_at": None if behind is None else datetime.fromisoformat(behind.known_at),
    }
    return page(request, "rows", found, **context)


def _how(behind: Behind) -> str:
    """How the rows make the figure, in a sentence."""
    figure = behind.figure
    return say(f"rows.how.{figure.how}", lang(), count=len(figure.rows), value=amount(figure.value))


def amount(text: str) -> str:
    """Decimal text as people read it."""
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return number(float(value), lang(), max(0, -exponent) if isinstance(exponent, int) else 0)


def _shown(rows: tuple[Row, ...]) -> list[dict[str, str]]:
    return [
        {
            "key": r.key,
            "label": r.label.of(lang()),
            "value": amount(r.value),
            "of": amount(r.of) if r.of else "",
            "since": r.since,
            "source": r.source,
        }
        for r in rows
    ]


def _plain(figure: Figure) -> list[tuple[str, ...]]:
    return [(r.key, r.label.of(lang()), r.value, r.of, r.since, r.source) for r in figure.rows]
