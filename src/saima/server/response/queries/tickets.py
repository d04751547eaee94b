"""Reads tickets: which of them somebody sees, what a department owes, which steps are open to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Avg, Count, F, Q, QuerySet

from saima.server.accounts.rules import Held, held_by, may
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.response.models import Ticket, TicketEvent, TicketFile
from saima.server.response.models.tickets import ESCALATION, LIVING, OWED, STEPS, Step, TicketState
from saima.server.response.queries.circle import named
from saima.server.response.rules import RULES
from saima.words import Text

SHOWN: Final = ("open", "overdue", "mine", "escalated", "finished", "every")
LATELY: Final = timedelta(days=60)
MOST: Final = 200


def tickets_visible_to(person: Any, season: Season) -> QuerySet[Ticket]:
    """All for the bureau, leaders and auditors; else what one's place asked, owes, or is concerned with."""
    held = held_by(person, season=season.key)
    rows = Ticket.objects.filter(season=season)
    if may(RULES["tickets.see_all"], held):
        return rows
    if not held.has(*RULES["tickets.see"].roles):
        return rows.none()
    own = held.places
    return rows.filter(Q(asked_by__in=own) | Q(owner__in=own) | Q(concerns__in=own))


def files_visible_to(person: Any, season: Season) -> QuerySet[TicketFile]:
    found = TicketFile.objects.filter(event__ticket__in=tickets_visible_to(person, season))
    return found.select_related("blob")


@dataclass(frozen=True, slots=True)
class Filters:
    show: str = "open"
    office: str = ""  # key of a place
    wanted: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        show = asked.get("show", "open")
        return cls(
            show if show in SHOWN else "open", asked.get("office", "")[:80], asked.get("wanted", "").strip()[:80]
        )


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    owner: Text
    asked_by: Text | None  # None: the bureau
    concerns: Text | None
    late: int  # days past the due day; 0 when in time
    left: int  # days to the due day

    @property
    def tone(self) -> str:
        return tone_of(self.ticket.state, self.late)


def tone_of(state: str, late: int = 0) -> str:
    if late:
        return "red"
    return {"open": "blue", "accepted": "blue", "done": "amber", "closed": "green", "refused": "amber"}.get(
        state, "grey"
    )


def rows_of(tickets: QuerySet[Ticket], season: Season) -> list[Row]:
    """Two queries however many tickets."""
    found = list(tickets.select_related("owner", "asked_by", "concerns")[:MOST])
    titles = named(p for t in found for p in (t.owner, t.asked_by, t.concerns))
    today = clock.today(season.time_zone)
    return [_row(t, titles, today) for t in found]


def _row(t: Ticket, titles: Mapping[int, Text], today: date) -> Row:
    late = max(0, (today - t.due).days) if t.state in OWED else 0
    asked = titles[t.asked_by_id] if t.asked_by_id else None
    concerns = titles[t.concerns_id] if t.concerns_id else None
    return Row(t, titles[t.owner_id], asked, concerns, late, (t.due - today).days)


def row_of(ticket: Ticket) -> Row:
    return _row(ticket, named([ticket.owner, ticket.asked_by, ticket.concerns]), clock.today(ticket.season.time_zone))


def tickets_listed(person: Any, season: Season, filters: Filters) -> QuerySet[Ticket]:
    """What a list shows, the most urgent first."""
    rows = tickets_visible_to(person, season)
    today = clock.today(season.time_zone)
    held = held_by(person, season=season.key)
    if filters.show == "open":
        rows = rows.filter(state__in=LIVING)
    elif filters.show == "overdue":
        rows = rows.filter(state__in=OWED, due__lt=today)
    elif filters.show == "escalated":
        rows = rows.filter(state__in=OWED, escalated_at__isnull=False)
    elif filters.show == "finished":
        rows = rows.exclude(state__in=LIVING)
    elif filters.show == "mine":
        rows = rows.filter(state__in=LIVING).filter(waiting_for(held))
    if filters.office:
        rows = rows.filter(owner__key=filters.office)
    if filters.wanted:
        rows = rows.filter(Q(title__icontains=filters.wanted) | Q(what__icontains=filters.wanted))
    ordered = ("-closed_at", "-id") if filters.show == "finished" else ("due", "id")
    return rows.order_by(*ordered)


def waiting_for(held: Held) -> Q:
    """Tickets that cannot go on before this person, or somebody of the same place, has acted."""
    own = held.places
    mine = Q(owner__in=own, state__in=(TicketState.OPEN, TicketState.ACCEPTED))
    mine |= Q(asked_by__in=own, state=TicketState.DONE)
    if may(RULES["ticket.coordinate"], held):
        mine |= Q(state=TicketState.REFUSED) | Q(asked_by=None, state=TicketState.DONE)
    return mine


def counts_of(person: Any, season: Season) -> Mapping[str, int]:
    """How many stand where; one query."""
    today = clock.today(season.time_zone)
    held = held_by(person, season=season.key)
    living = Q(state__in=LIVING)
    return tickets_visible_to(person, season).aggregate(
        open=Count("pk", filter=living),
        overdue=Count("pk", filter=Q(state__in=OWED, due__lt=today)),
        mine=Count("pk", filter=living & waiting_for(held)),
        escalated=Count("pk", filter=Q(state__in=OWED, escalated_at__isnull=False)),
    )


def escalated_of(season: Season) -> list[Row]:
    """What leaders are shown: overdue for longer than the rule allows and still owed."""
    shown = Ticket.objects.filter(season=season, state__in=OWED, escalated_at__isnull=False).order_by("due", "id")
    return rows_of(shown, season)


