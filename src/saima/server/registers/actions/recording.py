"""Writes what is said of firms, many rows at once, and draws anew what lists show of them."""

import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.db import connection

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

_SHOWN: Final = ("name", "name_key", "place_id", "industry", "size_class", "founded", "closed")
_DRAWN: Final = (*_SHOWN, "listed")
DRAWN_FROM: Final = (INDUSTRY, SIZE, FOUNDED, CLOSED)
_AT_ONCE: Final = 10_000


class Name(NamedTuple):
    uscc: str
    name: str
    since: date | None = None
    alias: bool = False


class Address(NamedTuple):
    uscc: str
    place: int
    since: date | None = None
    text: str = ""


class Fact(NamedTuple):
    uscc: str
    item: str
    period: str
    value: str


class Status(NamedTuple):
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


def record_all(
    said: Said, *, source: Import | None = None, by: Any = None, reason: str = "", drawn: bool = True
) -> Mapping[str, int]:
    """Add it all in the caller's transaction, firms that are not there first; ids by code of the firms it speaks of.

    Without ``drawn``, lists show nothing of it: new firms stand in none, and ``draw`` is for the caller to ask.
    """
    usccs = said.usccs
    ids = _ids(usccs)
    new = usccs - ids.keys()
    plain: Mapping[str, list[Any]] = {}
    if new:
        plain = _plain(said, new)
        add_rows(Enterprise, ("uscc", *_SHOWN, "uuid"), _new(sorted(new), plain), {"listed": drawn})
        ids |= _ids(new)
    who = {
        "recorded_at": clock.now(),
        "source_id": source.pk if source else None,
        "by_id": getattr(by, "pk", None),
        "reason": reason,
    }
    names = [(name_key(name), ids[code], name, since, alias) for code, name, since, alias in said.names]
    if len(names) == len({row[1] for row in names}):  # of two names of one firm the later one counts
        names.sort(key=itemgetter(0))  # an index of names then grows page by page instead of everywhere
    add_rows(EnterpriseName, ("key", "enterprise_id", "name", "since", "alias"), names, who)
    add_rows(
        EnterpriseAddress,
        ("enterprise_id", "place_id", "since", "text"),
        ((ids[code], *rest) for code, *rest in said.addresses),
        who,
    )
    add_rows(
        EnterpriseFact,
        ("enterprise_id", "item", "period", "value"),
        ((ids[code], item, period, value) for code, item, period, value in said.facts),
        who,
    )
    add_rows(
        EnterpriseStatus,
        ("enterprise_id", "status", "since", "until", "void", "batch"),
        ((ids[code], *rest) for code, *rest in said.statuses),
        who,
    )
    if drawn:
        marked = {f.uscc for f in said.facts if f.item in DRAWN_FROM}
        shown = ({n.uscc for n in said.names} | {a.uscc for a in said.addresses} | marked) - plain.keys()
        _each(_draw, (ids[code] for code in shown))
        _each(_draw_spells, (ids[r.uscc] for r in said.statuses))
    return ids


def _new(codes: Sequence[str], plain: Mapping[str, list[Any]]) -> Iterator[tuple[Any, ...]]:
    nothing = ["", "", None, "", "", None, None]
    return ((code, *plain.get(code, nothing), uid) for code, uid in zip(codes, _uuids(len(codes)), strict=True))


def _uuids(count: int) -> Iterator[uuid.UUID]:
    """Version 7, one behind the other (RFC 9562, 6.2): random ones would grow their index everywhere at once."""
    instant = int(clock.real().timestamp() * 1000)
    one = instant << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(61)
    for _ in range(count):
        yield uuid.UUID(int=one)
        one += 1 + secrets.randbits(32)


def _plain(said: Said, new: AbstractSet[str]) -> dict[str, list[Any]]:
    """What lists show of new firms of which no more than one thing is said of each kind, valid at all times."""
    found: dict[str, list[Any]] = {}
    odd: set[str] = set()
    for code, name, since, alias in said.names:
        if code in new:
            if code in found or since is not None or alias:
                odd.add(code)
            found[code] = [name, name_key(name), None, "", "", None, None]
    for code, place, since, _ in said.addresses:
        if (row := found.get(code)) is not None:
            if row[2] is not None or since is not None:
                odd.add(code)
            row[2] = place
    for code, item, period, value in said.facts:
        if item in DRAWN_FROM and (row := found.get(code)) is not None:
            at = 3 + DRAWN_FROM.index(item)
            if row[at] or period:
                odd.add(code)
            row[at] = date.fromisoformat(value) if item in {FOUNDED, CLOSED} and value else value or None
    for code in odd:
        del found[code]
    for row in found.values():
        row[3:5] = [row[3] or "", row[4] or ""]
    return found


def _ids(usccs: Iterable[str]) -> dict[str, int]:
    return dict(Enterprise.objects.filter(uscc__among=sorted(usccs)).values_list("uscc", "id"))


def draw(firms: Iterable[int]) -> None:
    """Draw anew what lists show of some firms, from all that is known now."""
    wanted = [*firms]
    _each(_draw, wanted)
    _each(_draw_spells, wanted)


def draw_spells(firms: Iterable[int]) -> None:
    """Of these firms, their statuses alone."""
    _each(_draw_spells, firms)


def _each(do: Callable[[Sequence[int]], None], firms: Iterable[int]) -> None:
    wanted = sorted({*firms})
    for start in range(0, len(wanted), _AT_ONCE):
        do(wanted[start : start + _AT_ONCE])


def _draw(wanted: Sequence[int]) -> None:
    keys = DRAWN_FROM
    now = register_at(clock.today(), keys=keys, only=wanted, closed=True)
    there = {
        firm: (name, name_key(name), place, *(now.columns[k][n] for k in keys), True)
        for n, (firm, name, place) in enumerate(zip(now.ids, now.names, now.places, strict=True))
    }
    before = Enterprise.objects.filter(id__among=wanted).values_list("id", *_DRAWN)
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
    rows = Spell.objects.filter(enterprise_id__among=wanted)
    before = {(e, s, a, b): n for n, e, s, a, b in rows.values_list("id", "enterprise_id", "status", "since", "until")}
    gone = [n for row, n in before.items() if row not in now]
    if gone:
        Spell.objects.filter(id__among=gone).delete()
    add_rows(Spell, ("enterprise_id", "status", "since", "until"), sorted(now - before.keys(), key=str))
