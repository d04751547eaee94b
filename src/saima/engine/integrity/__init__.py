"""Integrity findings: what looks wrong in the evaluated period, cell by cell. Nothing is altered here.

One module per check; ``CHECKS`` is the closed list. docs/method/integrity.md has each rule with a worked figure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from saima.engine.integrity.bunching import bunching
from saima.engine.integrity.context import Context
from saima.engine.integrity.falling import falling
from saima.engine.integrity.jump import jump
from saima.engine.integrity.neighbour import neighbour_column
from saima.engine.integrity.outlier import outlier
from saima.engine.integrity.shape import completion_range, fraction, negative, yes_no
from saima.engine.integrity.sums import part_above_whole, parts_sum
from saima.engine.integrity.zeros import zero_for_missing
from saima.engine.model.evaluation import Finding
from saima.engine.model.inputs import AsOf, Readings
from saima.engine.model.known import Known
from saima.engine.model.season import Season

CHECKS: Final[Mapping[str, Callable[[Context], Iterable[Finding]]]] = {
    "falling": falling,
    "neighbour": neighbour_column,
    "sum": parts_sum,
    "at-most": part_above_whole,
    "fraction": fraction,
    "negative": negative,
    "yes-no": yes_no,
    "completion-range": completion_range,
    "zero": zero_for_missing,
    "outlier": outlier,
    "jump": jump,
    "bunching": bunching,
}
_SEVERITIES: Final = ("error", "warning", "notice")


def findings(season: Season, known: Known, readings: Readings, as_of: AsOf) -> tuple[Finding, ...]:
    """Every finding about the period of ``as_of``; the past only serves as a yardstick.

    Parameters
    ----------
    known : figures as of the cut, with corrections applied: what was corrected is not found again.
    readings : its waivers known at the cut give ``waived`` the reason; of several for one key the last recorded.

    Returns
    -------
    Errors, warnings, notices; within them in the season's order of contestants and indicators. A finding about a
    whole column has no contestant and comes first.
    """
    context = Context(season, known, as_of.period)
    waived = {
        w.finding: w.reason
        for w in sorted(readings.waivers, key=lambda w: (w.recorded_at, w.finding, w.reason))
        if as_of.known_at is None or w.recorded_at <= as_of.known_at
    }
    who = {c.code: n for n, c in enumerate(season.contestants)}
    what = {i.code: n for n, i in enumerate(season.indicators)}
    found = [
        replace(f, waived=waived[f.key]) if f.key in waived else f for check in CHECKS.values() for f in check(context)
    ]
    return tuple(
        sorted(
            found,
            key=lambda f: (_SEVERITIES.index(f.severity), who.get(f.contestant, -1), what[f.indicator], f.key),
        )
    )
