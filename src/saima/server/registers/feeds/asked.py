"""What a question to a register's feed means: the day, the places, and parameters with their refusals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.periods import PER_YEAR, Period
from saima.feeds import Figure, Parameter, Row, figure_of
from saima.feeds.figures import How
from saima.server.places.queries import places_by_key
from saima.server.registers.models.firm_items import items, statuses
from saima.server.registers.queries.columns import Register
from saima.server.registers.rules import RULES
from saima.words import LANGS, Text, say


def rows_for(action: str) -> frozenset[str]:
    """Roles that may see single things of every place by the register's own rules; a zone's reporter sees its own."""
    return frozenset(role.value for role, reach in RULES[action].roles.items() if reach == "any")


ROWS_FOR: Final = rows_for("enterprise.see")


def said(code: str) -> Text:
    return Text(**{lang: say(code, lang) for lang in LANGS})


def parameter(name: str, code: str, *, needed: bool = True) -> Parameter:
    return Parameter(name, said(code), needed)


def refuse(feed: str, name: str, value: str, allowed: Iterable[str]) -> ReadingsRefused:
    params = {"feed": feed, "parameter": name, "value": value, "allowed": tuple(sorted(allowed)) or ("-",)}
    return ReadingsRefused(Problem("feed.unknown_value", params))


def status_asked(feed: str, parameters: Mapping[str, str]) -> str:
    """A status the register knows; nothing where none is asked for.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_value``.
    """
    status = parameters.get("status", "")
    if status and status not in statuses():
        raise refuse(feed, "status", status, statuses())
    return status


def item_asked(feed: str, parameters: Mapping[str, str], name: str = "item") -> str:
    """A figure that can be summed.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_value``.
    """
    known = {key for key, item in items().items() if item.number and item.yearly}
    if parameters[name] not in known:
        raise refuse(feed, name, parameters[name], known)
    return parameters[name]


def months_of(feed: str, parameters: Mapping[str, str], period: Period) -> tuple[str, tuple[str, ...]]:
    """The year and the months a sum goes over: those of the year to the end of the period, those of the period, or its
    last month alone, for what firms themselves report as a sum of the year so far.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_value``.
    """
    over = parameters.get("over", "") or "year_to_date"
    last = period.last_month
    begins = {"year_to_date": 1, "period": last - 12 // PER_YEAR[period.frequency] + 1, "month": last}
    if over not in begins:
        raise refuse(feed, "over", over, begins)
    first = begins[over]
    whole = str(period.year) if (first, last) == (1, 12) else ""
    return whole, tuple(f"{period.year}-{month:02}" for month in range(first, last + 1))


def year_before(on: date) -> date:
    return date(on.year - 1, 12, 31)


def where(contestants: Sequence[str]) -> dict[int, str]:
    """Contestants by the id of their place; one that is no place yet has no firms."""
    return {place.pk: key for key, place in places_by_key(contestants).items()}


def by_contestant(contestants: Sequence[str], rows: Iterable[tuple[str, Row]], how: How) -> Mapping[str, Figure]:
    """The figure of each contestant from its rows; who has none is zero, or has no share."""
    held: dict[str, list[Row]] = {code: [] for code in contestants}
    for code, row in rows:
        held[code].append(row)
    made = {code: figure_of(found, how) for code, found in held.items()}
    return {code: figure for code, figure in made.items() if figure is not None}


def firm(register: Register, n: int) -> tuple[str, Text]:
    """Key and label of a firm's row."""
    return register.usccs[n], Text(register.names[n], register.names[n])
