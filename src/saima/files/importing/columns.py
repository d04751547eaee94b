"""Reading tables put together and cut down, column by column."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from saima.engine.model.inputs import ReadingTable


def taken(table: ReadingTable, rows: np.ndarray) -> ReadingTable:
    """The given rows of a table, in that order, with only the names and periods they use."""
    wanted = rows.tolist()
    used_c, contestant = np.unique(table.contestant[rows], return_inverse=True)
    used_i, indicator = np.unique(table.indicator[rows], return_inverse=True)
    used_p, period = np.unique(table.period[rows], return_inverse=True)
    place = {n: at for at, n in enumerate(wanted)} if table.note or table.evidence else {}
    return ReadingTable(
        contestants=tuple(table.contestants[n] for n in used_c),
        indicators=tuple(table.indicators[n] for n in used_i),
        periods=tuple(table.periods[n] for n in used_p),
        contestant=contestant.astype(np.int32),
        indicator=indicator.astype(np.int32),
        period=period.astype(np.int32),
        value=table.value[rows],
        text=tuple(table.text[n] for n in wanted),
        state=table.state[rows],
        revision=table.revision[rows],
        recorded_at=table.recorded_at[rows],
        origin=table.origin[rows],
        note={place[n]: t for n, t in table.note.items() if n in place},
        evidence={place[n]: t for n, t in table.evidence.items() if n in place},
    )


def joined(tables: Sequence[ReadingTable]) -> ReadingTable:
    """All rows of the tables, one after the other."""
    tables = [t for t in tables if len(t)] or [ReadingTable.of(())]
    if len(tables) == 1:
        return tables[0]
    contestants = tuple(sorted({c for t in tables for c in t.contestants}))
    indicators = tuple(sorted({i for t in tables for i in t.indicators}))
    periods = tuple(sorted({p for t in tables for p in t.periods}))
    shifts = np.cumsum([0, *(len(t) for t in tables)]).tolist()
    first = tables[0]
    return replace(
        first,
        contestants=contestants,
        indicators=indicators,
        periods=periods,
        contestant=_moved([(t.contestants, t.contestant) for t in tables], contestants),
        indicator=_moved([(t.indicators, t.indicator) for t in tables], indicators),
        period=_moved([(t.periods, t.period) for t in tables], periods),
        value=np.concatenate([t.value for t in tables]),
        text=tuple(x for t in tables for x in t.text),
        state=np.concatenate([t.state for t in tables]),
        revision=np.concatenate([t.revision for t in tables]),
        recorded_at=np.concatenate([t.recorded_at for t in tables]),
        origin=np.concatenate([t.origin for t in tables]),
        note={n + by: x for t, by in zip(tables, shifts, strict=False) for n, x in t.note.items()},
        evidence={n + by: x for t, by in zip(tables, shifts, strict=False) for n, x in t.evidence.items()},
    )


def _moved(parts: Sequence[tuple[Sequence[object], np.ndarray]], names: Sequence[object]) -> np.ndarray:
    at = {n: i for i, n in enumerate(names)}
    return np.concatenate([np.array([at[n] for n in own], np.int32)[index] for own, index in parts]).astype(np.int32)
