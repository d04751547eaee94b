"""The schema of the CSV files: one model per file, a field per column; each row becomes a value of the engine."""

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saima.engine.model.inputs import (
    ALWAYS_KNOWN,
    Correction,
    GivenScore,
    Milestone,
    Project,
    ProjectReading,
    Received,
    State,
    Waiver,
)
from saima.engine.model.season import (
    Better,
    Contestant,
    Indicator,
    Measure,
    Noise,
    NoiseKind,
    Role,
    Target,
    Transform,
    WhenNotDue,
)
from saima.files.cells import (
    Code,
    Codes,
    Counted,
    Day,
    DayOfMonth,
    DecimalText,
    Heading,
    Instant,
    Months,
    NotNegative,
    Number,
    Pairs,
    PeriodCell,
    Places,
    Share,
    Whole,
    Words,
    YesNo,
    pairs_text,
    wrong,
)
from saima.words import Text


class Row(BaseModel):
    """A row of a table; columns it does not know are refused. Empty cells are not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Titled(Row):
    title_en: Heading = ""
    title_zh: Heading = ""

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if not self.title_en and not self.title_zh:
            raise wrong("files.no_title")
        return self

    @property
    def title(self) -> Text:
        return Text(self.title_en, self.title_zh)


class ContestantRow(Titled):
    code: Code
    kind: Words = "zone"
    class_code: Code = Field("", alias="class")
    parent: Code = ""
    tags: Codes = ()
    ranked: YesNo = True
    reason_en: Words = ""
    reason_zh: Words = ""
    since: PeriodCell | None = None
    until: PeriodCell | None = None
    order: Whole = 0

    @property
    def value(self) -> Contestant:
        return Contestant(
            code=self.code,
            title=self.title,
            kind=self.kind,
            class_code=self.class_code,
            parent=self.parent,
            tags=tuple(sorted(set(self.tags))),
            ranked=self.ranked,
            reason=Text(self.reason_en, self.reason_zh),
            since=self.since,
            until=self.until,
            order=self.order,
        )


class IndicatorRow(Titled):
    code: Code
    better: Better
    measure: Measure
    node: Code = ""
    weight: NotNegative = 1.0
    score: Code = ""
    unit_en: Heading = ""
    unit_zh: Heading = ""
    scale: NotNegative = 1.0
    decimals: Places = 2
    role: Role = "scored"
    low: Number | None = None
    high: Number | None = None
    due_months: Months = ()
    when_not_due: WhenNotDue = "leave_out"
    curve: Code = ""
    transform: Transform = "none"
    denominator: Code = ""
    per: Number = 1.0
    applies_to: Codes = ()
    noise: NoiseKind = "none"
    noise_size: NotNegative = 0.0
    owner: Words = ""
    source_en: Words = ""
    source_zh: Words = ""
    definition_en: Words = ""
    definition_zh: Words = ""
    evidence: Literal["none", "if_positive", "always"] = "none"
    expected_day: DayOfMonth = 0
    order: Whole = 0
    feed: Code = ""
    feed_parameters: Pairs = ()

    @model_validator(mode="after")
    def _parameters_have_a_feed(self) -> Self:
        if self.feed_parameters and not self.feed:
            raise wrong("files.parameters_without_feed", pairs_text(self.feed_parameters))
        return self

    @property
    def value(self) -> Indicator:
        return Indicator(
            code=self.code,
            title=self.title,
            better=self.better,
            measure=self.measure,
            node=self.node,
            weight=self.weight,
            score=self.score,
            unit=Text(self.unit_en, self.unit_zh),
            scale=self.scale,
            decimals=self.decimals,
            role=self.role,
            low=self.low,
            high=self.high,
            due_months=self.due_months,
            when_not_due=self.when_not_due,
            curve=self.curve,
            transform=self.transform,
            denominator=self.denominator,
            per=self.per,
            applies_to=tuple(sorted(set(self.applies_to))),
            noise=Noise(self.noise, self.noise_size),
            owner=self.owner,
            source=Text(self.source_en, self.source_zh),
            definition=Text(self.definition_en, self.definition_zh),
            evidence=self.evidence,
            expected_day=self.expected_day,
            order=self.order,
            feed=self.feed,
            feed_parameters=self.feed_parameters,
        )


class TargetRow(Row):
    contestant: Code | Literal["*"]
    indicator: Code
    target: Number | None = None
    baseline: Number | None = None
    owner: Words = ""
    note: Words = ""

    @property
    def value(self) -> Target:
        return Target(self.contestant, self.indicator, self.target, self.baseline, self.owner, self.note)


class CurveRow(Row):
    curve: Code
    title_en: Heading = ""
    title_zh: Heading = ""
    period: PeriodCell
    share: Share


class CorrectionRow(Row):
    contestant: Code
    indicator: Code
    period: PeriodCell
    action: Literal["set", "clear", "move"]
    value: DecimalText = ""
    to_indicator: Code = ""
    reason: Words
    source: Words = ""
    recorded_at: Instant = ALWAYS_KNOWN

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if (self.action == "set") != bool(self.value):
            raise wrong("files.correction_value", self.action)
        if (self.action == "move") != bool(self.to_indicator):
            raise wrong("files.correction_move", self.action)
        return self

    @property
    def record(self) -> Correction:
        return Correction(
            contestant=self.contestant,
            indicator=self.indicator,
            period=self.period,
            action=self.action,
            reason=self.reason,
            value=self.value,
            to_indicator=self.to_indicator,
            source=self.source,
            recorded_at=self.recorded_at,
        )


class GivenScoreRow(Row):
    contestant: Code
    node: Code
    period: PeriodCell
    score: Number
    source: Words
    recorded_at: Instant = ALWAYS_KNOWN

    @property
    def value(self) -> GivenScore:
        return GivenScore(self.contestant, self.node, self.period, self.score, self.source, self.recorded_at)


class WaiverRow(Row):
    finding: Words
    reason: Words
    by: Words = ""
    recorded_at: Instant = ALWAYS_KNOWN

    @property
    def value(self) -> Waiver:
        return Waiver(self.finding, self.reason, self.by, self.recorded_at)


class ReceivedRow(Titled):
    contestant: Code
    period_text: Words
    source: Words
    published: Day
    rank: Counted | None = None
    among_en: Words = ""
    among_zh: Words = ""
    value: DecimalText = ""
    unit_en: Heading = ""
    unit_zh: Heading = ""
    indicator: Code = ""
    url: Words = ""
    note_en: Words = ""
    note_zh: Words = ""

    @property
    def record(self) -> Received:
        return Received(
            contestant=self.contestant,
            title=self.title,
            period_text=self.period_text,
            source=self.source,
            published=self.published,
            rank=self.rank,
            among=Text(self.among_en, self.among_zh),
            value=self.value,
            unit=Text(self.unit_en, self.unit_zh),
            indicator=self.indicator,
            url=self.url,
            note=Text(self.note_en, self.note_zh),
        )


class ProjectRow(Titled):
    code: Code
    contestant: Code
    level: Words = ""
    unit_en: Heading = ""
    unit_zh: Heading = ""
    total: NotNegative | None = None
    weight: NotNegative = 1.0
    order: Whole = 0

    @property
    def value(self) -> Project:
        return Project(
            code=self.code,
            title=self.title,
            contestant=self.contestant,
            level=self.level,
            unit=Text(self.unit_en, self.unit_zh),
            total=self.total,
            weight=self.weight,
            order=self.order,
        )


class MilestoneRow(Titled):
    project: Code
    code: Code
    due: Day
    done: Day | None = None
    weight: NotNegative = 1.0
    recorded_at: Instant = ALWAYS_KNOWN
    evidence: Words = ""

    @property
    def value(self) -> Milestone:
        return Milestone(
            project=self.project,
            code=self.code,
            title=self.title,
            due=self.due,
            done=self.done,
            weight=self.weight,
            recorded_at=self.recorded_at,
            evidence=self.evidence,
        )


class ProjectReadingRow(Row):
    project: Code
    period: PeriodCell
    planned: Number | None = None
    invested: Number | None = None
    stage: Code = ""
    mark: Number | None = None
    state: State = "verified"
    revision: Counted = 1
    recorded_at: Instant = ALWAYS_KNOWN

    @property
    def value(self) -> ProjectReading:
        return ProjectReading(
            project=self.project,
            period=self.period,
            planned=self.planned,
            invested=self.invested,
            stage=self.stage,
            mark=self.mark,
            state=self.state,
            revision=self.revision,
            recorded_at=self.recorded_at,
        )


ROWS: Final[dict[str, type[Row]]] = {
    "contestants": ContestantRow,
    "indicators": IndicatorRow,
    "targets": TargetRow,
    "curves": CurveRow,
    "corrections": CorrectionRow,
    "given_scores": GivenScoreRow,
    "waivers": WaiverRow,
    "received": ReceivedRow,
    "projects": ProjectRow,
    "milestones": MilestoneRow,
    "project_readings": ProjectReadingRow,
}
READING_COLUMNS: Final = (
    "contestant",
    "indicator",
    "period",
    "value",
    "state",
    "revision",
    "recorded_at",
    "origin",
    "note",
    "evidence",
)
PUBLISHED_COLUMNS: Final = ("period", "version", "part", "scope", "kind", "contestant", "field", "value")


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table in the order of docs/season-folder.md."""
    match table:
        case "readings":
            return READING_COLUMNS
        case "published":
            return PUBLISHED_COLUMNS
        case _:
            own = [f.alias or name for name, f in ROWS[table].model_fields.items()]
            if "title_en" in own and table != "curves":
                titles = [c for c in own if c.startswith("title_")]
                rest = [c for c in own if not c.startswith("title_")]
                return (rest[0], *titles, *rest[1:])
            return tuple(own)


def mandatory_of(table: str) -> tuple[str, ...]:
    """The columns that must be there (and not be empty, but for a reading's value)."""
    match table:
        case "readings":
            return READING_COLUMNS[:4]
        case "published":
            return PUBLISHED_COLUMNS
        case "targets":
            return ("contestant", "indicator", "target")
        case _:
            return tuple(f.alias or name for name, f in ROWS[table].model_fields.items() if f.is_required())
