"""What is known beside the season: readings with their revisions, corrections, projects, what others published.

Append-only by nature: every row carries when it was recorded, and a question "as of" an instant sees only what
was known then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.words import Text

State = Literal["verified", "reported", "rejected", "not_applicable", "withdrawn"]
Origin = Literal["reported", "owner", "feed", "import", "correction"]
STATES: Final[tuple[State, ...]] = get_args(State)
ORIGINS: Final[tuple[Origin, ...]] = get_args(Origin)
ALWAYS_KNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AsOf:
    """What is asked about: the period, and the instant up to which records count (None: everything recorded)."""

    period: Period
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of one contestant, indicator and period, in the indicator's unit; ``value`` is decimal text.

    Empty ``value`` with state not_applicable or rejected says just that. Highest revision known at the cut counts.
    """

    contestant: str
    indicator: str
    period: Period
    value: str
    state: State = "verified"
    revision: int = 1
    recorded_at: datetime = ALWAYS_KNOWN
    origin: Origin = "reported"
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, eq=False)
class ReadingTable:
    """Readings as columns, for a hundred thousand and more of them. Row order carries no meaning.

    ``contestant``, ``indicator`` and ``period`` index into the tuples beside them; ``value`` is NaN where the text
    is empty; ``recorded_at`` is in seconds since 1970 UTC; ``note`` and ``evidence`` are by row number, sparse.
    """

    contestants: tuple[str, ...]
    indicators: tuple[str, ...]
    periods: tuple[Period, ...]
    contestant: NDArray[np.int32]
    indicator: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.float64]
    text: tuple[str, ...]
    state: NDArray[np.int8]  # index into STATES
    revision: NDArray[np.int32]
    recorded_at: NDArray[np.int64]
    origin: NDArray[np.int8]  # index into ORIGINS
    note: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    evidence: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, rows: Iterable[Reading]) -> "ReadingTable":
        """From single readings; for tests and small seasons. ``value`` must be a decimal text or empty."""
        rows = tuple(rows)
        texts = tuple("" if not r.value.strip() else _canonical(r.value) for r in rows)
        contestants = tuple(sorted({r.contestant for r in rows}))
        indicators = tuple(sorted({r.indicator for r in rows}))
        periods = tuple(sorted({r.period for r in rows}))
        at = {c: n for n, c in enumerate(contestants)}
        ind = {c: n for n, c in enumerate(indicators)}
        per = {c: n for n, c in enumerate(periods)}
        return cls(
            contestants=contestants,
            indicators=indicators,
            periods=periods,
            contestant=np.array([at[r.contestant] for r in rows], np.int32),
            indicator=np.array([ind[r.indicator] for r in rows], np.int32),
            period=np.array([per[r.period] for r in rows], np.int32),
            value=np.array([float(t) if t else np.nan for t in texts], np.float64),
            text=texts,
            state=np.array([STATES.index(r.state) for r in rows], np.int8),
            revision=np.array([r.revision for r in rows], np.int32),
            recorded_at=np.array([int(r.recorded_at.timestamp()) for r in rows], np.int64),
            origin=np.array([ORIGINS.index(r.origin) for r in rows], np.int8),
            note={n: r.note for n, r in enumerate(rows) if r.note},
            evidence={n: r.evidence for n, r in enumerate(rows) if r.evidence},
        )

    def row(self, n: int) -> Reading:
        return Reading(
            contestant=self.contestants[self.contestant[n]],
            indicator=self.indicators[self.indicator[n]],
            period=self.periods[self.period[n]],
            value=self.text[n],
            state=STATES[self.state[n]],
            revision=int(self.revision[n]),
            recorded_at=datetime.fromtimestamp(int(self.recorded_at[n]), UTC),
            origin=ORIGINS[self.origin[n]],
            note=self.note.get(n, ""),
            evidence=self.evidence.get(n, ""),
        )


def _canonical(text: str) -> str:
    found = canonical(text)
    if found is None:
        raise ValueError(f"{text!r} is not a decimal number of at most 15 significant digits")
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """A recorded decision about one cell: set its value, clear it, or move it to another indicator."""

    contestant: str
    indicator: str
    period: Period
    action: Literal["set", "clear", "move"]
    reason: str
    value: str = ""  # for set
    to_indicator: str = ""  # for move
    source: str = ""
    recorded_at: datetime = ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class GivenScore:
    """A score of a group or race taken as published elsewhere, with its source, instead of being computed."""

    contestant: str
    node: str
    period: Period
    score: float
    source: str
    recorded_at: datetime = ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding somebody looked at and accepted, with the reason."""

    finding: str  # the key of a Finding
    reason: str
    by: str = ""
    recorded_at: datetime = ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class Received:
    """A place or figure received from above or outside: shown with source and date, never computed."""

    contestant: str
    title: Text
    period_text: str  # as the source says it, "January-April 2021"
    source: str
    published: date
    rank: int | None = None
    among: Text = field(default_factory=Text)  # "one zone, five parks"
    value: str = ""
    unit: Text = field(default_factory=Text)
    indicator: str = ""  # the season's indicator it speaks of, when there is one
    url: str = ""
    note: Text = field(default_factory=Text)


@dataclass(frozen=True)
class Readings:
    """All that is known of figures."""

    table: ReadingTable = field(default_factory=lambda: ReadingTable.of(()))
    corrections: tuple[Correction, ...] = ()
    given_scores: tuple[GivenScore, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    received: tuple[Received, ...] = ()

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Periods that have at least one reading, ascending."""
        return tuple(sorted(self.table.periods))


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of a project. ``done`` is None until it is; it counts once recorded."""

    project: str
    code: str
    title: Text
    due: date
    done: date | None = None
    weight: float = 1.0
    recorded_at: datetime = ALWAYS_KNOWN
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ProjectReading:
    """A project's state at the end of a period: cumulative investment against plan, stage, marks of a meet."""

    project: str
    period: Period
    planned: float | None = None  # cumulative, in the project's unit
    invested: float | None = None
    stage: str = ""
    mark: float | None = None  # 0-100, from a meet
    state: State = "verified"
    revision: int = 1
    recorded_at: datetime = ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class Project:
    code: str
    title: Text
    contestant: str
    level: str = ""
    unit: Text = field(default_factory=Text)
    total: float | None = None  # whole investment, same unit
    weight: float = 1.0
    order: int = 0


@dataclass(frozen=True)
class Projects:
    projects: tuple[Project, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    readings: tuple[ProjectReading, ...] = ()
    stages: tuple[tuple[str, Text, float], ...] = ()  # code, title, points 0-100, ascending
