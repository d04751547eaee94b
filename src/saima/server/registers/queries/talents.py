"""Reads talents without naming anybody: who is here on a day as it was known, by programme, place, employer, stay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from saima.server.accounts.rules import held_by, may
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.places.queries import keys_of, within
from saima.server.registers.models import Talent, TalentEvent, TalentProgramme
from saima.server.registers.rules import RULES

STAYED_MONTHS: Final = 12
SEEN: Final = ("talent.seen", "talent.exported", "talent.personal", "talent.erased")


@dataclass(frozen=True, slots=True)
class TalentAt:
    """Somebody on a day as it was known at an instant. ``place`` is a key."""

    id: int
    code: str
    programme: TalentProgramme
    arrived: date
    employer: str
    place: str
    level: str
    left: date | None
    erased: bool
    on: date

    @property
    def here(self) -> bool:
        return self.arrived <= self.on and (self.left is None or self.left > self.on)

    @property
    def months(self) -> int:
        """Whole months from arrival until the day, or until leaving."""
        end = min(self.on, self.left) if self.left else self.on
        whole = (end.year - self.arrived.year) * 12 + end.month - self.arrived.month
        return max(0, whole - (end.day < self.arrived.day))

    @property
    def stayed(self) -> bool | None:
        """Whether the stay reached a year; None where a year is not over yet and the person is here."""
        if self.months >= STAYED_MONTHS:
            return True
        return None if self.here else False


def talents_at(
    *,
    on: date | None = None,
    known: datetime | None = None,
    place_ids: Iterable[int] | None = None,
    programme: str = "",
    codes: Iterable[str] | None = None,
) -> list[TalentAt]:
    """Everybody who had arrived by a day (today) as it was known at an instant (now), by code; two queries.

    Of facts with one day the last recorded counts. ``place_ids``: where they are on that day.
    """
    day, instant = on or clock.today(), known or clock.now()
    rows = Talent.objects.select_related("programme")
    if programme:
        rows = rows.filter(programme__key=programme)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    people = list(rows)
    events: dict[int, list[TalentEvent]] = defaultdict(list)
    found = TalentEvent.objects.filter(talent__in=[p.pk for p in people], recorded_at__lte=instant)
    for e in found.order_by("on", "recorded_at", "id"):
        events[e.talent_id].append(e)
    made = [_at(p, events[p.pk], day) for p in people]
    wanted = None if place_ids is None else keys_of(place_ids)
    here = [t for t in made if t is not None and (wanted is None or t.place in wanted)]
    return sorted(here, key=lambda t: t.code)


def _at(person: Talent, events: Sequence[TalentEvent], day: date) -> TalentAt | None:
    what = TalentEvent.What
    arrived = [e for e in events if e.what == what.ARRIVED]
    if not arrived:
        return None
    first = max(arrived, key=lambda e: (e.recorded_at, e.pk)).on  # a correction of the day counts
    if first > day:
        return None
    latest: dict[str, str] = {}
    left: date | None = None
    erased = False
    for e in sorted(events, key=lambda e: (e.on, e.recorded_at, e.pk)):
        if e.on > day:
            continue
        if e.what in (what.EMPLOYER, what.PLACE, what.LEVEL):
            latest[e.what] = e.value
    for e in sorted(events, key=lambda e: (e.recorded_at, e.pk)):
        if e.what == what.LEFT:
            left = e.on
        elif e.what == what.BACK:
            left = None
        elif e.what == what.ERASED:
            erased = True
    return TalentAt(
        person.pk,
        person.code,
        person.programme,
        first,
        latest.get(what.EMPLOYER, ""),
        latest.get(what.PLACE, ""),
        latest.get(what.LEVEL, ""),
        left if left is not None and left <= day else None,
        erased,
        day,
    )


def talents_visible_to(person: Any, **asked: Any) -> list[TalentAt]:
    """As ``talents_at``: all for the bureau and offices, those at their own place for others."""
    held = held_by(person)
    rule = RULES["talents.see"]
    if may(rule, held):
        return talents_at(**asked)
    own = [held.roles[r] for r, how in rule.roles.items() if how == "own" and r in held.roles]
    return talents_at(place_ids=within(frozenset().union(*own)) if own else (), **asked)


@dataclass(frozen=True, slots=True)
class Counted:
    """A programme by who came: in the year, here today, and of those who could have stayed a year how many did."""

    programme: TalentProgramme
    came: int  # ever
    this_year: int
    here: int
    stayed: int
    could: int

    @property
    def share(self) -> float | None:
        return self.stayed / self.could if self.could else None


def programmes_counted(people: Sequence[TalentAt], day: date) -> list[Counted]:
    """Every programme, those with most people first, those without anybody too."""
    by: dict[int, list[TalentAt]] = defaultdict(list)
    for t in people:
        by[t.programme.pk].append(t)
    made = [_counted(p, by[p.pk], day) for p in TalentProgramme.objects.select_related("office").order_by("key")]
    return sorted(made, key=lambda c: -c.came)


def _counted(programme: TalentProgramme, people: Sequence[TalentAt], day: date) -> Counted:
    known = [t.stayed for t in people if t.stayed is not None]
    return Counted(
        programme,
        len(people),
        sum(t.arrived.year == day.year for t in people),
        sum(t.here for t in people),
        sum(known),
        len(known),
    )


def may_personal(person: Any, programme: TalentProgramme, action: str = "talent.personal") -> bool:
    """Whether somebody may see what names people of a programme: the bureau, and the office that keeps it."""
    return may(RULES[action], held_by(person), place=programme.office_id)


@dataclass(frozen=True, slots=True)
class Look:
    """One time somebody saw, changed, took out or erased what names a person."""

    at: datetime
    by: str
    action: str
    purpose: str


def looks_at(code: str, most: int = 100) -> list[Look]:
    """Every view of somebody's personal data, the newest first, from the audit trail."""
    import json

    rows: QuerySet[Audit] = Audit.objects.filter(object_type="talent", object_key=code, action__in=SEEN)
    return [
        Look(r.at, r.actor_name, r.action, str(json.loads(r.detail or "{}").get("purpose", "")))
        for r in rows.order_by("-id")[:most]
    ]


def events_of(code: str) -> list[TalentEvent]:
    """What happened, the newest first."""
    return list(TalentEvent.objects.filter(talent__code=code).select_related("by").order_by("-on", "-id"))


def names_of_programmes() -> Mapping[str, str]:
    return dict(TalentProgramme.objects.order_by("key").values_list("key", "title"))
