"""Writes the rule book: begins rules, keeps every state of a draft at once, publishes by a second person.

What is published is never changed: a mistake is mended by the next version, and who asks what was known before still
gets the version of then.
"""

import re
import tomllib
from datetime import date
from hashlib import sha256
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.rules import Rule
from saima.engine.rules.rule import ALWAYS
from saima.files.rules import write_rule
from saima.presets import presets
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, clock, locks
from saima.server.kit.locks import Both, Conflict
from saima.server.kit.solo import is_solo
from saima.server.registers.models import BookRule, RuleDraft, RuleSave, RuleVersion
from saima.server.registers.queries.rulebook import drafted, hands_of, newest_save, newest_version, sound
from saima.server.registers.rules import RULES

MOST_TEXT: Final = 200_000
MOST_REASON: Final = 2_000
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def rule_begin(*, preset: str, by: Person | None) -> RuleDraft:
    """Take a preset into the book, as a draft: it counts for nobody before it is published.

    Raises
    ------
    QuestionRefused
        ``rulebook.no_preset``, ``rulebook.taken``.
    """
    found = presets().get(preset)
    if found is None:
        raise QuestionRefused(Problem("rulebook.no_preset", {"key": preset[:80]}))
    return _begin(found.id, write_rule(found), preset, "", by)


def rule_begin_text(*, text: str, source: str = "", by: Person | None) -> RuleDraft:
    """Take the text of a rule file into the book. Of what does not hold in it all is kept but the id it must have.

    Raises
    ------
    QuestionRefused
        ``rulebook.no_id``, ``rulebook.text_too_long``, ``rulebook.taken``.
    """
    return _begin(_id_in(text), text, "", source, by)


def _id_in(text: str) -> str:
    try:
        found = tomllib.loads(text).get("rule", {})
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        found = {}
    key = found.get("id") if isinstance(found, dict) else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise QuestionRefused(Problem("rulebook.no_id"))
    return key


@transaction.atomic
def _begin(key: str, text: str, origin: str, source: str, by: Person | None) -> RuleDraft:
    _may(by, "rulebook.edit")
    _bearable(text)
    if BookRule.objects.filter(key=key).exists():
        raise QuestionRefused(Problem("rulebook.taken", {"key": key}))
    rule = BookRule.objects.create(key=key, origin=origin, by=by)
    draft = RuleDraft.objects.create(rule=rule)
    _put(draft, 1, text, "", source, by)
    _told(rule, "rule.begun", by, origin=origin or "-")
    return draft


@transaction.atomic
def draft_begin(*, rule: BookRule, by: Person | None) -> RuleDraft:
    """The next version's draft, beginning as the newest version stands; the open one where there is one."""
    _may(by, "rulebook.edit")
    locks.locked(BookRule.objects.all()).get(pk=rule.pk)
    there = RuleDraft.objects.filter(rule=rule, state=RuleDraft.State.OPEN).first()
    if there is not None:
        return there
    draft = RuleDraft.objects.create(rule=rule)
    newest = newest_version(rule)
    last = newest.text if newest else RuleSave.objects.filter(draft__rule=rule).order_by("-id")[0].text
    _put(draft, 1, last, "", "", by)
    _told(rule, "rule.draft_begun", by, after=newest.number if newest else 0)
    return draft


@transaction.atomic
def draft_save(
    *, draft: RuleDraft, text: str, seen: int, reason: str = "", source: str = "", by: Person | None
) -> RuleSave:
    """Keep a state of a draft, whether or not it holds: what does not is said beside it. The same again is kept once.

    Parameters
    ----------
    seen : number of the save that was changed.

    Raises
    ------
    Conflict
        Somebody else saved meanwhile.
    QuestionRefused
        ``rulebook.closed``, ``rulebook.text_too_long``, ``rulebook.id_changed``.
    """
    _may(by, "rulebook.edit")
    plain = text.replace("\r\n", "\n")
    _bearable(plain)
    last = _open(draft)
    if plain == last.text:
        return last
    if seen != last.number:
        who = getattr(last.by, "name", "") or ""
        raise Conflict(Both("TOML", f"{len(plain)}", f"{len(last.text)}", who, last.at))
    rule = drafted(plain).rule
    if rule is not None and rule.id != draft.rule.key:
        raise QuestionRefused(Problem("rulebook.id_changed", {"key": draft.rule.key, "other": rule.id[:80]}))
    made = _put(draft, last.number + 1, plain, reason, source, by)
    _told(draft.rule, "rule.draft_saved", by, number=made.number, reason=made.reason, source=made.source)
    return made


def draft_return(*, draft: RuleDraft, number: int, seen: int, by: Person | None) -> RuleSave:
    """Go back to an earlier state of a draft: it is kept once more, as the newest.

    Raises
    ------
    Conflict, QuestionRefused
        As ``draft_save``; ``rulebook.no_state``.
    """
    earlier = RuleSave.objects.filter(draft=draft, number=number).first()
    if earlier is None:
        raise QuestionRefused(Problem("rulebook.no_state", {"number": number}))
    reason = f"= {number}" + (f" ({earlier.reason})" if earlier.reason else "")
    return draft_save(draft=draft, text=earlier.text, seen=seen, reason=reason, source=earlier.source, by=by)


