"""What comes out of ``evaluate``: everything a bulletin says, and nothing it has to look up elsewhere.

Numbers that do not exist are None and come with a reason; NaN never leaves the engine. Scores are unrounded;
ranks compare them rounded to the season's decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from saima.engine.model.history import Colour
from saima.engine.model.inputs import Origin, Project, Received, State
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.words import Text

SCHEMA: Final = "saima.evaluation/1"
Kind = Literal["level", "progress"]
Status = Literal["present", "not_due", "late", "unverified", "rejected", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A place. ``scope`` is overall, race:x, group:y or indicator:z; smaller rank is better, ties share the smaller.

    ``rank_low``-``rank_high`` is the 90 % rank interval from all sources together; contestants of one ``band``
    (numbered from 1 at the top) cannot be told apart. ``previous`` is the rank in the last published period.
    """

    scope: str
    kind: Kind
    class_code: str  # "" when all race together
    contestant: str
    rank: int
    score: float
    rank_low: int
    rank_high: int
    band: int
    previous: int | None = None
    tier: str = ""


@dataclass(frozen=True, slots=True)
class NotRanked:
    scope: str
    contestant: str
    code: str  # catalogue code of the sentence that says why
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Cell:
    """One contestant and indicator in the evaluated period.

    ``completion`` and ``due`` are shares of the whole task (1 = all); ``pace`` = completion / due; ``ahead`` =
    completion - due; ``score`` on the rule's scale; ``weight`` is effective in the overall score; ``contribution``
    is in points of the overall score and adds up to it. ``as_now`` shows what earlier issued lights have become.
    """

    contestant: str
    indicator: str
    status: Status
    value: float | None = None
    text: str = ""
    state: State | None = None
    origin: Origin | None = None
    note: str = ""
    evidence: str = ""
    revision: int = 0
    target: float | None = None
    baseline: float | None = None
    completion: float | None = None
    due: float | None = None
    pace: float | None = None
    ahead: float | None = None
    light: Colour = "none"
    score: float | None = None
    weight: float = 0.0
    contribution: float = 0.0
    missing: float = 0.0
    required_rate: float | None = None  # per period, in the unit, to reach the target (倒逼); cumulative only
    projected: float | None = None  # value at the end of the span targets cover, at the present rate
    projected_low: float | None = None  # 80 % interval
    projected_high: float | None = None
    p_target: float | None = None  # probability of meeting the target
    base_index: float | None = None  # 100 = base period
    due_weight: float = 0.0  # nominal weight over what was due, whatever was reported; weak spots build on it


@dataclass(frozen=True, slots=True)
class NodeScore:
    """Score of one contestant at the overall node, a race or a group; ``available`` is the weight share present."""

    contestant: str
    node: str
    score: float | None
    contribution: float = 0.0
    weight: float = 0.0
    available: float = 1.0
    base_index: float | None = None


@dataclass(frozen=True, slots=True)
class GapPart:
    """Points of an overall gap from one indicator, a race or group without indicators, or differing weights."""

    scope: Literal["indicator", "race", "group", "weights"]
    code: str
    points: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Overall score of ``ahead`` minus that of the neighbour ``behind``; the parts add up to ``points`` exactly."""

    ahead: str
    behind: str
    points: float
    parts: tuple[GapPart, ...]


@dataclass(frozen=True, slots=True)
class LightMark:
    """A light in a strip of periods: as issued, and what it shows as now (a red one turns yellow, never green)."""

    contestant: str
    subject: str
    period: Period
    issued: Colour
    now: Colour


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One alteration of a number on its way to a score: cap, floor, imputation, correction, given score.

    ``before`` and ``after`` are values for corrections and carried readings, scores otherwise (None: nothing there);
    ``effect`` is in points of the overall score.
    """

    kind: Literal["cap", "floor", "carried", "floored_missing", "class_mean", "correction", "given", "reweighted"]
    contestant: str
    subject: str  # indicator code, or node:x
    before: float | None
    after: float | None
    effect: float | None
    code: str  # catalogue code of the sentence
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Finding:
    """An integrity finding that names its cell. ``key`` is stable, so that it can be waived with a reason."""

    key: str
    severity: Literal["error", "warning", "notice"]
    contestant: str
    indicator: str
    period: Period
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    waived: str = ""


