"""A zero where nothing was known."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context, modified_z
from saima.engine.model.evaluation import Finding

FEWEST = 3  # earlier figures of its own, and peers with a figure


def zero_for_missing(context: Context) -> Iterator[Finding]:
    """A zero in a column whose own history and peers are both far from zero. Warning.

    Far is ``outlier_score`` robust standard deviations, with no zero among the others. Levels, shares and growth
    only: a figure that adds up begins at zero, and falls to it as a falling figure.
    """
    state = np.array([i.measure in ("level", "share", "growth") for i in context.season.indicators], bool)
    zero = state & (context.now == 0)
    if not zero.any():
        return
    far = context.rules.outlier_score
    own, own_median = modified_z(context.now, context.past)
    own_far = (np.isfinite(context.past).sum(-1) >= FEWEST) & ~(context.past == 0).any(-1) & (np.abs(own) >= far)
    for c, n in np.argwhere(zero & own_far):
        peers = np.delete(context.now[:, n], c)
        peers = peers[np.isfinite(peers)]
        if len(peers) < FEWEST or (peers == 0).any():
            continue
        z, median = modified_z(np.zeros(1), peers[None, :])
        if abs(z[0]) >= far:
            yield context.finding(
                "zero",
                "warning",
                int(c),
                int(n),
                "zero",
                own=float(own_median[c, n]),
                peers=float(median[0]),
            )
