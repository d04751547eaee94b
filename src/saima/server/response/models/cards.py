"""Cards: the rules of a season by number, the cards bulletins gave, and what became of each."""

from collections.abc import Mapping
from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly

APPEAL_DAYS: Final = 7  # after a release, where a season says nothing


class CardState(models.TextChoices):
    """A card's way, and what is recorded of it."""

    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    LIFTED = "lifted"  # it was right, and is over
    WITHDRAWN = "withdrawn"  # it was wrong


OPEN: Final = frozenset({CardState.ISSUED, CardState.ACKNOWLEDGED, CardState.ANSWERED})
FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    CardState.ISSUED: frozenset({CardState.ACKNOWLEDGED, CardState.ANSWERED, CardState.LIFTED, CardState.WITHDRAWN}),
    CardState.ACKNOWLEDGED: frozenset({CardState.ANSWERED, CardState.LIFTED, CardState.WITHDRAWN}),
    CardState.ANSWERED: frozenset({CardState.ANSWERED, CardState.LIFTED, CardState.WITHDRAWN}),
    CardState.LIFTED: frozenset({CardState.WITHDRAWN}),
    CardState.WITHDRAWN: frozenset(),
}


class ResponseRules(AppendOnly):
    """What a season's bulletins are followed by, from one number on; the highest counts."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="response_rules")
    number = models.PositiveIntegerField()
    cards = models.TextField(default="[]")  # JSON: [{"when", "colour", "at"}]
    appeal_days = models.PositiveSmallIntegerField(default=APPEAL_DAYS)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "number"], name="response_rules_once"),
        ]


class Card(AppendOnly):
    """A card as a released version gave it. ``indicator`` empty: about a contestant's figures together."""

    class Colour(models.TextChoices):
        YELLOW = "yellow"
        RED = "red"

    key = models.CharField(max_length=300, unique=True)
    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="cards")
    version = models.ForeignKey("bulletins.BulletinVersion", on_delete=models.PROTECT, related_name="cards")
    period = models.CharField(max_length=10)
    contestant = models.CharField(max_length=80)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=80, blank=True)
    colour = models.CharField(max_length=10, choices=Colour.choices)
    reasons = (
        models.TextField()
    )  # JSON: [{"when", "colour", "at", "said": {lang: sentence}, "numbers": {name: number}}]
    helper = models.CharField(max_length=200, blank=True)  # the office that offers help first
    rules = models.ForeignKey(ResponseRules, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class CardsIssued(AppendOnly):
    """That the cards of a version were worked out: all of them in one transaction, and only once."""

    version = models.OneToOneField("bulletins.BulletinVersion", on_delete=models.PROTECT, related_name="cards_issued")
    rules = models.ForeignKey(ResponseRules, null=True, on_delete=models.PROTECT, related_name="+")
    standing = models.PositiveIntegerField()  # cards that hold by this version, new ones and those of before
    at = models.DateTimeField(default=clock.now)


class CardEvent(AppendOnly):
    """What happened to a card; the last one is its state. Said by a person, or by the program as a code."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=15, choices=CardState.choices)
    text = models.TextField(blank=True)
    code = models.CharField(max_length=80, blank=True)
    params = models.TextField(blank=True)  # JSON
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
