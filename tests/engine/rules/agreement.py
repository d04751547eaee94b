"""Asks the same firms of bulk, of the scalar evaluator and of the slow one, and finds where they differ."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from firm_frames import frame_of
from rules_reference import Answer, answer

from saima.engine.rules import Rule, evaluate_one, plan_bulk

TODAY = date(2026, 3, 1)
Held = Sequence[frozenset[str]]


def a_day_of(rule: Rule) -> date:
    return TODAY if rule.valid_to is None else min(rule.valid_to, TODAY)


def held_by(rule: Rule, count: int) -> Held:
    """Nothing, everything, and each status alone, in turn."""
    turns = [frozenset(), frozenset(rule.statuses), *(frozenset({s}) for s in rule.statuses)]
    return [turns[n % len(turns)] for n in range(count)]


def in_bulk(rule: Rule, firms: Sequence[dict], held: Held, on: date) -> list[Answer]:
    plan = plan_bulk(rule, on=on)
    rows = plan.columns(frame_of(rule, firms, held).lazy()).collect(engine="streaming").to_dicts()
    conditions = [c.id for c in rule.needed]
    found = []
    for row in rows:
        points, amount = row.get("points"), row.get("amount")
        if row["refused"]:
            raise AssertionError(f"{rule.id}: a figure was refused")
        found.append(
            Answer(
                row["eligible"],
                row["misses"],
                {c: row[c] for c in conditions},
                None if points is None else Fraction(points, 10 ** plan.points_decimals[rule.id]),
                None if amount is None else Fraction(amount, 100),
            )
        )
    return found


def one_by_one(rule: Rule, firms: Sequence[dict], held: Held, on: date) -> list[Answer]:
    found = []
    for firm, has in zip(firms, held, strict=True):
        v = evaluate_one(rule, firm, on=on, held=has)
        amount = None if v.amount is None else Fraction(v.amount)
        found.append(Answer(v.eligible, v.misses, dict(v.conditions), v.points, amount))
    return found


def slowly(rule: Rule, firms: Sequence[dict], held: Held, on: date) -> list[Answer]:
    return [answer(rule, firm, on, has) for firm, has in zip(firms, held, strict=True)]


def first_difference(firms: Sequence[dict], one: Sequence[Answer], other: Sequence[Answer]) -> str:
    """Nothing when all agree; else the first firm on which they do not."""
    for firm, a, b in zip(firms, one, other, strict=True):
        if a != b:
            return f"{firm}\n{a}\n{b}"
    return ""
