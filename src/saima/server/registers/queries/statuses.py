"""Who holds a status on a day, as known at an instant, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from saima.server.registers.models import Enterprise, EnterpriseAddress, EnterpriseName, EnterpriseStatus
from saima.server.registers.queries.known import merged, standing


@dataclass(frozen=True, slots=True)
class Held:
    """A firm that holds a status, with its name and place of that day."""

    enterprise: int
    uscc: str
    name: str
    place: int | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class OneSpell:
    enterprise: int
    status: str
    since: date
    until: date | None


def spells(
    counts: Q, *, on: date | None = None, status: str = "", firms: Iterable[int] | None = None
) -> list[OneSpell]:
    """Statuses with their days: of rows with one first day the last recorded; those of a day, or all."""
    rows = EnterpriseStatus.objects.filter(counts)
    if on is not None:
        rows = rows.filter(since__lte=on)
    if status:
        rows = rows.filter(status=status)
    if firms is not None:
        rows = rows.filter(enterprise_id__among=list(firms))
    last: dict[tuple[int, str, date], tuple[date | None, bool]] = {}
    fields = ("enterprise_id", "status", "since", "until", "void")
    for firm, of, since, until, void in (
        rows.order_by("recorded_at", "id").values_list(*fields).iterator(chunk_size=20_000)
    ):
        last[firm, of, since] = (until, void)
    return [
        OneSpell(firm, of, since, until)
        for (firm, of, since), (until, void) in last.items()
        if not void and (on is None or until is None or until > on)
    ]


def holding(status: str, on: date, known: datetime | None = None, place_ids: Iterable[int] | None = None) -> list[Held]:
    """Firms that hold a status on a day, as known at an instant (now), by code; at some places, or anywhere.

    Firms that are closed still held it: whoever counts firms that exist asks ``register_at``.
    """
    counts = standing(known)
    ends = merged(counts)
    found: dict[int, OneSpell] = {}
    for one in sorted(spells(counts, on=on, status=status), key=lambda s: s.since):
        found.setdefault(ends.get(one.enterprise, one.enterprise), one)
    named = _on_day(EnterpriseName, counts & Q(alias=False), on, "name", found)
    located = _on_day(EnterpriseAddress, counts, on, "place_id", found)
    wanted = None if place_ids is None else {*place_ids}
    usccs = _by_id(Enterprise.objects.all(), "id", found).values_list("id", "uscc").order_by("uscc")
    return [
        Held(firm, uscc, named[firm], located.get(firm), found[firm].since, found[firm].until)
        for firm, uscc in usccs
        if firm in found and firm in named and (wanted is None or located.get(firm) in wanted)
    ]


def _on_day(model: Any, counts: Q, on: date, value: str, firms: Iterable[int]) -> dict[int, Any]:
    """By firm the value in force on a day; before the first day known, the first one."""
    rows = _by_id(model.objects.filter(counts), "enterprise_id", firms)
    values: dict[int, Any] = {}
    fields = ("enterprise_id", value, "since", "recorded_at", "id")
    ordered = sorted(rows.values_list(*fields), key=lambda r: (r[2] or date.min, r[3], r[4]))
    for firm, what, since, *_ in ordered:
        if firm not in values or since is None or since <= on:
            values[firm] = what
    return values


_MOST_NAMED = 10_000  # ids in one question; beyond it the whole table is read


def _by_id(rows: Any, field: str, firms: Iterable[int]) -> Any:
    wanted = [*firms]
    return rows.filter(**{f"{field}__in": wanted}) if len(wanted) <= _MOST_NAMED else rows
