"""What of the race somebody may see at all: the one door for pages, files and the API.

Fetch through these, so that what is not yours looks exactly like what does not exist.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by, may
from saima.server.places.queries import keys_of
from saima.server.race.enums import ReportState
from saima.server.race.guest import Guest
from saima.server.race.models import Evidence, Reading, Report, Season, SeasonVersion
from saima.server.race.queries.asked import office_key
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.rules import RULES


def seasons_visible_to(person: Any) -> QuerySet[Season]:
    """A season nobody has published yet is the bureau's own business."""
    held = held_by(person)
    if not may(RULES["season.see"], held):
        return Season.objects.none()
    return seasons_of_bureau() if held.has(Role.STEWARD) else seasons_published()


def seasons_of_bureau() -> QuerySet[Season]:
    return Season.objects.all()


def seasons_published() -> QuerySet[Season]:
    return Season.objects.filter(Exists(SeasonVersion.objects.filter(season=OuterRef("pk"))))


def reports_visible_to(person: Any) -> QuerySet[Report]:
    """Own places' reports in every state; the bureau and auditors see all, a verifier what was once submitted.

    A guest sees the one report that was lent.
    """
    if isinstance(person, Guest):
        return Report.objects.filter(pk=person.report_id)
    held = held_by(person)
    if held.has(Role.STEWARD, Role.AUDITOR):
        return Report.objects.all()
    own = Q(place__in=held.places)
    if held.has(Role.VERIFIER):
        own |= ~Q(state=ReportState.OPEN)
    return Report.objects.filter(own)


def evidence_visible_to(person: Any) -> QuerySet[Evidence]:
    return Evidence.objects.filter(report__in=reports_visible_to(person))


def readings_visible_to(person: Any, season: Season, *, newest_only: bool = True) -> QuerySet[Reading]:
    """A zone's own figures and an office's indicators; the bureau, verifiers and auditors see all of a season's."""
    if isinstance(person, Guest):
        return Reading.objects.none()
    rows = Reading.objects.filter(season=season)
    held = held_by(person, season=season.key)
    if not held.has(Role.STEWARD, Role.AUDITOR, Role.VERIFIER):
        keys = keys_of(held.places)
        owned = [i.code for i in season_of(newest(season)).indicators if office_key(i) in keys]
        rows = rows.filter(Q(contestant__in=keys) | Q(indicator__in=owned))
    if newest_only:
        later = Reading.objects.filter(
            season=season,
            contestant=OuterRef("contestant"),
            indicator=OuterRef("indicator"),
            period=OuterRef("period"),
            revision__gt=OuterRef("revision"),
        )
        rows = rows.filter(~Exists(later))
    return rows
