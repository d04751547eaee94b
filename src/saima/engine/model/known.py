"""The figures that count as of a cut: highest known revision of each cell, corrections applied."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.inputs import STATES, AsOf, Correction, Readings
from saima.engine.model.periods import Period
from saima.engine.model.season import Season

FloatArray = NDArray[np.float64]
NOTHING: Final = -1
VERIFIED, REPORTED, REJECTED, NOT_APPLICABLE, WITHDRAWN = range(len(STATES))


@dataclass(frozen=True, eq=False)
class Known:
    """Figures as of a cut, on the season's own axes.

    ``value``, ``state``, ``row`` : (contestants, indicators, periods) in the order of ``season.contestants``,
    ``season.indicators`` and ``periods`` (ascending, none after the cut's). ``value`` is NaN where nothing counts as
    a number; ``state`` indexes STATES, -1 where nothing was ever reported or it was withdrawn; ``row`` is the row of
    the reading table, -1 where there is none or a correction put the value. ``revised`` is latest minus first known
    value of the same cell, NaN where there is one revision only.
    """

    season: Season
    periods: tuple[Period, ...]
    value: FloatArray
    state: NDArray[np.int8]
    row: NDArray[np.int32]
    revised: FloatArray
    corrected: tuple[tuple[Correction, float | None, float | None], ...]  # with value before and after

    def at(self, period: Period) -> int | None:
        """Place of a period on the last axis, or None when it has no reading at all."""
        return self.periods.index(period) if period in self.periods else None


def known_at(season: Season, readings: Readings, as_of: AsOf) -> Known:
    """What counts as of a cut.

    Raises
    ------
    ReadingsRefused
        ``readings.unknown_contestant``, ``readings.unknown_indicator``, ``readings.frequency``,
        ``readings.duplicated``, ``correction.nothing_there``: names the cell.
    """
    table = readings.table
    instant = None if as_of.known_at is None else int(as_of.known_at.timestamp())
    contestants = _places(table.contestants, {c.code: n for n, c in enumerate(season.contestants)}, "contestant")
    indicators = _places(table.indicators, {i.code: n for n, i in enumerate(season.indicators)}, "indicator")
    for p in table.periods:
        if p.frequency != season.frequency:
            raise ReadingsRefused(Problem("readings.frequency", {"period": str(p), "frequency": season.frequency}))
    corrections = [c for c in readings.corrections if as_of.known_at is None or c.recorded_at <= as_of.known_at]
    wanted = {p for p in table.periods if p <= as_of.period}
    periods = tuple(sorted(wanted | {c.period for c in corrections if c.period <= as_of.period} | {as_of.period}))
    place = {p: n for n, p in enumerate(periods)}
    period_at = np.array([place.get(p, NOTHING) for p in table.periods], np.int64)

    shape = (len(season.contestants), len(season.indicators), len(periods))
    value = np.full(shape, np.nan)
    state = np.full(shape, NOTHING, np.int8)
    row = np.full(shape, NOTHING, np.int32)
    revised = np.full(shape, np.nan)
    if len(table):
        keep = period_at[table.period] != NOTHING
        if instant is not None:
            keep &= table.recorded_at <= instant
        rows = np.flatnonzero(keep)
        cell = np.ravel_multi_index(
            (contestants[table.contestant[rows]], indicators[table.indicator[rows]], period_at[table.period[rows]]),
            shape,
        )
        order = np.lexsort((table.revision[rows], cell))
        rows, cell = rows[order], cell[order]
        same = cell[1:] == cell[:-1]
        twice = same & (table.revision[rows][1:] == table.revision[rows][:-1])
        if twice.any():
            again = table.row(int(rows[int(np.flatnonzero(twice)[0])]))
            raise ReadingsRefused(
                Problem(
                    "readings.duplicated",
                    {
                        "contestant": again.contestant,
                        "indicator": again.indicator,
                        "period": str(again.period),
                        "revision": again.revision,
                    },
                )
            )
        last = np.append(~same, True) if len(cell) else np.zeros(0, bool)
        first = np.append(True, ~same) if len(cell) else np.zeros(0, bool)
        value.flat[cell[last]] = table.value[rows[last]]
        state.flat[cell[last]] = table.state[rows[last]]
        row.flat[cell[last]] = rows[last]
        several = (~first[last.nonzero()[0]]) if len(cell) else np.zeros(0, bool)
        difference = table.value[rows[last]] - table.value[rows[first]]
        revised.flat[cell[last][several]] = difference[several]
    state[state == WITHDRAWN] = NOTHING
    value[(state == NOTHING) | (state == REJECTED) | (state == NOT_APPLICABLE)] = np.nan
    known = Known(season, periods, value, state, row, revised, ())
    return _corrected(known, corrections, as_of)


def _places(codes: tuple[str, ...], places: dict[str, int], axis: str) -> NDArray[np.int64]:
    for code in codes:
        if code not in places:
            raise ReadingsRefused(Problem(f"readings.unknown_{axis}", {"code": code}))
    return np.array([places[c] for c in codes], np.int64)


def _corrected(known: Known, corrections: list[Correction], as_of: AsOf) -> Known:
    season = known.season
    at = {c.code: n for n, c in enumerate(season.contestants)}
    ind = {i.code: n for n, i in enumerate(season.indicators)}
    done: list[tuple[Correction, float | None, float | None]] = []
    for c in sorted(corrections, key=lambda c: (c.recorded_at, c.period, c.contestant, c.indicator, c.action)):
        if c.period > as_of.period:
            continue
        for code, places, axis in ((c.contestant, at, "contestant"), (c.indicator, ind, "indicator")):
            if code not in places:
                raise ReadingsRefused(Problem(f"readings.unknown_{axis}", {"code": code}))
        here = (at[c.contestant], ind[c.indicator], known.periods.index(c.period))
        before = None if np.isnan(known.value[here]) else float(known.value[here])
        if c.action == "set":
            text = canonical(c.value)
            if text is None:
                raise ReadingsRefused(Problem("correction.no_number", {"value": c.value, "reason": c.reason}))
            known.value[here], known.state[here], known.row[here] = float(text), VERIFIED, NOTHING
            done.append((c, before, float(text)))
            continue
        if before is None:
            raise ReadingsRefused(
                Problem(
                    "correction.nothing_there",
                    {"contestant": c.contestant, "indicator": c.indicator, "period": str(c.period)},
                )
            )
        if c.action == "move":
            if c.to_indicator not in ind:
                raise ReadingsRefused(Problem("readings.unknown_indicator", {"code": c.to_indicator}))
            there = (here[0], ind[c.to_indicator], here[2])
            known.value[there], known.state[there], known.row[there] = before, known.state[here], known.row[here]
        known.value[here], known.state[here], known.row[here] = np.nan, NOTHING, NOTHING
        done.append((c, before, None))
    return Known(season, known.periods, known.value, known.state, known.row, known.revised, tuple(done))
