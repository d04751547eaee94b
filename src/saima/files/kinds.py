"""What a kind of item is, as a file: its fields, its stages and what proof each asks, its figures and its lists.

A kind is data (TOML): platforms, parks, projects and honours are kept by one mechanism, and another kind is another
file. Arithmetic over what is kept lives in the registers; the format lives here. docs/method/items.md describes it.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from saima.engine.errors import Problem, RuleRefused
from saima.engine.model.decimals import canonical
from saima.files.cells import Code, Words, wrong
from saima.files.checking import Loc, validated
from saima.files.document import SomeTitles
from saima.files.problems import Collector, shown
from saima.files.rules.places import Places
from saima.words import Text

FORMAT: Final = "kind/1"
LONGEST: Final = 400  # characters of a text
_DAY: Final = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?", re.ASCII)
Type = Literal["text", "long", "choice", "number", "day", "enterprise", "place"]
Counts = Literal["goal", "exists", "gone"]
Side = Literal["plan", "done"]


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong("rules.needs_true_or_false", value)
    return value


def _small(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 999:
        raise wrong("files.out_of_range", value, low=0, high=999)
    return value


def _exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise wrong("rules.needs_number", value)
    return Decimal(value)


YesNo = Annotated[bool, BeforeValidator(_yes)]
Small = Annotated[int, BeforeValidator(_small)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]


class Part(BaseModel):
    """A table of a kind file; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Part):
    id: Code
    title: SomeTitles

    @property
    def text(self) -> Text:
        return self.title.text


class Choice(Named):
    """One of the values a field may have."""


