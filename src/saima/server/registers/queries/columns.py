"""The register as columns, ready for rules: what every firm shows on a day, as known at an instant."""

from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from saima.engine.model.decimals import canonical
from saima.files.rules import register_frame
from saima.server.registers.models import Enterprise, EnterpriseAddress, EnterpriseFact, EnterpriseName
from saima.server.registers.models.firm_items import AGE, CLOSED, FOUNDED, LAG, SUM, Item, items, own_items
from saima.server.registers.queries.known import merged, standing
from saima.server.registers.queries.statuses import spells

Given = Mapping[str, Decimal | int | bool | str | date | None]


@dataclass(frozen=True)
class Register:
    """Firms in the order of their codes, and what each shows. ``numbers`` are canonical decimal texts."""

    on: date
    ids: Sequence[int]
    usccs: Sequence[str]
    names: Sequence[str]
    places: Sequence[int | None]
    columns: Mapping[str, Sequence[Any]]
    numbers: AbstractSet[str]
    held: Mapping[str, AbstractSet[int]]  # status -> firms

    def __len__(self) -> int:
        return len(self.ids)

    def frame(self) -> Any:
        """The frame that ``BulkPlan.columns`` takes; firms keep their ``id``, ``uscc``, ``name`` and ``place``."""
        about = {"id": self.ids, "uscc": self.usccs, "name": self.names, "place": self.places}
        held = {f"held.{status}": [n in firms for n in self.ids] for status, firms in self.held.items()}
        return register_frame({**about, **self.columns, **held}, numbers=self.numbers)

    def given(self, row: int) -> Given:
        """The figures of one firm as ``evaluate_one`` takes them; what is not known is left out."""
        found = {k: values[row] for k, values in self.columns.items() if values[row] is not None}
        return {k: Decimal(v) if k in self.numbers else v for k, v in found.items()}

    def held_by(self, row: int) -> frozenset[str]:
        """The statuses one firm holds."""
        return frozenset(status for status, firms in self.held.items() if self.ids[row] in firms)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A column: an item, how many years before, or how many years together."""

    key: str
    item: Item
    lag: int = 0
    years: int = 1


def register_at(
    on: date,
    known: datetime | None = None,
    keys: Iterable[str] | None = None,
    *,
    only: Iterable[int] | None = None,
    closed: bool = False,
) -> Register:
    """Every firm there is on a day, as known at an instant (now), with the columns rules ask for.

    Parameters
    ----------
    keys : columns by the key of an input; None: every item. ``revenue`` is the figure of the year before ``on``,
        ``revenue_3`` that of three years before it, ``sales_3y`` the sum of three years as far as the firm existed,
        unless a figure of that very name was recorded. A mark (a count of patents, a yes) is the newest one of the
        year of ``on`` or the year before. ``age`` is counted from the day of founding.
    only : firms by id; those merged into them count with them.
    closed : with firms that are closed by that day.
    """
    counts = standing(known)
    ends = merged(counts)
    chosen = None if only is None else {*only}
    rows = _wanted(items() if keys is None else keys)
    named = _latest(EnterpriseName, counts & Q(alias=False), on, "name", chosen, ends)
    located = _latest(EnterpriseAddress, counts, on, "place_id", chosen, ends)
    facts = _facts(counts, on, rows, chosen, ends)
    about = _of_firms(Enterprise.objects.order_by("uscc"), chosen, ends, "id").values_list("id", "uscc")
    over = {n for n, m in facts.get(CLOSED, {}).items() if (day := _day(_newest(m, on))) is not None and day <= on}
    firms = [(n, c) for n, c in about if n in named and n not in ends and (closed or n not in over)]
    born = {n: _day(_newest(marks, on)) for n, marks in facts.get(FOUNDED, {}).items()}
    columns = {w.key: [_value(w, facts, n, on, born.get(n)) for n, _ in firms] for w in rows}
    if keys is None or AGE in (keys := {*keys}):
        columns[AGE] = [_age(born.get(n), on) for n, _ in firms]
    return Register(
        on,
        [n for n, _ in firms],
        [c for _, c in firms],
        [named[n] for n, _ in firms],
        [located.get(n) for n, _ in firms],
        columns,
        frozenset(w.key for w in rows if w.item.number) | ({AGE} & columns.keys()),
        _held(on, counts, ends, chosen),
    )


def _wanted(keys: Iterable[str]) -> list[_Wanted]:
    asked, found = [*dict.fromkeys(keys)], []
    known = own_items() if own_items().keys() >= {*asked} else items()
    for key in asked:
        if key == AGE or key.startswith("held."):
            continue
        lag, together = LAG.fullmatch(key), SUM.fullmatch(key)
        if together and (item := known.get(together["item"])) is not None and item.number:
            found.append(_Wanted(key, item, years=int(together["years"])))
        elif key in known:
            found.append(_Wanted(key, known[key]))
        elif lag and (item := known.get(lag["item"])) is not None:
            found.append(_Wanted(key, item, lag=int(lag["years"])))
    return found


def _of_firms(rows: Any, chosen: AbstractSet[int] | None, ends: Mapping[int, int], field: str) -> Any:
    """The rows of some firms, with those that are merged into them."""
    if chosen is None:
        return rows
    wanted = chosen | {one for one, end in ends.items() if end in chosen}
    return rows.filter(**{f"{field}__among": sorted(wanted)})


def _latest(
    model: Any, counts: Q, on: date, value: str, chosen: AbstractSet[int] | None, ends: Mapping[int, int]
) -> dict[int, Any]:
    """By firm the value in force on a day; before the first day known, the first one."""
    rows = _of_firms(model.objects.filter(counts), chosen, ends, "enterprise_id")
    ordered = rows.order_by(F("since").asc(nulls_first=True), "recorded_at", "id")
    found: dict[int, Any] = {}
    for firm, what, since in ordered.values_list("enterprise_id", value, "since").iterator(chunk_size=20_000):
        if firm not in found or since is None or since <= on:
            found[firm] = what
    return found


def _facts(
    counts: Q, on: date, rows: Sequence[_Wanted], chosen: AbstractSet[int] | None, ends: Mapping[int, int]
) -> dict[str, dict[int, dict[str, str]]]:
    """Item -> firm -> period -> value; of a firm that is another one, what the other does not say itself."""
    deepest = max((w.lag + w.years for w in rows), default=1)
    periods = ["", *(str(on.year - n) for n in range(deepest + 1))]
    months = [f"{year}-{month:02}" for year in (on.year, on.year - 1) for month in range(1, 13)]
    last = f"{on.year}-{on.month:02}"
    wanted = {FOUNDED, CLOSED} | {w.item.key for w in rows} | {w.key for w in rows}
    asked = EnterpriseFact.objects.filter(
        counts, item__in=wanted, period__in=[*periods, *(m for m in months if m <= last)]
    )
    ordered = _of_firms(asked, chosen, ends, "enterprise_id").order_by("recorded_at", "id")
    found: dict[str, dict[int, dict[str, str]]] = {}
    others: list[tuple[str, int, str, str]] = []
    for firm, item, period, value in ordered.values_list("enterprise_id", "item", "period", "value").iterator(
        chunk_size=20_000
    ):
        if firm in ends:
            others.append((item, ends[firm], period, value))
        else:
            found.setdefault(item, {}).setdefault(firm, {})[period] = value
    own = {(item, firm, period) for item, firms in found.items() for firm, of in firms.items() for period in of}
    for item, firm, period, value in others:
        if (item, firm, period) not in own:
            found.setdefault(item, {}).setdefault(firm, {})[period] = value
    return found


def _value(wanted: _Wanted, facts: Mapping[str, Any], firm: int, on: date, born: date | None) -> Any:
    year = on.year - 1
    own = facts.get(wanted.key, {}).get(firm, {})
    if wanted.item.yearly:
        if wanted.key != wanted.item.key and own.get(str(year)):
            return own[str(year)]
        of = facts.get(wanted.item.key, {}).get(firm, {})
        if wanted.years > 1 or SUM.fullmatch(wanted.key):
            first = max(year - wanted.years + 1, born.year if born is not None else 0)
            parts = [of.get(str(y)) for y in range(min(first, year), year + 1)]
            return None if None in parts or "" in parts else canonical(f"{sum(map(Decimal, parts)):f}")
        return of.get(str(year - wanted.lag)) or None
    marks = own or facts.get(wanted.item.key, {}).get(firm, {})
    if wanted.lag:
        return _typed(wanted.item, marks.get(str(year - wanted.lag), ""))
    return _typed(wanted.item, _newest(marks, on))


def _newest(marks: Mapping[str, str], on: date) -> str:
    """The mark that counts on a day: of its year or the year before, else the one that belongs to no time."""
    recent = [p for p in marks if p and int(p[:4]) >= on.year - 1]
    return marks[max(recent, key=_began)] if recent else marks.get("", "")


def _began(period: str) -> str:
    """Periods in the order of their ends: a year ends with its December."""
    return period if "-" in period else f"{period}-12~"


def _typed(item: Item, value: str) -> Any:
    if not value:
        return None
    match item.unit:
        case "flag":
            return value == "1"
        case "day":
            return _day(value)
    return value


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _age(born: date | None, on: date) -> str | None:
    """Years with two decimals, so that one day beyond a whole year is beyond it and one day short is short.

    Examples
    --------
    >>> _age(date(2011, 6, 2), date(2026, 6, 2)), _age(date(2011, 6, 1), date(2026, 6, 2))
    ('15', '15.01')
    >>> _age(date(2025, 6, 3), date(2026, 6, 2))
    '0.99'
    """
    if born is None or born > on:
        return None
    whole = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    last = _birthday(born, born.year + whole)
    days, length = (on - last).days, (_birthday(born, last.year + 1) - last).days
    return canonical(f"{whole + Decimal(max(1, 100 * days // length) if days else 0) / 100:f}")


def _birthday(born: date, year: int) -> date:
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) and not isleap(year) else born.replace(year=year)


def _held(on: date, counts: Q, ends: Mapping[int, int], chosen: AbstractSet[int] | None) -> dict[str, AbstractSet[int]]:
    found: dict[str, set[int]] = {}
    for spell in spells(counts, on=on):
        firm = ends.get(spell.enterprise, spell.enterprise)
        if chosen is None or firm in chosen:
            found.setdefault(spell.status, set()).add(firm)
    return dict(found)
