"""Tiers: the highest named threshold a score reaches."""

from saima.engine.model.decimals import rounded
from saima.engine.model.season import Season


def tier_of(season: Season, score: float) -> str:
    """Code of the highest tier a score reaches, or "" when it reaches none.

    Parameters
    ----------
    score : points of the overall score. It and the thresholds are compared rounded half up to ``season.decimals``,
        as ranks are, so a score printed as 90.00 reaches a tier that begins at 90.

    Notes
    -----
    docs/method/tiers-and-constraints.md. Of two tiers with one threshold the smaller code counts.
    """
    shown = rounded(score, season.decimals)
    reached = [t for t in season.tiers if rounded(t.at_least, season.decimals) <= shown]
    return min(reached, key=lambda t: (-t.at_least, t.code)).code if reached else ""
