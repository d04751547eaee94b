"""What the program itself looks up for the rooms above; what somebody may see is visible.py."""

from typing import Any

from django.db.models import QuerySet

from saima.server.race.models import Report, Season


def season_known(pk: int) -> Season:
    """A season a task of the program names."""
    return Season.objects.get(pk=pk)


def seasons_among(pks: Any) -> QuerySet[Season]:
    """Seasons of these keys: for a room that decides by its own rows whose they are."""
    return Season.objects.filter(pk__in=pks)


def reports_in(season: Season, period: str = "") -> QuerySet[Report]:
    """Every report of a season, or of one period: what the program itself looks at, not what somebody is shown."""
    found = Report.objects.filter(season=season)
    return found.filter(period=period) if period else found
