"""What a season says: contestants, indicators, targets, curves, rules. Values only; arithmetic is in ``race``.

A season is one canonical document. Everything is a frozen value; order in a file carries no meaning,
``order`` columns and codes do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from saima.engine.model.periods import Frequency, Period, Span
from saima.words import Text

Better = Literal["higher", "lower"]
Measure = Literal["cumulative", "level", "growth", "share", "count", "completion", "yes-no"]
Role = Literal["scored", "shown", "denominator"]
Transform = Literal["none", "log", "sqrt"]
WhenNotDue = Literal["leave_out", "hold"]
NoiseKind = Literal["none", "relative", "absolute", "poisson", "binomial"]
Aggregate = Literal["arithmetic", "geometric", "power", "minimum"]
Missing = Literal["exclude", "floor", "carry_forward", "class_mean"]
NodeKind = Literal["overall", "race", "group"]
RaceKind = Literal["indicators", "projects", "weak_spots"]
RuleName = Literal[
    "completion",
    "pace",
    "goalposts",
    "efficacy",
    "points_per_unit",
    "table",
    "bands",
    "growth",
    "milestone",
    "pro_rata",
    "deduction",
    "given",
    "min_max",
    "z_score",
    "percentile",
    "borda",
    "distance_to_leader",
]
LATER: Mapping[str, bool] = MappingProxyType({"later": True})
"""Metadata of a field seasons did not have from the start: at its default it stays out of digests, so that what was
published before still has its own."""
RELATIVE_RULES: frozenset[RuleName] = frozenset({"min_max", "z_score", "percentile", "borda", "distance_to_leader"})


@dataclass(frozen=True, slots=True)
class ContestantClass:
    """A group of comparable contestants (组别)."""

    code: str
    title: Text
    order: int = 0


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who races. ``ranked`` is data with a reason, never inferred from availability."""

    code: str
    title: Text
    kind: str = "zone"
    class_code: str = ""
    parent: str = ""
    tags: tuple[str, ...] = ()
    ranked: bool = True
    reason: Text = field(default_factory=Text)
    since: Period | None = None
    until: Period | None = None
    order: int = 0

    def races_in(self, period: Period) -> bool:
        return (self.since is None or self.since <= period) and (self.until is None or period <= self.until)


@dataclass(frozen=True, slots=True)
class Noise:
    """How far a reading may be off: ``size`` is a standard deviation, relative (0.02 = 2 %) or in the unit.

    ``poisson`` takes the count itself as its variance; ``binomial`` takes ``size`` as the number of trials.
    """

    kind: NoiseKind = "none"
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, in which direction it is better, how it becomes a score, and whose number it is."""

    code: str
    title: Text
    better: Better
    measure: Measure
    node: str = ""  # the race or group it belongs to; empty for a denominator or a shown-only indicator
    weight: float = 1.0
    score: str = ""  # code of a ScoreRule
    unit: Text = field(default_factory=Text)
    scale: float = 1.0  # 1 unit = scale base units (万 10,000, 亿 100,000,000)
    decimals: int = 2
    role: Role = "scored"
    low: float | None = None  # goalposts: the value worth the lower end, and the upper end
    high: float | None = None
    due_months: tuple[int, ...] = ()  # calendar months in which it falls due; empty = every period
    when_not_due: WhenNotDue = "leave_out"
    curve: str = ""  # code of a Curve; empty = even pace, or due in full for level, growth, share
    transform: Transform = "none"
    denominator: str = ""
    per: float = 1.0  # value / denominator * per
    applies_to: tuple[str, ...] = ()  # contestant tags; empty = everybody
    noise: Noise = field(default_factory=Noise)
    owner: str = ""
    source: Text = field(default_factory=Text)
    definition: Text = field(default_factory=Text)
    evidence: Literal["none", "if_positive", "always"] = "none"
    expected_day: int = 0  # day of the following month on which the figure comes out; 0 = unknown
    order: int = 0
    feed: str = field(default="", metadata=LATER)  # name of the source that gives it; nobody reports it then
    feed_parameters: tuple[tuple[str, str], ...] = field(default=(), metadata=LATER)  # sorted by name

    @property
    def ceiling(self) -> bool:
        """Whether the target is what may be used up by the end: less is better of a figure that adds up."""
        return self.better == "lower" and self.measure in ("cumulative", "count")

    def is_due(self, period: Period) -> bool:
        return not self.due_months or period.last_month in self.due_months


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """A named score rule: which of the closed list, its numbers, and for table and bands its steps.

    The parameters of each rule, their defaults and their meaning: ``saima.engine.race.scores.PARAMETERS``.
    """

    code: str
    rule: RuleName
    params: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    steps: tuple[tuple[float, float], ...] = ()  # (value, points), ascending by value
    on: Literal["value", "completion", "pace"] = "value"  # what a table or bands reads

    def __hash__(self) -> int:
        return hash(self.code)


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree where scores come together: the overall composite, a race, or a group."""

    code: str
    title: Text
    kind: NodeKind
    parent: str = ""  # empty for the overall node and, when there is none, for races
    weight: float = 1.0
    aggregate: Aggregate = "arithmetic"
    power: float = 1.0
    missing: Missing | None = None  # None: as the parent, in the end as the season
    minimum_share: float | None = None
    race: RaceKind = "indicators"
    params: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    order: int = 0
    feed: str = field(default="", metadata=LATER)  # of a project race: the source that says where projects stand
    feed_parameters: tuple[tuple[str, str], ...] = field(default=(), metadata=LATER)

    def __hash__(self) -> int:
        return hash(self.code)


