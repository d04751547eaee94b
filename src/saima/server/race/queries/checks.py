"""What stands against submitting a report, cell by cell: the engine's findings over the draft, and rules of entry.

A figure that is unusual may be true: it needs a note, not another value. What can be no figure of its measure, and
what says nothing at all, must be mended first. docs of the findings themselves: docs/method/integrity.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from saima.engine.errors import Problem
from saima.engine.integrity import findings
from saima.engine.integrity.context import GROWS
from saima.engine.integrity.jump import FEWEST_COUNTED
from saima.engine.model.curves import planned_share
from saima.engine.model.inputs import AsOf, Readings
from saima.engine.model.season import Indicator
from saima.server.race.enums import CellKind
from saima.server.race.models import ReportCell
from saima.server.race.queries.drafts import CellKey, Draft
from saima.server.race.queries.typed import is_too_long

Level = Literal["stop", "note", "told"]  # must be mended; needs a note; has one
UNUSUAL: Final = 3.0  # robust standard deviations (median +- 3 MAD) from which entry asks for a note
MOST_OF_REST: Final = 0.5  # of what is left to do, in one step
_IMPOSSIBLE: Final = frozenset({"fraction", "negative", "yes-no", "completion-range"})
_FOR_VERIFIERS: Final = frozenset({"jump", "bunching"})  # about the year or the column, not about this entry


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing about one cell; ``problem`` is its whole sentence."""

    contestant: str
    indicator: str
    level: Level
    problem: Problem

    @property
    def key(self) -> CellKey:
        return self.contestant, self.indicator


def problems_of(
    draft: Draft, cells: Sequence[ReportCell], evidence: Mapping[CellKey, int], *, missing: bool = True
) -> tuple[CellProblem, ...]:
    """Every problem, in the order of the cells; what must be mended first within a cell.

    ``evidence`` counts files by cell. ``missing`` False leaves out cells nobody has touched yet.
    """
    found: dict[CellKey, list[CellProblem]] = {(c.contestant, c.indicator): [] for c in cells}
    notes = {(c.contestant, c.indicator): c.note.strip() for c in cells}
    for cell in cells:
        found[cell.contestant, cell.indicator].extend(_entry(draft, cell, evidence, missing=missing))
    for key, level, problem in (*_engine(draft), *_steps(draft, cells), *_parts(draft, cells)):
        if key in found:
            told: Level = "told" if level == "note" and notes[key] else level
            found[key].append(CellProblem(*key, told, problem))
    order = ("stop", "note", "told")
    return tuple(p for one in found.values() for p in sorted(one, key=lambda p: order.index(p.level)))


def standing_against(problems: Sequence[CellProblem]) -> tuple[CellProblem, ...]:
    """Those with which a report cannot be submitted."""
    return tuple(p for p in problems if p.level != "told")


def _entry(draft: Draft, cell: ReportCell, evidence: Mapping[CellKey, int], *, missing: bool) -> Iterator[CellProblem]:
    key = (cell.contestant, cell.indicator)
    indicator = draft.spec.indicator[cell.indicator]
    names = _names(draft, key)
    code, params = "", dict[str, object]()
    if cell.kind == CellKind.EMPTY and missing:
        code = "report.missing"
    elif cell.kind == CellKind.VALUE and not cell.value:
        code = "report.no_number" if indicator.unit else "report.no_number_plain"
        if is_too_long(cell.text, indicator):
            code = "report.too_long"
        params = {"text": cell.text, "unit": indicator.unit}
    elif cell.kind == CellKind.NOT_APPLICABLE and not cell.note.strip():
        code = "report.needs_reason"
    elif cell.kind == CellKind.VALUE and not evidence.get(key) and _needs_evidence(indicator, cell.value):
        code = "report.needs_evidence" if indicator.evidence == "always" else "report.needs_evidence_positive"
    if code:
        yield CellProblem(*key, "stop", Problem(code, {**names, **params}))


def _needs_evidence(indicator: Indicator, value: str) -> bool:
    return indicator.evidence == "always" or (indicator.evidence == "if_positive" and float(value) > 0)


def _engine(draft: Draft) -> Iterator[tuple[CellKey, Level, Problem]]:
    rules = draft.spec.integrity
    spec = replace(draft.spec, integrity=replace(rules, outlier_score=min(rules.outlier_score, UNUSUAL)))
    for finding in findings(spec, draft.known, Readings(), AsOf(draft.period)):
        check = finding.key.partition(":")[0]
        if check not in _FOR_VERIFIERS:
            level: Level = "stop" if check in _IMPOSSIBLE else "note"
            yield (finding.contestant, finding.indicator), level, Problem(finding.code, finding.params)


def _steps(draft: Draft, cells: Sequence[ReportCell]) -> Iterator[tuple[CellKey, Level, Problem]]:
    """More than half of what was left to do in one step, where the plan expects less than half of that."""
    for cell in cells:
        key = (cell.contestant, cell.indicator)
        indicator = draft.spec.indicator[cell.indicator]
        target = draft.target(key)
        now, before = draft.now(key), draft.before(key)
        if now is None or before is None or target is None:
            continue
        if indicator.measure not in GROWS | {"completion"} or indicator.better == "lower":
            continue
        left, step = target - before, now - before
        if left <= 0 or step <= 0 or (indicator.measure == "count" and step < FEWEST_COUNTED):
            continue
        was, planned = planned_share(draft.spec, indicator, (draft.period.next(-1), draft.period))
        expected = (planned - was) / (1 - was) if planned >= was and was < 1 else 1.0
        if step / left > max(MOST_OF_REST, 2 * expected):
            yield (
                key,
                "note",
                Problem(
                    "report.much_at_once",
                    {**_names(draft, key), "before": before, "value": now, "share": round(step / left * 100, 1)},
                ),
            )


def _parts(draft: Draft, cells: Sequence[ReportCell]) -> Iterator[tuple[CellKey, Level, Problem]]:
    """A share whose numerator is above its denominator."""
    for cell in cells:
        key = (cell.contestant, cell.indicator)
        indicator = draft.spec.indicator[cell.indicator]
        if indicator.measure != "share" or not indicator.denominator:
            continue
        part, whole = draft.now(key), draft.now((cell.contestant, indicator.denominator))
        below = draft.spec.indicator[indicator.denominator]
        if part is not None and whole is not None and part * indicator.scale > whole * below.scale:
            yield (
                key,
                "note",
                Problem(
                    "report.above_denominator",
                    {**_names(draft, key), "value": part, "whole": below.title, "whole_value": whole},
                ),
            )


def _names(draft: Draft, key: CellKey) -> dict[str, object]:
    return {
        "contestant": draft.spec.contestant[key[0]].title,
        "indicator": draft.spec.indicator[key[1]].title,
        "period": str(draft.period),
    }