def seasons_owing() -> list[Season]:
    """Open seasons in which a ticket is still owed."""
    rows = Ticket.objects.filter(state__in=OWED, season__closed=False).select_related("season").order_by("season_id")
    return list({t.season_id: t.season for t in rows}.values())


def to_escalate(season: Season) -> QuerySet[Ticket]:
    """Overdue beyond the rule, and nobody has been told yet."""
    since = clock.today(season.time_zone) - timedelta(days=ESCALATION.days)
    return Ticket.objects.filter(season=season, state__in=OWED, due__lt=since, escalated_at=None).order_by("id")


@dataclass(frozen=True, slots=True)
class Event:
    event: TicketEvent
    place: Text | None
    owner: Text
    files: Sequence[TicketFile]
    tone: str


def events_of(ticket: Ticket) -> list[Event]:
    """Every step, newest first; three queries."""
    found = list(ticket.events.select_related("place", "owner", "by").prefetch_related("files").order_by("-number"))
    titles = named(p for e in found for p in (e.place, e.owner))
    tones = {"do": "good", "close": "good", "accept": "good", "refuse": "warn", "send_back": "warn", "escalate": "bad"}
    return [
        Event(
            e,
            titles[e.place_id] if e.place_id else None,
            titles[e.owner_id],
            list(e.files.all()),
            tones.get(e.step, ""),
        )
        for e in found
    ]


def side_of(step: Step, ticket: Ticket) -> int | None:
    """The place a step is taken for; None is the bureau."""
    return ticket.owner_id if step.whose == "owner" else ticket.asked_by_id if step.whose == "asker" else None


@dataclass(frozen=True, slots=True)
class Open:
    """A step somebody may take now."""

    name: str
    step: Step
    on_behalf: bool


def may_step(held: Held, name: str, ticket: Ticket) -> Open | None:
    """Whether a step is this person's, leaving the state aside; on whose behalf."""
    step = STEPS[name]
    coordinates = may(RULES["ticket.coordinate"], held)
    if step.whose == "bureau":
        return Open(name, step, on_behalf=False) if coordinates else None
    if step.whose == "side":
        own = {ticket.owner_id, ticket.asked_by_id, ticket.concerns_id} & held.places
        acts = any(may(RULES["ticket.act"], held, place=p) for p in own if p)
        return Open(name, step, on_behalf=False) if acts or coordinates else None
    place = side_of(step, ticket)
    if place is None:
        return Open(name, step, on_behalf=False) if coordinates else None
    if not may(RULES["ticket.act"], held, place=place):
        return None
    return Open(name, step, on_behalf=place not in held.places)


def steps_open(person: Any, ticket: Ticket) -> list[Open]:
    """Steps of the ticket's state that are this person's to take, in the order of the table."""
    held = held_by(person, season=ticket.season.key)
    state = TicketState(ticket.state)
    return [found for name, step in STEPS.items() if state in step.of and (found := may_step(held, name, ticket))]


@dataclass(frozen=True, slots=True)
class Owed:
    """A department by its tickets. Means over what it answered and what was rated; None where nothing was."""

    place: Place
    title: Text
    open: int
    overdue: int
    escalated: int
    finished: int
    in_time: int  # of the finished
    rating: float | None
    answer_days: float | None


def owed_by(season: Season, places: Iterable[Place]) -> list[Owed]:
    """One row for every place that ever owned a ticket, the most overdue first; two queries."""
    wanted = {p.pk: p for p in places}
    today = clock.today(season.time_zone)
    done = Q(state__in=(TicketState.DONE, TicketState.CLOSED))
    rows = (
        Ticket.objects.filter(season=season, owner__in=wanted)
        .values("owner")
        .annotate(
            open=Count("pk", filter=Q(state__in=OWED)),
            overdue=Count("pk", filter=Q(state__in=OWED, due__lt=today)),
            escalated=Count("pk", filter=Q(state__in=OWED, escalated_at__isnull=False)),
            finished=Count("pk", filter=done),
            in_time=Count("pk", filter=done & Q(done_at__date__lte=F("due"))),
            rated=Avg("rating"),
            answered=Avg(F("answered_at") - F("owned_since")),
        )
    )
    titles = named(wanted.values())
    found = [
        Owed(
            wanted[r["owner"]],
            titles[r["owner"]],
            r["open"],
            r["overdue"],
            r["escalated"],
            r["finished"],
            r["in_time"],
            r["rated"],
            None if r["answered"] is None else r["answered"] / timedelta(days=1),
        )
        for r in rows
    ]
    return sorted(found, key=lambda o: (-o.overdue, -o.open, o.place.display_order, o.place.key))


def finished_lately(season: Season, place: Place) -> list[Row]:
    since = clock.now() - LATELY
    ended = Q(state=TicketState.CLOSED, closed_at__gte=since) | Q(state=TicketState.DONE)
    return rows_of(Ticket.objects.filter(ended, season=season, owner=place).order_by("-done_at", "-id"), season)


def open_of(season: Season, place: Place) -> list[Row]:
    return rows_of(Ticket.objects.filter(season=season, owner=place, state__in=OWED).order_by("due", "id"), season)


def living_of(season: Season) -> list[Row]:
    """Every ticket that is not closed: what is longest overdue first, what only waits for its rating last."""
    found = rows_of(Ticket.objects.filter(season=season, state__in=LIVING).order_by("due", "id"), season)
    return sorted(found, key=lambda r: (r.ticket.state not in OWED, r.ticket.due, r.ticket.pk))


def asked_of(season: Season, place: Place) -> list[Row]:
    """What a place asked of others and has not closed."""
    asked = Ticket.objects.filter(season=season, asked_by=place, state__in=LIVING)
    return rows_of(asked.order_by("due", "id"), season)
