"""Writes what is said of firms, many rows at once, and draws anew what lists show of them."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from saima.server.kit import clock
from saima.server.kit.adding import add_rows
from saima.server.registers.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseName,
    EnterpriseStatus,
    Import,
    Spell,
)
from saima.server.registers.models.firm_items import CLOSED, FOUNDED, INDUSTRY, SIZE
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.known import standing
from saima.server.registers.queries.names import name_key
from saima.server.registers.queries.statuses import spells

_WHO: Final = ("recorded_at", "source_id", "by_id", "reason")
_DRAWN: Final = ("name", "name_key", "place", "industry", "size_class", "founded", "closed", "listed")
_DRAWN_FROM: Final = (INDUSTRY, SIZE, FOUNDED, CLOSED)
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Name:
    uscc: str
    name: str
    since: date | None = None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    uscc: str
    place: int
    since: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    uscc: str
    item: str
    period: str
    value: str


@dataclass(frozen=True, slots=True)
class Status:
    uscc: str
    status: str
    since: date
    until: date | None = None
    void: bool = False
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything one table or one person says of firms."""

    names: Sequence[Name] = ()
    addresses: Sequence[Address] = ()
    facts: Sequence[Fact] = ()
    statuses: Sequence[Status] = ()

    @property
    def usccs(self) -> AbstractSet[str]:
        said: tuple[Sequence[Name | Address | Fact | Status], ...] = (
            self.names,
            self.addresses,
            self.facts,
            self.statuses,
        )
        return {row.uscc for rows in said for row in rows}


def record_all(said: Said, *, source: Import | None = None, by: Any = None, reason: str = "") -> Mapping[str, int]:
    """Add it all in the caller's transaction, firms that are not there first; ids by code of the firms it speaks of."""
    ids = _ids(said.usccs)
    new = sorted(said.usccs - ids.keys())
    if new:
        columns = ("uuid", "uscc", "name", "name_key", "industry", "size_class", "listed")
        add_rows(Enterprise, columns, ((uuid.uuid4(), code, "", "", "", "", True) for code in new))
        ids |= _ids(new)
    who = (clock.now(), source.pk if source else None, getattr(by, "pk", None), reason)
    _add(
        EnterpriseName,
        ("enterprise_id", "name", "key", "since", "alias"),
        ((ids[r.uscc], r.name, name_key(r.name), r.since, r.alias) for r in said.names),
        who,
    )
    _add(
        EnterpriseAddress,
        ("enterprise_id", "place_id", "text", "since"),
        ((ids[r.uscc], r.place, r.text, r.since) for r in said.addresses),
        who,
    )
    _add(
        EnterpriseFact,
        ("enterprise_id", "item", "period", "value"),
        ((ids[r.uscc], r.item, r.period, r.value) for r in said.facts),
        who,
    )
    _add(
        EnterpriseStatus,
        ("enterprise_id", "status", "since", "until", "void", "batch"),
        ((ids[r.uscc], r.status, r.since, r.until, r.void, r.batch) for r in said.statuses),
        who,
    )
    marked = (f.uscc for f in said.facts if f.item in _DRAWN_FROM)
    drawn = {n.uscc for n in said.names} | {a.uscc for a in said.addresses} | {*marked}
    _each(_draw, (ids[code] for code in drawn))
    _each(_draw_spells, (ids[r.uscc] for r in said.statuses))
    return ids


def _add(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], who: Sequence[Any]) -> None:
    add_rows(model, (*names, *_WHO), ((*row, *who) for row in rows))


def _ids(usccs: Iterable[str]) -> dict[str, int]:
    wanted = sorted(usccs)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found.update(Enterprise.objects.filter(uscc__in=some).values_list("uscc", "id"))
    return found


def draw(firms: Iterable[int]) -> None:
    """Draw anew what lists show of some firms, from all that is known now."""
    wanted = [*firms]
    _each(_draw, wanted)
    _each(_draw_spells, wanted)


def _each(do: Callable[[Sequence[int]], None], firms: Iterable[int]) -> None:
    wanted = sorted({*firms})
    for start in range(0, len(wanted), _AT_ONCE):
        do(wanted[start : start + _AT_ONCE])


def _draw(wanted: Sequence[int]) -> None:
    keys = _DRAWN_FROM
    now = register_at(clock.today(), keys=keys, only=wanted, closed=True)
    there = {
        firm: (name, name_key(name), place, *(now.columns[k][n] for k in keys), True)
        for n, (firm, name, place) in enumerate(zip(now.ids, now.names, now.places, strict=True))
    }
    before = Enterprise.objects.filter(id__in=wanted).values_list(
        "id", *(f"{f}_id" if f == "place" else f for f in _DRAWN)
    )
    changed = []
    for firm, *shown in before:
        name, key, place, industry, size, founded, closed, listed = there.get(firm, (*shown[:-1], False))
        drawn = (name, key, place, industry or "", size or "", founded, closed, listed)
        if drawn != tuple(shown):
            changed.append((firm, drawn))
    _update(changed)


def _update(changed: Sequence[tuple[int, Sequence[Any]]]) -> None:
    if not changed:
        return
    quote = connection.ops.quote_name
    columns: list[Any] = [Enterprise._meta.get_field(name) for name in _DRAWN]  # noqa: SLF001 - documented by Django
    table = quote(Enterprise._meta.db_table)  # noqa: SLF001 - documented by Django
    sets = ", ".join(f"{quote(c.column)} = %s" for c in columns)
    rows = [
        [*(c.get_db_prep_save(v, connection) for c, v in zip(columns, drawn, strict=True)), firm]
        for firm, drawn in changed
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608 - our own names


def _draw_spells(wanted: Sequence[int]) -> None:
    now = {(s.enterprise, s.status, s.since, s.until) for s in spells(standing(), firms=wanted)}
    rows = Spell.objects.filter(enterprise_id__in=wanted)
    before = {(e, s, a, b): n for n, e, s, a, b in rows.values_list("id", "enterprise_id", "status", "since", "until")}
    gone = [n for row, n in before.items() if row not in now]
    if gone:
        Spell.objects.filter(id__in=gone).delete()
    add_rows(Spell, ("enterprise_id", "status", "since", "until"), sorted(now - before.keys(), key=str))
