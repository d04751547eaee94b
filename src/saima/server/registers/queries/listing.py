"""The list of firms: filters that stand in its address, pages by code that stay fast at a million, rows as shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from saima.server.kit import clock
from saima.server.places.queries import places_titled, zones_listed
from saima.server.registers.models import Enterprise, EnterpriseFact, EnterpriseName, SavedView, Spell
from saima.server.registers.models.items import RUNGS, TOP, items, statuses
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.names import name_key
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.words import Text

ON_A_PAGE: Final = 50
MOST_COUNTED: Final = 10_000
MOST_FILED: Final = 100_000
SHOWN: Final = ("revenue", "rd_spend", "staff")
_INDUSTRIES: Final = 300


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. ``place`` is a key or ``none``; ``missing`` an item without a figure of last year."""

    q: str = ""
    place: str = ""
    industry: str = ""
    size: str = ""
    status: str = ""
    missing: str = ""

    @staticmethod
    def of(asked: Mapping[str, str]) -> "Filters":
        return Filters(**{f.name: asked.get(f.name, "").strip()[:200] for f in fields(Filters)})

    @property
    def query(self) -> str:
        """The part of an address that says the same."""
        return urlencode({f.name: v for f in fields(self) if (v := getattr(self, f.name))})

    @property
    def none(self) -> bool:
        return self == Filters()


@dataclass(frozen=True)
class Row:
    firm: Enterprise
    place: Text | None
    held: Sequence[Text]
    figures: Sequence[float | None]


@dataclass(frozen=True)
class Page:
    """``count`` is None where there are more than are worth counting. ``after`` and ``before`` lead to other pages."""

    rows: Sequence[Row]
    count: int | None
    after: str
    before: str
    year: int


def filtered(person: Any, wanted: Filters) -> QuerySet[Enterprise]:
    """The firms somebody may see and asked for, by code."""
    rows = enterprises_visible_to(person)
    today = clock.today()
    if wanted.place:
        rows = rows.filter(place=None) if wanted.place == "none" else rows.filter(place__key=wanted.place)
    if wanted.industry:
        rows = rows.filter(industry=wanted.industry)
    if wanted.size:
        rows = rows.filter(size_class=wanted.size)
    if wanted.status:
        rows = rows.filter(Exists(_held(today).filter(enterprise=OuterRef("pk"), status=wanted.status)))
    if wanted.missing in items():
        periods = (
            [str(today.year - 1)] if items()[wanted.missing].yearly else ["", str(today.year - 1), str(today.year)]
        )
        there = EnterpriseFact.objects.filter(enterprise=OuterRef("pk"), item=wanted.missing, period__in=periods)
        rows = rows.filter(~Exists(there.exclude(value="")))
    if wanted.q:
        code, key = wanted.q.upper().replace(" ", ""), name_key(wanted.q)
        named = Q(uscc__startswith=code) if code.isascii() and code.isalnum() else Q()
        former = EnterpriseName.objects.filter(key=key).values("enterprise")
        rows = rows.filter(named | (Q(name_key__contains=key) | Q(pk__in=former) if key else Q(pk=None)))
    return rows.order_by("uscc")


def _held(day: date) -> QuerySet[Spell]:
    return Spell.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


def page_of(person: Any, wanted: Filters, *, after: str = "", before: str = "") -> Page:
    """One page: the firms behind a code, or those before it."""
    rows = filtered(person, wanted)
    if before:
        found = list(rows.filter(uscc__lt=before).order_by("-uscc")[: ON_A_PAGE + 1])
        more = len(found) > ON_A_PAGE
        found = found[:ON_A_PAGE][::-1]
        links = (found[-1].uscc if found else "", found[0].uscc if more else "")
    else:
        found = list((rows.filter(uscc__gt=after) if after else rows)[: ON_A_PAGE + 1])
        more = len(found) > ON_A_PAGE
        found = found[:ON_A_PAGE]
        links = (found[-1].uscc if more else "", found[0].uscc if after and found else "")
    counted = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    today = clock.today()
    return Page(_shown(found, today), counted if counted <= MOST_COUNTED else None, *links, today.year - 1)


def _shown(found: Sequence[Enterprise], today: date) -> list[Row]:
    titles = places_titled()
    known = statuses()
    held: dict[int, list[str]] = {}
    for firm, status in _held(today).filter(enterprise__in=found).values_list("enterprise_id", "status"):
        held.setdefault(firm, []).append(status)
    now = register_at(today, keys=SHOWN, only=[f.pk for f in found], closed=True) if found else None
    at = {pk: n for n, pk in enumerate(now.ids)} if now is not None else {}
    order = {status: n for n, status in enumerate((TOP, *reversed(RUNGS)))}
    rows = []
    for firm in found:
        figures = [now.columns[k][at[firm.pk]] if now is not None and firm.pk in at else None for k in SHOWN]
        best = sorted(held.get(firm.pk, ()), key=lambda s: (order.get(s, 99), s))
        titled = [known.get(s, Text(s, s)) for s in best]
        rows.append(Row(firm, titles.get(firm.place_id or 0), titled, [float(f) if f else None for f in figures]))
    return rows


@dataclass(frozen=True, slots=True)
class FileRow:
    uscc: str
    name: str
    place: Text | None
    industry: str
    size: str
    held: Sequence[Text]
    figures: Sequence[Decimal | None]


def file_rows(person: Any, wanted: Filters) -> list[FileRow]:
    """The filtered list as a table: code, name, place, industry, size, statuses, the year's figures."""
    found = list(filtered(person, wanted)[:MOST_FILED].values_list("id", flat=True))
    today = clock.today()
    titles, known = places_titled(), statuses()
    now = register_at(today, keys=(*SHOWN, "industry", "size_class"), only=found, closed=True)
    order = [s for s in known if s in now.held] + sorted(now.held.keys() - known.keys())
    rows = []
    for n, firm in enumerate(now.ids):
        held = [known.get(s, Text(s, s)) for s in order if firm in now.held[s]]
        figures = [Decimal(v) if (v := now.columns[k][n]) else None for k in SHOWN]
        about = (now.columns["industry"][n] or "", now.columns["size_class"][n] or "")
        rows.append(FileRow(now.usccs[n], now.names[n], titles.get(now.places[n] or 0), *about, held, figures))
    return rows


def places_there(person: Any) -> list[tuple[str, Text]]:
    """Places that have firms somebody may see, by key, in display order."""
    rows = enterprises_visible_to(person).exclude(place=None).order_by()
    ids = set(rows.values_list("place_id", flat=True).distinct())
    titles = places_titled()
    return [(p.key, titles[p.pk]) for p in zones_listed() if p.pk in ids]


def industries(person: Any) -> list[str]:
    """Industries there are, to choose from."""
    rows = enterprises_visible_to(person).exclude(industry="").order_by("industry")
    return list(rows.values_list("industry", flat=True).distinct()[:_INDUSTRIES])


def views_of(person: Any) -> list[SavedView]:
    """The lists somebody keeps under a name."""
    return list(SavedView.objects.filter(person=person).order_by("name")) if person.is_authenticated else []
