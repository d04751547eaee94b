"""Tells people of rules: a draft that waits for them, a version of what they drafted.

Here, because registers know no messages and messages no registers. Told again, nothing is written.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse

from saima.server.kit import clock
from saima.server.registers.queries.rule_offers import offered, offers_open, published_by_second, publishers_of
from saima.server.registers.queries.rulebook import rule_of
from saima.server.response.actions.messages import tell

LATEST: Final = timedelta(days=3)  # of versions: how long after somebody is still told of one


def rules_tell() -> int:
    """Tell of what was sent, and of what was published since the last days; how many messages are new."""
    return _offers() + _versions()


def _offers() -> int:
    count = 0
    for offer in offers_open():
        said = offered(offer)
        with transaction.atomic():
            count += tell(
                people=publishers_of(offer.sent.draft),
                kind="rule_offered",
                params={"rule": said.title, "person": getattr(offer.by, "name", "") or "Saima", "note": offer.note},
                about=reverse("rule-publish", kwargs={"key": said.key}),
                dedupe=f"rule_offered:{offer.pk}",
                by=offer.by,
            )
    return count


def _versions() -> int:
    count = 0
    for version in published_by_second(clock.now() - LATEST):
        if version.drafted_by is None or version.published_by is None:
            continue
        with transaction.atomic():
            count += tell(
                people=[version.drafted_by],
                kind="rule_published",
                params={
                    "rule": rule_of(version.text).title,
                    "person": version.published_by.name,
                    "number": version.number,
                    "since": version.since,
                    "reason": version.reason,
                },
                about=reverse("rule", kwargs={"key": version.rule.key}),
                dedupe=f"rule_published:{version.pk}",
                by=version.published_by,
            )
    return count