@dataclass(frozen=True, slots=True)
class Medals:
    """Firsts, seconds and thirds over the scored indicators due in the period."""

    contestant: str
    class_code: str
    rank: int
    gold: int
    silver: int
    bronze: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a constraint proposes. A person decides; the standing is not changed."""

    constraint: str
    title: Text
    action: Literal["demote", "veto", "summon", "exit"]
    contestant: str
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    rank: int | None = None  # the rank it has
    proposed_rank: int | None = None  # and would have, demoted


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """One project at the cut. Shares are of what was due; None where nothing was due or nothing is known."""

    project: Project
    light: Colour
    milestones_due: int
    milestones_on_time: int
    milestones_late: int
    investment_share: float | None
    planned: float | None
    invested: float | None
    stage: str
    mark: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """Shortfall of one contestant: at this cut, the season's mean, and how much of the past was repaired."""

    contestant: str
    shortfall: float
    mean_shortfall: float
    repaired_share: float | None  # None when there is no past shortfall
    score: float
    first: bool  # no past to speak of


@dataclass(frozen=True, slots=True)
class Interval:
    """Rank interval (5-95 %) of one contestant in one scope from one source of doubt."""

    contestant: str
    scope: str
    source: Literal["weights", "weights_flat", "methods", "noise", "all"]
    low: int
    high: int
    median: int


@dataclass(frozen=True, slots=True)
class ScopeUncertainty:
    """Joint draws of one scope. Rows and columns follow ``contestants``, best first.

    ``p_rank[i][r]`` = P(rank of i is r + 1); ``p_ahead[i][k]`` = P(i is ahead of k), a tie counting half.
    ``error`` bounds the Monte-Carlo standard error of any of these probabilities.
    """

    scope: str
    contestants: tuple[str, ...]
    p_rank: tuple[tuple[float, ...], ...]
    p_ahead: tuple[tuple[float, ...], ...]
    draws: int
    error: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """Nominal effective weight of an indicator against its share of the variance of the overall score."""

    indicator: str
    weight: float
    variance_share: float | None
    low: float | None  # jackknife spread
    high: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """The readings that count of one contestant and indicator, one per period of ``Evaluation.periods``.

    ``completions`` follow the measure; None where nothing counts.
    """

    contestant: str
    indicator: str
    values: tuple[float | None, ...]
    completions: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class RankPoint:
    """A published or present rank of one scope, for the bump chart."""

    contestant: str
    scope: str
    kind: Kind
    period: Period
    rank: int
    score: float


@dataclass(frozen=True)
class Evaluation:
    """The whole result. Pure function of season, readings, projects, history, as_of and seed."""

    season: Season
    period: Period
    known_at: datetime | None
    seed: int
    engine_version: str
    spec_digest: str
    data_digest: str
    history_digest: str
    standings: tuple[Standing, ...]
    not_ranked: tuple[NotRanked, ...]
    cells: tuple[Cell, ...]
    nodes: tuple[NodeScore, ...]
    lights: tuple[LightMark, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    findings: tuple[Finding, ...] = ()
    medals: tuple[Medals, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    projects: tuple[ProjectResult, ...] = ()
    weak_spots: tuple[WeakSpot, ...] = ()
    intervals: tuple[Interval, ...] = ()
    uncertainty: tuple[ScopeUncertainty, ...] = ()
    importance: tuple[Importance, ...] = ()
    gaps: tuple[Gap, ...] = ()  # between neighbours of the overall ranking; above 60 contestants the leader's only
    periods: tuple[Period, ...] = ()  # of the window up to the evaluated one; what ``series`` runs over
    series: tuple[Series, ...] = ()
    ranks: tuple[RankPoint, ...] = ()
    received: tuple[Received, ...] = ()
    reverses_ranks: bool = False  # True when a rule lets one contestant's coming or going change others' scores

    def standing(self, scope: str = "overall", kind: Kind = "level") -> tuple[Standing, ...]:
        """The places of one scope, best first."""
        return tuple(s for s in self.standings if s.scope == scope and s.kind == kind)

    @cached_property
    def by_cell(self) -> Mapping[tuple[str, str], Cell]:
        """Cells by (contestant, indicator)."""
        return {(c.contestant, c.indicator): c for c in self.cells}
