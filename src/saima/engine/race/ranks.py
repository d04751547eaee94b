"""Places: rounded scores compared, ties share the smaller place, then declared tie-breakers, never row order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.decimals import rounded
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
    keys = [
        tuple(
            -rounded(float(column[n]), decimals) if np.isfinite(column[n]) else np.inf for column in (scores, *breakers)
        )
        for n in there
    ]
    found = np.zeros(len(scores), np.int64)
    place, last = 0, None
    for position, k in enumerate(sorted(range(len(keys)), key=keys.__getitem__), start=1):
        if keys[k] != last:
            place, last = position, keys[k]
        found[there[k]] = place
    return found


def ranks_within(
    scores: FloatArray, groups: Sequence[str], decimals: int, breakers: Sequence[FloatArray] = ()
) -> NDArray[np.int64]:
    """The same inside each group (class) on its own."""
    found = np.zeros(len(scores), np.int64)
    for group in sorted(set(groups)):
        here = np.array([g == group for g in groups])
        found[here] = ranks(scores[here], decimals, [b[here] for b in breakers])
    return found
