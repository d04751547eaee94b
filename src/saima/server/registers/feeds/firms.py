"""Feeds that count firms: holding a status, newly recognised, net added, moved in, passing a rule."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from saima.engine.model.periods import Period
from saima.engine.rules import plan_bulk
from saima.feeds import Figure, Parameter, Row
from saima.server.registers.feeds.asked import (
    ROWS_FOR,
    by_contestant,
    firm,
    parameter,
    refuse,
    said,
    status_asked,
    where,
    year_before,
)
from saima.server.registers.queries.columns import Register, register_at
from saima.server.registers.queries.rulebook import rules_at
from saima.server.registers.queries.statuses import Held, holding
from saima.words import Text

STATUS: Final = parameter("status", "feeds.parameter.status")
STATUS_IF_ANY: Final = parameter("status", "feeds.parameter.status_if_any", needed=False)


@dataclass(frozen=True)
class OfFirms:
    """What every feed over enterprises says of itself."""

    name: str
    title: Text
    parameters: tuple[Parameter, ...] = ()
    version: str = "1"
    rows_for: frozenset[str] = field(default=ROWS_FOR)


def there(on: date, known: datetime) -> dict[int, tuple[Register, int]]:
    """Firms that exist on a day, by id."""
    register = register_at(on, known, ())
    return {n: (register, row) for row, n in enumerate(register.ids)}


def _row(held: Held, value: str = "1") -> Row:
    return Row(held.uscc, Text(held.name, held.name), value, held.since.isoformat())


def _existing(held: Iterable[Held], exist: Container[int]) -> dict[int, Held]:
    return {h.enterprise: h for h in held if h.enterprise in exist}


class Holding(OfFirms):
    """Firms that exist and hold a status at the end of the period, where they are then."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        status, places = status_asked(self.name, parameters), where(contestants)
        exist = there(period.last_day, known_at)
        held = _existing(holding(status, period.last_day, known_at, places), exist).values()
        return by_contestant(contestants, ((places[h.place], _row(h)) for h in held if h.place), "count")


class Recognised(OfFirms):
    """Firms that got a status in the year, up to the end of the period, and hold it then."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        status, places = status_asked(self.name, parameters), where(contestants)
        before = {h.enterprise for h in holding(status, year_before(period.last_day), known_at)}
        held = holding(status, period.last_day, known_at, places)
        new = (h for h in held if h.since.year == period.year and h.enterprise not in before and h.place)
        return by_contestant(contestants, ((places[h.place], _row(h)) for h in new if h.place), "count")


class NetAdded(OfFirms):
    """Firms holding a status at the end of the period less those at the end of the year before, moves included."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        status, places = status_asked(self.name, parameters), where(contestants)
        now, then = (
            _existing(holding(status, day, known_at, places), there(day, known_at))
            for day in (period.last_day, year_before(period.last_day))
        )
        rows = [
            (places[h.place], _row(h, sign))
            for sign, here, other in (("1", now, then), ("-1", then, now))
            for n, h in here.items()
            if h.place and (n not in other or other[n].place != h.place)
        ]
        return by_contestant(contestants, rows, "sum")


class Moved(OfFirms):
    """Firms that moved in since the end of the year before less those that moved away; above the zones it nets zero."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        status, places = status_asked(self.name, parameters), where(contestants)
        now, then = (there(day, known_at) for day in (period.last_day, year_before(period.last_day)))
        only = {h.enterprise for h in holding(status, period.last_day, known_at)} if status else now.keys()
        rows = []
        for n in now.keys() & then.keys() & only:
            (register, at), (before, was) = now[n], then[n]
            new, old = register.places[at], before.places[was]
            if new == old:
                continue
            rows += [(places[p], Row(*firm(register, at), v)) for p, v in ((new, "1"), (old, "-1")) if p in places]
        return by_contestant(contestants, rows, "sum")


class Passing(OfFirms):
    """Firms that meet a rule in force at the end of the period, by the figures known of them."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        on, places = period.last_day, where(contestants)
        known = {k: r for k, r in rules_at(on, known_at).items() if r.entity == "enterprise"}
        rule = known.get(parameters["rule"])
        if rule is None:
            raise refuse(self.name, "rule", parameters["rule"], known)
        register = register_at(on, known_at, rule.inputs)
        verdicts = plan_bulk(rule, on=on).columns(register.frame(), ["id"]).collect()
        passed = {row["id"] for row in verdicts.iter_rows(named=True) if row["eligible"]}
        rows = [
            (places[place], Row(*firm(register, n), since=on.isoformat()))
            for n, (one, place) in enumerate(zip(register.ids, register.places, strict=True))
            if one in passed and place in places
        ]
        return by_contestant(contestants, rows, "count")


COUNTS: Final = (
    Holding("registers.firms_holding", said("feeds.firms_holding"), (STATUS,)),
    Recognised("registers.firms_recognised", said("feeds.firms_recognised"), (STATUS,)),
    NetAdded("registers.firms_net_added", said("feeds.firms_net_added"), (STATUS,)),
    Moved("registers.firms_moved", said("feeds.firms_moved"), (STATUS_IF_ANY,)),
    Passing("registers.firms_passing", said("feeds.firms_passing"), (parameter("rule", "feeds.parameter.rule"),)),
)
