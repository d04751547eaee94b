"""The values a rule is made of: inputs, dated parameters, conditions, points, award, cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from saima.engine.rules.grammar import parse
from saima.engine.rules.tree import Held, Node
from saima.words import Text

Unit = Literal["yuan", "people", "count", "share", "years", "points", "flag", "day", "code"]
Kind = Literal["status", "award", "evaluation"]
Change = Literal["activity", "paper", "none"]
Seen = Literal["seen", "partly_seen", "empty"]
Grade = Literal["A", "B", "C", "D", ""]
Rounding = Literal["half_up", "down", "up"]
Given = Mapping[str, "Decimal | int | bool | str | date | None"]

UNTITLED: Final = Text()
FORMULA_DECIMALS: Final = 2
ALWAYS: Final = date.min  # where the first day of a rule or a version is not known
RESULTS: Final = ("eligible", "points", "misses", "amount")  # what a rule answers beside its own keys


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as it is written, its tree, and the place in the rule where it stands."""

    text: str
    tree: Node
    at: str = ""

    @staticmethod
    def of(text: str, at: str = "") -> "Expression":
        return Expression(text, parse(text), at)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rule's text was seen. Grades: A official, B press or law database, C commercial, D repost."""

    title: str
    where: str = ""
    grade: Grade = ""
    covers: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A figure of the entity, a column of the register.

    ``decimals`` and ``least`` to ``most`` fix what is taken in: every figure is a whole number of 10**-decimals, so
    that arithmetic can be exact and its width is known beforehand. ``change`` says what the advice may propose.
    """

    key: str
    title: Text
    unit: Unit
    decimals: int = 0
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    change: Change = "none"
    aka: str = ""
    note: Text = UNTITLED

    @property
    def type(self) -> "Type":
        return {"flag": "truth", "day": "day", "code": "code"}.get(self.unit, "number")  # type: ignore[return-value]

    @property
    def whole_range(self) -> tuple[int, int]:
        """The least and the most in whole 10**-decimals."""
        low, high = self.least * 10**self.decimals, self.most * 10**self.decimals
        return -(-low.numerator // low.denominator), high.numerator // high.denominator


Type = Literal["number", "truth", "day", "code"]


@dataclass(frozen=True, slots=True)
class Step:
    """One value up to a bound: ``upto`` includes the number, ``below`` excludes it; the last step has neither."""

    value: Fraction
    upto: Fraction | None = None
    below: Fraction | None = None

    @property
    def bound(self) -> Fraction | None:
        return self.below if self.upto is None else self.upto


@dataclass(frozen=True, slots=True)
class Steps:
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate on the part above ``over``, up to where the next tier begins."""

    over: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Tiers:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Members:
    codes: tuple[str, ...]


Body = Fraction | Steps | Tiers | Members


@dataclass(frozen=True, slots=True)
class Version:
    """What a parameter is from a day on, until the next version; from ``ALWAYS`` where that day was not seen."""

    start: date
    body: Body
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A dated parameter. Without a version in force it is unknown, which is how an unseen number is left open."""

    key: str
    versions: tuple[Version, ...]
    title: Text = UNTITLED
    unit: Unit = "count"
    on: str = ""
    aka: str = ""

    def at(self, day: date) -> Version | None:
        """The version in force on a day."""
        return max((v for v in self.versions if v.start <= day), key=lambda v: v.start, default=None)


@dataclass(frozen=True, slots=True)
class Let:
    """A named intermediate value."""

    key: str
    expression: Expression
    title: Text = UNTITLED
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Needed, unless conditions of the same ``any`` group stand beside it: then one of them suffices."""

    id: str
    expression: Expression
    say: Text
    any: str = ""
    moves: tuple[str, ...] = ()  # inputs the advice may move, in order of preference


@dataclass(frozen=True, slots=True)
class Bracket:
    """Points from a lower bound on, which is included; the last bracket has none."""

    points: Fraction
    start: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Whole points a judge may choose from, from a lower bound on."""

    least: int
    most: int
    start: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What earns points: exactly one of brackets, bands and a formula rounded half up to ``decimals``."""

    id: str
    title: Text
    most: Fraction
    by: Expression
    brackets: tuple[Bracket, ...] = ()
    bands: tuple[Band, ...] = ()
    decimals: int = FORMULA_DECIMALS
    best_of: str = ""
    moves: tuple[str, ...] = ()

    @property
    def judged(self) -> str:
        """The key under which the judge's whole number is given."""
        return f"given.{self.id}"


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: Text
    items: tuple[Item, ...]
    most: Fraction | None = None
    least: Fraction | None = None
    nonzero: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A score: needed like a condition, or one of an ``any`` group."""

    groups: tuple[Group, ...]
    least: Fraction | None = None
    any: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(i for g in self.groups for i in g.items)


@dataclass(frozen=True, slots=True)
class Award:
    """An amount in yuan for who is eligible, rounded to whole ``unit`` (0.01 = fen)."""

    amount: Expression
    rounding: Rounding = "half_up"
    unit: Fraction = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Case:
    """An example inside the rule that must come out as it says. ``None`` expects what cannot be told."""

    given: Mapping[str, Decimal | int | bool | str | date | None]
    expect: Mapping[str, Decimal | int | bool | None]
    on: date
    held: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule as data. ``digest`` is that of its text as ``write_rule`` gives it; ``valid_from`` is ``ALWAYS`` where the
    first day was not seen."""

    id: str
    title: Text
    kind: Kind
    valid_from: date
    inputs: Mapping[str, Input]
    params: Mapping[str, Param] = field(default_factory=lambda: MappingProxyType({}))
    lets: Mapping[str, Let] = field(default_factory=lambda: MappingProxyType({}))
    conditions: tuple[Condition, ...] = ()
    points: Points | None = None
    award: Award | None = None
    cases: tuple[Case, ...] = ()
    entity: str = "enterprise"
    jurisdiction: str = ""
    valid_to: date | None = None
    status: Seen = "seen"
    sources: tuple[Source, ...] = ()
    missing: tuple[Text, ...] = ()
    requires: tuple[str, ...] = ()
    statuses: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    digest: str = ""

    @cached_property
    def scope(self) -> Mapping[str, Input | Param | Let]:
        """What each name in an expression means, Chinese spellings included."""
        named: dict[str, Input | Param | Let] = {}
        named.update(self.inputs)
        named.update(self.params)
        named.update(self.lets)
        named.update((i.aka, i) for i in self.inputs.values() if i.aka)
        named.update((p.aka, p) for p in self.params.values() if p.aka)
        return MappingProxyType(named)

    @property
    def usual_day(self) -> date:
        """The day meant where none is named: the first of the rule, or else that of its newest parameter."""
        starts = [v.start for p in self.params.values() for v in p.versions]
        return max([self.valid_from] if self.valid_from > ALWAYS else [*starts, date(2000, 1, 1)])

    @cached_property
    def needed(self) -> tuple[Condition, ...]:
        """Every condition: first the statuses that must be held, then those written in the rule."""
        held = (
            Condition(f"requires.{s}", Expression(f"held({s})", Held(0, 6 + len(s), s)), self.statuses.get(s, Text(s)))
            for s in self.requires
        )
        return (*held, *self.conditions)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression, in the order of the file."""
        yield from (v.expression for v in self.lets.values())
        yield from (c.expression for c in self.needed)
        if self.points is not None:
            yield from (i.by for i in self.points.items)
        if self.award is not None:
            yield self.award.amount
