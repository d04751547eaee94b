"""Firms that lack little for a rung: by the rule in force here, one requirement is not met, and by how much."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from saima.engine.errors import Refused
from saima.engine.rules import Rule, evaluate_one, explain, plan_bulk
from saima.presets import Rung, ladder
from saima.server.registers.models import RuleVersion
from saima.server.registers.queries.checking import Raise, Teller
from saima.server.registers.queries.columns import Register, register_at
from saima.server.registers.queries.ladder import Kept, stamp
from saima.server.registers.queries.rulebook import newest_at, rule_of
from saima.words import LANGS, Lang, Text

MOST: Final = 200  # firms explained for a rung; those beyond are counted
_near: Final = Kept(12)


@dataclass(frozen=True, slots=True)
class Short:
    """What one firm lacks: the requirement, have, need and short, and what would do; each in both languages."""

    firm: int
    uscc: str
    name: str
    place: int | None
    size: Fraction | None  # of the cheapest changes; None where none was found
    what: Text
    have: Text
    need: Text
    short: Text
    moves: Mapping[Lang, Sequence[Raise]]
    unknown: int  # requirements that cannot be told for missing figures

    def raises(self, lang: Lang) -> Sequence[Raise]:
        return self.moves[lang]


@dataclass(frozen=True)
class Near:
    """Firms without the status: ``near`` miss one requirement, ``reach`` meet all, of ``unfilled`` it cannot be told.

    ``places``: where each of them is. ``shorts``: what those near lack, the least first, of the first 200.
    """

    rung: Rung
    rule: Rule | None
    version: RuleVersion | None
    near: Sequence[int]
    reach: Sequence[int]
    unfilled: Sequence[int]
    places: Mapping[int, int | None]
    shorts: Sequence[Short]

    @cached_property
    def at(self) -> Mapping[tuple[str, int | None], int]:
        """Kind and place -> how many."""
        kinds = {"near": self.near, "reach": self.reach, "unfilled": self.unfilled}
        return Counter((kind, self.places[firm]) for kind, firms in kinds.items() for firm in firms)

    def count(self, kind: str, place: int | str | None = "all") -> int:
        return sum(n for (of, at), n in self.at.items() if of == kind and place in ("all", at))


def deciding(rung: Rung, versions: Mapping[str, RuleVersion], on: date) -> tuple[Rule, RuleVersion] | None:
    """The rule of the book that decides a rung on a day, of several the first."""
    for key in rung.rules:
        version = versions.get(key)
        rule = rule_of(version.text) if version else None
        if rule is None or version is None:
            continue
        if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
            return rule, version
    return None


def near_kept(on: date) -> list[Near] | None:
    """What was found before, as long as neither register nor rules changed."""
    found: list[Near] | None = _near.get(_key(on))
    return found


def near_misses(on: date) -> list[Near]:
    """Every rung with who is near it; one evaluation of the register for each, kept until something changes."""
    key = _key(on)
    found: list[Near] | None = _near.get(key)
    return found if found is not None else _near.put(key, _found(on))


def _key(on: date) -> Any:
    return (on, stamp(), tuple(sorted((k, v.digest) for k, v in newest_at(on).items())))


def _found(on: date) -> list[Near]:
    versions = newest_at(on)
    decided = [(rung, deciding(rung, versions, on)) for rung in ladder()]
    keys = {k for _, found in decided if found for k in found[0].inputs}
    register = register_at(on, keys=keys) if keys else None
    return [_of_rung(rung, found, register, on) for rung, found in decided]


def _of_rung(rung: Rung, found: tuple[Rule, RuleVersion] | None, register: Register | None, on: date) -> Near:
    if found is None or register is None:
        return Near(rung, None, None, (), (), (), {}, ())
    rule, version = found
    answers = plan_bulk(rule, on=on).columns(register.frame()).select(["eligible", "misses"]).collect()
    eligible, misses = answers["eligible"].to_list(), answers["misses"].to_list()
    holders = register.held.get(rung.status, frozenset())
    others = [n for n, firm in enumerate(register.ids) if firm not in holders]
    near = [n for n in others if eligible[n] is False and misses[n] == 1]
    shorts = [s for n in near[:MOST] if (s := _short(register, n, rule, on)) is not None]
    shorts.sort(key=lambda s: (s.unknown, s.size is None, s.size or 0, s.uscc))
    return Near(
        rung,
        rule,
        version,
        [register.ids[n] for n in near],
        [register.ids[n] for n in others if eligible[n] is True],
        [register.ids[n] for n in others if eligible[n] is None],
        {register.ids[n]: register.places[n] for n in others},
        shorts,
    )


def _short(register: Register, row: int, rule: Rule, on: date) -> Short | None:
    given = taken(rule, register.given(row))
    try:
        verdict = evaluate_one(rule, given, on=on, held=register.held_by(row))
    except Refused:
        return None
    explained = explain(rule, verdict)
    failing = [line for line in explained.lines if line.need.holds is False]
    if not failing:
        return None
    unknown = sum(1 for line in explained.lines if line.need.holds is None)
    tellers = {lang: Teller(rule, lang, on) for lang in LANGS}
    said = {lang: [t.line(line) for line in failing] for lang, t in tellers.items()}
    gaps = {lang: [(s, g) for s in lines for g in s.gaps] for lang, lines in said.items()}
    moves = explained.cheapest or next((line.moves[:1] for line in failing if line.moves), ())

    def both(of: Any) -> Text:
        return Text(of("en"), of("zh"))

    return Short(
        register.ids[row],
        register.usccs[row],
        register.names[row],
        register.places[row],
        sum((m.size for m in moves), Fraction(0)) if moves else None,
        both(lambda lang: said[lang][0].title),
        both(lambda lang: gaps[lang][0][1].have if gaps[lang] else ""),
        both(lambda lang: gaps[lang][0][1].need if gaps[lang] else ""),
        both(lambda lang: gaps[lang][0][1].short if gaps[lang] else ""),
        {lang: [t.move(m) for m in moves] for lang, t in tellers.items()},
        unknown,
    )


def taken(rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """Figures a rule asks for and can take in; those it refuses count as missing, as for a whole register."""
    return {k: v for k, v in given.items() if k in rule.inputs and _fits(rule, k, v)}


def _fits(rule: Rule, key: str, value: object) -> bool:
    wanted = rule.inputs[key]
    if wanted.type != "number":
        return True
    scaled = Fraction(str(value)) * 10**wanted.decimals
    low, high = wanted.whole_range
    return scaled.denominator == 1 and low <= scaled <= high
