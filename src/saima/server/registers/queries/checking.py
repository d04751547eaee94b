"""The self-check: a rule as a form, figures as typed, and what a rule says of them. Keeps nothing.

Have, need, short and what would do are the engine's; here they become lines of a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from saima.engine.errors import RuleRefused
from saima.engine.rules import Cause, Explanation, Line, Move, Part, Prose, Rule, Verdict, evaluate_one, explain
from saima.engine.rules.figures import plain, rounded
from saima.engine.rules.rule import Input, Item, Members, Param, Unit
from saima.engine.rules.tree import Compare, Held, Name, Within, walk
from saima.words import Lang, Text, say

WAN: Final = 10_000
_SHOWN: Final = Fraction(1, 10**6)  # ratios are shown to so much; they are compared exactly
_ORDER: Final = {"no": 0, "unknown": 1, "yes": 2}  # what is to be done stands first

Figure = Decimal | int | bool | str | date | None


@dataclass(frozen=True, slots=True)
class Field:
    """One thing the form asks: ``shape`` is number, truth, day, code or choice (one of ``options``)."""

    key: str
    title: str
    shape: str
    unit: str  # what stands behind the box
    help: Sequence[str]
    options: Sequence[str]
    typed: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    fields: Sequence[Field]
    statuses: Sequence[tuple[str, str, bool]]  # key, title, ticked
    money: str  # in what money is typed: yuan or wan

    @property
    def refused(self) -> bool:
        return any(f.problem for f in self.fields)


def money_usual(lang: Lang) -> str:
    """In Chinese money is typed by 10,000 yuan, as on every form there."""
    return "wan" if lang == "zh" else "yuan"


def has_money(rule: Rule) -> bool:
    return any(i.unit == "yuan" for i in rule.inputs.values())


def form_of(
    rule: Rule, lang: Lang, on: date, typed: Mapping[str, str], money: str, problems: Mapping[str, str] | None = None
) -> Form:
    """The rule's inputs, points a judge gives, and statuses, as fields with what was typed."""
    wrong = problems or {}
    fields = [_field(rule, i, lang, on, typed.get(f"x-{i.key}", ""), money, wrong) for i in rule.inputs.values()]
    judged = [i for i in rule.points.items if _chosen(i)] if rule.points else []
    fields += [_judged(i, lang, typed.get(f"x-{i.judged}", ""), wrong) for i in judged]
    held = statuses_asked(rule)
    statuses = [(s, rule.statuses[s].of(lang) or s, f"h-{s}" in typed) for s in held if s in rule.statuses]
    return Form(fields, statuses, money)


def _field(rule: Rule, wanted: Input, lang: Lang, on: date, typed: str, money: str, wrong: Mapping[str, str]) -> Field:
    title, notes = wanted.title.of(lang) or wanted.key, []
    if note := wanted.note.of(lang):
        notes.append(note)
    options = _options(rule, wanted, on) if wanted.type == "code" else ()
    unit = ""
    if wanted.type == "number":
        code = "wan" if wanted.unit == "yuan" and money == "wan" else wanted.unit
        unit = say("check.unit", lang, check_unit=code)
    if wanted.unit == "share":
        notes.append(say("check.help_share", lang))
    shape = "choice" if options else wanted.type
    return Field(wanted.key, title, shape, unit, notes, options, typed, wrong.get(wanted.key, ""))


def _options(rule: Rule, wanted: Input, on: date) -> Sequence[str]:
    """Codes the rule asks about for an input; any other may be typed as well."""
    found: dict[str, None] = {}
    for expression in rule.expressions:
        for node in walk(expression.tree):
            if isinstance(node, Within) and isinstance(node.item, Name):
                param = rule.scope.get(node.members.name)
                version = param.at(on) if isinstance(param, Param) else None
                if rule.scope.get(node.item.name) is wanted and version and isinstance(version.body, Members):
                    found |= dict.fromkeys(version.body.codes)
    return tuple(found)


def _chosen(item: Item) -> bool:
    """Whether some band leaves a choice."""
    return any(b.least != b.most for b in item.bands)