class Field(Named):
    """One value of an item, or one column of a list of it.

    ``dated``: it has another value from a day on, and the earlier one stays true of earlier days; else a change is a
    correction. ``shown``: a column of the page's list; ``filter``: the list can be narrowed by it.
    """

    type: Type = "text"
    unit: SomeTitles | None = None
    required: YesNo = False
    dated: YesNo = False
    shown: YesNo = False
    filter: YesNo = False
    help: SomeTitles | None = None
    choices: list[Choice] = []
    aka: list[Words] = []  # headings of tables that mean this field

    @model_validator(mode="after")
    def _has_choices(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise wrong("kinds.choices", self.id)
        return self

    def choice(self, id_: str) -> Choice | None:
        return next((c for c in self.choices if c.id == id_), None)


class Ask(Named):
    """One proof a stage asks for, each answered in words."""


class Stage(Named):
    """``counts``: whether an item in this stage is a goal, exists, or is gone. A goal is never an achievement."""

    next: list[Code] = []
    counts: Counts = "exists"
    tone: Literal["grey", "blue", "amber", "green", "red"] = "blue"
    asks: list[Ask] = []
    source: Words = ""


class Figure(Named):
    """A number by period, planned and done apart. A flow adds up over periods; of a level the newest holds."""

    unit: SomeTitles
    measure: Literal["flow", "level"] = "flow"
    frequency: Literal["month", "quarter", "year"] = "quarter"
    decimals: Small = 0


class Listing(Named):
    """Rows below an item: its partners, buildings, milestones, problems, evaluations.

    ``due`` and ``done`` name columns with days: what is due and not done is late. ``since`` and ``until`` name the days
    between which a row is true. ``points``, ``scale`` and ``grade`` name the columns of an evaluation.
    """

    columns: list[Field]
    due: Words = ""
    done: Words = ""
    since: Words = ""
    until: Words = ""
    points: Words = ""
    scale: Words = ""
    grade: Words = ""
    help: SomeTitles | None = None

    @model_validator(mode="after")
    def _columns_known(self) -> Self:
        known = {c.id for c in self.columns}
        for name in (self.due, self.done, self.since, self.until, self.points, self.scale, self.grade):
            if name and name not in known:
                raise wrong("kinds.no_column", name)
        return self

    def column(self, id_: str) -> Field:
        return next(c for c in self.columns if c.id == id_)


class Band(Part):
    """From these points on (included) the grade is this one."""

    least: Exact
    grade: Code


class Scale(Named):
    """How points become a grade, by a published rule; ``evidence`` is how sure its text is (A to D)."""

    bands: list[Band]  # the highest first; what is below all of them has the last grade
    below: Code
    source: Words
    evidence: Literal["A", "B", "C", "D"]

    def grade(self, points: Decimal) -> str:
        """The grade of exact points; a bound belongs to the band it begins."""
        return next((b.grade for b in self.bands if points >= b.least), self.below)


class Kind(Named):
    saima: Literal["kind/1"]
    order: Small = 0
    prefix: Code
    titles: SomeTitles
    about: SomeTitles
    stages: list[Stage]
    fields: list[Field] = []
    figures: list[Figure] = []
    lists: list[Listing] = []
    scales: list[Scale] = []

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        known = {s.id for s in self.stages}
        for stage in self.stages:
            for to in stage.next:
                if to not in known:
                    raise wrong("kinds.no_stage", to)
        for part in (self.stages, self.fields, self.figures, self.lists, self.scales):
            ids = [p.id for p in part]
            if twice := next((i for i in ids if ids.count(i) > 1), ""):
                raise wrong("kinds.twice", twice)
        return self

    @property
    def all_fields(self) -> tuple[Field, ...]:
        return (*BASE, *self.fields)

    @property
    def plural(self) -> Text:
        return self.titles.text

    def stage(self, id_: str) -> Stage | None:
        return _by_id(self.stages, id_)

    def field(self, id_: str) -> Field | None:
        return _by_id(self.all_fields, id_)

    def figure(self, id_: str) -> Figure | None:
        return _by_id(self.figures, id_)

    def listing(self, id_: str) -> Listing | None:
        return _by_id(self.lists, id_)

    def scale(self, id_: str) -> Scale | None:
        return _by_id(self.scales, id_)

    def steps_from(self, id_: str) -> list[Stage]:
        """The stages an item may go to next; of a new item any, since a register often begins in the middle."""
        here = self.stage(id_)
        return list(self.stages) if here is None else [s for s in self.stages if s.id in here.next]


N = TypeVar("N", bound=Named)


def _by_id(parts: Iterable[N], id_: str) -> N | None:
    return next((p for p in parts if p.id == id_), None)


def _titles(en: str, zh: str) -> SomeTitles:
    return SomeTitles(en=en, zh=zh)


# What every kind has.
BASE: Final = (
    Field(id="name", title=_titles("Name", "名称"), required=True, dated=True, aka=["名称", "项目名称", "平台名称"]),
    Field(id="place", title=_titles("Place", "所在地"), type="place", dated=True, aka=["园区", "所属园区", "所在园区"]),
    Field(id="source", title=_titles("Source", "来源"), aka=["来源", "依据"]),
)


def parse_kind(text: str, name: str = "kind.toml") -> Kind:
    """A kind from its TOML text.

    Raises
    ------
    RuleRefused
        Everything that is wrong with it, by file and line.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        raise RuleRefused(Problem("rules.toml_unreadable", file=name)) from None
    places = Places(text.replace("\r\n", "\n"))
    found = Collector()

    def line_of(loc: Loc) -> int:
        return places.of(loc)[0]

    kind = validated(Kind, data, found, context={}, file=name, line_of=line_of, column_of=lambda _: "", cells=False)
    if kind is None:
        raise RuleRefused(found.listed())
    return kind


def day_typed(text: str) -> date | None:
    """A day as people and their tables write it; None where it is none.

    Examples
    --------
    >>> [str(day_typed(t)) for t in ("2026-05-06", "2026/5/6", "2026.5.6", "2026\u5e745\u67086\u65e5", "May")]
    ['2026-05-06', '2026-05-06', '2026-05-06', '2026-05-06', 'None']
    """
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def value_of(field: Field, typed: str) -> str:
    """What is kept of what somebody typed: the id of a choice, a plain decimal, a day; nothing stays nothing.

    Raises
    ------
    RuleRefused
        ``items.needs_value``, ``items.not_among``, ``items.no_number``, ``items.no_day``, ``items.too_long``.
    """
    text = " ".join(typed.split()) if field.type != "long" else typed.strip()
    params: Mapping[str, object] = {"field": field.text, "value": shown(text)}
    if not text:
        if field.required:
            raise RuleRefused(Problem("items.needs_value", {"field": field.text}))
        return ""
    if field.type == "choice":
        found = next((c for c in field.choices if text in (c.id, c.text.en, c.text.zh)), None)
        if found is None:
            raise RuleRefused(Problem("items.not_among", {**params, "among": tuple(c.text for c in field.choices)}))
        return found.id
    if field.type == "number":
        number = canonical(text.replace(",", "").replace("，", ""))
        if number is None:
            raise RuleRefused(Problem("items.no_number", params))
        return number
    if field.type == "day":
        day = day_typed(text)
        if day is None:
            raise RuleRefused(Problem("items.no_day", params))
        return day.isoformat()
    if len(text) > LONGEST * (5 if field.type == "long" else 1):
        raise RuleRefused(Problem("items.too_long", {"field": field.text, "length": len(text), "most": LONGEST}))
    return text
