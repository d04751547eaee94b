"""What a season's definition can hold, as fields of forms: every table and every single choice, by section."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from saima.engine.model.periods import Frequency
from saima.engine.model.season import (
    Aggregate,
    Better,
    Measure,
    Missing,
    NoiseKind,
    RaceKind,
    Role,
    RuleName,
    Transform,
    WhenNotDue,
)
from saima.engine.race.projects import PARAMETERS as OF_PROJECTS
from saima.engine.race.scores import PARAMETERS
from saima.files.rows import columns_of

Kind = Literal["text", "long", "number", "choice", "yes_no", "ref", "list", "steps"]


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a form. ``at``: its place in season.toml, below its table; empty for a column of a CSV file.

    ``refers``: the table whose codes it may name. ``fixed``: given once, when the row is made.
    """

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    refers: str = ""
    at: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. ``path``: where they lie in season.toml; empty for a CSV file of that name."""

    name: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    path: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


def _number(name: str, *at: str) -> Field:
    return Field(name, "number", at=at or (name,))


def _choice(name: str, choices: tuple[str, ...], *at: str) -> Field:
    return Field(name, "choice", choices, at=at or (name,))


def _titles(name: str = "title", *at: str) -> tuple[Field, Field]:
    where = at or (name,)
    return Field(f"{name}_en", at=(*where, "en")), Field(f"{name}_zh", at=(*where, "zh"))


def _code(name: str = "code") -> Field:
    return Field(name, at=(name,), fixed=True)


_COLUMNS: Final[dict[str, Field]] = {
    f.name: f
    for f in (
        Field("class", "ref", refers="classes"),
        Field("parent", "ref", refers="contestants"),
        Field("ranked", "yes_no"),
        Field("better", "choice", get_args(Better)),
        Field("measure", "choice", get_args(Measure)),
        Field("node", "ref", refers="nodes"),
        Field("score", "ref", refers="scores"),
        Field("role", "choice", get_args(Role)),
        Field("when_not_due", "choice", get_args(WhenNotDue)),
        Field("curve", "ref", refers="curves"),
        Field("feed", "ref", refers="feeds"),
        Field("transform", "choice", get_args(Transform)),
        Field("denominator", "ref", refers="indicators"),
        Field("noise", "choice", get_args(NoiseKind)),
        Field("evidence", "choice", ("none", "if_positive", "always")),
        Field("definition_en", "long"),
        Field("definition_zh", "long"),
        Field("indicator", "ref", refers="indicators"),
        Field("contestant", "ref", refers="contestants"),
        Field("note", "long"),
        *(Field(n, "number") for n in ("weight", "scale", "decimals", "low", "high", "per", "noise_size")),
        *(Field(n, "number") for n in ("expected_day", "order", "target", "baseline", "share")),
    )
}


def _csv(name: str, *keys: str) -> Table:
    fields = []
    for column in columns_of(name):
        found = Field(column) if name == "curves" and column == "curve" else _COLUMNS.get(column, Field(column))
        if column in keys:
            found = Field(found.name, found.kind, found.choices, found.refers, fixed=True)
        fields.append(found)
    return Table(name, keys, tuple(fields))


_AGGREGATION: Final = (
    _choice("aggregate", get_args(Aggregate)),
    _number("power"),
    _choice("missing", ("", *get_args(Missing))),
    _number("minimum_share"),
)
RULE_NUMBERS: Final = tuple(sorted({name for known in PARAMETERS.values() for name in known} | {"low", "high"}))
"""Every number any score rule knows."""

TABLES: Final[dict[str, Table]] = {
    t.name: t
    for t in (
        _csv("contestants", "code"),
        _csv("indicators", "code"),
        _csv("targets", "contestant", "indicator"),
        _csv("curves", "curve", "period"),
        Table("classes", ("code",), (_code(), *_titles(), _number("order")), ("classes",)),
        Table(
            "races",
            ("code",),
            (
                _code(),
                *_titles(),
                _choice("race", get_args(RaceKind)),
                _number("weight"),
                *_AGGREGATION,
                *(_number(f"param_{n}", "params", n) for n in sorted(OF_PROJECTS)),
                Field("feed", "ref", refers="project_feeds", at=("feed",)),
                Field("feed_parameters", at=("feed_parameters",)),
                _number("order"),
            ),
            ("races",),
        ),
        Table(
            "groups",
            ("code",),
            (
                _code(),
                Field("parent", "ref", refers="nodes", at=("parent",)),
                *_titles(),
                _number("weight"),
                *_AGGREGATION,
                _number("order"),
            ),
            ("groups",),
        ),
        Table(
            "scores",
            ("code",),
            (
                _code(),
                _choice("rule", get_args(RuleName)),
                *(_number(f"param_{n}", "params", n) for n in RULE_NUMBERS),
                _choice("on", ("value", "completion", "pace")),
                Field("steps", "steps", at=("steps",)),
            ),
            ("scores",),
        ),
        Table("tiers", ("code",), (_code(), *_titles(), _number("at_least")), ("tiers",)),
        Table(
            "constraints",
            ("code",),
            (
                _code(),
                *_titles(),
                _choice("action", ("demote", "veto", "summon", "exit")),
                _choice(
                    "when",
                    (
                        "completion_below",
                        "pace_below",
                        "value_below",
                        "value_above",
                        "falls",
                        "missing",
                        "bottom",
                    ),
                ),
                Field("indicators", "list", refers="indicators", at=("indicators",)),
                _number("threshold"),
                _number("consecutive"),
            ),
            ("constraints",),
        ),
        Table(
            "alternatives",
            ("choice", "code"),
            (
                _code("choice"),
                _code(),
                *_titles(),
                Field("node", "ref", refers="nodes", at=("node",)),
                _choice("aggregate", ("", *get_args(Aggregate))),
                _number("power"),
                _choice("missing", ("", *get_args(Missing))),
            ),
            ("uncertainty", "alternatives"),
        ),
        Table(
            "relations",
            ("code",),
            (
                _code(),
                _choice("kind", ("sum", "at_most", "either")),
                Field("whole", "ref", refers="indicators", at=("whole",)),
                Field("parts", "list", refers="indicators", at=("parts",)),
                _number("tolerance"),
            ),
            ("integrity", "relations"),
        ),
        Table("project_stages", ("code",), (_code(), *_titles(), _number("points")), ("project_stages",)),
    )
}

GROUPS: Final[dict[str, tuple[Field, ...]]] = {
    "name": (
        *_titles(),
        Field("illustrative", "yes_no", at=("illustrative",)),
        *_titles("notice"),
        *_titles("source"),
    ),
    "time": (
        _choice("frequency", get_args(Frequency)),
        Field("window_first", at=("window", "0")),
        Field("window_last", at=("window", "1")),
        Field("targets_first", at=("targets_cover", "0")),
        Field("targets_last", at=("targets_cover", "1")),
        Field("time_zone", at=("time_zone",)),
    ),
    "scoring": (
        _choice("overall", ("composite", "medals", "none")),
        _choice("weights", ("percent", "share", "relative")),
        _choice("overall_aggregate", get_args(Aggregate), "node", "aggregate"),
        _choice("missing", get_args(Missing)),
        _number("minimum_share"),
        _choice("counts", ("verified", "reported")),
        _number("floor_score"),
        _number("decimals"),
        _choice("rank_classes", ("together", "apart")),
        Field("tie_breakers", "list", at=("tie_breakers",)),
        _number("light_from"),
        Field("base_period", at=("base_period",)),
        _choice("progress_against", ("none", "previous", "last_year", "base"), "progress", "against"),
        Field("progress_base", at=("progress", "base_period")),
    ),
    "uncertainty": tuple(
        _number(n, "uncertainty", n) for n in ("draws", "weight_spread", "unverified_factor", "resolved_at")
    ),
    "integrity": tuple(_number(n, "integrity", n) for n in ("outlier_score", "jump_share", "bunching_share")),
    "masthead": (
        *_titles("organisation", "masthead", "organisation"),
        *_titles("bulletin_title", "masthead", "bulletin_title"),
        Field("document_number", at=("masthead", "document_number")),
        *_titles("addressees", "masthead", "addressees"),
        *_titles("copies", "masthead", "copies"),
        *_titles("signatory", "masthead", "signatory"),
        *_titles("contact", "masthead", "contact"),
    ),
    "publishers": (Field("publishers", "list", at=("publishers",)), Field("solo", "yes_no", at=("solo",))),
}
VALUES: Final = "values"
"""The name under which the single choices of season.toml are edited, as if they were one row."""
SINGLES: Final = Table(VALUES, (), tuple(f for group in GROUPS.values() for f in group))

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "who": ("contestants", "classes"),
    "what": ("indicators", "scores", "curves"),
    "targets": ("targets",),
    "weights": ("races", "groups"),
    "rules": ("scoring", "tiers", "constraints", "uncertainty", "alternatives", "integrity", "relations"),
    "projects": ("project_stages",),
    "calendar": ("time",),
    "masthead": ("name", "masthead", "publishers"),
}
"""The pages of a season, and the tables and groups of single choices each shows."""


def table_of(name: str) -> Table:
    """The table of that name, the single choices included.

    Raises
    ------
    KeyError
        There is none.
    """
    return SINGLES if name == VALUES else TABLES[name]


def section_of(part: str) -> str:
    """The page on which a table or a group of single choices is edited."""
    return next(section for section, parts in SECTIONS.items() if part in parts)


def group_of(field: str) -> str:
    """The group a single choice belongs to."""
    return next(group for group, fields in GROUPS.items() if any(f.name == field for f in fields))