def _judged(item: Item, lang: Lang, typed: str, wrong: Mapping[str, str]) -> Field:
    least, most = min(b.least for b in item.bands), max(b.most for b in item.bands)
    notes = [say("check.help_judged", lang, least=least, most=most)]
    unit = say("check.unit", lang, check_unit="points")
    return Field(
        item.judged, item.title.of(lang) or item.id, "number", unit, notes, (), typed, wrong.get(item.judged, "")
    )


def statuses_asked(rule: Rule) -> Sequence[str]:
    """Statuses granted by others that the rule asks for."""
    found = dict.fromkeys(rule.requires)
    for expression in rule.expressions:
        found |= dict.fromkeys(n.status for n in walk(expression.tree) if isinstance(n, Held))
    return tuple(found)


# Figures


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, as figures; what could not be read, by key, as sentences."""

    given: Mapping[str, Figure]
    held: frozenset[str]
    problems: Mapping[str, str]


def asked(rule: Rule, typed: Mapping[str, str], money: str, lang: Lang) -> Asked:
    """Figures as people type them: shares in percent, money in yuan or 10,000 yuan, with or without separators."""
    given: dict[str, Figure] = {}
    problems: dict[str, str] = {}
    judged = {i.judged: i for i in rule.points.items if i.bands} if rule.points else {}
    for key in (*rule.inputs, *judged):
        text = typed.get(f"x-{key}", "").strip()
        if not text or (key in rule.inputs and rule.inputs[key].type == "truth" and text not in {"yes", "no"}):
            continue
        try:
            given[key] = _figure(rule.inputs.get(key), text, money)
        except InvalidOperation:
            title: Text = rule.inputs[key].title if key in rule.inputs else judged[key].title
            problems[key] = say("rules.given_number", lang, input=title, given=text[:40])
    held = frozenset(s for s in statuses_asked(rule) if f"h-{s}" in typed)
    return Asked(given, held, problems)


def _figure(wanted: Input | None, text: str, money: str) -> Figure:
    match wanted.type if wanted else "number":
        case "truth":
            return text == "yes"
        case "day" | "code":
            return text[:120]
    plain_text = text.replace(",", "").replace("\N{FULLWIDTH COMMA}", "").replace("\N{MINUS SIGN}", "-").rstrip("%％ ")
    if len(plain_text) > 40:
        raise InvalidOperation
    value = Decimal(plain_text)
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise InvalidOperation
    if wanted is not None and wanted.unit == "yuan" and money == "wan":
        value *= WAN
    if wanted is not None and wanted.unit == "share":
        value = value.scaleb(-2)
    return value


# The answer


@dataclass(frozen=True, slots=True)
class Gap:
    what: str
    have: str
    need: str
    short: str


@dataclass(frozen=True, slots=True)
class Raise:
    """A change that would do: what becomes of which figure, and whether it takes activity or paper."""

    text: str
    change: str


@dataclass(frozen=True, slots=True)
class Said:
    """One requirement as it came out; ``state`` is yes, no or unknown. ``way``: one of several that suffice."""

    title: str
    asks: str
    state: str
    gaps: Sequence[Gap]
    moves: Sequence[Raise]
    causes: Sequence[str]
    way: bool


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    headline: str
    points: str
    amount: str
    lines: Sequence[Said]
    cheapest: Sequence[Raise]
    after: str  # what else is to be said: nothing found, mend the figures first, nothing can mend it
    missing: Sequence[str]


def answered(rule: Rule, given: Mapping[str, Figure], held: frozenset[str], lang: Lang, on: date) -> Answer:
    """What a rule says of figures, in words.

    Raises
    ------
    RuleRefused
        As ``evaluate_one``; ``problems_by_field`` tells which figures.
    """
    verdict = evaluate_one(rule, given, on=on, held=held)
    return told(rule, verdict, explain(rule, verdict), lang)


def problems_by_field(refused: RuleRefused, lang: Lang) -> dict[str, str]:
    return {p.column: say(p.code, lang, **p.params) for p in refused.problems}


def told(rule: Rule, verdict: Verdict, explained: Explanation, lang: Lang) -> Answer:
    """An explanation in words: for the self-check, and for whoever shows a firm what it misses."""
    teller = Teller(rule, lang, verdict.on)
    after = ""
    if explained.blocked:
        after = say("check.blocked", lang, blocked=tuple(teller.title(b) for b in explained.blocked))
    elif verdict.state == "not_eligible" and not explained.cheapest:
        after = say("check.missing_first" if explained.missing else "check.gave_up", lang)
    return Answer(
        verdict,
        say("check.headline", lang, check_state=verdict.state),
        "" if verdict.points is None else plain(verdict.points),
        "" if verdict.amount is None else teller.figure(Fraction(verdict.amount), "yuan"),
        sorted((teller.line(line) for line in explained.lines), key=lambda said: _ORDER[said.state]),
        [teller.move(m) for m in explained.cheapest or ()],
        after,
        [teller.cause(c) for c in explained.missing],
    )


class Teller:
    def __init__(self, rule: Rule, lang: Lang, on: date) -> None:
        self._rule = rule
        self.lang = lang
        self._prose = Prose(rule, lang, on)
        self._conditions = {c.id: c for c in rule.needed}

    def figure(self, value: Fraction, unit: Unit | None) -> str:
        return self._prose.figure(rounded(value, _SHOWN, "half_up"), unit)

    def title(self, name: str) -> str:
        """What a need is called."""
        condition = self._conditions.get(name)
        if condition is not None:
            return condition.say.of(self.lang) or name
        points = self._rule.points
        if name == "points":
            return say("rules.say.total", self.lang)
        group = next((g for g in points.groups if g.id == name), None) if points else None
        return say("rules.say.minimum", self.lang, title=group.title) if group else say("check.one_of", self.lang)

    def line(self, line: Line) -> Said:
        need = line.need
        condition = self._conditions.get(need.id)
        asks = self._prose.text(condition.expression.tree) if condition else ""
        gaps = [g for p in line.parts if (g := self._gap(p, need.id)) is not None]
        return Said(
            self.title(need.id),
            asks,
            {True: "yes", False: "no", None: "unknown"}[need.holds],
            gaps,
            [self.move(m) for m in line.moves],
            [self.cause(c) for c in need.causes] if need.holds is None else [],
            bool(need.any),
        )

    def _gap(self, part: Part, need: str) -> Gap | None:
        node, have, wanted, short = part.node, part.have, part.need, part.short
        if have is None or wanted is None:
            return None
        if isinstance(node, Compare):
            name, unit = self._prose.text(node), self._prose.unit(node)
        else:
            name, unit = self.title(need), "points"
        need_said = self.figure(wanted, unit)
        if part.comparison in {">", "<"}:
            code = "check.more_than" if part.comparison == ">" else "check.less_than"
            need_said = say(code, self.lang, figure=need_said)
        return Gap(name, self.figure(have, unit), need_said, self.figure(short, unit) if short else "")

    def move(self, move: Move) -> Raise:
        wanted = self._rule.inputs[move.key]
        by = move.by
        if by is None:
            code = "check.become_yes" if move.to else "check.become_no"
            return Raise(say(code, self.lang, input=wanted.title), move.change)
        return Raise(
            say(
                "check.raise" if by > 0 else "check.lower",
                self.lang,
                input=wanted.title,
                by=self.figure(abs(by), wanted.unit),
                to=self.figure(Fraction(move.to), wanted.unit),
            ),
            move.change,
        )

    def cause(self, cause: Cause) -> str:
        items = {i.judged: i.title for i in self._rule.points.items} if self._rule.points else {}
        names = []
        for key in cause.name.split():
            thing = self._rule.scope.get(key)
            title = thing.title if thing is not None else items.get(key, Text())
            names.append(title.of(self.lang) or key)
        return say("check.cause", self.lang, check_cause=cause.why, what=tuple(names))
