"""Lights of contestants and indicators: green on or ahead, red missed, and what earlier red ones have become.

A period issued red shows yellow once what was due then has been reached; it never turns green. docs/method/lights.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from saima.engine.model.evaluation import LightMark, Status
from saima.engine.model.history import CellThen, Colour, History
from saima.engine.model.periods import Period


@dataclass(frozen=True, slots=True)
class Now:
    """Where a cell stands at this cut.

    What is spent under a ceiling cannot be unspent: it has caught up once it is within what is allowed by now, and is
    not compared with what was allowed then.
    """

    completion: float | None
    due: float | None
    ceiling: bool


def light(status: Status, completion: float | None, due: float | None, light_from: float) -> Colour:
    """The light a cell gets in its own period.

    Due without a figure that counts is missed: an unverified or late figure is never taken for a number, nor for
    reaching the target. A cell without a target to be measured against has no light.

    Examples
    --------
    >>> light("present", 0.649, 1 / 3, 1.0), light("late", None, 1 / 3, 1.0), light("not_due", None, None, 1.0)
    ('green', 'red', 'none')
    """
    if status in ("not_due", "not_applicable") or due is None:
        return "none"
    if status != "present":
        return "red"
    if completion is None:
        return "none"
    return "green" if round(completion, 12) >= round(light_from * due, 12) else "red"


def memory(
    history: History,
    period: Period,
    now: Mapping[tuple[str, str], Now],
    light_now: Mapping[tuple[str, str], Colour],
    light_from: float,
) -> tuple[LightMark, ...]:
    """The strip of published periods and this one, for every subject that ever had a light."""
    nothing = Now(None, None, ceiling=False)
    marks = [
        LightMark(c, s, published.period, cell.light, _as_now(cell, now.get((c, s), nothing), light_from))
        for published in history.before(period)
        for (c, s), cell in sorted(published.cells.items())
    ]
    marks += [LightMark(c, s, period, colour, colour) for (c, s), colour in sorted(light_now.items())]
    lit = {(m.contestant, m.subject) for m in marks if m.issued != "none"}
    marks = [m for m in marks if (m.contestant, m.subject) in lit]
    return tuple(sorted(marks, key=lambda m: (m.contestant, m.subject, m.period)))


def _as_now(then: CellThen, now: Now, light_from: float) -> Colour:
    due = now.due if now.ceiling else then.due
    if then.light != "red" or due is None or now.completion is None:
        return then.light
    return "yellow" if round(now.completion, 12) >= round(light_from * due, 12) else "red"
