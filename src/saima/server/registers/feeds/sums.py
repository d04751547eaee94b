"""Feeds over figures of firms: a sum, a share of firms, a ratio of two sums, growth on the year before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from saima.engine.model.periods import Period
from saima.feeds import Figure, Row
from saima.feeds.figures import short
from saima.server.registers.feeds.asked import (
    by_contestant,
    firm,
    item_asked,
    months_of,
    parameter,
    refuse,
    said,
    status_asked,
    where,
)
from saima.server.registers.feeds.firms import STATUS_IF_ANY, OfFirms
from saima.server.registers.queries.columns import Register, register_at
from saima.server.registers.queries.monthly import figures_of
from saima.server.registers.queries.statuses import holding

ITEM: Final = parameter("item", "feeds.parameter.item")
OVER: Final = parameter("over", "feeds.parameter.over", needed=False)
UNIT: Final = parameter("unit", "feeds.parameter.unit", needed=False)
_POWER: Final = re.compile("10{0,12}")
Amount = tuple[Decimal, str, str]  # value, the last period it is of, where it is from


def amounts(item: str, whole: str, months: Sequence[str], known: datetime) -> dict[int, Amount]:
    """By firm: the year's own figure where the year is asked for and there is one, else the sum of its months."""
    found = {}
    for one, of in figures_of(item, [*months, *([whole] if whole else [])], known).items():
        used = [whole] if whole and whole in of else sorted(p for p in of if p != whole)
        if used:
            found[one] = (sum((Decimal(of[p][0]) for p in used), Decimal(0)), used[-1], of[used[-1]][1])
    return found


def shifted(whole: str, months: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The same months a year before."""
    return (str(int(whole) - 1) if whole else ""), tuple(f"{int(m[:4]) - 1}{m[4:]}" for m in months)


def located(on: date, known: datetime, places: Mapping[int, str]) -> Iterator[tuple[int, str, Register, int]]:
    """Firms of the places on a day, also those that closed meanwhile: what they did before counts."""
    register = register_at(on, known, (), closed=True)
    for n, (one, place) in enumerate(zip(register.ids, register.places, strict=True)):
        if place is not None and place in places:
            yield one, places[place], register, n


class Sum(OfFirms):
    """The sum of a figure over the firms of a zone, in the unit asked for."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        unit = _unit(self.name, parameters.get("unit", ""))
        known = amounts(item_asked(self.name, parameters), *months_of(self.name, parameters, period), known_at)
        rows = [
            (code, Row(*firm(register, n), short(known[one][0] / unit), *known[one][1:]))
            for one, code, register, n in located(period.last_day, known_at, where(contestants))
            if one in known
        ]
        return by_contestant(contestants, rows, "sum")


class ShareWith(OfFirms):
    """Of the firms of a zone (holding a status, where one is asked for), the share whose figure is above zero."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        status, places = status_asked(self.name, parameters), where(contestants)
        known = amounts(item_asked(self.name, parameters), *months_of(self.name, parameters, period), known_at)
        register = register_at(period.last_day, known_at, ())
        only = {h.enterprise for h in holding(status, period.last_day, known_at)} if status else {*register.ids}
        nothing: Amount = (Decimal(0), "", "")
        rows = [
            (places[place], Row(*firm(register, n), "1" if amount[0] > 0 else "0", *amount[1:]))
            for n, (one, place) in enumerate(zip(register.ids, register.places, strict=True))
            if one in only and place in places
            for amount in [known.get(one, nothing)]
        ]
        return by_contestant(contestants, rows, "share")


class Ratio(OfFirms):
    """The sum of a figure as a percentage of the sum of another; firms of which both are known count."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        over = months_of(self.name, parameters, period)
        part = amounts(item_asked(self.name, parameters), *over, known_at)
        whole = amounts(item_asked(self.name, parameters, "by"), *over, known_at)
        rows = [
            (code, Row(*firm(register, n), short(part[one][0]), *part[one][1:], short(whole[one][0])))
            for one, code, register, n in located(period.last_day, known_at, where(contestants))
            if one in part and one in whole
        ]
        return by_contestant(contestants, rows, "ratio")


class Growth(OfFirms):
    """How much the sum of a figure grew on the same months a year before, in percent."""

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str], known_at: datetime
    ) -> Mapping[str, Figure]:
        item, over = item_asked(self.name, parameters), months_of(self.name, parameters, period)
        now, then = amounts(item, *over, known_at), amounts(item, *shifted(*over), known_at)
        nothing: Amount = (Decimal(0), "", "")
        rows = []
        for one, code, register, n in located(period.last_day, known_at, where(contestants)):
            if one in now or one in then:
                (value, last, source), was = now.get(one, nothing), then.get(one, nothing)[0]
                rows.append((code, Row(*firm(register, n), short(value - was), last, source, short(was))))
        return by_contestant(contestants, rows, "ratio")


def _unit(feed: str, text: str) -> Decimal:
    """Of how many base units the indicator's unit is: a power of ten."""
    if not text:
        return Decimal(1)
    if not _POWER.fullmatch(text):
        raise refuse(feed, "unit", text, ("1", "1000", "10000", "1000000", "100000000"))
    return Decimal(text)


SUMS: Final = (
    Sum("registers.fact_sum", said("feeds.fact_sum"), (ITEM, OVER, UNIT)),
    ShareWith("registers.firms_with", said("feeds.firms_with"), (ITEM, OVER, STATUS_IF_ANY)),
    Ratio("registers.fact_ratio", said("feeds.fact_ratio"), (ITEM, parameter("by", "feeds.parameter.by"), OVER)),
    Growth("registers.fact_growth", said("feeds.fact_growth"), (ITEM, OVER)),
)
