"""Reads cards: their state, what they say, and which are open."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.bulletins.models import BulletinVersion
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.response.models import Card, CardEvent
from saima.server.response.models.cards import OPEN, CardState
from saima.words import Lang, Text, say


@dataclass(frozen=True, slots=True)
class ReasonTold:
    """A rule with its colour and number, the sentence as it was issued, and the numbers in it."""

    when: str
    colour: str
    at: float
    said: Text
    numbers: Mapping[str, Any]


def reasons_of(card: Card) -> tuple[ReasonTold, ...]:
    return tuple(
        ReasonTold(r["when"], r["colour"], r["at"], Text(r["said"]["en"], r["said"]["zh"]), r["numbers"])
        for r in json.loads(card.reasons)
    )


def cards_by_key(season: Season, keys: Sequence[str]) -> Mapping[str, Card]:
    """Cards of a season by the key a plan or a ticket names them with."""
    return {c.key: c for c in Card.objects.filter(season=season, key__in=keys)} if keys else {}


def event_said(event: CardEvent, lang: Lang) -> str:
    """What somebody wrote, or the sentence of the program."""
    return say(event.code, lang, **json.loads(event.params or "{}")) if event.code else event.text


def cards_of(season: Season) -> QuerySet[Any]:
    """Every card with ``state`` and ``continued`` (a later card on the same cell stands), the newest period first."""
    last = CardEvent.objects.filter(card=OuterRef("pk")).order_by("-id").values("kind")[:1]
    withdrawn = CardEvent.objects.filter(card=OuterRef("pk"), kind=CardState.WITHDRAWN)
    later = Card.objects.filter(
        season=OuterRef("season"),
        contestant=OuterRef("contestant"),
        indicator=OuterRef("indicator"),
        period__gt=OuterRef("period"),
    ).exclude(Exists(withdrawn))
    found = Card.objects.filter(season=season).annotate(state=Subquery(last), continued=Exists(later))
    return found.select_related("place", "version", "version__bulletin", "season").order_by("-period", "colour", "id")


def open_cards(season: Season) -> QuerySet[Any]:
    """Cards that still ask for something: not lifted, not withdrawn, not continued by a later one."""
    return cards_of(season).filter(state__in=list(OPEN), continued=False)


def cards_open_of(season: Season, place: Place) -> Sequence[Card]:
    """Open cards of one place, red ones first: what its plan answers."""
    return list(open_cards(season).filter(place=place).order_by("colour", "-period", "id"))


def own_cards(person: Any, season: Season) -> Sequence[Card]:
    """Cards of the places somebody reports for that wait for an answer."""
    places = held_by(person, season=season.key).roles.get(Role.REPORTER, frozenset())
    if not places:
        return []
    waiting = open_cards(season).filter(place__in=places).exclude(state=CardState.ANSWERED)
    return list(waiting.order_by("colour", "-period", "id"))


def cards_by(version: BulletinVersion) -> Sequence[Card]:
    """Cards a version gave that nobody had before: what a message tells of."""
    return list(cards_of(version.bulletin.season).filter(version=version))


@dataclass(frozen=True)
class Told:
    """One card with its history, earlier and later cards on the same cell."""

    card: Card
    events: Sequence[CardEvent]
    beside: Sequence[Any]  # cards with their state

    @cached_property
    def reasons(self) -> tuple[ReasonTold, ...]:
        return reasons_of(self.card)


def card_told(card: Card) -> Told:
    events = list(CardEvent.objects.filter(card=card).select_related("by").order_by("id"))
    same = cards_of(card.season).filter(contestant=card.contestant, indicator=card.indicator).exclude(pk=card.pk)
    return Told(card, events, list(same))
