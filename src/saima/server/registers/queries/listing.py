"""The list of firms: filters that stand in its address, pages by code that stay fast at a million, rows as shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from saima.files.registers import cleaned
from saima.files.registers.codes import SIGNS
from saima.server.kit import clock
from saima.server.places.queries import places_by_key, places_titled, within, zones_listed
from saima.server.registers.models import Enterprise, EnterpriseFact, EnterpriseName, SavedView, Spell
from saima.server.registers.models.firm_items import RUNGS, TOP, items, statuses
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.names import name_key
from saima.server.registers.queries.seeing import enterprises_visible_to, places_seen
from saima.words import Text

ON_A_PAGE: Final = 50
MOST_COUNTED: Final = 10_000
MOST_FILED: Final = 100_000
SHOWN: Final = ("revenue", "rd_spend", "staff")
_INDUSTRIES: Final = 300
_FEW: Final = 2_000
_CODE_BEGINS: Final = 8  # signs from which on what is typed is taken for a code


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
        there = within(p.pk for p in places_by_key([wanted.place]).values())
        rows = rows.filter(place=None) if wanted.place == "none" else rows.filter(place__in=there)
    if wanted.industry:
        rows = rows.filter(industry=wanted.industry)
    if wanted.size:
        rows = rows.filter(size_class=wanted.size)
    if wanted.status:
        rows = _holding(rows, wanted.status, today)
    if wanted.missing in items():
        periods = (
            [str(today.year - 1)] if items()[wanted.missing].yearly else ["", str(today.year - 1), str(today.year)]
        )
        told = EnterpriseFact.objects.filter(enterprise=OuterRef("pk"), item=wanted.missing, period__in=periods)
        rows = rows.filter(~Exists(told.exclude(value="")))
    if wanted.q:
        rows = _called(rows, wanted.q)
    return rows.order_by("uscc")


def _holding(rows: QuerySet[Enterprise], status: str, day: date) -> QuerySet[Enterprise]:
    """A few are named one by one; of many, each firm is asked, so that neither way reads the whole register."""
    held = _held(day).filter(status=status)
    some = list(held.values_list("enterprise_id", flat=True)[: _FEW + 1])
    return (
        rows.filter(pk__in=some) if len(some) <= _FEW else rows.filter(Exists(held.filter(enterprise=OuterRef("pk"))))
    )


def _called(rows: QuerySet[Enterprise], typed: str) -> QuerySet[Enterprise]:
    """Firms with a name like this, now or before, or whose code begins so."""
    code, key = cleaned(typed), name_key(typed)
    if len(code) >= _CODE_BEGINS and code.isascii() and not {*code} - {*SIGNS}:
        into = Enterprise.objects.filter(uscc=code).values("merged_into")
        return rows.filter(Q(uscc__gte=code, uscc__lt=code + "~") | Q(pk__in=into))
    if not key:
        return rows.none()
    former = EnterpriseName.objects.filter(key=key).values_list("enterprise_id", "enterprise__merged_into_id")
    some = {pk for row in former[:_FEW] for pk in row if pk is not None}
    return rows.filter(Q(name_key__contains=key) | Q(pk__in=some))


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
    whole = not after and not before and not links[0]
    counted = len(found) if whole else rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    today = clock.today()
    return Page(_shown(found, today), counted if counted <= MOST_COUNTED else None, *links, today.year - 1)


def _shown(found: Sequence[Enterprise], today: date) -> list[Row]:
    titles = places_titled()
    known = statuses()
    held: dict[int, list[str]] = {}
    for pk, status in _held(today).filter(enterprise__in=found).values_list("enterprise_id", "status"):
        held.setdefault(pk, []).append(status)
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
    ids, own = set(_distinct("place_id", 0)), places_seen(person)
    titles = places_titled()
    return [(p.key, titles[p.pk]) for p in zones_listed() if p.pk in ids and (own is None or p.pk in own)]


def industries() -> list[str]:
    """Industries there are, to choose from."""
    return [str(one) for one in _distinct("industry", "")]


def _distinct(column: str, above: str | int) -> list[Any]:
    """The different values of an indexed column, from one to the next through its index: DISTINCT reads every row."""
    quote = connection.ops.quote_name
    table = quote(Enterprise._meta.db_table)  # noqa: SLF001 - documented by Django
    one = f"SELECT MIN({quote(column)}) FROM {table} WHERE {quote(column)} >"  # noqa: S608 - our own names
    more = f"SELECT ({one} found.value) FROM found WHERE found.value IS NOT NULL"  # noqa: S608 - as above
    steps = f"{one} %s UNION ALL {more}"
    whole = "SELECT value FROM found WHERE value IS NOT NULL LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE found(value) AS ({steps}) {whole}", [above, _INDUSTRIES])
        return [row[0] for row in cursor.fetchall()]


def views_of(person: Any) -> list[SavedView]:
    """The lists somebody keeps under a name."""
    return list(SavedView.objects.filter(person=person).order_by("name")) if person.is_authenticated else []
