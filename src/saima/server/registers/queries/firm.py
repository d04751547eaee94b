"""Everything of one firm for its page: names, places, statuses and figures over time, and where each came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from saima.server.kit import clock
from saima.server.places.queries import places_titled
from saima.server.registers.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseName,
    EnterpriseStatus,
)
from saima.server.registers.models.firm_items import Item, items, statuses
from saima.server.registers.queries.known import standing
from saima.server.registers.queries.statuses import spells
from saima.words import Text

YEARS: Final = 5
_MOST_NAMESAKES: Final = 5
FIRST: Final = ("revenue", "sales", "output", "profit", "tax_paid", "rd_spend", "staff", "tech_staff")
_SOURCE: Final = ("recorded_at", "source__number", "by__name", "reason")


@dataclass(frozen=True)
class Origin:
    """When something was recorded, from which table or by whom, and why."""

    at: datetime
    number: int | None
    by: str
    reason: str


@dataclass(frozen=True)
class Dated:
    """A name or place with the day from which it holds."""

    text: str
    title: Text | None
    since: date | None
    alias: bool
    origin: Origin


@dataclass(frozen=True)
class Held:
    title: Text
    status: str
    since: date
    until: date | None
    now: bool
    batch: str
    origin: Origin


@dataclass(frozen=True)
class Yearly:
    """A figure by year: one line of the table, and its trend."""

    item: Item
    values: Sequence[float | None]
    origin: Origin

    @property
    def several(self) -> bool:
        """Whether there is a line to draw."""
        return sum(v is not None for v in self.values) > 1

    @property
    def money(self) -> bool:
        return self.item.unit == "yuan"


@dataclass(frozen=True)
class Mark:
    """Something that holds on: a yes, a count, a word, with the time it is of."""

    item: Item
    value: str
    period: str
    origin: Origin


@dataclass(frozen=True)
class Firm:
    names: Sequence[Dated]
    addresses: Sequence[Dated]
    statuses: Sequence[Held]
    years: Sequence[str]
    yearly: Sequence[Yearly]
    monthly: Sequence[Mark]
    marks: Sequence[Mark]
    merged: Sequence[Enterprise]
    imports: Sequence[int]


def firm_of(firm: Enterprise) -> Firm:
    """What is known of a firm now, with what was said of those merged into it."""
    counts = standing()
    merged = list(Enterprise.objects.filter(merged_into=firm).order_by("uscc"))
    ids = [firm.pk, *(m.pk for m in merged)]
    titles = places_titled()
    names = [
        Dated(name, None, since, alias, Origin(*origin))
        for name, since, alias, *origin in _rows(EnterpriseName, ids, counts, "name", "since", "alias")
    ]
    addresses = [
        Dated(text, titles.get(place), since, False, Origin(*origin))
        for text, place, since, *origin in _rows(EnterpriseAddress, ids, counts, "text", "place_id", "since")
    ]
    facts = _facts(firm.pk, ids, counts)
    years, yearly = _yearly(facts)
    held = _held(ids, counts)
    found: list[Dated | Held | Yearly] = [*names, *addresses, *held, *yearly]
    numbers = {one.origin.number for one in found} | {origin.number for _, origin in facts.values()}
    return Firm(
        names[::-1],
        addresses[::-1],
        held,
        years,
        yearly,
        _monthly(facts),
        _marks(facts),
        merged,
        sorted((n for n in numbers if n is not None), reverse=True),
    )


def _rows(model: Any, ids: Sequence[int], counts: Q, *names: str) -> list[tuple[Any, ...]]:
    rows = model.objects.filter(counts, enterprise_id__in=ids).order_by("recorded_at", "id")
    return list(rows.values_list(*names, *_SOURCE))


def _facts(own: int, ids: Sequence[int], counts: Q) -> dict[tuple[str, str], tuple[str, Origin]]:
    rows = _rows(EnterpriseFact, ids, counts, "enterprise_id", "item", "period", "value")
    found: dict[tuple[str, str], tuple[str, Origin]] = {}
    for of, item, period, value, *origin in sorted(rows, key=lambda r: r[0] == own):  # its own words come last
        del of
        found[item, period] = (value, Origin(*origin))
    return {at: said for at, said in found.items() if said[0]}


def _yearly(facts: Mapping[tuple[str, str], tuple[str, Origin]]) -> tuple[list[str], list[Yearly]]:
    last = max((int(p) for _, p in facts if p and "-" not in p), default=clock.today().year - 1)
    years = [str(y) for y in range(last - YEARS + 1, last + 1)]
    found = []
    for key, item in sorted(items().items(), key=lambda i: FIRST.index(i[0]) if i[0] in FIRST else len(FIRST)):
        said = [facts.get((key, year)) for year in years]
        newest = next((s for s in reversed(said) if s is not None), None)
        if item.yearly and newest is not None:
            found.append(Yearly(item, [float(s[0]) if s else None for s in said], newest[1]))
    return years, found


def _monthly(facts: Mapping[tuple[str, str], tuple[str, Origin]]) -> list[Mark]:
    """The newest month of each figure that comes monthly."""
    newest = {item: period for item, period in sorted(facts) if "-" in period and item in items()}
    return [Mark(items()[i], facts[i, p][0], p, facts[i, p][1]) for i, p in newest.items() if items()[i].yearly]


def _marks(facts: Mapping[tuple[str, str], tuple[str, Origin]]) -> list[Mark]:
    newest = {item: period for item, period in sorted(facts) if item in items() and not items()[item].yearly}
    return [Mark(items()[i], facts[i, p][0], p, facts[i, p][1]) for i, p in sorted(newest.items())]


def _held(ids: Sequence[int], counts: Q) -> list[Held]:
    today, titles = clock.today(), statuses()
    rows = _rows(EnterpriseStatus, ids, counts, "status", "since", "batch")
    origin = {(status, since): (batch, Origin(*o)) for status, since, batch, *o in rows}
    found = [
        Held(
            titles.get(s.status, Text(s.status, s.status)),
            s.status,
            s.since,
            s.until,
            s.since <= today and (s.until is None or s.until > today),
            *origin[s.status, s.since],
        )
        for s in spells(counts, firms=ids)
    ]
    return sorted(found, key=lambda h: (h.since, h.status), reverse=True)


def namesakes(firm: Enterprise) -> list[Enterprise]:
    """Other firms of the register whose name is the same but for the form of the company."""
    rows = Enterprise.objects.filter(listed=True, name_key=firm.name_key).exclude(pk=firm.pk)
    return list(rows.order_by("uscc")[:_MOST_NAMESAKES])


def merges_of(firm: Enterprise) -> list[EnterpriseMerge]:
    rows = EnterpriseMerge.objects.filter(enterprise__in=[firm, *Enterprise.objects.filter(merged_into=firm)])
    return list(rows.select_related("enterprise", "into", "by").order_by("-recorded_at", "-id"))
