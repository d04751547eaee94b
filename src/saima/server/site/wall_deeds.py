"""What a wall shows of what followed: open cards, tickets between departments, plans. Institutions, no free words.

What a person typed may name a person; so a ticket is told by who asks whom, until when, and about which indicator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from saima.engine.model.history import Colour
from saima.engine.model.season import Season as EngineSeason
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.response.models import Card
from saima.server.response.models.tickets import OWED
from saima.server.response.queries.cards import open_cards
from saima.server.response.queries.plans import PlanState, listed, open_plans
from saima.server.response.queries.tickets import Row, living_of
from saima.words import percent, say

CARDS: Final = 7
TICKETS: Final = 4
PLANS: Final = 3


@dataclass(frozen=True, slots=True)
class CardShown:
    colour: str
    who: str
    what: str
    period: str
    state: str


@dataclass(frozen=True, slots=True)
class TicketShown:
    owner: str
    asked_by: str
    what: str  # an indicator; empty where it is about anything else
    due: date
    late: int
    left: int
    owed: bool
    state: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    light: Colour
    who: str
    done: str
    due: str
    late: int  # working days too few


@dataclass(frozen=True, slots=True)
class Deeds:
    """The most urgent of each, and how many there are."""

    cards: Sequence[CardShown]
    red: int
    yellow: int
    tickets: Sequence[TicketShown]
    open: int
    late: int
    plans: Sequence[PlanShown]
    running: int

    def __bool__(self) -> bool:
        return bool(self.cards or self.tickets or self.plans)

    @property
    def more_cards(self) -> int:
        return self.red + self.yellow - len(self.cards)

    @property
    def more_tickets(self) -> int:
        return self.open - len(self.tickets)

    @property
    def more_plans(self) -> int:
        return self.running - len(self.plans)


def deeds_of(season: Season, spec: EngineSeason) -> Deeds:
    """Open cards, red and late ones first; tickets, the longest overdue first; plans, those behind first."""
    cards = list(open_cards(season).order_by("colour", "-period", "id"))
    tickets = living_of(season)
    plans = listed(open_plans(season), spec)
    return Deeds(
        cards=[_card(c, spec) for c in cards[:CARDS]],
        red=sum(c.colour == Card.Colour.RED for c in cards),
        yellow=sum(c.colour == Card.Colour.YELLOW for c in cards),
        tickets=[_ticket(t, spec) for t in tickets[:TICKETS]],
        open=len(tickets),
        late=sum(t.late > 0 for t in tickets),
        plans=[_plan(p, spec) for p in plans[:PLANS]],
        running=len(plans),
    )


def _card(card: Card, spec: EngineSeason) -> CardShown:
    who, what = spec.contestant.get(card.contestant), spec.indicator.get(card.indicator)
    return CardShown(
        colour=card.colour,
        who=who.title.of(lang()) if who else card.contestant,
        what=what.title.of(lang()) if what else say("told.figures", lang()),
        period=card.period,
        state=card.state,  # type: ignore[attr-defined]  # annotated by the query
    )


def _plan(state: PlanState, spec: EngineSeason) -> PlanShown:
    who = spec.contestant.get(state.plan.contestant)
    return PlanShown(
        light=state.light,
        who=who.title.of(lang()) if who else state.plan.contestant,
        done=percent(state.done_0_1, lang(), 0),
        due=percent(state.due_0_1, lang(), 0),
        late=state.now.short_by if state.now else 0,
    )


def _ticket(row: Row, spec: EngineSeason) -> TicketShown:
    ticket = row.ticket
    about = spec.indicator.get(ticket.about_key) if ticket.about_kind == "indicator" else None
    return TicketShown(
        owner=row.owner.of(lang()),
        asked_by=row.asked_by.of(lang()) if row.asked_by else say("ticket.bureau", lang()),
        what=about.title.of(lang()) if about else "",
        due=ticket.due,
        late=row.late,
        left=row.left,
        owed=ticket.state in OWED,
        state=ticket.state,
    )
