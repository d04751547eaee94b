"""Where a firm stands on the ladder: what it holds, what it would reach, and what it misses for the next rung."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from saima.engine.rules import Cause, Line, Move, Prose, Rule, Verdict, evaluate_one, explain
from saima.engine.rules.figures import plain, rounded
from saima.engine.rules.rule import Unit
from saima.engine.rules.tree import Compare, Growth
from saima.presets import presets
from saima.server.kit import written
from saima.server.registers.models.items import RULES_OF, RUNGS, TOP, statuses
from saima.server.registers.queries.columns import Register, register_at
from saima.words import Lang, Text, say

_SHOWN: Final = Fraction(1, 10**6)  # ratios are shown to so much; they are compared exactly


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
class Told:
    """One need in words: whether it holds, how far it is, what would do."""

    holds: bool | None
    text: str
    notes: Sequence[str]


@dataclass(frozen=True)
class Advice:
    rung: Rung
    sentence: str
    points: str
    lines: Sequence[Told]
    cheapest: Sequence[str]
    blocked: str
    grade: str  # what the rule's own file says of how well it was seen


@dataclass(frozen=True)
class Ladder:
    rungs: Sequence[Rung]
    stands_on: Rung | None
    next: Rung | None


def rule_of(status: str, on: date) -> Rule | None:
    """The rule that decides a status on a day, of those that come with Saima."""
    for key in RULES_OF.get(status, (status,)):
        rule = presets().get(key)
        if rule is not None and (rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to):
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


def advice_of(rung: Rung, lang: Lang) -> Advice | None:
    """What a firm has, needs and lacks for a rung, in words."""
    if rung.rule is None or rung.verdict is None:
        return None
    rule, verdict = rung.rule, rung.verdict
    found, teller = explain(rule, verdict), _Teller(rule, lang, verdict.on)
    sentence = say(
        f"rules.say.{verdict.state}", lang, rule=rule.title, day=written.day(verdict.on, lang), misses=verdict.misses
    )
    points = say("rules.say.points", lang, points=plain(verdict.points)) if verdict.points is not None else ""
    blocked = tuple(teller.title(name) for name in found.blocked)
    return Advice(
        rung,
        sentence,
        points,
        [teller.told(line) for line in found.lines],
        [teller.move(move) for move in found.cheapest or ()],
        say("rules.say.blocked", lang, blocked=blocked) if blocked else "",
        rule.status,
    )


class _Teller:
    def __init__(self, rule: Rule, lang: Lang, on: date) -> None:
        self._rule, self._lang, self._prose = rule, lang, Prose(rule, lang, on)

    def _figure(self, value: Fraction, unit: Unit | None) -> str:
        return self._prose.figure(rounded(value, _SHOWN, "half_up"), unit)

    def title(self, name: str) -> str:
        points = self._rule.points
        said = {c.id: c.say.of(self._lang) for c in self._rule.needed}
        if points is not None:
            said |= {g.id: say("rules.say.minimum", self._lang, title=g.title) for g in points.groups}
            said["points"] = say("rules.say.total", self._lang)
        return said.get(name, name)

    def told(self, line: Line) -> Told:
        need, notes = line.need, []
        if need.holds is None:
            notes = [self._cause(cause) for cause in need.causes]
        elif need.holds is False:
            notes = [*self._gaps(line), *(self.move(m) for m in line.moves)]
        return Told(need.holds, self.title(need.id), notes)

    def _gaps(self, line: Line) -> list[str]:
        found = []
        for part in line.parts:
            if not part.short or part.have is None or part.need is None:
                continue
            compared = isinstance(part.node, Compare)
            name = self._prose.text(part.node) if compared else self.title(line.need.id)
            unit = self._unit(part.node) if isinstance(part.node, Compare) else None
            have, need, short = (self._figure(v, unit) for v in (part.have, part.need, part.short))
            found.append(say("rules.say.gap", self._lang, part=name, have=have, need=need, short=short).strip())
        return found

    def move(self, move: Move) -> str:
        wanted = self._rule.inputs[move.key]
        by = move.by
        if by is None:
            code = f"rules.say.become_{'yes' if move.to else 'no'}"
            return say(code, self._lang, input=wanted.title, change=move.change).strip()
        code = f"rules.say.{'raise' if by > 0 else 'lower'}"
        shown = {"by": self._figure(abs(by), wanted.unit), "to": self._figure(Fraction(move.to), wanted.unit)}
        return say(code, self._lang, input=wanted.title, change=move.change, **shown).strip()

    def _unit(self, node: Compare) -> Unit | None:
        for side in (node.left, node.right):
            if isinstance(side, Growth):
                return self._prose.unit(side.now)
        return self._prose.unit(node.left) or self._prose.unit(node.right)

    def _cause(self, cause: Cause) -> str:
        things = (self._rule.scope.get(k) for k in cause.name.split())
        names = tuple((t.title.of(self._lang) or t.key) if t is not None else cause.name for t in things)
        return say(f"rules.say.cause.{cause.why}", self._lang, input=names).strip()
