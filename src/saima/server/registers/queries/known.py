"""What of the records counts at an instant: recorded by then, and not from a table that was taken back by then."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from saima.server.kit import clock
from saima.server.registers.models import EnterpriseMerge, Import


def taken_back(known: datetime) -> list[int]:
    """Tables that do not count at an instant: undone by then, or still coming in part by part."""
    coming = Q(began_at__isnull=False) & (Q(confirmed_at=None) | Q(confirmed_at__gt=known))
    return list(Import.objects.filter(Q(undone_at__lte=known) | coming).values_list("id", flat=True))


def standing(known: datetime | None = None) -> Q:
    """Rows of a ``Recorded`` table that count at an instant (now); order them by ``recorded_at`` and ``id``."""
    instant = known or clock.now()
    counts = Q(recorded_at__lte=instant)
    if undone := taken_back(instant):
        counts &= Q(source=None) | ~Q(source__in=undone)
    return counts


def merged(counts: Q) -> Mapping[int, int]:
    """Firms that are another one, each with the firm it is in the end."""
    rows = EnterpriseMerge.objects.filter(counts).order_by("recorded_at", "id")
    into = {one: other for one, other in rows.values_list("enterprise_id", "into_id") if one}
    direct = {one: other for one, other in into.items() if other}
    return {one: _end(one, direct) for one in direct}


def _end(one: int, direct: Mapping[int, int]) -> int:
    seen = {one}
    while (following := direct.get(one)) is not None and following not in seen:
        seen.add(following)
        one = following
    return one
