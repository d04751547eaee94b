"""Cells before scores: what was due, what is there, how far it is, what light it gets, what is missing."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from saima.engine.model.evaluation import Cell
from saima.engine.model.known import FloatArray
from saima.engine.race.lights import light
from saima.engine.race.sheet import STATUSES, Sheet
from saima.engine.race.tree import nominal_weights, tree_of


def number(value: float) -> float | None:
    """A float, or None for NaN: no NaN leaves the engine."""
    return float(value) if math.isfinite(value) else None


def numbers(values: FloatArray) -> list[list[float | None]]:
    """A (contestants, indicators) array as lists, None for NaN."""
    found = values.astype(object)
    found[~np.isfinite(values)] = None
    nested: list[list[float | None]] = found.tolist()
    return nested


def bare_fields(sheet: Sheet) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Fields of a Cell that need no scores, with its place on the axes; denominators are left out."""
    season = sheet.season
    nominal = nominal_weights(tree_of(season))
    due_weight = np.where(sheet.absent | np.isnan(sheet.due), 0.0, nominal)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.nan_to_num(due_weight / due_weight.sum(1, keepdims=True)).tolist()
    raw, done = numbers(sheet.raw), numbers(sheet.completion)
    target, baseline = numbers(sheet.target), numbers(sheet.baseline)
    dues, statuses = numbers(sheet.due[None, :])[0], sheet.status.tolist()
    columns = [n for n, i in enumerate(season.indicators) if i.role != "denominator"]
    for c, contestant in enumerate(season.contestants):
        for n in columns:
            status = STATUSES[statuses[c][n]]
            completion = done[c][n]
            due = None if status in ("not_due", "not_applicable") else dues[n]
            colour = light(status, completion, due, season.light_from)
            if colour == "red" and completion is None and target[c][n] is None:
                colour = "none"  # nothing to be measured against
            yield (
                c,
                n,
                {
                    "contestant": contestant.code,
                    "indicator": season.indicators[n].code,
                    "status": status,
                    "value": raw[c][n],
                    "target": target[c][n],
                    "baseline": baseline[c][n],
                    "completion": completion,
                    "due": due,
                    "pace": completion / due if completion is not None and due is not None else None,
                    "ahead": completion - due if completion is not None and due is not None else None,
                    "light": colour,
                    "due_weight": weights[c][n],
                    "missing": missing_share(status in ("late", "unverified", "rejected"), completion, due),
                },
            )


def bare_cells(sheet: Sheet) -> tuple[Cell, ...]:
    """Every contestant and indicator that is not a denominator, in the season's order, without scores.

    ``weight`` is nominal over what was due for that contestant (0 when nothing was), as the weak-spot race uses it.
    """
    return tuple(Cell(**fields, weight=fields["due_weight"]) for _, _, fields in bare_fields(sheet))


def missing_share(nothing_counts: bool, done: float | None, due: float | None) -> float:
    """Share of what was due that is missing, 0 to 1."""
    if due is None:
        return 0.0
    if nothing_counts:
        return 1.0
    return min(1.0, max(0.0, 1 - done / due)) if done is not None else 0.0
