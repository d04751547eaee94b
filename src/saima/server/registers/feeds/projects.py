"""Where the projects of the race stand, from the register of major projects: those of the same code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from saima.engine.model.periods import PER_YEAR, Period
from saima.feeds import Parameter, ProjectState, Row
from saima.feeds.figures import short
from saima.files.kinds import Side
from saima.server.registers.feeds.asked import parameter, refuse, rows_for, said
from saima.server.registers.queries.items import ItemAt, items_at
from saima.server.registers.queries.kinds import kind_of
from saima.words import Text

KIND: Final = "major-project"
INVESTED: Final = "investment"


@dataclass(frozen=True)
class OfProjects:
    """Investment of the year so far against its plan, and the stage reached, at the end of a period.

    A plan is never an investment, and a stage is where the project is, not where it is going.
    """

    name: str = "registers.projects"
    title: Text = field(default_factory=lambda: said("feeds.projects"))
    parameters: tuple[Parameter, ...] = field(
        default_factory=lambda: (
            parameter("figure", "feeds.parameter.figure", needed=False),
            parameter("stages", "feeds.parameter.stages", needed=False),
        )
    )
    version: str = "1"
    rows_for: frozenset[str] = field(default_factory=lambda: rows_for("items.see"))

    def states(
        self, *, projects: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, ProjectState]:
        figure, called = self._figure(parameters), self._stages(parameters)
        found = items_at(KIND, on=period.last_day, known=known_at, codes=projects)
        return {item.code: _state(item, figure, called, period) for item in found}

    def _figure(self, parameters: Mapping[str, str]) -> str:
        kind, name = kind_of(KIND), parameters.get("figure", "") or INVESTED
        known = {f.id for f in kind.figures} if kind is not None else set()
        if name not in known:
            raise refuse(self.name, "figure", name, known)
        return name

    def _stages(self, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Stages of the register -> stages of the season: ``started:building,topped:equipping``."""
        kind, text = kind_of(KIND), parameters.get("stages", "")
        known = {s.id for s in kind.stages} if kind is not None else set()
        pairs = [part.partition(":") for part in text.split(",") if part]
        for stage, colon, name in pairs:
            if stage not in known or not colon or not name:
                raise refuse(self.name, "stages", f"{stage}{colon}{name}", (f"{s}:..." for s in known))
        return {stage: name for stage, _colon, name in pairs}


def _state(item: ItemAt, figure: str, called: Mapping[str, str], period: Period) -> ProjectState:
    planned = _of_year(item, figure, "plan", period)
    invested = _of_year(item, figure, "done", period)
    stage = item.reached.stage if item.reached is not None else ""
    rows = [
        Row(item.code, Text(item.name, item.name), short(value), str(when), side)
        for side, of in (("plan", planned), ("done", invested))
        for when, value in of.items()
    ]
    return ProjectState(_sum(planned), _sum(invested), called.get(stage, stage), tuple(rows))


def _of_year(item: ItemAt, figure: str, side: Side, period: Period) -> dict[Period, Decimal]:
    """What belongs to periods of the year that have ended by the end of the one asked about."""
    known = item.figures.get((figure, side), {})
    ended = (p for p in known if p.frequency in PER_YEAR and p.year == period.year and p.last_day <= period.last_day)
    return {p: known[p] for p in sorted(ended)}


def _sum(of: Mapping[Period, Decimal]) -> str:
    return short(sum(of.values(), Decimal(0))) if of else ""


PROJECTS: Final = (OfProjects(),)
