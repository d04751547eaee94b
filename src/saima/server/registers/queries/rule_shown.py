"""A rule as its page shows it: sentences, parameters by date, cases tried, and what one version changed in another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import unified_diff
from fractions import Fraction

from saima.engine.errors import Problem
from saima.engine.rules import Param, Prose, Rule, Sentence, prose
from saima.engine.rules.rule import ALWAYS, Version
from saima.files.rules import Drafted
from saima.server.kit.written import day as day_said
from saima.words import Lang, say


@dataclass(frozen=True, slots=True)
class Cell:
    """What a parameter is in one span of days. ``fresh``: it begins with this span."""

    texts: Sequence[str]
    cite: str
    fresh: bool
    known: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    title: str
    unit: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Span:
    """A column of the date table: from a day on, None for ever since; ``now`` where the page's day lies in it."""

    start: date | None
    until: date | None  # the day after its last
    now: bool


@dataclass(frozen=True, slots=True)
class DateTable:
    spans: Sequence[Span]
    rows: Sequence[Row]


def date_table(rule: Rule, lang: Lang, on: date) -> DateTable:
    """Parameters down, spans of days across: what counts from when."""
    starts = sorted({v.start for p in rule.params.values() for v in p.versions})
    if not starts:
        starts = [ALWAYS] if rule.params else []
    ends: list[date | None] = [*starts[1:], None][: len(starts)]
    spans = [
        Span(None if start == ALWAYS else start, end, start <= on and (end is None or on < end))
        for start, end in zip(starts, ends, strict=True)
    ]
    teller = Prose(rule, lang, on)
    rows = [
        Row(
            p.key,
            p.title.of(lang) or p.key,
            say("rulebook.unit", lang, rule_unit=p.unit),
            [_cell(teller, p, start) for start in starts],
        )
        for p in rule.params.values()
    ]
    return DateTable(spans, rows)


def _cell(teller: Prose, param: Param, start: date) -> Cell:
    version = param.at(start)
    if version is None:
        return Cell((), "", fresh=False, known=False)
    return Cell(teller.version(param, version), version.cite, version.start == start)


@dataclass(frozen=True, slots=True)
class Tried:
    """A case of the rule, what is given in it, what it expects, and what it missed."""

    number: int
    note: str
    on: date
    given: Sequence[tuple[str, str]]
    held: Sequence[str]
    expects: Sequence[tuple[str, str]]
    missed: Sequence[str]  # sentences


def cases_tried(found: Drafted, lang: Lang) -> list[Tried]:
    """Every case with what came of it; nothing while the rule itself does not hold."""
    rule = found.rule
    if rule is None or found.problems:
        return []
    teller = Prose(rule, lang, rule.usual_day)
    titles = answer_titles(rule, lang)
    return [
        Tried(
            n,
            case.note,
            case.on,
            [_given(rule, teller, key, value, lang) for key, value in case.given.items()],
            [rule.statuses[s].of(lang) if s in rule.statuses else s for s in sorted(case.held)],
            [(titles.get(k, k), _expected(v, lang)) for k, v in case.expect.items()],
            [said(p, lang) for p in missed],
        )
        for n, (case, missed) in enumerate(zip(rule.cases, found.failing, strict=True), 1)
    ]


def said(problem: Problem, lang: Lang) -> str:
    """The sentence of a problem without the place where it stands."""
    return say(problem.code, lang, **problem.params)


def answer_titles(rule: Rule, lang: Lang) -> Mapping[str, str]:
    """What each answer of a rule is called."""
    titles = {key: say("rulebook.answer", lang, rule_answer=key) for key in ("eligible", "points", "misses", "amount")}
    titles |= {c.id: c.say.of(lang) or c.id for c in rule.needed}
    if rule.points is not None:
        titles |= {g.id: g.title.of(lang) or g.id for g in rule.points.groups}
        titles |= {i.id: i.title.of(lang) or i.id for i in rule.points.items}
    return titles


