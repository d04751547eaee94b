"""Reads appeals: whose they are to see, their state, until when one may be made, and who had a part in the matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_with
from saima.server.accounts.rules import held_by
from saima.server.bulletins.models import BulletinVersion
from saima.server.kit import clock
from saima.server.race.models import Season
from saima.server.race.queries.recorded import had_a_hand
from saima.server.response.models import Appeal, AppealDraft, AppealEvent, AppealFile
from saima.server.response.models.appeals import UNDECIDED
from saima.server.response.queries.card_rules import appeal_days

BUREAU: Final = (Role.STEWARD, Role.VERIFIER, Role.LEADER, Role.AUDITOR)
DECIDERS: Final = (Role.STEWARD, Role.VERIFIER, Role.LEADER)


def appeals_of(season: Season) -> QuerySet[Any]:
    """Every appeal with its ``state``, the newest first."""
    last = AppealEvent.objects.filter(appeal=OuterRef("pk")).order_by("-id").values("kind")[:1]
    found = Appeal.objects.filter(season=season).annotate(state=Subquery(last))
    return found.select_related("place", "version", "version__bulletin", "season", "card", "reading", "by").order_by(
        "-id"
    )


def appeals_visible_to(person: Any, season: Season) -> QuerySet[Any]:
    """An appeal is for its parties: who made it, the bureau, verifiers, leaders and auditors; absent for all others."""
    held = held_by(person, season=season.key)
    if held.has(*BUREAU):
        return appeals_of(season)
    return appeals_of(season).filter(place__in=held.roles.get(Role.REPORTER, frozenset()))


def undecided(season: Season) -> int:
    return appeals_of(season).filter(state__in=list(UNDECIDED)).count()


def deadline_of(version: BulletinVersion) -> datetime:
    """The end of the last day on which an appeal against a version may be made."""
    season = version.bulletin.season
    zone = ZoneInfo(season.time_zone)
    last = version.at.astimezone(zone).date() + timedelta(days=appeal_days(season))
    return datetime.combine(last, time(23, 59, 59), zone)


def may_still_appeal(version: BulletinVersion) -> bool:
    return clock.now() <= deadline_of(version)


def had_part(appeal: Appeal) -> dict[int, str]:
    """Who released or made the bulletin, verified the figure or gave it, by id: none of them decides if avoidable."""
    found: dict[int, Person] = {}
    version = appeal.version
    for person in (version.made_by, version.released_by):
        if person is not None:
            found[person.pk] = person
    if appeal.indicator:
        until = appeal.reading.revision if appeal.reading is not None else 0
        cell = (appeal.season, version.bulletin.period, appeal.contestant, appeal.indicator)
        found |= {person.pk: person for person in had_a_hand(*cell, until)}
    return {pk: person.name or person.username for pk, person in found.items()}


def could_decide(appeal: Appeal) -> Sequence[Person]:
    """People who may decide and had no part in the matter."""
    part = {*had_part(appeal), appeal.by_id}
    people = {p.pk: p for role in DECIDERS for p in people_with(role) if p.pk not in part}
    return [p for p in people.values() if held_by(p, season=appeal.season.key).has(*DECIDERS)]


@dataclass(frozen=True)
class Told:
    """One appeal with everything that was said and sent."""

    events: Sequence[AppealEvent]
    files: Sequence[AppealFile]
    drafts: Sequence[AppealDraft]


def appeal_told(appeal: Appeal) -> Told:
    return Told(
        list(AppealEvent.objects.filter(appeal=appeal).select_related("by", "reading").order_by("id")),
        list(AppealFile.objects.filter(appeal=appeal).select_related("blob", "by").order_by("id")),
        list(AppealDraft.objects.filter(appeal=appeal).select_related("draft", "draft__evaluated__cut").order_by("id")),
    )