@dataclass(frozen=True, slots=True)
class Target:
    """What a contestant is to reach by the end of the span the targets cover, and where it started."""

    contestant: str
    indicator: str
    target: float | None
    baseline: float | None = None
    owner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Share of the whole task due by the end of each period of the span targets cover, 0 to 1."""

    code: str
    title: Text
    shares: tuple[tuple[Period, float], ...]


@dataclass(frozen=True, slots=True)
class Tier:
    code: str
    title: Text
    at_least: float


@dataclass(frozen=True, slots=True)
class Constraint:
    """When something must not be, a proposal follows; a person decides.

    ``when`` over ``indicators``: ``completion_below``, ``pace_below``, ``value_below``, ``value_above``,
    ``falls`` (against the same period a year before), ``missing``; over rank: ``bottom`` (last ``threshold``
    places of its class). With several indicators all must hold. ``consecutive`` published periods, this one included.
    """

    code: str
    title: Text
    action: Literal["demote", "veto", "summon", "exit"]
    when: Literal["completion_below", "pace_below", "value_below", "value_above", "falls", "missing", "bottom"]
    indicators: tuple[str, ...] = ()
    threshold: float = 0.0
    consecutive: int = 1


@dataclass(frozen=True, slots=True)
class Alternative:
    """A declared method alternative for the uncertainty analysis.

    Alternatives with one ``choice`` exclude each other; the full factorial of choices (each also as published)
    is drawn from. Exactly one of aggregate and missing is set; ``node`` empty means every node.
    """

    choice: str
    code: str
    title: Text
    node: str = ""
    aggregate: Aggregate | None = None
    power: float = 1.0
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Uncertainty:
    draws: int = 2_500  # a probability is then known to within 0.01 (standard error)
    weight_spread: float = 0.25
    alternatives: tuple[Alternative, ...] = ()
    unverified_factor: float = 2.0  # noise of an unverified reading is this many times wider
    resolved_at: float = 0.95  # P(ahead) from which neighbours count as separated


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between readings of one contestant and period.

    ``sum``: the parts add up to ``whole`` (within ``tolerance``, relative). ``at_most``: each part is not above
    ``whole``. ``either``: only one of ``whole`` and ``parts`` is ever filled (neighbouring columns of one idea).
    """

    code: str
    kind: Literal["sum", "at_most", "either"]
    whole: str
    parts: tuple[str, ...]
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class IntegrityRules:
    relations: tuple[Relation, ...] = ()
    outlier_score: float = 5.0  # modified z against own history
    jump_share: float = 0.5  # last-period share of the year's increase that is called an end-of-period jump
    bunching_share: float = 0.5  # share of contestants within 2 % above the target


