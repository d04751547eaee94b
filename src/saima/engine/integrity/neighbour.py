"""A value that slipped into the neighbour's column."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import BoolArray, Context, modified_z
from saima.engine.model.evaluation import Finding
from saima.engine.model.known import FloatArray
from saima.engine.model.season import Contestant, Indicator

FEWEST_PEERS = 3
PEERS_AGREE = 0.95
UNFIT = 2.0  # robust standard deviations off its own column, beside the sign the peers give
RELATED = 8  # columns a figure is compared with
FEWEST_FITTED = 12


def neighbour_column(context: Context) -> Iterator[Finding]:
    """A filled cell of an ``either`` relation that belongs into its empty partner column. Error.

    Where ``applies_to`` of the two indicators tells them apart for the contestant, that decides. Where it does not,
    two signs must agree: at least 95 % of the peers (three or more others of its class, or with one of its tags)
    fill the partner column instead, and the value does not fit its own column. A value that a correction moved to
    where it is has been decided on and is not found again.
    """
    column = {i.code: n for n, i in enumerate(context.season.indicators)}
    moved = {
        (c.contestant, c.to_indicator)
        for c, _, _ in context.known.corrected
        if c.action == "move" and c.period == context.period
    }
    for relation in context.rules.relations:
        if relation.kind != "either":
            continue
        family = [column[code] for code in (relation.whole, *relation.parts)]
        for own in family:
            for partner in family:
                if own == partner:
                    continue
                for c in np.flatnonzero(_slipped(context, own, partner, family)):
                    if (context.season.contestants[int(c)].code, context.season.indicators[own].code) in moved:
                        continue
                    yield context.finding(
                        f"neighbour/{relation.code}",
                        "error",
                        int(c),
                        own,
                        "neighbour",
                        value=float(context.now[c, own]),
                        partner=context.season.indicators[partner].title,
                    )


def _slipped(context: Context, own: int, partner: int, family: list[int]) -> BoolArray:
    """(contestants,)."""
    filled = np.isfinite(context.now)
    here = filled[:, own] & ~filled[:, partner]
    first, second = (context.season.indicators[n] for n in (own, partner))
    applies = np.array([(_applies(first, c), _applies(second, c)) for c in context.season.contestants], bool)
    told = applies[:, 0] != applies[:, 1]
    slipped: BoolArray = here & told & applies[:, 1]
    doubtful = here & ~told & _peers_fill(context, own, partner)
    if doubtful.any():
        slipped |= doubtful & _unfit(context, own, family)
    return slipped


def _applies(indicator: Indicator, contestant: Contestant) -> bool:
    return not indicator.applies_to or not set(indicator.applies_to).isdisjoint(contestant.tags)


def _peers_fill(context: Context, own: int, partner: int) -> BoolArray:
    filled = np.isfinite(context.now)
    groups: dict[str, list[int]] = {}
    for n, contestant in enumerate(context.season.contestants):
        for name in {f"class:{contestant.class_code}", *(f"tag:{tag}" for tag in contestant.tags)}:
            groups.setdefault(name, []).append(n)
    agree = np.zeros(len(filled), bool)
    for _, members in sorted(groups.items()):
        mine, theirs = filled[members, own], filled[members, partner]
        only_theirs, either = (theirs & ~mine).sum(), (mine | theirs).sum()
        # The cell itself is no peer of its own.
        others = either - (mine | theirs)
        enough = others >= FEWEST_PEERS
        agree[members] |= enough & (only_theirs - (theirs & ~mine) >= PEERS_AGREE * others)
    return agree


def _unfit(context: Context, own: int, family: list[int]) -> BoolArray:
    """(contestants,): the value lies off the robust line through its column; True for all where none can be drawn.

    The line runs over the mean percentile of the columns most related to this one (Spearman), with the slope of
    Theil (1950) and Sen (1968).
    """
    column = context.now[:, own]
    ranked = np.apply_along_axis(_percentiles, 0, context.now)
    signs: dict[int, float] = {}
    for n in range(ranked.shape[1]):
        both = np.isfinite(column) & np.isfinite(ranked[:, n])
        if n in family or both.sum() < max(FEWEST_FITTED, 0.8 * np.isfinite(column).sum()):
            continue
        pair = np.array([_percentiles(column[both]), _percentiles(context.now[both, n])])
        if (pair.std(1) > 0).all():
            signs[n] = float(np.corrcoef(pair)[0, 1])
    related = sorted((n for n, r in signs.items() if abs(r) >= 0.4), key=lambda n: (-abs(signs[n]), n))[:RELATED]
    if not related:
        return np.ones(len(column), bool)
    aligned = np.where(np.array([signs[n] for n in related]) > 0, ranked[:, related], 1 - ranked[:, related])
    count = np.isfinite(aligned).sum(1)
    place = np.where(count > 0, np.nansum(aligned, 1) / np.where(count > 0, count, 1), np.nan)
    both = np.isfinite(column) & np.isfinite(place)
    x, y = place[both], column[both]
    run, rise = x[:, None] - x, y[:, None] - y
    apart = np.abs(run) > 1e-9
    if not apart.any():
        return np.ones(len(column), bool)
    off = column - float(np.median(rise[apart] / run[apart])) * place
    z, _ = modified_z(off, np.broadcast_to(off[both], (len(off), int(both.sum()))))
    return ~(np.abs(z) < UNFIT)


def _percentiles(values: FloatArray) -> FloatArray:
    """Mid-rank over n + 1, NaN kept."""
    there = np.isfinite(values)
    ordered = np.sort(values[there])
    middle = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") + 1
    return np.where(there, middle / 2 / (len(ordered) + 1), np.nan)
