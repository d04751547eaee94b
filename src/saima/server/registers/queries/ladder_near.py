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
from saima.server.registers.queries.rulebook import newest_at
from saima.server.registers.queries.rungs import deciding
from saima.words import Lang, say

_near: Final = Kept(12)
_told: Final = Kept(200)


@dataclass(frozen=True, slots=True)
class Short:
    """What one firm lacks, in words: the requirement, have, need and short, and what would do.

    ``unknown``: further requirements that cannot be told for missing figures.
    """

    firm: int
    uscc: str
    name: str
    place: int | None
    what: str
    have: str
    need: str
    short: str
    moves: Sequence[Raise]
    unknown: int


@dataclass(frozen=True)
class Near:
    """Firms without the status: ``near`` miss one requirement, ``reach`` meet all, of ``unfilled`` it cannot be told.

    ``places``: where each of them is. Those near stand in the order of how little they lack, requirement beside
    requirement: the nearest of each first. ``state`` is that of the register it was found in.
    """

    rung: Rung
    rule: Rule | None
    version: RuleVersion | None
    near: Sequence[int]
    reach: Sequence[int]
    unfilled: Sequence[int]
    places: Mapping[int, int | None]
    state: Any

    @cached_property
    def at(self) -> Mapping[tuple[str, int | None], int]:
        """Kind and place -> how many."""
        kinds = {"near": self.near, "reach": self.reach, "unfilled": self.unfilled}
        return Counter((kind, self.places[firm]) for kind, firms in kinds.items() for firm in firms)

    def count(self, kind: str, place: int | str | None = "all") -> int:
        return sum(n for (of, at), n in self.at.items() if of == kind and place in ("all", at))


def near_kept(on: date) -> list[Near] | None:
    """What was found before, as long as neither register nor rules changed."""
    found: list[Near] | None = _near.get(_key(on))
    return found


def near_misses(on: date) -> list[Near]:
    """Every rung with who is near it; one evaluation of the register for each, kept until something changes."""
    key = _key(on)
    found: list[Near] | None = _near.get(key)
    return found if found is not None else _near.put(key, _found(on, key))


def _key(on: date) -> Any:
    return (on, stamp(), tuple(sorted((k, v.digest) for k, v in newest_at(on).items())))


def _found(on: date, state: Any) -> list[Near]:
    versions = newest_at(on)
    decided = [(rung, deciding(rung, versions, on)) for rung in ladder()]
    keys = {k for _, found in decided if found for k in found[0].inputs}
    register = register_at(on, keys=keys) if keys else None
    return [_of_rung(rung, found, register, state) for rung, found in decided]


def _of_rung(rung: Rung, found: tuple[Rule, RuleVersion] | None, register: Register | None, state: Any) -> Near:
    if found is None or register is None:
        return Near(rung, None, None, (), (), (), {}, None)
    rule, version = found
    on = register.on
    plan = plan_bulk(rule, on=on, gaps=True)
    answers = plan.columns(register.frame()).collect()
    eligible, misses = answers["eligible"].to_list(), answers["misses"].to_list()
    holders = register.held.get(rung.status, frozenset())
    others = [n for n, firm in enumerate(register.ids) if firm not in holders]
    near = [n for n in others if eligible[n] is False and misses[n] == 1]
    order = _closeness(rule, answers[near].to_dicts() if near else [], plan.points_decimals[rule.id])
    return Near(
        rung,
        rule,
        version,
        [register.ids[near[k]] for k in order],
        [register.ids[n] for n in others if eligible[n] is True],
        [register.ids[n] for n in others if eligible[n] is None],
        {register.ids[n]: register.places[n] for n in others},
        state,
    )


def _closeness(rule: Rule, rows: Sequence[Mapping[str, Any]], decimals: int) -> list[int]:
    """Rows by how little is missing. What is short of one requirement is no measure for another, so firms are ranked
    within the requirement they miss, and the ranks compared as shares; those with further unknowns come last."""
    missed = [_missed(rule, row, decimals) for row in rows]
    groups: dict[str, list[int]] = {}
    for n, (name, _) in enumerate(missed):
        groups.setdefault(name, []).append(n)
    rank: dict[int, float] = {}
    for members in groups.values():
        for place, n in enumerate(sorted(members, key=lambda n: missed[n][1])):
            rank[n] = place / len(members)
    unknown = [any(row[c.id] is None for c in rule.needed) for row in rows]
    return sorted(range(len(rows)), key=lambda n: (unknown[n], rank[n], n))


def _missed(rule: Rule, row: Mapping[str, Any], decimals: int) -> tuple[str, float]:
    """The requirement a row does not meet, and how far it is from it where that is a number."""
    for c in rule.needed:
        if row[c.id] is False and not c.any:
            return c.id, abs(row.get(f"gap.{c.id}") or 0.0)
    gaps = [abs(gap) for c in rule.needed if c.any and (gap := row.get(f"gap.{c.id}"))]
    if gaps:
        return "any", min(gaps)
    points, least = row.get("points"), rule.points.least if rule.points else None
    decides = least is not None and points is not None and points < least * 10**decimals
    return "total" if decides else "group", -float(points or 0)


def shorts(near: Near, firms: Sequence[int], lang: Lang, on: date, *, advice: bool) -> list[Short]:
    """What some of those near lack, in words, in the order given; with ``advice`` also what would do."""
    if near.rule is None or near.version is None or not firms:
        return []
    key = (near.version.digest, tuple(firms), lang, on, advice, near.state)
    found: list[Short] | None = _told.get(key)
    return found if found is not None else _told.put(key, _shorts(near.rule, firms, lang, on, advice=advice))


def _shorts(rule: Rule, firms: Sequence[int], lang: Lang, on: date, *, advice: bool) -> list[Short]:
    register = register_at(on, keys=rule.inputs, only=firms)
    rows = {firm: n for n, firm in enumerate(register.ids)}
    teller = Teller(rule, lang, on)
    found = [_short(register, rows[f], rule, teller, advice=advice) for f in firms if f in rows]
    return [short for short in found if short is not None]


def _short(register: Register, row: int, rule: Rule, teller: Teller, *, advice: bool) -> Short | None:
    given = taken(rule, register.given(row))
    try:
        verdict = evaluate_one(rule, given, on=register.on, held=register.held_by(row))
    except Refused:
        return None
    explained = explain(rule, verdict, advice=advice)
    failing = [line for line in explained.lines if line.need.holds is False]
    if not failing:
        return None
    said = [teller.line(line) for line in failing]
    gaps = [gap for one in said for gap in one.gaps]
    gap = next((g for g in gaps if g.short), gaps[0] if gaps else None)
    moves = explained.cheapest or next((line.moves[:1] for line in failing if line.moves), ())
    return Short(
        register.ids[row],
        register.usccs[row],
        register.names[row],
        register.places[row],
        said[0].title if len(said) == 1 else say("check.one_of", teller.lang),
        gap.have if gap else "",
        gap.need if gap else "",
        gap.short if gap else "",
        [teller.move(m) for m in moves],
        sum(1 for line in explained.lines if line.need.holds is None),
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
    return bool(scaled.denominator == 1 and low <= scaled <= high)
