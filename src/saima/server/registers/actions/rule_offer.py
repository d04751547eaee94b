"""Sends a draft to those of the bureau who may publish it: it waits on their home page, and a message goes to them."""

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, clock, locks
from saima.server.registers.actions.rulebook import MOST_REASON
from saima.server.registers.models import RuleDraft, RuleOffer
from saima.server.registers.queries.rule_offers import publishers_of
from saima.server.registers.queries.rulebook import newest_save, sound
from saima.server.registers.rules import RULES


@transaction.atomic
def draft_offer(*, draft: RuleDraft, seen: str, note: str = "", by: Person) -> RuleOffer:
    """Say that a draft is ready, to everybody who may publish it as it stands; said again, nothing happens.

    Parameters
    ----------
    seen : digest of the text that was read before it was sent.

    Raises
    ------
    QuestionRefused
        ``rulebook.nobody_else``: no second person could publish it; ``rulebook.not_sound``, ``rulebook.cases_fail``,
        ``rulebook.other_seen``, ``rulebook.closed``.
    """
    require(RULES, "rulebook.edit", by)
    current = locks.locked(RuleDraft.objects.select_related("rule")).get(pk=draft.pk)
    if current.state != RuleDraft.State.OPEN:
        raise QuestionRefused(Problem("rulebook.closed"))
    last = newest_save(current)
    if last.digest != seen:
        raise QuestionRefused(Problem("rulebook.other_seen"))
    there = RuleOffer.objects.filter(sent=last).first()
    if there is not None:
        return there
    sound(last.text)
    to = publishers_of(current)
    if not to:
        raise QuestionRefused(Problem("rulebook.nobody_else"))
    said = note.strip()[:MOST_REASON]
    made = RuleOffer.objects.create(sent=last, by=by, note=said, at=clock.now())
    audit.record(
        by=by,
        action="rule.offered",
        object_type="rule",
        object_key=current.rule.key,
        number=last.number,
        to=[p.username for p in to],
        note=said,
    )
    return made
