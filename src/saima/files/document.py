"""The schema of season.toml: which keys there are, what each may hold, and its default."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from saima.engine.model.periods import Frequency, Span
from saima.engine.model.season import (
    Aggregate,
    Alternative,
    Constraint,
    ContestantClass,
    IntegrityRules,
    Masthead,
    Missing,
    Node,
    Progress,
    RaceKind,
    Relation,
    RuleName,
    ScoreRule,
    Tier,
    Uncertainty,
)
from saima.files.cells import (
    LONGEST_CODE,
    Code,
    Counted,
    Draws,
    Heading,
    NotNegative,
    Number,
    Pairs,
    PeriodCell,
    Places,
    Share,
    Whole,
    Words,
    YesNo,
    Zone,
    code_of,
    number_of,
    pairs_text,
    period_of,
    text_of,
    wrong,
)
from saima.words import Text, template

FORMAT: Final = "season/1"
OVERALL: Final = "overall"
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


def _pair(value: object, info: ValidationInfo) -> Span:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise wrong("files.needs_two_periods", value)
    first, last = (period_of(v, info) for v in value)
    if first.frequency != last.frequency or first > last:
        raise wrong("files.span_backwards", f"{first} - {last}", first=str(first), last=str(last))
    return Span(first, last)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise wrong("files.needs_list", value)
    return tuple(text_of(v) for v in value)


def _list_of_codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise wrong("files.needs_list", value)
    return tuple(code_of(v) for v in value)


def _steps(value: object, info: ValidationInfo) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, (list, tuple)):
        raise wrong("files.needs_steps", value)
    steps = []
    for pair in value:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise wrong("files.needs_steps", pair)
        steps.append((number_of(pair[0], info), number_of(pair[1], info)))
    return tuple(steps)


def _params(value: object, info: ValidationInfo) -> dict[str, float]:
    if not isinstance(value, dict):
        raise wrong("files.needs_table", value)
    for key in value:
        if not _PLAIN_KEY.fullmatch(key):
            raise wrong("files.bad_code", key, most=LONGEST_CODE)
    return {k: number_of(v, info) for k, v in sorted(value.items())}


def _format(value: object) -> str:
    if value != FORMAT:
        raise wrong("files.other_format", value, known=FORMAT)
    return FORMAT


Window = Annotated[Span, BeforeValidator(_pair)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
CodeList = Annotated[tuple[str, ...], BeforeValidator(_list_of_codes)]
Steps = Annotated[tuple[tuple[float, float], ...], BeforeValidator(_steps)]
Params = Annotated[dict[str, float], BeforeValidator(_params)]


class Part(BaseModel):
    """A table of season.toml; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Titles(Part):
    en: Words = ""
    zh: Words = ""

    @property
    def text(self) -> Text:
        return Text(self.en, self.zh)


class SomeTitles(Titles):
    """A title in at least one language, each of one line."""

    en: Heading = ""
    zh: Heading = ""

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if not self.en and not self.zh:
            raise wrong("files.no_title")
        return self


class MastheadPart(Part):
    organisation: Titles = Titles()
    bulletin_title: Titles = Titles()
    document_number: Words = ""
    addressees: Titles = Titles()
    copies: Titles = Titles()
    signatory: Titles = Titles()
    contact: Titles = Titles()

    @property
    def value(self) -> Masthead:
        return Masthead(
            organisation=self.organisation.text,
            bulletin_title=self.bulletin_title.text,
            document_number=self.document_number,
            addressees=self.addressees.text,
            copies=self.copies.text,
            signatory=self.signatory.text,
            contact=self.contact.text,
        )


class ClassPart(Part):
    code: Code
    title: SomeTitles
    order: Whole = 0

    @property
    def value(self) -> ContestantClass:
        return ContestantClass(self.code, self.title.text, self.order)


class Aggregation(Part):
    """What the overall node, a race and a group say about joining what is below them."""

    aggregate: Aggregate = "arithmetic"
    power: Number = 1.0
    missing: Missing | None = None
    minimum_share: Share | None = None


class OverallPart(Aggregation):
    title: Titles = Titles()

    @property
    def value(self) -> Node:
        return Node(
            code=OVERALL,
            title=self.title.text or template("files.overall"),
            kind="overall",
            aggregate=self.aggregate,
            power=self.power,
            missing=self.missing,
            minimum_share=self.minimum_share,
        )


class RacePart(Aggregation):
    code: Code
    title: SomeTitles
    race: RaceKind = "indicators"
    weight: NotNegative = 1.0
    params: Params = Field(default_factory=dict)
    order: Whole = 0
    feed: Code = ""
    feed_parameters: Pairs = ()

    @model_validator(mode="after")
    def _feed_gives_projects(self) -> Self:
        if self.feed_parameters and not self.feed:
            raise wrong("files.parameters_without_feed", pairs_text(self.feed_parameters))
        if self.feed and self.race != "projects":
            raise wrong("files.feed_without_projects", self.feed)
        return self

    def node(self, parent: str) -> Node:
        return Node(
            code=self.code,
            title=self.title.text,
            kind="race",
            parent=parent,
            weight=self.weight,
            aggregate=self.aggregate,
            power=self.power,
            missing=self.missing,
            minimum_share=self.minimum_share,
            race=self.race,
            params=self.params,
            order=self.order,
            feed=self.feed,
            feed_parameters=self.feed_parameters,
        )


