"""Where a firm stands on the ladder: what it holds, what it would reach, and what it misses for the next rung."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from saima.engine.rules import Rule, Verdict, evaluate_one, explain
from saima.presets import presets
from saima.server.registers.models.firm_items import RULES_OF, RUNGS, TOP, statuses
from saima.server.registers.queries.checking import Answer, told
from saima.server.registers.queries.columns import Register, register_at
from saima.server.registers.queries.rulebook import rules_at
from saima.words import Lang, Text


@dataclass(frozen=True)
class Rung:
    """One rung. ``held``: the firm has it. ``state`` is what the rule says: eligible, not_eligible, not_evaluable."""

    status: str
    title: Text
    held: bool
    rule: Rule | None
    verdict: Verdict | None

    @property
    def state(self) -> str:
        return "held" if self.held else self.verdict.state if self.verdict is not None else "no_rule"


@dataclass(frozen=True)
class Ladder:
    rungs: Sequence[Rung]
    stands_on: Rung | None
    next: Rung | None


def rule_of(status: str, on: date) -> Rule | None:
    """The rule that decides a status on a day: the one in force here, or else the first seen that comes with Saima."""
    keys = RULES_OF.get(status, (status,))
    here, seen = rules_at(on), presets()
    for rules in (here, {k: r for k, r in seen.items() if r.status != "empty"}):
        for key in keys:
            rule = rules.get(key)
            if rule is not None and rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
                return rule
    return None


def ladder_of(firm: int, on: date) -> Ladder:
    """The rungs of one firm on a day, from below, as known now."""
    ladder = (*RUNGS, TOP)
    rules = {status: rule for status in ladder if (rule := rule_of(status, on)) is not None}
    keys = {key for rule in rules.values() for key in rule.inputs}
    shown = register_at(on, keys=keys, only=[firm], closed=True)
    titles = statuses()
    rungs = [Rung(s, titles[s], *_judged(shown, s, rules.get(s), on)) for s in ladder]
    best = max((n for n, r in enumerate(rungs) if r.held), default=-1)
    above = [r for r in rungs[best + 1 :] if r.rule is not None]
    return Ladder(rungs, rungs[best] if best >= 0 else None, above[0] if above else None)


def _judged(shown: Register, status: str, rule: Rule | None, on: date) -> tuple[bool, Rule | None, Verdict | None]:
    if not shown.ids:
        return False, rule, None
    held = shown.held_by(0)
    if rule is None:
        return status in held, None, None
    given = {k: v for k, v in shown.given(0).items() if k in rule.inputs and _fits(rule, k, v)}
    return status in held, rule, evaluate_one(rule, given, on=on, held=held)


def _fits(rule: Rule, key: str, value: object) -> bool:
    """A figure a rule refuses (out of range, too many decimals) counts as missing, as it does for a whole register."""
    wanted = rule.inputs[key]
    if wanted.type != "number":
        return True
    scaled = Fraction(str(value)) * 10**wanted.decimals
    low, high = wanted.whole_range
    return bool(scaled.denominator == 1 and low <= scaled <= high)


def advice_of(rung: Rung, lang: Lang) -> Answer | None:
    """What a firm has, needs and lacks for a rung, in words."""
    if rung.rule is None or rung.verdict is None:
        return None
    return told(rung.rule, rung.verdict, explain(rung.rule, rung.verdict), lang)
