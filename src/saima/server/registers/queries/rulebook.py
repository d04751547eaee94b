"""Reads the rule book: which text counts on a day as known on another, drafts, and what became of versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.rules import Rule
from saima.engine.rules.rule import ALWAYS
from saima.files.rules import Drafted, parse_draft, parse_rule
from saima.presets import presets
from saima.server.kit import clock
from saima.server.registers.models import BookRule, RuleDraft, RuleSave, RuleVersion


@lru_cache(maxsize=256)
def rule_of(text: str) -> Rule:
    """The rule of a published text."""
    return parse_rule(text)


@lru_cache(maxsize=128)
def drafted(text: str) -> Drafted:
    """What the text of a draft says so far."""
    return parse_draft(text)


def sound(text: str) -> Rule:
    """The rule of a draft's text that may be published. Raises ``rulebook.not_sound``, ``rulebook.cases_fail``."""
    found = drafted(text)
    if found.problems or found.rule is None:
        first = found.problems[0]
        raise QuestionRefused(
            Problem("rulebook.not_sound", {"count": len(found.problems), "line": first.line, "column_": first.column})
        )
    failing = tuple(str(n) for n, case in enumerate(found.failing, 1) if case)
    if failing:
        raise QuestionRefused(Problem("rulebook.cases_fail", {"cases": failing}))
    return found.rule


def versions_at(on: date, known: datetime | None = None) -> QuerySet[RuleVersion]:
    """Versions that count on a day, as recorded by ``known`` (now); several of one rule: the highest number counts."""
    rows = RuleVersion.objects.filter(since__lte=on).filter(Q(until=None) | Q(until__gte=on))
    return rows.filter(recorded_at__lte=known or clock.now())


def version_at(key: str, on: date, known: datetime | None = None) -> RuleVersion | None:
    """The version of a rule that counts on a day, as was known at an instant."""
    return versions_at(on, known).filter(rule__key=key).order_by("-number").first()


def rule_at(key: str, on: date, known: datetime | None = None) -> Rule | None:
    """The rule in force on day ``on`` as it was known at ``known``: what a cut of then was made with, now as then.

    None where none was in force, or nobody knew of it yet.
    """
    found = version_at(key, on, known)
    return None if found is None else rule_of(found.text)


def rules_at(on: date, known: datetime | None = None) -> Mapping[str, Rule]:
    """Every rule in force on a day, by its key, as was known at an instant."""
    return {key: rule_of(v.text) for key, v in newest_at(on, known).items()}


def newest_at(on: date, known: datetime | None = None) -> Mapping[str, RuleVersion]:
    """The version of each rule that counts on a day, by key."""
    rows = versions_at(on, known).select_related("rule").order_by("rule__key", "number")
    return {v.rule.key: v for v in rows}


@dataclass(frozen=True, slots=True)
class Listed:
    """One rule of the book: what counts today, what is going to, the draft that is open."""

    key: str
    rule: Rule | None  # in force today, or else the newest version, or the draft as far as it is a rule
    version: RuleVersion | None  # in force today
    coming: RuleVersion | None  # published, and counts from a later day
    over: RuleVersion | None  # the newest, where its days are over
    draft: RuleSave | None
    hands: frozenset[int]  # who wrote in the draft

    def waits_for(self, person: int) -> bool:
        """Whether the draft could be published by somebody who has not written in it."""
        return self.draft is not None and person not in self.hands and drafted(self.draft.text).sound

    @property
    def grades(self) -> Sequence[str]:
        return grades_of(self.rule) if self.rule else ()


def grades_of(rule: Rule) -> Sequence[str]:
    """The grades of a rule's sources, the best first."""
    return sorted({s.grade for s in rule.sources if s.grade})


