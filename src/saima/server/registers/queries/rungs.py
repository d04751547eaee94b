"""Where a firm stands on the ladder: what it holds, what it would reach, and what it misses for the next rung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from saima.engine.rules import Rule, Verdict, evaluate_one, explain
from saima.presets import Rung as Step
from saima.presets import ladder
from saima.server.registers.models import RuleVersion
from saima.server.registers.models.firm_items import statuses
from saima.server.registers.queries.checking import Answer, told
from saima.server.registers.queries.columns import Register, register_at
from saima.server.registers.queries.rulebook import newest_at, rule_of
from saima.words import Lang, Text


@dataclass(frozen=True)
class Rung:
    """One rung. ``held``: the firm has it. ``state`` is what the rule in force says: eligible, not_eligible,
    not_evaluable; no_rule where the book has none in force. ``version``: which one judged.
    """

    status: str
    title: Text
    held: bool
    rule: Rule | None
    version: RuleVersion | None
    verdict: Verdict | None

    @property
    def state(self) -> str:
        return "held" if self.held else self.verdict.state if self.verdict is not None else "no_rule"


@dataclass(frozen=True)
class Ladder:
    rungs: Sequence[Rung]
    stands_on: Rung | None
    next: Rung | None


def deciding(rung: Step, versions: Mapping[str, RuleVersion], on: date) -> tuple[Rule, RuleVersion] | None:
    """The rule of the book that decides a rung on a day, of several the first: for one firm as for the whole ladder.

    A rule that only comes with Saima decides nothing before the bureau has published it.
    """
    for key in rung.rules:
        version = versions.get(key)
        rule = rule_of(version.text) if version else None
        if rule is None or version is None:
            continue
        if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
            return rule, version
    return None


def ladder_of(firm: int, on: date) -> Ladder:
    """The rungs of one firm on a day, from below, as known now."""
    versions = newest_at(on)
    decided = {step.status: deciding(step, versions, on) for step in ladder()}
    keys = {key for found in decided.values() if found for key in found[0].inputs}
    shown = register_at(on, keys=keys, only=[firm], closed=True)
    titles = statuses()
    rungs = [_rung(shown, status, titles[status], found, on) for status, found in decided.items()]
    best = max((n for n, r in enumerate(rungs) if r.held), default=-1)
    above = [r for r in rungs[best + 1 :] if r.rule is not None]
    return Ladder(rungs, rungs[best] if best >= 0 else None, above[0] if above else None)


def _rung(shown: Register, status: str, title: Text, found: tuple[Rule, RuleVersion] | None, on: date) -> Rung:
    rule, version = found or (None, None)
    if not shown.ids:
        return Rung(status, title, False, rule, version, None)
    held = shown.held_by(0)
    if rule is None:
        return Rung(status, title, status in held, None, None, None)
    given = {k: v for k, v in shown.given(0).items() if k in rule.inputs and _fits(rule, k, v)}
    return Rung(status, title, status in held, rule, version, evaluate_one(rule, given, on=on, held=held))


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
