"""``saima rules explain RULE --given KEY=VALUE ...``: have, need, short, and what would do."""

from decimal import Decimal
from fractions import Fraction

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.rules import day_asked, figures_asked, rule_asked
from saima.engine.rules import Cause, Line, Move, Prose, Rule, evaluate_one, explain
from saima.engine.rules.figures import plain, rounded
from saima.engine.rules.rule import Unit
from saima.engine.rules.tree import Compare
from saima.words import Text, say

_SHOWN = Fraction(1, 10**6)  # ratios are shown to so much; they are compared exactly


def run(given: Given, out: Output) -> int:
    rule = rule_asked(given)
    day = day_asked(given, rule)
    verdict = evaluate_one(rule, figures_asked(given, rule), on=day, held=frozenset(given.every("held")))
    found = explain(rule, verdict)
    teller = _Teller(rule, Prose(rule, out.lang, day), out)
    out.say(f"rules.say.{verdict.state}", rule=rule.title, day=day, misses=verdict.misses)
    if verdict.points is not None:
        out.say("rules.say.points", points=plain(verdict.points))
    if verdict.amount is not None:
        out.say("rules.say.amount", amount=teller.figure(Fraction(verdict.amount), "yuan"))
    for line in found.lines:
        teller.line(line)
    if found.blocked:
        out.say("rules.say.blocked", blocked=tuple(teller.title(name) for name in found.blocked))
    elif found.cheapest:
        out.say("rules.say.cheapest")
        for move in found.cheapest:
            teller.move(move)
    elif verdict.state == "not_eligible":
        out.say("rules.say.missing_first" if found.missing else "rules.say.gave_up")
    return 0


class _Teller:
    def __init__(self, rule: Rule, prose: Prose, out: Output) -> None:
        self._rule = rule
        self._prose = prose
        self._out = out

    def figure(self, value: Fraction | Decimal, unit: Unit | None) -> str:
        return self._prose.figure(rounded(Fraction(value), _SHOWN, "half_up"), unit)

    def title(self, name: str) -> str | Text:
        """What a need is called."""
        points = self._rule.points
        said: dict[str, str | Text] = {c.id: c.say for c in self._rule.needed}
        if points is not None:
            said |= {g.id: say("rules.say.minimum", self._out.lang, title=g.title) for g in points.groups}
            said["points"] = say("rules.say.total", self._out.lang)
        return said.get(name, name)

    def line(self, line: Line) -> None:
        need = line.need
        code = {True: "yes", False: "no", None: "unknown"}[need.holds]
        self._out.say(f"rules.say.{code}", text=self.title(need.id))
        if need.holds is None:
            for cause in need.causes:
                self._cause(cause)
        if need.holds is not False:
            return
        for part in line.parts:
            if not part.short or part.have is None or part.need is None:
                continue
            if isinstance(part.node, Compare):
                name, unit = self._prose.text(part.node), self._prose.unit(part.node)
            else:
                name, unit = str(self.title(need.id)), None
            shown = (self.figure(v, unit) for v in (part.have, part.need, part.short))
            self._out.say("rules.say.gap", part=name, **dict(zip(("have", "need", "short"), shown, strict=True)))
        for move in line.moves:
            self.move(move)

    def move(self, move: Move) -> None:
        wanted = self._rule.inputs[move.key]
        named = {"input": wanted.title, "change": move.change}
        by = move.by
        if by is None:
            self._out.say(f"rules.say.become_{'yes' if move.to else 'no'}", **named)
            return
        shown = {"by": self.figure(abs(by), wanted.unit), "to": self.figure(Fraction(move.to), wanted.unit)}
        self._out.say(f"rules.say.{'raise' if by > 0 else 'lower'}", **named, **shown)

    def _cause(self, cause: Cause) -> None:
        things = (self._rule.scope.get(k) for k in cause.name.split())
        names = tuple((t.title.of(self._out.lang) or t.key) if t is not None else cause.name for t in things)
        self._out.say(f"rules.say.cause.{cause.why}", input=names)