def book(on: date) -> list[Listed]:
    """Every rule of the book by its key. Five queries however many."""
    counts = newest_at(on)
    newest: dict[int, RuleVersion] = {v.rule_id: v for v in RuleVersion.objects.order_by("number")}
    drafts = {d.rule_id: d for d in open_drafts()}
    saves, hands = _newest_saves(list(drafts.values()))
    found = []
    for one in BookRule.objects.order_by("key"):
        version, last = counts.get(one.key), newest.get(one.pk)
        draft = saves.get(drafts[one.pk].pk) if one.pk in drafts else None
        text = version or last
        rule = rule_of(text.text) if text else drafted(draft.text).rule if draft else None
        coming = last if last is not None and last.since > on else None
        over = last if version is None and coming is None else None
        wrote = hands.get(draft.draft_id, set()) if draft else set()
        found.append(Listed(one.key, rule, version, coming, over, draft, frozenset(wrote)))
    return found


def open_drafts() -> QuerySet[RuleDraft]:
    return RuleDraft.objects.filter(state=RuleDraft.State.OPEN).select_related("rule")


def _newest_saves(drafts: Sequence[RuleDraft]) -> tuple[dict[int, RuleSave], dict[int, set[int]]]:
    """By draft the newest state, and who wrote in it."""
    newest: dict[int, RuleSave] = {}
    hands: dict[int, set[int]] = {}
    for save in RuleSave.objects.filter(draft__in=drafts).select_related("by").order_by("draft", "number"):
        newest[save.draft_id] = save
        hands.setdefault(save.draft_id, set()).update([save.by_id] if save.by_id else [])
    return newest, hands


def first_change(old: Rule | None, new: Rule, today: date) -> date:
    """The day to look at a draft: the last on which it changes a parameter, where that is still to come, or today."""
    if old is None:
        return today
    known = {(key, v) for key, p in old.params.items() for v in p.versions}
    return max([today, *(v.start for key, p in new.params.items() for v in p.versions if (key, v) not in known)])


def counts_from(old: Rule | None, new: Rule, today: date) -> date:
    """The day a draft is meant to count from: the first on which it changes a parameter, where that is past."""
    if old is None:
        return today
    known = {(key, v) for key, p in old.params.items() for v in p.versions}
    starts = {v.start for key, p in new.params.items() for v in p.versions if (key, v) not in known}
    return min({today, *starts} - {ALWAYS})


def draft_of(rule: BookRule) -> RuleDraft | None:
    """The open draft of a rule."""
    return open_drafts().filter(rule=rule).first()


def newest_save(draft: RuleDraft) -> RuleSave:
    return RuleSave.objects.filter(draft=draft).select_related("by").order_by("-number")[0]


def saves_of(draft: RuleDraft) -> list[RuleSave]:
    """Every state of a draft, the newest first."""
    return list(RuleSave.objects.filter(draft=draft).select_related("by").order_by("-number"))


def newest_version(rule: BookRule) -> RuleVersion | None:
    return RuleVersion.objects.filter(rule=rule).order_by("-number").first()


def versions_of(rule: BookRule) -> list[RuleVersion]:
    """Every version, the newest first."""
    rows = RuleVersion.objects.filter(rule=rule).select_related("drafted_by", "published_by", "rule")
    return list(rows.order_by("-number"))


def hands_of(draft: RuleDraft) -> frozenset[int]:
    """Who wrote something of a draft."""
    rows = RuleSave.objects.filter(draft=draft).exclude(by=None)
    return frozenset(rows.values_list("by_id", flat=True))


def begun() -> frozenset[str]:
    """Keys that are taken."""
    return frozenset(BookRule.objects.values_list("key", flat=True))


def presets_left() -> list[tuple[str, Rule]]:
    """Presets the book has not begun with."""
    taken = begun()
    return [(key, rule) for key, rule in presets().items() if key not in taken]


def rule_row(key: str) -> BookRule | None:
    return BookRule.objects.filter(key=key).first()


def hand_names(draft: RuleDraft) -> Sequence[Any]:
    """The people who wrote something of a draft, once each."""
    seen: dict[int, Any] = {}
    for save in saves_of(draft):
        if save.by is not None:
            seen.setdefault(save.by.pk, save.by)
    return list(seen.values())
