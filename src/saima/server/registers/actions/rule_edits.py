"""Changes a draft where it has a parameter: a value from a day on, and a number of a condition made a parameter."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.rules import Param, Rule
from saima.engine.rules.rule import ALWAYS, Version
from saima.files.rules import write_rule
from saima.server.accounts.models import Person
from saima.server.registers.actions.rulebook import draft_save
from saima.server.registers.models import RuleDraft, RuleSave
from saima.server.registers.queries.rule_numbers import Standing, standing_numbers
from saima.server.registers.queries.rule_typed import Typed, body_of
from saima.server.registers.queries.rulebook import drafted, newest_save


@transaction.atomic
def param_set(
    *,
    draft: RuleDraft,
    param: str,
    start: date | None,
    typed: Typed,
    source: str,
    reason: str,
    seen: int,
    by: Person | None,
) -> RuleSave:
    """Give a parameter a value from a day on; a version of that very day is replaced, all others stay.

    Parameters
    ----------
    start : None: ever since.

    Raises
    ------
    QuestionRefused
        ``rulebook.not_readable``, ``rulebook.no_param``, ``rulebook.reason_needed``, ``rulebook.source_needed``,
        ``rulebook.no_number``, ``rulebook.nothing_typed``; and as ``draft_save``.
    """
    rule = _readable(draft)
    old = rule.params.get(param)
    if old is None:
        raise QuestionRefused(Problem("rulebook.no_param", {"key": param[:80]}))
    if not reason.strip():
        raise QuestionRefused(Problem("rulebook.reason_needed"))
    if not source.strip():
        raise QuestionRefused(Problem("rulebook.source_needed"))
    day = start or ALWAYS
    made = Version(day, body_of(old, typed), " ".join(source.split())[:400])
    versions = sorted([*(v for v in old.versions if v.start != day), made], key=lambda v: v.start)
    params = MappingProxyType({**rule.params, param: replace(old, versions=tuple(versions))})
    text = write_rule(replace(rule, params=params))
    return draft_save(draft=draft, text=text, seen=seen, reason=reason, source=source, by=by)


@transaction.atomic
def number_lift(*, draft: RuleDraft, at: str, name: str, seen: int, reason: str, by: Person | None) -> RuleSave:
    """Make a number that stands in an expression a parameter of its own, so that it can change by date.

    Parameters
    ----------
    at : where it stands, as ``standing_numbers`` names it.

    Raises
    ------
    QuestionRefused
        ``rulebook.not_readable``, ``rulebook.no_such_number``; and as ``draft_save``.
    """
    rule = _readable(draft)
    found = next((n for n in standing_numbers(rule) if n.at == at), None)
    if found is None:
        raise QuestionRefused(Problem("rulebook.no_such_number"))
    key = name.strip() or found.name
    made = Param(key, (Version(ALWAYS, found.value),), found.title, found.unit or "count")
    lifted = replace(rule, params=MappingProxyType({**rule.params, key: made}))
    text = write_rule(_rewritten(lifted, found, key))
    return draft_save(draft=draft, text=text, seen=seen, reason=reason, by=by)


def _rewritten(rule: Rule, number: Standing, key: str) -> Rule:
    conditions = tuple(
        replace(c, expression=replace(c.expression, text=number.put(key))) if c.id == number.condition else c
        for c in rule.conditions
    )
    return replace(rule, conditions=conditions)


def _readable(draft: RuleDraft) -> Rule:
    rule = drafted(newest_save(draft).text).rule
    if rule is None:
        raise QuestionRefused(Problem("rulebook.not_readable"))
    return rule