@transaction.atomic
def draft_discard(*, draft: RuleDraft, by: Person | None) -> RuleDraft:
    """Close a draft that nobody wants. Its states stay on record. Twice is once."""
    _may(by, "rulebook.edit")
    current = locks.locked(RuleDraft.objects.select_related("rule")).get(pk=draft.pk)
    if current.state == RuleDraft.State.OPEN:
        _close(current, RuleDraft.State.DISCARDED)
        _told(current.rule, "rule.draft_discarded", by)
    return current


@transaction.atomic
def rule_publish(
    *,
    draft: RuleDraft,
    seen: str,
    since: date,
    until: date | None = None,
    reason: str,
    by: Person,
) -> RuleVersion:
    """Let a draft count from a day on. A second person does it, or the one there is where the house is declared solo.

    Parameters
    ----------
    seen : digest of the text that was read before it was confirmed.
    since, until : days for which it counts; earlier days may be named, and what was known before stays as it was.

    Raises
    ------
    QuestionRefused
        ``rulebook.second_person``, ``rulebook.not_sound``, ``rulebook.cases_fail``, ``rulebook.reason_needed``,
        ``rulebook.days_order``, ``rulebook.before_rule``, ``rulebook.after_rule``, ``rulebook.unchanged``,
        ``rulebook.other_seen``, ``rulebook.closed``.
    """
    _may(by, "rulebook.publish")
    current = locks.locked(RuleDraft.objects.select_related("rule")).get(pk=draft.pk)
    done = RuleVersion.objects.filter(draft=current).first()
    if done is not None and done.published_by_id == by.pk:
        return done  # a second click
    last = _open(current)
    if last.digest != seen:
        raise QuestionRefused(Problem("rulebook.other_seen"))
    said = reason.strip()[:MOST_REASON]
    if not said:
        raise QuestionRefused(Problem("rulebook.reason_needed"))
    hands = hands_of(current)
    if by.pk in hands and not is_solo():
        raise QuestionRefused(Problem("rulebook.second_person", {"person": by.name}))
    rule = sound(last.text)
    _refuse_days(rule, since, until)
    before = newest_version(current.rule)
    if before is not None and (before.digest, before.since, before.until) == (rule.digest, since, until):
        raise QuestionRefused(Problem("rulebook.unchanged", {"number": before.number}))
    made = RuleVersion.objects.create(
        rule=current.rule,
        number=before.number + 1 if before else 1,
        text=write_rule(rule),
        digest=rule.digest,
        since=since,
        until=until or rule.valid_to,
        draft=current,
        drafted_by=last.by,
        published_by=by,
        solo=by.pk in hands,
        reason=said,
        recorded_at=clock.now(),
    )
    _close(current, RuleDraft.State.PUBLISHED)
    _told(
        current.rule,
        "rule.published",
        by,
        number=made.number,
        digest=made.digest,
        since=since.isoformat(),
        until=made.until.isoformat() if made.until else "",
        solo=made.solo,
        reason=said,
    )
    return made


def _refuse_days(rule: Rule, since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise QuestionRefused(Problem("rulebook.days_order", {"since": since, "until": until}))
    if rule.valid_from > ALWAYS and since < rule.valid_from:
        raise QuestionRefused(Problem("rulebook.before_rule", {"since": since, "first": rule.valid_from}))
    if rule.valid_to is not None and (until or since) > rule.valid_to:
        raise QuestionRefused(Problem("rulebook.after_rule", {"until": until or since, "last": rule.valid_to}))


def _open(draft: RuleDraft) -> RuleSave:
    """The newest save of a draft that is open, held until the transaction ends."""
    current = locks.locked(RuleDraft.objects.all()).get(pk=draft.pk)
    if current.state != RuleDraft.State.OPEN:
        raise QuestionRefused(Problem("rulebook.closed"))
    return newest_save(current)


def _put(draft: RuleDraft, number: int, text: str, reason: str, source: str, by: Person | None) -> RuleSave:
    return RuleSave.objects.create(
        draft=draft,
        number=number,
        text=text,
        digest=sha256(text.encode()).hexdigest(),
        reason=reason.strip()[:MOST_REASON],
        source=source.strip()[:MOST_REASON],
        by=by,
        at=clock.now(),
    )


def _close(draft: RuleDraft, state: RuleDraft.State) -> None:
    draft.state, draft.closed_at = state, clock.now()
    draft.save(update_fields=["state", "closed_at"])


def _bearable(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise QuestionRefused(Problem("rulebook.text_too_long", {"length": len(text), "most": MOST_TEXT}))


def _may(by: Person | None, action: str) -> None:
    if by is not None:
        require(RULES, action, by)


def _told(rule: BookRule, action: str, by: Person | None, **detail: object) -> None:
    audit.record(by=by, action=action, object_type="rule", object_key=rule.key, **detail)
