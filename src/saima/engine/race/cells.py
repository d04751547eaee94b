"""Cells before scores: what was due, what is there, how far it is, what light it gets, what is missing."""

import math
from itertools import repeat
from typing import Any

import numpy as np

from saima.engine.model.evaluation import Cell
from saima.engine.model.known import FloatArray
from saima.engine.model.records import records
from saima.engine.race.lights import light
from saima.engine.race.scores import BoolArray
from saima.engine.race.sheet import LATE, REJECTED_STATUS, STATUSES, Sheet
from saima.engine.race.tree import nominal_weights, tree_of


def number(value: float) -> float | None:
    """A float, or None for NaN: no NaN leaves the engine."""
    return float(value) if math.isfinite(value) else None


def numbers(values: FloatArray) -> list[float | None]:
    """The figures of an array in one list, last axis first, None for NaN."""
    flat = values.ravel()
    found: list[float | None] = [*flat.tolist()]
    for k in np.flatnonzero(~np.isfinite(flat)).tolist():
        found[k] = None
    return found


def cell_columns(sheet: Sheet) -> list[int]:
    """The indicators that have cells: all but denominators."""
    return [n for n, i in enumerate(sheet.season.indicators) if i.role != "denominator"]


def bare_columns(sheet: Sheet) -> dict[str, list[Any]]:
    """Fields of Cell that need no scores, one row per contestant and indicator that is no denominator."""
    season, columns = sheet.season, cell_columns(sheet)
    absent, status = sheet.absent[:, columns], sheet.status[:, columns]
    due_weight = np.where(sheet.absent | np.isnan(sheet.due), 0.0, nominal_weights(tree_of(season)))
    with np.errstate(invalid="ignore", divide="ignore"):
        due_weight = np.nan_to_num(due_weight / due_weight.sum(1, keepdims=True))
    done, due = sheet.completion[:, columns], np.where(absent, np.nan, sheet.due[columns])
    statuses = [STATUSES[s] for s in status.ravel().tolist()]
    completions, dues, targets = numbers(done), numbers(due), numbers(sheet.target[:, columns])
    colours = [*map(light, statuses, completions, dues, repeat(season.light_from))]
    # Nothing to be measured against: no light either.
    colours = [
        "none" if colour == "red" and completion is None and target is None else colour
        for colour, completion, target in zip(colours, completions, targets, strict=True)
    ]
    return {
        "contestant": [c.code for c in season.contestants for _ in columns],
        "indicator": [season.indicators[n].code for n in columns] * len(season.contestants),
        "status": statuses,
        "value": numbers(sheet.raw[:, columns]),
        "target": targets,
        "baseline": numbers(sheet.baseline[:, columns]),
        "completion": completions,
        "due": dues,
        "pace": numbers(done / due),
        "ahead": numbers(done - due),
        "light": colours,
        "due_weight": due_weight[:, columns].ravel().tolist(),
        "missing": _missing_share((status >= LATE) & (status <= REJECTED_STATUS), done, due).ravel().tolist(),
    }


def bare_cells(sheet: Sheet) -> tuple[Cell, ...]:
    """Every contestant and indicator that is not a denominator, in the season's order, without scores.

    ``weight`` is nominal over what was due for that contestant (0 when nothing was), as the weak-spot race uses it.
    """
    columns = bare_columns(sheet)
    return tuple(records(Cell, **columns, weight=columns["due_weight"]))


def _missing_share(nothing_counts: BoolArray, done: FloatArray, due: FloatArray) -> FloatArray:
    """Share of what was due that is missing, 0 to 1."""
    short = np.where(nothing_counts, 1.0, np.nan_to_num(np.clip(1 - done / due, 0.0, 1.0)))
    return np.where(np.isnan(due), 0.0, short)
