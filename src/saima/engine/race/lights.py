"""Lights of contestants and indicators: green on or ahead, red missed, and what earlier red ones have become.

A period issued red shows yellow once what was due then has been reached; it never turns green. docs/method/lights.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from saima.engine.model.evaluation import Cell, Evaluation, LightMark, ProjectResult, Status
from saima.engine.model.history import CellThen, Colour, History
from saima.engine.model.periods import Period
from saima.engine.model.season import Season


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


def now_of(season: Season, cells: Sequence[Cell]) -> dict[tuple[str, str], Now]:
    """Where every cell stands at a cut, for what earlier periods have become."""
    ceilings = {i.code for i in season.indicators if i.ceiling}
    return {(c.contestant, c.indicator): Now(c.completion, c.due, ceiling=c.indicator in ceilings) for c in cells}


def issued_by(cells: Sequence[Cell], projects: Sequence[ProjectResult]) -> dict[tuple[str, str], Colour]:
    """The lights of one period by (contestant, subject), subject an indicator or ``project:x``."""
    found: dict[tuple[str, str], Colour] = {(c.contestant, c.indicator): c.light for c in cells}
    return found | {(p.project.contestant, f"project:{p.project.code}"): p.light for p in projects}


def memory(
    history: History,
    period: Period,
    now: Mapping[tuple[str, str], Now],
    light_now: Mapping[tuple[str, str], Colour],
    light_from: float,
) -> tuple[LightMark, ...]:
    """The strip of published periods and this one, for every subject that ever had a light.

    Red issued by any version of a bulletin is remembered, also where an erratum has put it right; so is a red of
    ``period`` itself, where ``history`` reaches that far. ``now`` is read for subjects with a published period only.
    """
    nothing = Now(None, None, ceiling=False)
    marks = [
        _mark(history, published.period, c, s, cell.light, _as_now(cell, now.get((c, s), nothing), light_from))
        for published in history.before(period)
        for (c, s), cell in published.cells.items()
    ]
    marks += [_mark(history, period, c, s, colour, colour) for (c, s), colour in light_now.items()]
    lit = {(m.contestant, m.subject) for m in marks if m.issued != "none"}
    marks = [m for m in marks if (m.contestant, m.subject) in lit]
    for name in ("period", "subject", "contestant"):  # the last one first: a sort keeps what was in order
        marks.sort(key=attrgetter(name))
    return tuple(marks)


def strip(evaluation: Evaluation, history: History) -> tuple[LightMark, ...]:
    """The strip as of an evaluation, with all that was ever published: also errata of its own period and before."""
    return memory(
        history,
        evaluation.period,
        now_of(evaluation.season, evaluation.cells),
        issued_by(evaluation.cells, evaluation.projects),
        evaluation.season.light_from,
    )


def _mark(history: History, period: Period, contestant: str, subject: str, issued: Colour, now: Colour) -> LightMark:
    if issued == "red" or (period, contestant, subject) not in history.ever_red:
        return LightMark(contestant, subject, period, issued, now)
    # An erratum put a red one right: it was red, and what it has become is never green.
    return LightMark(contestant, subject, period, "red", "yellow" if now == "green" else now)


def _as_now(then: CellThen, now: Now, light_from: float) -> Colour:
    due = now.due if now.ceiling else then.due
    if then.light != "red" or due is None or now.completion is None:
        return then.light
    return "yellow" if round(now.completion, 12) >= round(light_from * due, 12) else "red"
