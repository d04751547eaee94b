"""How a contestant's pace stood before and after a day, from what was published. It shows what was, not why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from saima.engine.model.periods import Period


@dataclass(frozen=True, slots=True)
class Point:
    """One published period of one indicator: completion and what was due, as shares of the target."""

    period: Period
    completion: float | None
    due: float | None

    @property
    def pace(self) -> float | None:
        """Completion over what was due; None where nothing was due or known."""
        if self.completion is None or self.due is None or self.due <= 0:
            return None
        return self.completion / self.due


@dataclass(frozen=True, slots=True)
class Around:
    """``before``: the last period that had ended when it started; ``after``: the newest one that ended later.

    ``gain_before`` and ``gain_after``: mean change of pace from one published period to the next on each side; None
    where a side has fewer than two points (the last one before counts as the first of the later side).
    """

    before: Point | None
    after: Point | None
    gain_before: float | None
    gain_after: float | None

    @property
    def change(self) -> float | None:
        """Pace after less pace before, in shares of what was due."""
        if self.before is None or self.after is None or self.before.pace is None or self.after.pace is None:
            return None
        return self.after.pace - self.before.pace


def pace_around(points: Sequence[Point], started: date) -> Around:
    """Split published periods at a day.

    Parameters
    ----------
    points : of one contestant and indicator, in any order; those without a pace are passed over.
    started : the day something began. A period that ends on that day or later is after it.

    Notes
    -----
    docs/method/around.md. A difference of pace is no proof of a cause.

    Examples
    --------
    >>> months = [Point(Period.parse(f"2026-0{n}"), c, n / 12) for n, c in ((1, 0.04), (2, 0.09), (3, 0.2), (4, 0.32))]
    >>> found = pace_around(months, date(2026, 3, 10))
    >>> str(found.before.period), round(found.before.pace, 2), str(found.after.period), round(found.after.pace, 2)
    ('2026-02', 0.54, '2026-04', 0.96)
    """
    known = sorted((p for p in points if p.pace is not None), key=lambda p: p.period)
    earlier = [p for p in known if p.period.last_day < started]
    later = [p for p in known if p.period.last_day >= started]
    return Around(
        before=earlier[-1] if earlier else None,
        after=later[-1] if later else None,
        gain_before=_gain(earlier),
        gain_after=_gain([*earlier[-1:], *later]) if later else None,
    )


def _gain(points: Sequence[Point]) -> float | None:
    if len(points) < 2 or points[-1].pace is None or points[0].pace is None:
        return None
    return (points[-1].pace - points[0].pace) / (points[-1].period - points[0].period)
