"""Writes tickets: opened, and every step of the table ``STEPS``; each is an event nobody can take back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by, may
from saima.server.kit import audit, clock, locks
from saima.server.kit.models import Blob
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.response.actions.telling import ticket_told
from saima.server.response.models import Ticket, TicketEvent, TicketFile
from saima.server.response.models.tickets import ESCALATION, STEPS, TicketState
from saima.server.response.queries.circle import one_at_a_time
from saima.server.response.queries.tickets import may_step, side_of, to_escalate
from saima.server.response.rules import RULES

TITLE_MOST: Final = 200
WORDS_MOST: Final = 4000
Files = Sequence[tuple[Blob, str]]  # a kept file and its name


@dataclass(frozen=True, slots=True)
class About:
    """What a ticket is about: its kind (card, plan, indicator, project), its key, the address of its page."""

    kind: str = ""
    key: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a step."""

    words: str = ""
    files: Files = ()
    rating: int | None = None
    owner: Place | None = None
    due: date | None = None


_NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class Ask:
    """A ticket as somebody writes it. ``asked_by`` None is the bureau."""

    title: str
    what: str
    owner: Place
    due: date
    asked_by: Place | None = None
    concerns: Place | None = None
    about: About = field(default_factory=About)
    files: Files = ()


@transaction.atomic
def ticket_open(*, season: Season, ask: Ask, by: Person | None) -> Ticket:
    """Ask a place to do something by a day. ``by`` None is the program itself.

    Raises
    ------
    NotAllowed
        Somebody asks in the name of a place that is not theirs; the bureau may.
    QuestionRefused
        ``ticket.no_title``, ``ticket.no_words``, ``ticket.due_past``, ``ticket.own_office``, ``ticket.address``.
    """
    place = ask.asked_by
    if by is not None:
        held = held_by(by, season=season.key)
        if not may(RULES["ticket.act"], held, place=place.pk if place else None):
            raise NotAllowed(Problem("accounts.not_allowed"))
    title, what = " ".join(ask.title.split())[:TITLE_MOST], ask.what.strip()[:WORDS_MOST]
    today = clock.today(season.time_zone)
    if not title:
        raise QuestionRefused(Problem("ticket.no_title"))
    if not what:
        raise QuestionRefused(Problem("ticket.no_words"))
    if ask.due < today:
        raise QuestionRefused(Problem("ticket.due_past", {"due": ask.due.isoformat(), "today": today.isoformat()}))
    if place is not None and place.pk == ask.owner.pk:
        raise QuestionRefused(Problem("ticket.own_office"))
    one_at_a_time()
    last = Ticket.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    ticket = Ticket.objects.create(
        season=season,
        number=last + 1,
        title=title,
        what=what,
        asked_by=place,
        concerns=ask.concerns,
        owner=ask.owner,
        due=ask.due,
        about_kind=ask.about.kind[:20],
        about_key=ask.about.key[:120],
        about_href=_own_address(ask.about.href),
        owned_since=clock.now(),
        opened_by=by,
        opened_at=clock.now(),
    )
    _told(ticket, "open", by, Given(words=what, files=ask.files), place=place.pk if place else None)
    return ticket


def _own_address(href: str) -> str:
    """An address of this installation, or none.

    Raises
    ------
    QuestionRefused
        ``ticket.address``: it leads elsewhere.
    """
    plain = href.strip()
    parts = urlsplit(plain)
    if plain and (parts.scheme or parts.netloc or not plain.startswith("/") or plain.startswith(("//", "/\\"))):
        raise QuestionRefused(Problem("ticket.address", {"address": plain[:80]}))
    return plain[:300]


