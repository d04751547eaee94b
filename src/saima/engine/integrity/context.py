"""What every check looks at: the evaluated period's figures, the pattern of the year, and robust yardsticks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.curves import cycle, planned_shares
from saima.engine.model.evaluation import Finding
from saima.engine.model.known import FloatArray, Known
from saima.engine.model.periods import Period
from saima.engine.model.season import IntegrityRules, Measure, Season

BoolArray = NDArray[np.bool_]
Severity = Literal["error", "warning", "notice"]
GROWS: Final[frozenset[Measure]] = frozenset({"cumulative", "count"})
CONSISTENT: Final = 0.6745  # of a normal variable, MAD = 0.6745 standard deviations


@dataclass(frozen=True, eq=False)
class Context:
    """One period of known figures. Arrays are on the season's axes, periods last and ascending up to the period."""

    season: Season
    known: Known
    period: Period

    @property
    def rules(self) -> IntegrityRules:
        return self.season.integrity

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Up to the evaluated one, which ``known_at`` always puts among them."""
        return tuple(p for p in self.known.periods if p <= self.period)

    @cached_property
    def period_text(self) -> str:
        return str(self.period)

    @cached_property
    def figures(self) -> FloatArray:
        """(contestants, indicators, periods), whatever their verification state; the last one is the evaluated."""
        return self.known.value[:, :, : len(self.periods)]

    @cached_property
    def now(self) -> FloatArray:
        """(contestants, indicators)."""
        return self.figures[:, :, -1]

    @cached_property
    def past(self) -> FloatArray:
        """(contestants, indicators, earlier periods)."""
        return self.figures[:, :, :-1]

    @cached_property
    def cycles(self) -> NDArray[np.int64]:
        """(periods,): a cumulative figure starts anew with each."""
        return np.array([cycle(self.season, p) for p in self.periods], np.int64)

    @cached_property
    def planned(self) -> FloatArray:
        """(indicators, periods): share of the task planned by then, within its cycle."""
        return planned_shares(self.season, self.periods)

    @cached_property
    def grows(self) -> BoolArray:
        """(indicators,): adds up over the year."""
        return np.array([i.measure in GROWS for i in self.season.indicators], bool)

    @cached_property
    def baseline(self) -> FloatArray:
        """(contestants, indicators), NaN where there is none."""
        return self._of_targets[1]

    @cached_property
    def target(self) -> FloatArray:
        """(contestants, indicators), NaN where there is none; 100 for completion."""
        return self._of_targets[0]

    @cached_property
    def before(self) -> tuple[FloatArray, FloatArray]:
        """(contestants, indicators) each: last figure of this cycle before the period, and the share planned then."""
        figure = np.full(self.now.shape, np.nan)
        share = np.full(self.now.shape, np.nan)
        for k in np.flatnonzero(self.cycles[:-1] == self.cycles[-1]):
            there = np.isfinite(self.figures[:, :, k])
            figure = np.where(there, self.figures[:, :, k], figure)
            share = np.where(there, self.planned[:, k], share)
        return figure, share

    @cached_property
    def _of_targets(self) -> tuple[FloatArray, FloatArray]:
        target, baseline = np.full(self.now.shape, np.nan), np.full(self.now.shape, np.nan)
        at = {c.code: n for n, c in enumerate(self.season.contestants)}
        column = {i.code: n for n, i in enumerate(self.season.indicators)}
        for n, indicator in enumerate(self.season.indicators):
            if indicator.measure == "completion":
                target[:, n] = 100.0
        for (contestant, code), t in self.season.target.items():
            if contestant in at and code in column and self.season.indicator[code].measure != "completion":
                here = at[contestant], column[code]
                target[here] = np.nan if t.target is None else t.target
                baseline[here] = np.nan if t.baseline is None else t.baseline
        return target, baseline

    def found(
        self, check: str, severity: Severity, wrong: BoolArray, code: str, **numbers: FloatArray
    ) -> Iterator[Finding]:
        """One finding per true cell of ``wrong`` (contestants, indicators), with that cell's numbers."""
        for c, n in np.argwhere(wrong):
            values = {name: float(array[c, n]) for name, array in numbers.items()}
            yield self.finding(check, severity, int(c), int(n), code, **values)

    def finding(
        self, check: str, severity: Severity, contestant: int, indicator: int, code: str, **params: object
    ) -> Finding:
        who, what = self.season.contestants[contestant], self.season.indicators[indicator]
        return Finding(
            key=f"{check}:{who.code}:{what.code}:{self.period_text}",
            severity=severity,
            contestant=who.code,
            indicator=what.code,
            period=self.period,
            code=f"integrity.{code}",
            params={"contestant": who.title, "indicator": what.title, "period": self.period_text, **params},
        )


def median_last(values: FloatArray) -> FloatArray:
    """Median over the last axis without NaN, NaN where there is nothing; much quicker than ``np.nanmedian``."""
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(values).sum(-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, -1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), -1)
    return np.where(count > 0, (low + high) / 2, np.nan)[..., 0]


def modified_z(value: FloatArray, sample: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distance of a value from the median of a sample in robust standard deviations, and that median.

    Parameters
    ----------
    value : (...).
    sample : (..., n), NaN where missing.

    Notes
    -----
    Iglewicz and Hoaglin (1993): 0.6745 (x - median) / MAD. Where more than half of the sample is one value, MAD is 0
    and their mean absolute deviation stands in (x - median) / (1.2533 meanAD); where the whole sample is one value,
    2 % of it does.

    Examples
    --------
    >>> z, median = modified_z(np.array([30.0]), np.array([[10.0, 11.0, 12.0, 13.0, 14.0]]))
    >>> z.round(3), median
    (array([12.141]), array([12.]))
    """
    median = median_last(sample)
    away = np.abs(sample - median[..., None])
    # Equal steps differ in their last bits: 2/12 - 1/12 is not 1/12. Noise of that kind is no spread.
    away = np.where(away <= 1e-9 * np.abs(median[..., None]), 0.0, away)
    count = np.isfinite(sample).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = median_last(away) / CONSISTENT
        mean = 1.2533 * np.nansum(away, -1) / np.where(count > 0, count, 1)
        scale = np.where(scale > 0, scale, np.where(mean > 0, mean, 0.02 * np.abs(median)))
        return (value - median) / np.where(scale > 0, scale, np.nan), median
