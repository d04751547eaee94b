"""What a rule says of one entity: the verdict, the needs it is made of, and why something cannot be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from saima.engine.rules.rule import Given

Why = Literal["missing", "unfilled", "zero", "base"]
NeedKind = Literal["condition", "status", "total", "group", "nonzero"]
State = Literal["eligible", "not_eligible", "not_evaluable"]


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Why a value is unknown: an input not given, a parameter not filled in, a zero below the line, a growth that
    starts from nothing. ``name`` is the key of the input, parameter or item, or the text of the denominator."""

    why: Why
    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    causes: frozenset[Cause]


Value = Fraction | bool | str | Unknown


@dataclass(frozen=True, slots=True)
class Need:
    """One condition, minimum or status, as it came out: ``holds`` is None where it cannot be told."""

    id: str
    holds: bool | None
    any: str = ""
    have: Fraction | None = None  # of minimums of points
    least: Fraction | None = None
    causes: tuple[Cause, ...] = ()
    kind: NeedKind = "condition"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of one entity, and everything needed to say it again."""

    rule: str
    digest: str
    on: date
    versions: Mapping[str, date]  # parameter -> day from which the version used is in force
    inputs_digest: str
    state: State
    needs: tuple[Need, ...]
    points: Fraction | None
    scores: Mapping[str, Fraction | None]  # groups and items
    amount: Decimal | None  # 0 for who is not eligible; None where it cannot be told, or the rule has no award
    misses: int
    causes: tuple[Cause, ...]  # why it is not evaluable
    given: Given
    held: frozenset[str] = field(default=frozenset())
    awards: bool = False  # whether the rule gives an amount at all

    @property
    def eligible(self) -> bool | None:
        return {"eligible": True, "not_eligible": False, "not_evaluable": None}[self.state]

    @property
    def conditions(self) -> Mapping[str, bool | None]:
        """Condition -> whether it holds; minimums of points are not among them."""
        return {n.id: n.holds for n in self.needs if n.kind in {"condition", "status"}}

    @property
    def missing(self) -> tuple[str, ...]:
        """Inputs without which it cannot be told."""
        return tuple(sorted({c.name for c in self.causes if c.why == "missing"}))


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that has to hold: a need of its own, or an ``any`` group, where the minimums of points are one."""

    name: str
    ways: tuple[tuple[Need, ...], ...]  # one way suffices; of a way, all

    @property
    def holds(self) -> bool | None:
        return _any([_all([n.holds for n in way]) for way in self.ways])

    @property
    def causes(self) -> frozenset[Cause]:
        return frozenset(c for way in self.ways for n in way if n.holds is None for c in n.causes)


def requirements(needs: Iterable[Need]) -> tuple[Requirement, ...]:
    """The needs of a verdict, as what has to hold."""
    alone: list[Requirement] = []
    grouped: dict[str, list[Need]] = {}
    for need in needs:
        if need.any:
            grouped.setdefault(need.any, []).append(need)
        else:
            alone.append(Requirement(need.id, ((need,),)))
    for name, members in grouped.items():
        singles = tuple((n,) for n in members if n.kind in {"condition", "status"})
        minimums = tuple(n for n in members if n.kind not in {"condition", "status"})
        alone.append(Requirement(name, (*singles, *((minimums,) if minimums else ()))))
    return tuple(alone)


def _all(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def _any(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False
