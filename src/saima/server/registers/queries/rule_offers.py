"""Drafts that were sent to a second person: whom they wait for, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, QuerySet

from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_holding
from saima.server.accounts.rules import held_by, may
from saima.server.registers.models import RuleDraft, RuleOffer, RuleSave, RuleVersion
from saima.server.registers.queries.rulebook import drafted, hands_of
from saima.server.registers.rules import RULES
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Offered:
    """A draft that waits: of which rule, who sent it, what they said."""

    offer: RuleOffer
    key: str
    title: Text


def publishers_of(draft: RuleDraft) -> Sequence[Person]:
    """Those of the bureau who may publish a draft: they have not written in it."""
    hands = hands_of(draft)
    return [p for p in people_holding(RULES["rulebook.publish"].roles) if p.pk not in hands]


def offer_of(save: RuleSave) -> RuleOffer | None:
    """When and by whom this state was sent, if it was."""
    return RuleOffer.objects.filter(sent=save).select_related("by").first()


def offers_open() -> QuerySet[RuleOffer]:
    """Those of drafts that are open and were not written on since."""
    last = RuleSave.objects.filter(draft__state=RuleDraft.State.OPEN).values("draft").annotate(last=Max("id"))
    rows = RuleOffer.objects.filter(sent__in=last.values("last"))
    return rows.select_related("sent__draft__rule", "by").order_by("id")


def offers_for(person: Any) -> list[Offered]:
    """What waits for somebody to publish; two queries however many."""
    if not may(RULES["rulebook.publish"], held_by(person)):
        return []
    wrote = RuleSave.objects.filter(by=person).values("draft")
    return [offered(offer) for offer in offers_open().exclude(sent__draft__in=wrote)]


def offered(offer: RuleOffer) -> Offered:
    key, rule = offer.sent.draft.rule.key, drafted(offer.sent.text).rule
    return Offered(offer, key, rule.title if rule is not None else Text(key, key))


def published_by_second(since: datetime) -> QuerySet[RuleVersion]:
    """Versions that came out of the hands of somebody else than wrote the last of them."""
    rows = RuleVersion.objects.filter(recorded_at__gte=since, solo=False).exclude(published_by=F("drafted_by"))
    return rows.select_related("rule", "draft", "drafted_by", "published_by").order_by("id")
