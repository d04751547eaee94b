"""Reports that are waited for, of any season that is not closed: for whoever reminds people of them."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from saima.server.race.enums import EDITABLE
from saima.server.race.models import Report, Season, SeasonVersion
from saima.server.race.queries.reports import SAYS_SOMETHING

_NAMED = ("season", "place", "assignee")


def reports_waited_for(season: Season | None = None) -> QuerySet[Report]:
    """With how many figures are ``asked`` for and ``filled`` in; by place, in one query."""
    found = Report.objects.filter(state__in=EDITABLE, season__closed=False)
    if season is not None:
        found = found.filter(season=season)
    counted = found.annotate(asked=Count("cells"), filled=Count("cells", filter=SAYS_SOMETHING))
    return counted.select_related(*_NAMED).order_by("season", "due_at", "place__display_order", "id")


def report_held(pk: int) -> Report:
    """One report, held until the transaction ends."""
    held = Report.objects.select_for_update(of=("self",))  # PostgreSQL locks no side that may be missing
    return held.select_related(*_NAMED).get(pk=pk)


def seasons_at_work() -> Sequence[Season]:
    """Open seasons that are published."""
    published = SeasonVersion.objects.values("season_id")
    return list(Season.objects.filter(closed=False, pk__in=published).order_by("id"))
