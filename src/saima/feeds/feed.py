"""One source of numbers: what it says of itself, how it is asked, and what is taken from its answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Protocol, runtime_checkable

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.inputs import Reading
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.feeds.figures import Figure, Row
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name a question may carry. ``needed``: without it the feed has no answer."""

    name: str
    title: Text
    needed: bool = True


@runtime_checkable
class Offered(Protocol):
    """What every source says of itself.

    ``name`` is dotted and lasting (``registers.firms_holding``); ``version`` changes when the same question could get
    another answer for another reason than new data. ``rows_for``: the roles of people who may see the rows of every
    contestant; who reports for a contestant may always see its own.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def title(self) -> Text: ...

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...

    @property
    def rows_for(self) -> frozenset[str]: ...


@runtime_checkable
class Feed(Offered, Protocol):
    """A register, a programme or a table that can be asked for figures."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        """Contestant code -> figure: what held at the end of ``period``, as it was known at ``known_at``.

        Who has no figure is left out. What was achieved counts, never what somebody plans to achieve.

        Raises
        ------
        ReadingsRefused
            The question cannot be answered, whatever the register holds: ``feed.unknown_value`` and the like.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a feed said of one indicator and period: verified readings, and the rows behind them by contestant."""

    readings: tuple[Reading, ...]
    figures: Mapping[str, Figure]


def evidence_of(feed: Offered, figure: Figure) -> str:
    """What a reading keeps of the rows behind it: who said it, how many, and their digest."""
    said = [[r.key, r.label.en, r.label.zh, r.value, r.since, r.source] for r in figure.rows]
    text = json.dumps([figure.how, said], ensure_ascii=False, separators=(",", ":"))
    return f"{feed.name}@{feed.version} {len(figure.rows)} sha256:{sha256(text.encode()).hexdigest()}"


def check_parameters(feed: Offered, parameters: Mapping[str, str]) -> None:
    """Refuse a name the feed does not know, and a question without what it needs.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_parameter``, ``feed.needs_parameter``.
    """
    known = tuple(p.name for p in feed.parameters)
    for name in sorted(set(parameters) - set(known)):
        params = {"feed": feed.name, "parameter": name, "allowed": tuple(sorted(known)) or ("-",)}
        raise ReadingsRefused(Problem("feed.unknown_parameter", params))
    for parameter in feed.parameters:
        if parameter.needed and not parameters.get(parameter.name):
            raise ReadingsRefused(Problem("feed.needs_parameter", {"feed": feed.name, "parameter": parameter.name}))


def ask(
    feed: Feed,
    *,
    indicator: Indicator,
    contestants: Sequence[str],
    period: Period,
    parameters: Mapping[str, str],
    known_at: datetime,
) -> Answer:
    """Ask a feed and take its answer as verified readings of one indicator, by contestant code.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_parameter``, ``feed.needs_parameter``, ``feed.unknown_contestant``, ``feed.no_number``,
        ``feed.does_not_add_up``: names the feed and what it said. And what the feed itself refuses.
    """
    check_parameters(feed, parameters)
    answer = feed.figures(contestants=tuple(contestants), period=period, parameters=parameters, known_at=known_at)
    found, kept = [], {}
    for code in sorted(answer):
        figure = answer[code]
        text = canonical(figure.value)
        said = {"feed": feed.name, "code": code, "period": str(period), "value": figure.value}
        if code not in contestants:
            raise ReadingsRefused(Problem("feed.unknown_contestant", {"feed": feed.name, "code": code}))
        if text is None:
            raise ReadingsRefused(Problem("feed.no_number", said))
        if (made := figure.made) is not None and made != text:
            raise ReadingsRefused(Problem("feed.does_not_add_up", said | {"made": made, "count": len(figure.rows)}))
        kept[code] = figure
        evidence = evidence_of(feed, figure)
        found.append(
            Reading(code, indicator.code, period, text, recorded_at=known_at, origin="feed", evidence=evidence)
        )
    return Answer(tuple(found), kept)


@dataclass(frozen=True, slots=True)
class ProjectState:
    """Where a project stands at the end of a period: decimal texts in its unit, empty where nothing is known."""

    planned: str = ""
    invested: str = ""
    stage: str = ""
    rows: tuple[Row, ...] = ()


@runtime_checkable
class ProjectFeed(Offered, Protocol):
    """A register of projects that can be asked where they stand."""

    def states(
        self, *, projects: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, ProjectState]:
        """Project code -> its state at the end of ``period`` as it was known at ``known_at``; unknown ones are left
        out."""
        ...


def ask_projects(
    feed: ProjectFeed,
    *,
    projects: Sequence[str],
    period: Period,
    parameters: Mapping[str, str],
    known_at: datetime,
) -> Mapping[str, ProjectState]:
    """Ask where projects stand; numbers come back canonical.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_parameter``, ``feed.needs_parameter``, ``feed.unknown_contestant``, ``feed.no_number``; and what
        the feed itself refuses.
    """
    check_parameters(feed, parameters)
    found = {}
    answer = feed.states(projects=tuple(projects), period=period, parameters=parameters, known_at=known_at)
    for code, state in sorted(answer.items()):
        if code not in projects:
            raise ReadingsRefused(Problem("feed.unknown_contestant", {"feed": feed.name, "code": code}))
        numbers = [_number(feed, code, period, said) for said in (state.planned, state.invested)]
        found[code] = replace(state, planned=numbers[0], invested=numbers[1])
    return found


def _number(feed: Offered, code: str, period: Period, said: str) -> str:
    text = canonical(said) if said else ""
    if text is None:
        params = {"feed": feed.name, "code": code, "period": str(period), "value": said}
        raise ReadingsRefused(Problem("feed.no_number", params))
    return text
