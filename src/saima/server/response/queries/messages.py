"""Reads messages: somebody's own, how they want to be told, which robots speak, and how everything left."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet

from saima.server.accounts.enums import PLACED, Role
from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_holding
from saima.server.kit.models import Attempt, Outbox
from saima.server.kit.robots import APPRISE
from saima.server.race.models import Report, Season
from saima.server.race.rules import RULES as RACE
from saima.server.response.models import Choices, Delivery, Message, Robot
from saima.server.response.queries.message_kinds import KINDS, TOPICS, Reach

STATES: Final = tuple(s.value for s in Outbox.State)


def messages_of(person: Any, *, unread: bool = False) -> QuerySet[Message]:
    """Newest first."""
    found = Message.objects.filter(person=person).order_by("-at", "-id")
    return found.filter(read_at=None) if unread else found


@dataclass(frozen=True, slots=True)
class Wanted:
    """How somebody wants to be told; as here where they never chose."""

    mail: bool = True
    daily: bool = False
    daily_hour: int = 8
    quiet_from: time | None = None
    quiet_until: time | None = None
    topics: Mapping[str, Reach] = field(default_factory=dict)

    def reach(self, kind: str) -> Reach:
        """Where a kind of message reaches them; what must be told is told in the desk at least."""
        topic = KINDS[kind].topic
        wanted = self.topics.get(topic, "all")
        return "here" if wanted == "off" and TOPICS[topic].must else wanted

    def quiet_for(self, now: datetime) -> timedelta:
        """How long nothing may leave yet; nothing outside the quiet hours."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return timedelta()
        there = now.astimezone(ZoneInfo(settings.TIME_ZONE))
        at, start, end = there.time(), self.quiet_from, self.quiet_until
        inside = start <= at < end if start < end else at >= start or at < end
        if not inside:
            return timedelta()
        day = there.date() + timedelta(days=int(at >= end))
        return datetime.combine(day, end, there.tzinfo) - there


def wanted_by(people: Sequence[Person]) -> Mapping[int, Wanted]:
    """By person, whether they chose or not; one query."""
    rows = {c.person_id: c for c in Choices.objects.filter(person__in=[p.pk for p in people])}
    return {p.pk: _wanted(rows.get(p.pk)) for p in people}


def _wanted(row: Choices | None) -> Wanted:
    if row is None:
        return Wanted()
    return Wanted(row.mail, row.daily, row.daily_hour, row.quiet_from, row.quiet_until, json.loads(row.topics))


def robots_of(person: Any) -> QuerySet[Robot]:
    """Somebody's own."""
    return Robot.objects.filter(person=person, withdrawn_at=None)


def robots_of_bureau() -> QuerySet[Robot]:
    return Robot.objects.filter(person=None, withdrawn_at=None).select_related("season", "made_by")


def robots_for(season: Season | None, kind: str) -> Sequence[Robot]:
    """The bureau's robots that say this kind of thing in their group."""
    topic = KINDS[kind].topic
    rows = robots_of_bureau().filter(Q(season=None) | Q(season=season))
    return [r for r in rows if TOPICS[topic].group and topic in json.loads(r.topics)]


def shown_address(robot: Robot) -> str:
    """Where a robot's posts go, without the key that the address holds."""
    parts = urlsplit(robot.url)
    return f"{parts.scheme}://…" if robot.kind == APPRISE else f"{parts.hostname or ''}/…"


def reporters_of(report: Report) -> Sequence[Person]:
    """Whose task a report is: the one it was given to, else everybody who reports for the place."""
    if report.assignee is not None and report.assignee.is_active:
        return [report.assignee]
    return people_holding(PLACED, season=report.season.key, place_id=report.place_id)


def people_of(season: Season) -> Sequence[Person]:
    """Everybody who may see the season by a role of today."""
    return people_holding(RACE["season.see"].roles, season=season.key)


def stewards_of(season: Season | None) -> Sequence[Person]:
    return people_holding([Role.STEWARD], season=season.key if season is not None else "")


def deliveries(*, state: str = "", season: Season | None = None) -> QuerySet[Delivery]:
    """Newest first, each with its tries; two queries."""
    tries = Prefetch("outbox__attempts", Attempt.objects.order_by("number"), to_attr="tried")
    found = Delivery.objects.select_related("outbox", "person", "robot", "season").prefetch_related(tries)
    if state in STATES:
        found = found.filter(outbox__state=state)
    return found.filter(season=season) if season is not None else found


def deliveries_counted() -> Mapping[str, int]:
    """By state; one query."""
    rows = Delivery.objects.order_by().values_list("outbox__state").annotate(Count("pk"))
    return dict.fromkeys(STATES, 0) | dict(rows)


def failures_untold() -> Sequence[Delivery]:
    """Deliveries that were given up since their failure was last told. That of such a message itself is not told."""
    rows = Delivery.objects.filter(outbox__state=Outbox.State.FAILED, outbox__tries__gt=F("alarmed_tries"))
    rows = rows.exclude(kind="delivery_failed")
    return list(rows.select_related("outbox", "sender", "season").order_by("id"))