@dataclass(frozen=True, slots=True)
class Progress:
    """What the progress ranking compares with. ``base`` needs ``base_period``."""

    against: Literal["none", "previous", "last_year", "base"] = "none"
    base_period: Period | None = None


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who publishes, for the head and foot of a bulletin. Empty fields are left out of the print."""

    organisation: Text = field(default_factory=Text)
    bulletin_title: Text = field(default_factory=Text)
    document_number: str = ""  # 文号 with {year} and {number}
    addressees: Text = field(default_factory=Text)
    copies: Text = field(default_factory=Text)
    signatory: Text = field(default_factory=Text)
    contact: Text = field(default_factory=Text)


@dataclass(frozen=True)
class Season:
    """A whole season. Look-ups by code are cached properties; sequences come sorted by (order, code).

    Raises nothing itself: ``race.check_season`` says what does not hold together.
    """

    code: str
    title: Text
    frequency: Frequency
    window: Span
    targets_cover: Span
    missing: Missing
    contestants: tuple[Contestant, ...]
    indicators: tuple[Indicator, ...]
    nodes: tuple[Node, ...]
    score_rules: tuple[ScoreRule, ...]
    targets: tuple[Target, ...] = ()
    curves: tuple[Curve, ...] = ()
    classes: tuple[ContestantClass, ...] = ()
    rank_classes: Literal["together", "apart"] = "together"
    overall: Literal["composite", "medals", "none"] = "composite"
    weights: Literal["percent", "share", "relative"] = "percent"
    minimum_share: float = 0.0
    counts: Literal["verified", "reported"] = "reported"  # the least state that counts
    decimals: int = 2
    floor_score: float = 0.0
    tie_breakers: tuple[str, ...] = ()  # "indicator:x", "group:y", "race:z", "medals", "progress"
    light_from: float = 1.0  # share of what is due from which a light is green
    progress: Progress = field(default_factory=Progress)
    base_period: Period | None = None  # base-year presentation: index 100
    tiers: tuple[Tier, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    integrity: IntegrityRules = field(default_factory=IntegrityRules)
    masthead: Masthead = field(default_factory=Masthead)
    publishers: tuple[str, ...] = ()
    solo: bool = True
    time_zone: str = "Asia/Shanghai"
    notice: Text = field(default_factory=Text)  # printed on every page and print, e.g. that all is fictional
    source: Text = field(default_factory=Text)
    illustrative: bool = False

    @cached_property
    def contestant(self) -> Mapping[str, Contestant]:
        return {c.code: c for c in self.contestants}

    @cached_property
    def indicator(self) -> Mapping[str, Indicator]:
        return {i.code: i for i in self.indicators}

    @cached_property
    def node(self) -> Mapping[str, Node]:
        return {n.code: n for n in self.nodes}

    @cached_property
    def score_rule(self) -> Mapping[str, ScoreRule]:
        return {r.code: r for r in self.score_rules}

    @cached_property
    def curve(self) -> Mapping[str, Curve]:
        return {c.code: c for c in self.curves}

    @cached_property
    def target(self) -> Mapping[tuple[str, str], Target]:
        """(contestant, indicator) -> target; a target written for ``*`` stands for who has none of their own."""
        own = {(t.contestant, t.indicator): t for t in self.targets if t.contestant != "*"}
        shared = [t for t in self.targets if t.contestant == "*"]
        return {(c.code, t.indicator): t for t in shared for c in self.contestants} | own

    @property
    def scored(self) -> tuple[Indicator, ...]:
        return tuple(i for i in self.indicators if i.role == "scored")

    def children(self, code: str) -> Iterator[Node]:
        return (n for n in self.nodes if n.parent == code and n.code != code)
