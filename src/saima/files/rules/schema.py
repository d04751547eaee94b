"""The schema of a rule file: which keys there are, what each may hold, and its default."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from saima.engine.rules.rule import (
    ALWAYS,
    FORMULA_DECIMALS,
    Band,
    Body,
    Bracket,
    Change,
    Grade,
    Kind,
    Members,
    Rounding,
    Seen,
    Source,
    Step,
    Steps,
    Tier,
    Tiers,
    Unit,
    Version,
)
from saima.files.cells import Code, Heading, Words, day_of, text_of, wrong
from saima.files.document import Titles

FORMAT: Final = "rule/1"
UNKNOWN: Final = "unknown"  # what a case expects that cannot be told
_MOST: Final = 10**18


class Part(BaseModel):
    """A table of a rule file; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _exact(value: object) -> Fraction:
    """A number as its decimal text says: 0.1 is one tenth."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise wrong("rules.needs_number", value)
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise wrong("rules.needs_number", value) from None
    if not found.is_finite() or abs(found) > _MOST or len(found.normalize().as_tuple().digits) > 18:
        raise wrong("rules.number_too_wide", value)
    return Fraction(found)


def _whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong("files.needs_whole_number", value)
        if not least <= value <= most:
            raise wrong("files.out_of_range", value, low=least, high=most)
        return value

    return check


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong("rules.needs_true_or_false", value)
    return value


def _as_written(value: object) -> str:
    """Text with the blanks at its ends, so that positions in it are those in the file."""
    if not isinstance(value, str):
        raise wrong("files.needs_text", value)
    return value


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong("rules.needs_list", value)
    return tuple(text_of(v) for v in value)


def _given(value: object) -> object:
    if isinstance(value, (bool, int, Decimal, str, date)):
        return value
    raise wrong("rules.needs_number", value)


def _expected(value: object) -> object:
    if value == UNKNOWN:
        return None
    if isinstance(value, (bool, int, Decimal)):
        return value
    raise wrong("rules.needs_expected", value)


def _let(value: object) -> object:
    return {"expr": value} if isinstance(value, str) else value


def _format(value: object) -> str:
    if value != FORMAT:
        raise wrong("files.other_format", value, known=FORMAT)
    return FORMAT


Exact = Annotated[Fraction, BeforeValidator(_exact)]
Yes = Annotated[bool, BeforeValidator(_yes)]
Day = Annotated[date, BeforeValidator(day_of)]
CodeList = Annotated[tuple[str, ...], BeforeValidator(_codes)]
Decimals = Annotated[int, BeforeValidator(_whole(0, 9))]
PointsWhole = Annotated[int, BeforeValidator(_whole(0, 1_000_000))]
Named = Annotated[str, BeforeValidator(_as_written)]


class SourcePart(Part):
    title: Heading
    where: Words = ""
    grade: Grade = ""
    covers: Words = ""

    @property
    def value(self) -> Source:
        return Source(self.title, self.where, self.grade, self.covers)


class HeadPart(Part):
    id: Code
    title: Titles
    kind: Kind
    valid_from: Day = ALWAYS
    valid_to: Day | None = None
    entity: Code = "enterprise"
    jurisdiction: Words = ""
    status: Seen = "seen"
    sources: list[SourcePart] = []
    missing: list[Titles] = []
    requires: CodeList = ()


class StatusPart(Part):
    title: Titles


class InputPart(Part):
    title: Titles
    unit: Unit
    aka: Named = ""
    decimals: Decimals = 0
    least: Exact | None = None
    most: Exact | None = None
    change: Change = "none"
    note: Titles = Titles()

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        number = self.unit not in {"flag", "day", "code"}
        if number and self.most is None:
            raise wrong("rules.most_missing")
        if not number and (self.most is not None or self.least is not None or self.decimals):
            raise wrong("rules.no_range", unit=self.unit)
        return self


class StepPart(Part):
    value: Exact
    upto: Exact | None = None
    below: Exact | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if self.upto is not None and self.below is not None:
            raise wrong("rules.two_bounds")
        return self


class TierPart(Part):
    over: Exact
    rate: Exact


class VersionPart(Part):
    start: Day = Field(ALWAYS, alias="from")
    cite: Words = ""
    value: Exact | None = None
    steps: list[StepPart] | None = None
    tiers: list[TierPart] | None = None
    members: CodeList | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        bodies = [b for b in (self.value, self.steps, self.tiers, self.members) if b is not None]
        if len(bodies) != 1 or bodies[0] in ([], ()):
            raise wrong("rules.one_body")
        return self

    @property
    def version(self) -> Version:
        body: Body
        if self.value is not None:
            body = self.value
        elif self.steps is not None:
            body = Steps(tuple(Step(s.value, s.upto, s.below) for s in self.steps))
        elif self.tiers is not None:
            body = Tiers(tuple(Tier(t.over, t.rate) for t in self.tiers))
        else:
            body = Members(self.members or ())
        return Version(self.start, body, self.cite)


class ParamPart(Part):
    title: Titles = Titles()
    unit: Unit = "count"
    on: Named = ""
    aka: Named = ""
    versions: list[VersionPart] = []


class LetPart(Part):
    expr: Named
    title: Titles = Titles()
    unit: Unit | None = None


class ConditionPart(Part):
    id: Code
    expr: Named
    say: Titles
    any: Code = ""
    moves: CodeList = Field((), alias="raise")


class BracketPart(Part):
    points: Exact
    start: Exact | None = Field(None, alias="from")

    @property
    def bracket(self) -> Bracket:
        return Bracket(self.points, self.start)


class BandPart(Part):
    least: PointsWhole
    most: PointsWhole
    start: Exact | None = Field(None, alias="from")

    @property
    def band(self) -> Band:
        return Band(self.least, self.most, self.start)


class ItemPart(Part):
    id: Code
    title: Titles
    most: Exact
    by: Named = ""
    brackets: list[BracketPart] = []
    bands: list[BandPart] = []
    value: Named = ""
    decimals: Decimals = FORMULA_DECIMALS
    best_of: Code = ""
    moves: CodeList = Field((), alias="raise")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [bool(self.brackets), bool(self.bands), bool(self.value)]
        if ways.count(True) != 1 or bool(self.by) == bool(self.value):
            raise wrong("rules.one_way")
        return self


class GroupPart(Part):
    id: Code
    title: Titles
    most: Exact | None = None
    least: Exact | None = None
    nonzero: Yes = False
    item: list[ItemPart]


class PointsPart(Part):
    least: Exact | None = None
    any: Code = ""
    group: list[GroupPart]


class AwardPart(Part):
    amount: Named
    rounding: Rounding = "half_up"
    unit: Literal["fen", "yuan"] = "fen"

    @property
    def step(self) -> Fraction:
        return Fraction(1, 100) if self.unit == "fen" else Fraction(1)


Figure = Annotated[Any, BeforeValidator(_given)]
Expected = Annotated[Any, BeforeValidator(_expected)]


class CasePart(Part):
    given: dict[str, Figure] = {}
    expect: dict[str, Expected]
    on: Day | None = None
    held: CodeList = ()
    note: Words = ""


class Document(Part):
    """The whole of a rule file."""

    saima: Annotated[str, BeforeValidator(_format)] = FORMAT
    rule: HeadPart
    statuses: dict[str, StatusPart] = {}
    inputs: dict[str, InputPart] = {}
    params: dict[str, ParamPart] = {}
    let: dict[str, Annotated[LetPart, BeforeValidator(_let)]] = {}
    condition: list[ConditionPart] = []
    points: PointsPart | None = None
    award: AwardPart | None = None
    case: list[CasePart] = []
