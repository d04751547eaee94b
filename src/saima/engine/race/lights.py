"""Lights of contestants and indicators: green on or ahead, red missed, and what earlier red ones have become.

A period issued red shows yellow once what was due then has been reached; it never turns green. docs/method/lights.md.
"""

from collections.abc import Mapping

from saima.engine.model.evaluation import LightMark, Status
from saima.engine.model.history import Colour, History
from saima.engine.model.periods import Period


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
    completion_now: Mapping[tuple[str, str], float | None],
    light_now: Mapping[tuple[str, str], Colour],
    light_from: float,
) -> tuple[LightMark, ...]:
    """The strip of published periods and this one, for every subject that ever had a light."""
    marks = [
        LightMark(contestant, subject, published.period, cell.light, _as_now(cell.light, cell.due, done, light_from))
        for published in history.before(period)
        for (contestant, subject), cell in sorted(published.cells.items())
        for done in [completion_now.get((contestant, subject))]
    ]
    marks += [LightMark(c, s, period, colour, colour) for (c, s), colour in sorted(light_now.items())]
    return tuple(sorted(marks, key=lambda m: (m.contestant, m.subject, m.period)))


def _as_now(issued: Colour, due: float | None, done: float | None, light_from: float) -> Colour:
    if issued != "red" or due is None or done is None:
        return issued
    return "yellow" if round(done, 12) >= round(light_from * due, 12) else "red"