def _given(rule: Rule, teller: Prose, key: str, value: object, lang: Lang) -> tuple[str, str]:
    wanted = rule.inputs.get(key)
    title = (wanted.title.of(lang) if wanted else "") or key
    match value:
        case bool():
            return title, say("rulebook.yes_no", lang, yes_no="yes" if value else "no")
        case int() | Decimal():
            return title, teller.figure(Fraction(value), wanted.unit if wanted else None)
        case _:
            return title, str(value)


def _expected(value: object, lang: Lang) -> str:
    match value:
        case None:
            return say("rulebook.yes_no", lang, yes_no="unknown")
        case bool():
            return say("rulebook.yes_no", lang, yes_no="yes" if value else "no")
        case _:
            return f"{Decimal(str(value)):,f}"


# What changed


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is said otherwise; ``old`` or ``new`` is empty where it is added or gone."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    sentences: Sequence[Change]
    params: Sequence[Change]
    lines: Sequence[tuple[str, str]]  # kind (new, old, near), text

    def __bool__(self) -> bool:
        return bool(self.lines)


def difference(old: Rule, old_text: str, new: Rule | None, new_text: str, lang: Lang, on: date) -> Difference:
    """What one text says otherwise than another: sentences as they count on a day, parameters of any day, lines."""
    lines = list(_lines(old_text, new_text))
    if new is None:
        return Difference((), (), lines)
    before, after = (_by_id(prose(r, lang, on)) for r in (old, new))
    titles = {**answer_titles(old, lang), **answer_titles(new, lang)}
    sentences = [
        Change(titles.get(key[0], key[0]), before.get(key, ""), after.get(key, ""))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    return Difference(sentences, list(_params(old, new, lang, on)), lines)


def _by_id(sentences: Iterable[Sentence]) -> dict[tuple[str, int], str]:
    """Sentences by what they are about, and which of several it is."""
    found: dict[tuple[str, int], str] = {}
    for sentence in sentences:
        n = next(n for n in range(100) if (sentence.id, n) not in found)
        found[sentence.id, n] = sentence.text
    return found


def _params(old: Rule, new: Rule, lang: Lang, on: date) -> Iterable[Change]:
    tellers = Prose(old, lang, on), Prose(new, lang, on)
    for key in dict.fromkeys((*old.params, *new.params)):
        params = old.params.get(key), new.params.get(key)
        titles = [p.title.of(lang) or key for p in params if p is not None]
        starts = sorted({v.start for p in params if p is not None for v in p.versions})
        for start in starts:
            texts = [
                "" if p is None else _version_said(t, p, next((v for v in p.versions if v.start == start), None))
                for t, p in zip(tellers, params, strict=True)
            ]
            if texts[0] != texts[1]:
                code = "rulebook.param_always" if start == ALWAYS else "rulebook.param_from"
                yield Change(say(code, lang, title=titles[-1], day=day_said(start, lang)), texts[0], texts[1])


def _version_said(teller: Prose, param: Param, version: Version | None) -> str:
    return "" if version is None else " · ".join(teller.version(param, version))


def _lines(old: str, new: str) -> Iterable[tuple[str, str]]:
    kinds = {"+": "new", "-": "old", " ": "near"}
    for line in unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1):
        if not line.startswith(("+++", "---", "@@")):
            yield kinds[line[0]], line[1:]


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences of a page under one heading: conditions, points, award."""

    name: str
    sentences: Sequence[Sentence]


def parts_said(rule: Rule, lang: Lang, on: date) -> list[Part]:
    """The rule's sentences in groups, with the numbers of a day."""
    points: set[str] = set()
    for group in rule.points.groups if rule.points else ():
        points |= {group.id, *(i.id for i in group.items)}
    grouped: dict[str, list[Sentence]] = {"conditions": [], "points": [], "award": []}
    for sentence in prose(rule, lang, on):
        name = "award" if sentence.id == "amount" else "points" if sentence.id in points else "conditions"
        grouped[name].append(sentence)
    return [Part(name, found) for name, found in grouped.items() if found]


def holes(rule: Rule, lang: Lang) -> list[str]:
    """What is missing of a rule: what was not seen, and parameters nobody filled in."""
    empty = [
        say("rulebook.not_filled", lang, title=p.title.of(lang) or p.key)
        for p in rule.params.values()
        if not p.versions
    ]
    return [m.of(lang) for m in rule.missing] + empty
