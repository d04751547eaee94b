"""Planned shares: how much of a whole task a season plans to have done by the end of each period."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Season


def cycle(season: Season, period: Period) -> int:
    """Which span of the length of ``targets_cover`` a period lies in: 0 the present one, -1 the one before.

    A cumulative figure starts anew with each cycle.
    """
    return (period - season.targets_cover.first) // len(season.targets_cover)


def planned_share(season: Season, indicator: Indicator, periods: Sequence[Period]) -> NDArray[np.float64]:
    """Share of the whole task planned by the end of each period, 0 to 1, whether or not it is due then.

    Parameters
    ----------
    periods : any; those before or after ``targets_cover`` are read as the same place in their own cycle.

    Returns
    -------
    (periods,). Without a curve, even pace for every measure.
    """
    span = season.targets_cover
    place = [(p - span.first) % len(span) for p in periods]
    if not indicator.curve:
        return (np.array(place, np.float64) + 1) / len(span)
    shares = sorted(season.curve[indicator.curve].shares)
    return np.array([max((s for at, s in shares if at <= span.first.next(n)), default=0.0) for n in place], np.float64)


def planned_shares(season: Season, periods: Sequence[Period]) -> NDArray[np.float64]:
    """The same of every indicator, (indicators, periods); one curve is read once."""
    by_curve = {i.curve: planned_share(season, i, periods) for i in {i.curve: i for i in season.indicators}.values()}
    return np.array([by_curve[i.curve] for i in season.indicators])
