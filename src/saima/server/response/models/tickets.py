"""Tickets: what a place or the bureau asks a department to do by a day, and every step of it.

The way of a ticket is data (``STEPS``): which states a step leads from and to, whose step it is, what it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class TicketState(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    DONE = "done"  # as the owner says, with proof; who asked has not looked yet
    CLOSED = "closed"  # rated by who asked
    REFUSED = "refused"  # waits for the bureau: another owner, or the same after all
    WITHDRAWN = "withdrawn"


OWED: Final = frozenset({TicketState.OPEN, TicketState.ACCEPTED, TicketState.REFUSED})  # may become overdue
LIVING: Final = OWED | {TicketState.DONE}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``whose``: the owner's, of who asked, the bureau's, or anybody's who sees the ticket from inside."""

    of: frozenset[TicketState]
    to: TicketState | None  # None: the state stays
    whose: Literal["owner", "asker", "bureau", "side"]
    words: bool = True  # needs words
    needs: frozenset[str] = frozenset()  # of: proof, rating, owner, due


def _of(*states: TicketState) -> frozenset[TicketState]:
    return frozenset(states)


_S = TicketState
STEPS: Final[Mapping[str, Step]] = {
    "accept": Step(_of(_S.OPEN), _S.ACCEPTED, "owner", words=False),
    "do": Step(_of(_S.ACCEPTED), _S.DONE, "owner", needs=frozenset({"proof"})),
    "refuse": Step(_of(_S.OPEN, _S.ACCEPTED), _S.REFUSED, "owner"),
    "close": Step(_of(_S.DONE), _S.CLOSED, "asker", needs=frozenset({"rating"})),
    "send_back": Step(_of(_S.DONE), _S.ACCEPTED, "asker"),
    "withdraw": Step(_of(_S.OPEN, _S.ACCEPTED, _S.REFUSED), _S.WITHDRAWN, "asker"),
    "hand_over": Step(_of(_S.OPEN, _S.ACCEPTED, _S.REFUSED), _S.OPEN, "bureau", needs=frozenset({"owner"})),
    "insist": Step(_of(_S.REFUSED), _S.ACCEPTED, "bureau"),
    "move_due": Step(_of(_S.OPEN, _S.ACCEPTED, _S.REFUSED), None, "bureau", needs=frozenset({"due"})),
    "note": Step(frozenset(LIVING), None, "side"),
}


@dataclass(frozen=True, slots=True)
class Escalation:
    """After how many days past its due day a ticket is shown to leaders. Calendar days of the season's zone."""

    days: int


ESCALATION: Final = Escalation(days=3)


class Ticket(models.Model):
    """Numbered within its season. ``asked_by`` None is the bureau; ``concerns`` is a zone it is about."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    what = models.TextField()
    asked_by = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    concerns = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    about_kind = models.CharField(max_length=20, blank=True)
    about_key = models.CharField(max_length=120, blank=True)
    about_href = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=TicketState.choices, default=TicketState.OPEN, db_index=True)
    owned_since = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)  # first accepted or refused by the present owner
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    escalated_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["season", "number"], name="ticket_number_once")]


class TicketEvent(AppendOnly):
    """One step: who, when, in which words, for which place; ``owner`` and ``due`` as they are after it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=12)  # a key of STEPS; open; escalate
    became = models.CharField(max_length=10)
    words = models.TextField(blank=True)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    rating = models.PositiveSmallIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "number"], name="ticket_event_once")]


class TicketFile(AppendOnly):
    """A file that came with a step: proof, or what explains the question."""

    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
