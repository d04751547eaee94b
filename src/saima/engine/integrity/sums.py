"""Parts and wholes: parts that do not add up, and a part above its whole."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context
from saima.engine.model.evaluation import Finding

ROUNDING = 1e-9  # of the larger figure: binary arithmetic alone must not make a finding


def parts_sum(context: Context) -> Iterator[Finding]:
    """A whole that differs from the sum of its parts by more than the relation's tolerance. Error.

    Compared in base units, and only where the whole and every part are there.
    """
    column, base = _base_units(context)
    for relation in context.rules.relations:
        if relation.kind != "sum":
            continue
        whole = column[relation.whole]
        parts = base[:, [column[p] for p in relation.parts]].sum(1)
        gap = np.abs(base[:, whole] - parts)
        wrong = gap > relation.tolerance * np.abs(base[:, whole]) + ROUNDING * np.abs(parts)
        scale = context.season.indicators[whole].scale
        titles = tuple(context.season.indicator[p].title for p in relation.parts)
        for c in np.flatnonzero(wrong):
            yield context.finding(
                f"sum/{relation.code}",
                "error",
                int(c),
                whole,
                "sum",
                value=float(context.now[c, whole]),
                parts=titles,
                total=round(float(parts[c] / scale), 6),
            )


def part_above_whole(context: Context) -> Iterator[Finding]:
    """A part above its whole by more than the relation's tolerance, named at the part. Error."""
    column, base = _base_units(context)
    for relation in context.rules.relations:
        if relation.kind != "at_most":
            continue
        whole = column[relation.whole]
        for code in relation.parts:
            part = column[code]
            limit = base[:, whole] + (relation.tolerance + ROUNDING) * np.abs(base[:, whole])
            for c in np.flatnonzero(base[:, part] > limit):
                yield context.finding(
                    f"at-most/{relation.code}",
                    "error",
                    int(c),
                    part,
                    "at_most",
                    value=float(context.now[c, part]),
                    whole=context.season.indicators[whole].title,
                    whole_value=float(context.now[c, whole]),
                )


def _base_units(context: Context) -> tuple[dict[str, int], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    column = {i.code: n for n, i in enumerate(context.season.indicators)}
    return column, context.now * np.array([i.scale for i in context.season.indicators])
