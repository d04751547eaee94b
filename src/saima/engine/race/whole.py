"""One indicator over everybody who races: how much of the region's task is done, and how much is due by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Cell, Evaluation

ADDED: Final = frozenset({"cumulative", "count"})  # figures that add up to the region's
SILENT: Final = frozenset({"not_due", "not_applicable"})


@dataclass(frozen=True, slots=True)
class Whole:
    """Shares of the whole task; None where no figure is known, or nothing falls due."""

    indicator: str
    done: float | None
    due: float | None
    known: int
    of: int  # from whom a figure was due
    weight: float  # in the overall score, at most


def wholes_of(evaluation: Evaluation) -> tuple[Whole, ...]:
    """Scored indicators with a completion somewhere, in the season's order.

    Notes
    -----
    docs/method/whole.md. A figure that is not known is left out of both ends and counted in ``of``.
    """
    cells: dict[str, list[Cell]] = {}
    for cell in evaluation.cells:
        if cell.status not in SILENT:
            cells.setdefault(cell.indicator, []).append(cell)
    found = []
    for indicator in evaluation.season.scored:
        due = cells.get(indicator.code, ())
        known = [c for c in due if c.completion is not None]
        if not known:
            continue
        shares = _shares(known, added=indicator.measure in ADDED)
        done = sum(w * (c.completion or 0.0) for w, c in zip(shares, known, strict=True))
        ends = [c.due for c in known]
        expected = None if None in ends else sum(w * (d or 0.0) for w, d in zip(shares, ends, strict=True))
        found.append(Whole(indicator.code, done, expected, len(known), len(due), max(c.weight for c in due)))
    return tuple(found)


def heaviest(wholes: Sequence[Whole], most: int) -> tuple[Whole, ...]:
    """Those that weigh most in the overall score, heaviest first; ties in the order given."""
    place: Mapping[str, int] = {w.indicator: n for n, w in enumerate(wholes)}
    return tuple(sorted(wholes, key=lambda w: (-w.weight, place[w.indicator]))[:most])


def _shares(cells: Sequence[Cell], *, added: bool) -> list[float]:
    """What each contestant's completion counts: its part of the region's task, or the same as everybody's."""
    sizes = [abs((c.target or 0.0) - (c.baseline or 0.0)) if added else 1.0 for c in cells]
    total = sum(sizes)
    return [s / total for s in sizes] if total > 0 else [1 / len(cells)] * len(cells)