class GroupPart(Aggregation):
    code: Code
    parent: Code
    title: SomeTitles
    weight: NotNegative = 1.0
    order: Whole = 0

    @property
    def value(self) -> Node:
        return Node(
            code=self.code,
            title=self.title.text,
            kind="group",
            parent=self.parent,
            weight=self.weight,
            aggregate=self.aggregate,
            power=self.power,
            missing=self.missing,
            minimum_share=self.minimum_share,
            order=self.order,
        )


class ScorePart(Part):
    code: Code
    rule: RuleName
    params: Params = Field(default_factory=dict)
    steps: Steps = ()
    on: Literal["value", "completion", "pace"] = "value"

    @property
    def value(self) -> ScoreRule:
        return ScoreRule(self.code, self.rule, self.params, self.steps, self.on)


class TierPart(Part):
    code: Code
    title: SomeTitles
    at_least: Number

    @property
    def value(self) -> Tier:
        return Tier(self.code, self.title.text, self.at_least)


class ConstraintPart(Part):
    code: Code
    title: SomeTitles
    action: Literal["demote", "veto", "summon", "exit"]
    when: Literal["completion_below", "pace_below", "value_below", "value_above", "falls", "missing", "bottom"]
    indicators: CodeList = ()
    threshold: Number = 0.0
    consecutive: Counted = 1

    @property
    def value(self) -> Constraint:
        return Constraint(
            code=self.code,
            title=self.title.text,
            action=self.action,
            when=self.when,
            indicators=self.indicators,
            threshold=self.threshold,
            consecutive=self.consecutive,
        )


class ProgressPart(Part):
    against: Literal["none", "previous", "last_year", "base"] = "none"
    base_period: PeriodCell | None = None

    @property
    def value(self) -> Progress:
        return Progress(self.against, self.base_period)


class AlternativePart(Part):
    choice: Code
    code: Code
    title: SomeTitles
    node: Code = ""
    aggregate: Aggregate | None = None
    power: Number = 1.0
    missing: Missing | None = None

    @property
    def value(self) -> Alternative:
        return Alternative(
            choice=self.choice,
            code=self.code,
            title=self.title.text,
            node=self.node,
            aggregate=self.aggregate,
            power=self.power,
            missing=self.missing,
        )


class UncertaintyPart(Part):
    draws: Draws = 2_500
    weight_spread: Share = 0.25
    unverified_factor: NotNegative = 2.0
    resolved_at: Share = 0.95
    alternatives: list[AlternativePart] = []

    @property
    def value(self) -> Uncertainty:
        return Uncertainty(
            draws=self.draws,
            weight_spread=self.weight_spread,
            alternatives=tuple(sorted((a.value for a in self.alternatives), key=lambda a: (a.choice, a.code))),
            unverified_factor=self.unverified_factor,
            resolved_at=self.resolved_at,
        )


class RelationPart(Part):
    code: Code
    kind: Literal["sum", "at_most", "either"]
    whole: Code
    parts: CodeList
    tolerance: NotNegative = 0.0

    @property
    def value(self) -> Relation:
        return Relation(self.code, self.kind, self.whole, self.parts, self.tolerance)


class IntegrityPart(Part):
    outlier_score: NotNegative = 5.0
    jump_share: Share = 0.5
    bunching_share: Share = 0.5
    relations: list[RelationPart] = []

    @property
    def value(self) -> IntegrityRules:
        return IntegrityRules(
            relations=tuple(sorted((r.value for r in self.relations), key=lambda r: r.code)),
            outlier_score=self.outlier_score,
            jump_share=self.jump_share,
            bunching_share=self.bunching_share,
        )


class StagePart(Part):
    code: Code
    title: SomeTitles
    points: Number


class Document(Part):
    """The whole of season.toml."""

    saima: Annotated[str, BeforeValidator(_format)]
    code: Code
    title: SomeTitles
    frequency: Frequency
    window: Window
    targets_cover: Window | None = None
    time_zone: Zone = "Asia/Shanghai"
    missing: Missing
    minimum_share: Share = 0.0
    weights: Literal["percent", "share", "relative"] = "percent"
    overall: Literal["composite", "medals", "none"] = "composite"
    counts: Literal["verified", "reported"] = "reported"
    rank_classes: Literal["together", "apart"] = "together"
    decimals: Places = 2
    floor_score: Number = 0.0
    tie_breakers: Texts = ()
    light_from: NotNegative = 1.0
    base_period: PeriodCell | None = None
    illustrative: YesNo = False
    notice: Titles = Titles()
    source: Titles = Titles()
    publishers: Texts = ()
    solo: YesNo = True
    masthead: MastheadPart = MastheadPart()
    classes: list[ClassPart] = []
    node: OverallPart = OverallPart()
    races: list[RacePart] = []
    groups: list[GroupPart] = []
    scores: list[ScorePart] = []
    tiers: list[TierPart] = []
    constraints: list[ConstraintPart] = []
    progress: ProgressPart = ProgressPart()
    uncertainty: UncertaintyPart = UncertaintyPart()
    integrity: IntegrityPart = IntegrityPart()
    project_stages: list[StagePart] = []

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Overall, races and groups, in this order and each by (order, code)."""
        top = OVERALL if self.overall == "composite" else ""
        races = sorted((r.node(top) for r in self.races), key=lambda n: (n.order, n.code))
        groups = sorted((g.value for g in self.groups), key=lambda n: (n.order, n.code))
        return (*((self.node.value,) if top else ()), *races, *groups)

    @property
    def stages(self) -> tuple[tuple[str, Text, float], ...]:
        return tuple(
            sorted(((s.code, s.title.text, s.points) for s in self.project_stages), key=lambda s: (s[2], s[0]))
        )
