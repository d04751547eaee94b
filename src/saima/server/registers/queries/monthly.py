"""Figures of firms by period, as known at an instant: what a sum over months of a year is made of."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from saima.server.registers.models import EnterpriseFact
from saima.server.registers.queries.known import merged, standing


def figures_of(
    item: str, periods: Iterable[str], known: datetime | None = None
) -> Mapping[int, Mapping[str, tuple[str, str]]]:
    """Firm -> period -> (value, where it is from); of a firm that is another one, what the other does not say itself.

    What was taken back is not there.
    """
    counts = standing(known)
    ends = merged(counts)
    rows = EnterpriseFact.objects.filter(counts, item=item, period__in=list(periods)).order_by("recorded_at", "id")
    own: dict[int, dict[str, tuple[str, str]]] = {}
    others: dict[int, dict[str, tuple[str, str]]] = {}
    fields = ("enterprise_id", "period", "value", "source__name")
    for firm, period, value, source in rows.values_list(*fields).iterator(chunk_size=20_000):
        held = others.setdefault(ends[firm], {}) if firm in ends else own.setdefault(firm, {})
        held[period] = (value, source or "")
    found = {firm: {**others.get(firm, {}), **own.get(firm, {})} for firm in own.keys() | others.keys()}
    return {firm: {p: said for p, said in of.items() if said[0]} for firm, of in found.items()}
