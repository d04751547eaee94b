"""A report's draft laid over the figures already known, so that the engine can look at both as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from saima.engine.model.inputs import ALWAYS_KNOWN, AsOf, Readings
from saima.engine.model.known import NOT_APPLICABLE, NOTHING, REPORTED, FloatArray, Known, known_at
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.lights import light
from saima.engine.race.sheet import STATUSES, Sheet, sheet_of
from saima.server.race.enums import CellKind
from saima.server.race.models import Reading, Report, ReportCell
from saima.server.race.queries.documents import as_table

YARDSTICK: Final = 36  # earlier periods a figure is compared with
CellKey = tuple[str, str]  # contestant, indicator


@dataclass(frozen=True)
class Pace:
    """Where a cell stands with the figure typed: shares of the whole task, 1 = all of it."""

    target: float | None
    completion: float | None
    due: float | None
    light: str


@dataclass(frozen=True, eq=False)
class Draft:
    """Figures of one report's contestants: what was known before, and in the report's period what its cells say."""

    spec: EngineSeason  # only the contestants concerned: nobody else's figures are read
    known: Known
    period: Period

    @cached_property
    def _at(self) -> Mapping[str, int]:
        return {c.code: n for n, c in enumerate(self.spec.contestants)}

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {i.code: n for n, i in enumerate(self.spec.indicators)}

    def place(self, key: CellKey) -> tuple[int, int]:
        return self._at[key[0]], self._column[key[1]]

    def now(self, key: CellKey) -> float | None:
        """The figure the cell says, None where it says none."""
        value = self.known.value[self.place(key)][-1]
        return None if np.isnan(value) else float(value)

    def before(self, key: CellKey, *, steps: int = 1) -> float | None:
        """The figure of the period before (``steps`` of them), whatever its state; None where there is none."""
        slot = self.known.at(self.period.next(-steps))
        if slot is None:
            return None
        value = self.known.value[self.place(key)][slot]
        return None if np.isnan(value) else float(value)

    @cached_property
    def sheet(self) -> Sheet:
        """Target, completion and due of the period, counting everything typed."""
        return sheet_of(self.spec, self.known, self.period, due_in=self.period)

    def target(self, key: CellKey) -> float | None:
        return _number(self.sheet.target[self.place(key)])

    def pace(self, key: CellKey) -> Pace:
        sheet, here = self.sheet, self.place(key)
        completion, due = _number(sheet.completion[here]), _number(sheet.due[here[1]])
        status = STATUSES[sheet.status[here]]
        colour = light(status, completion, due, self.spec.light_from) if self.now(key) is not None else "none"
        return Pace(_number(sheet.target[here]), completion, due, colour)


def draft_of(report: Report, spec: EngineSeason, cells: Iterable[ReportCell]) -> Draft:
    """The cells of a report over what is known of the same contestants; one query.

    An empty or not-yet cell says that there is no figure, even where an earlier submission had one.
    """
    cells = tuple(cells)
    period = Period.parse(report.period)
    own = {c.contestant for c in cells}
    narrowed = replace(
        spec,
        contestants=tuple(c for c in spec.contestants if c.code in own),
        targets=tuple(t for t in spec.targets if t.contestant in own or t.contestant == "*"),
        counts="reported",
    )
    related = _related(spec, {c.indicator for c in cells})
    rows = Reading.objects.filter(
        season_id=report.season_id,
        contestant__in=own,
        indicator__in=related,
        period__lte=report.period,
        period__gte=str(period.next(-YARDSTICK)),
    ).values_list("contestant", "indicator", "period", "value", "state", "revision")
    table = as_table([(*row, ALWAYS_KNOWN, "reported", "", "") for row in rows])
    known = known_at(narrowed, Readings(table=table), AsOf(period))
    draft = Draft(narrowed, known, period)
    for cell in cells:
        _lay(known, (*draft.place((cell.contestant, cell.indicator)), -1), cell)
    return draft


def _lay(known: Known, here: tuple[int, int, int], cell: ReportCell) -> None:
    known.row[here] = NOTHING
    known.value[here], known.state[here] = np.nan, NOTHING
    if cell.kind == CellKind.VALUE and cell.value:
        known.value[here], known.state[here] = float(cell.value), REPORTED
    elif cell.kind == CellKind.NOT_APPLICABLE:
        known.state[here] = NOT_APPLICABLE


def _related(spec: EngineSeason, indicators: set[str]) -> set[str]:
    """The indicators themselves, their denominators, and what they stand in a relation with."""
    found = indicators | {i.denominator for i in spec.indicators if i.code in indicators and i.denominator}
    for relation in spec.integrity.relations:
        together = {relation.whole, *relation.parts}
        if together & indicators:
            found |= together
    return found


def touched_by(spec: EngineSeason, indicators: set[str]) -> set[str]:
    """Indicators of which something may look different once these figures changed: in the same contestant's rows."""
    found = indicators | {i.code for i in spec.indicators if i.denominator in indicators}
    for relation in spec.integrity.relations:
        together = {relation.whole, *relation.parts}
        if together & indicators:
            found |= together
    return found


def _number(value: float | FloatArray) -> float | None:
    return None if np.isnan(value) else float(value)
