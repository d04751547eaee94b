"""A rule made ready for a whole register: which columns it needs, and its answers over a frame."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from saima.engine.rules.bulk import Planned, walk_rule
from saima.engine.rules.rule import Rule
from saima.engine.rules.target import Target


@dataclass(frozen=True)
class BulkPlan:
    """One rule, or the rules of a ladder, on a day, in terms of a back end. May be run over any number of frames."""

    on: date
    target: Target
    planned: Mapping[str, Planned]  # rule -> its answers
    prefixed: bool  # whether answers are led by the rule's id

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that are read, beside Boolean ``held.STATUS``. A column that is not there is missing in every row."""
        return tuple(dict.fromkeys(key for p in self.planned.values() for key in p.inputs))

    @property
    def points_decimals(self) -> Mapping[str, int]:
        """By rule, of how many decimals its columns of points are whole numbers; the amount is always in fen."""
        return {rule: p.points_decimals for rule, p in self.planned.items()}

    def columns(self, frame: Any, keep: Sequence[str] = ()) -> Any:
        """One row of answers for each row of the frame, in its order, led by the columns to ``keep``.

        Conditions are Boolean, null where they cannot be told; ``eligible`` likewise. ``refused`` marks rows with a
        figure out of range or with too many decimals, which counts as missing.

        Raises
        ------
        RuleRefused
            A column is of a kind its input cannot be read from.
        """
        answers = {
            f"{rule}.{key}" if self.prefixed else key: column
            for rule, p in self.planned.items()
            for key, column in p.answers.items()
        }
        return self.target.run(frame, answers, keep)


def plan_bulk(rule: Rule, *, on: date, target: Target | None = None, gaps: bool = False) -> BulkPlan:
    """Prepare a rule for frames; without a ``target``, for Polars.

    Parameters
    ----------
    gaps : also give ``gap.CONDITION``, how far a plain comparison is from holding, as a float to look at.

    Raises
    ------
    RuleRefused
        The rule is not in force on the day.
    """
    return _planned((rule,), on, target, gaps=gaps, prefixed=False)


def plan_ladder(rules: Iterable[Rule], *, on: date, target: Target | None = None, gaps: bool = False) -> BulkPlan:
    """Prepare several rules to run in one pass; their answers are named ``RULE.ANSWER``. Raises as ``plan_bulk``."""
    return _planned(tuple(rules), on, target, gaps=gaps, prefixed=True)


def _planned(rules: Sequence[Rule], on: date, target: Target | None, *, gaps: bool, prefixed: bool) -> BulkPlan:
    if target is None:
        from saima.engine.rules.polars_target import PolarsTarget

        target = PolarsTarget()
    return BulkPlan(on, target, {r.id: walk_rule(r, target, on=on, gaps=gaps) for r in rules}, prefixed)