@transaction.atomic
def ticket_step(*, ticket: Ticket, name: str, seen: int, by: Person, given: Given = _NOTHING) -> Ticket:
    """Take a step. The same step again, as from a second click, changes nothing.

    Raises
    ------
    NotAllowed
        The step is somebody else's.
    QuestionRefused
        ``ticket.moved_on``: somebody took another step since; ``ticket.not_now``; and what the step needs:
        ``ticket.step_words``, ``ticket.behalf_words``, ``ticket.needs_proof``, ``ticket.needs_rating``,
        ``ticket.needs_owner``, ``ticket.due_past``.
    """
    current = locks.locked(Ticket.objects.select_related("season")).get(pk=ticket.pk)
    if name not in STEPS:
        raise QuestionRefused(Problem("ticket.not_now", {"ticket_state": current.state}))
    opened = may_step(held_by(by, season=current.season.key), name, current)
    if opened is None:
        raise NotAllowed(Problem("accounts.not_allowed"))
    words = given.words.strip()[:WORDS_MOST]
    if current.row_version != seen:
        last = current.events.order_by("-number").first()
        if last is not None and (last.step, last.by_id, last.words) == (name, by.pk, words):
            return current
        raise QuestionRefused(Problem("ticket.moved_on", {"number": current.number}))
    step = opened.step
    if TicketState(current.state) not in step.of:
        raise QuestionRefused(Problem("ticket.not_now", {"ticket_state": current.state}))
    if step.words and not words:
        raise QuestionRefused(Problem("ticket.step_words"))
    if opened.on_behalf and not words:
        raise QuestionRefused(Problem("ticket.behalf_words"))
    _apply(current, name, given)
    if step.to is not None:
        current.state = step.to
    current.row_version += 1
    current.save()
    place = side_of(step, current) if step.whose in ("owner", "asker") else _own_side(by, current)
    kept = Given(words, given.files, given.rating if name == "close" else None)
    _told(current, name, by, kept, place=place, on_behalf=opened.on_behalf)
    return current


def _own_side(by: Person, ticket: Ticket) -> int | None:
    """For whom a note is written: the place of who writes it, as far as it is one of the ticket's; else the bureau."""
    own = held_by(by, season=ticket.season.key).places
    return next((p for p in (ticket.owner_id, ticket.asked_by_id, ticket.concerns_id) if p in own), None)


def _apply(ticket: Ticket, name: str, given: Given) -> None:
    """What a step changes beside the state."""
    now = clock.now()
    if name in ("accept", "refuse") and ticket.answered_at is None:
        ticket.answered_at = now
    elif name == "do":
        if not given.files and len(given.words.strip()) < 10:
            raise QuestionRefused(Problem("ticket.needs_proof"))
        ticket.done_at = now
    elif name == "send_back":
        ticket.done_at = None
    elif name in ("close", "withdraw"):
        ticket.closed_at = now
        if name == "close":
            if given.rating is None or not 1 <= given.rating <= 5:
                raise QuestionRefused(Problem("ticket.needs_rating"))
            ticket.rating = given.rating
    elif name == "hand_over":
        if given.owner is None or given.owner.pk in (ticket.owner_id, ticket.asked_by_id):
            raise QuestionRefused(Problem("ticket.needs_owner"))
        ticket.owner, ticket.owned_since, ticket.answered_at, ticket.escalated_at = given.owner, now, None, None
        if given.due is not None:
            _move_due(ticket, given.due)
    elif name == "move_due":
        if given.due is None:
            raise QuestionRefused(Problem("ticket.needs_due"))
        _move_due(ticket, given.due)


def _move_due(ticket: Ticket, due: date) -> None:
    today = clock.today(ticket.season.time_zone)
    if due < today:
        raise QuestionRefused(Problem("ticket.due_past", {"due": due.isoformat(), "today": today.isoformat()}))
    ticket.due, ticket.escalated_at = due, None


@transaction.atomic
def tickets_escalate(*, season: Season) -> int:
    """Mark what is overdue beyond the rule, once each; how many. Run by the scheduler."""
    found = list(locks.locked(to_escalate(season)))
    for ticket in found:
        ticket.escalated_at = clock.now()
        ticket.row_version += 1
        ticket.save(update_fields=["escalated_at", "row_version"])
        _told(ticket, "escalate", None, Given(), place=None, days=ESCALATION.days)
    return len(found)


def _told(
    ticket: Ticket,
    step: str,
    by: Person | None,
    given: Given,
    *,
    place: int | None,
    on_behalf: bool = False,
    **more: object,
) -> TicketEvent:
    event = TicketEvent.objects.create(
        ticket=ticket,
        number=ticket.events.count() + 1,
        step=step,
        became=ticket.state,
        words=given.words,
        place_id=place,
        owner_id=ticket.owner_id,
        due=ticket.due,
        rating=given.rating,
        by=by,
        on_behalf=on_behalf,
        at=clock.now(),
    )
    for blob, name in given.files:
        TicketFile.objects.create(event=event, blob=blob, name=name[:200])
    audit.record(
        by=by,
        action=f"ticket.{step}",
        object_type="ticket",
        object_key=f"{ticket.season.key} {ticket.number}",
        state=ticket.state,
        owner=ticket.owner_id,
        due=ticket.due,
        on_behalf=on_behalf,
        **more,
    )
    ticket_told(ticket=ticket, step=step, event=event.number, by=by)
    return event
