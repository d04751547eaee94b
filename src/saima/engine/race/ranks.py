"""Places: rounded scores compared, ties share the smaller place, then declared tie-breakers, never row order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.decimals import all_rounded
from saima.engine.model.known import FloatArray


def ranks(scores: FloatArray, decimals: int, breakers: Sequence[FloatArray] = ()) -> NDArray[np.int64]:
    """Rank of each contestant, 1 = best; 0 where there is no score.

    Parameters
    ----------
    scores : (contestants,), larger is better, NaN where there is none. Compared rounded half up to ``decimals``.
    breakers : arrays of the same shape, looked at in turn where scores are equal; NaN is worse than any number.

    Examples
    --------
    >>> ranks(np.array([0.3, 0.1 + 0.2, 0.5, np.nan]), 6)
    array([2, 2, 1, 0])
    >>> ranks(np.array([1.0, 1.0, 2.0]), 2, [np.array([5.0, 7.0, 0.0])])
    array([3, 2, 1])
    """
    there = np.flatnonzero(~np.isnan(scores))
    keys = [_worse(column[there], decimals) for column in (scores, *breakers)]
    order = np.lexsort(keys[::-1])
    apart = np.ones(len(order), bool)
    apart[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], 0)
    found = np.zeros(len(scores), np.int64)
    found[there[order]] = np.maximum.accumulate(np.where(apart, np.arange(1, len(order) + 1), 0))
    return found


def _worse(column: FloatArray, decimals: int) -> FloatArray:
    """Rounded and negated: smaller is better."""
    there = np.isfinite(column)
    return np.where(there, -all_rounded(np.where(there, column, 0.0), decimals), np.inf)


def ranks_within(
    scores: FloatArray, groups: Sequence[str], decimals: int, breakers: Sequence[FloatArray] = ()
) -> NDArray[np.int64]:
    """The same inside each group (class) on its own."""
    found, names = np.zeros(len(scores), np.int64), sorted(set(groups))
    if len(names) == 1:
        return ranks(scores, decimals, breakers)
    for group in names:
        here = np.array([g == group for g in groups])
        found[here] = ranks(scores[here], decimals, [b[here] for b in breakers])
    return found
