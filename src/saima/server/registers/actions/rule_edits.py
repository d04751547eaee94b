"""Changes a draft where it has a parameter: a value from a day on, and a number of a condition made a parameter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.rules import Param, Rule, parse
from saima.engine.rules.rule import ALWAYS, Body, Members, Step, Steps, Tier, Tiers, Version
from saima.engine.rules.tree import Negative, Node, Number
from saima.files.rules import write_rule
from saima.server.accounts.models import Person
from saima.server.registers.actions.rulebook import draft_save
from saima.server.registers.models import RuleDraft, RuleSave
from saima.server.registers.queries.rule_numbers import Standing, standing_numbers
from saima.server.registers.queries.rulebook import drafted, newest_save

MOST_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed for a parameter from a day on, row by row: a bound with its kind, and a value.

    A plain value has one row without a bound; members have one row each.
    """

    rows: Sequence[tuple[str, str, str]]  # kind (upto, below, over, ""), bound, value

    @property
    def filled(self) -> list[tuple[str, str, str]]:
        stripped = [(kind, bound.strip(), value.strip()) for kind, bound, value in self.rows[:MOST_ROWS]]
        return [row for row in stripped if row[1] or row[2]]


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


def body_of(param: Param, typed: Typed) -> Body:
    """What was typed, as a body of the kind the parameter has.

    Raises
    ------
    QuestionRefused
        ``rulebook.nothing_typed``, ``rulebook.no_number``.
    """
    rows = typed.filled
    if not rows:
        raise QuestionRefused(Problem("rulebook.nothing_typed"))
    kind = type(param.versions[-1].body) if param.versions else Fraction
    if kind is Members:
        return Members(tuple(value for _kind, _bound, value in rows))
    if kind is Tiers:
        return Tiers(tuple(Tier(number_of(bound), number_of(value)) for _kind, bound, value in rows))
    if kind is Steps:
        return Steps(tuple(_step(*row) for row in rows))
    return number_of(rows[0][2])


def _step(kind: str, bound: str, value: str) -> Step:
    if not bound:
        return Step(number_of(value))
    at = number_of(bound)
    return Step(number_of(value), below=at) if kind == "below" else Step(number_of(value), upto=at)


def number_of(text: str) -> Fraction:
    """A number as rules write it: 5 %, 0.05, 2亿, 1.5万, 1,000,000.

    Raises
    ------
    QuestionRefused
        ``rulebook.no_number``.

    Examples
    --------
    >>> str(number_of("5 %")), str(number_of("1.5万")), str(number_of("1,000,000"))
    ('1/20', '15000', '1000000')
    """
    plain = text.strip().replace(",", "").replace("\N{FULLWIDTH COMMA}", "").replace("\N{MINUS SIGN}", "-")
    try:
        tree: Node = parse(plain)
    except Refused:
        tree = Node(0, 0)
    sign = 1
    if isinstance(tree, Negative):
        sign, tree = -1, tree.of
    if not isinstance(tree, Number):
        raise QuestionRefused(Problem("rulebook.no_number", {"text": text.strip()[:40] or "-"}))
    return sign * tree.value


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


def typed_from(post: Mapping[str, str]) -> Typed:
    """The rows of a form: ``kind_1``, ``bound_1``, ``value_1`` and so on."""
    rows = [
        (post.get(f"kind_{n}", ""), post.get(f"bound_{n}", ""), post.get(f"value_{n}", ""))
        for n in range(1, MOST_ROWS + 1)
        if f"value_{n}" in post
    ]
    return Typed(rows)
