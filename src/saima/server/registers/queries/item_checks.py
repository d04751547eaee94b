"""Looks at what somebody typed for an item before it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.files.kinds import Kind, Side, value_of
from saima.server.kit import clock
from saima.server.places.queries import places_by_key
from saima.server.registers.queries.items import ItemAt


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of a period, planned or done; empty takes it back."""

    figure: str
    period: str
    side: Side
    value: str


def checked_values(kind: Kind, typed: Mapping[str, str], *, whole: bool) -> dict[str, str]:
    """The values of fields as they are kept; ``whole``: every field that is needed must be there.

    Raises
    ------
    QuestionRefused
        Everything that is wrong with them.
    """
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for one in kind.all_fields:
        if one.id not in typed and not (whole and one.required):
            continue
        try:
            found[one.id] = value_of(one, typed.get(one.id, ""))
        except Refused as refused:
            problems += refused.problems
    if found.get("place") and found["place"] not in places_by_key([found["place"]]):
        problems.append(Problem("items.no_place", {"value": found["place"][:80]}))
    if problems:
        raise QuestionRefused(problems)
    return found


def checked_entry(kind: Kind, here: ItemAt | None, entry: Entry) -> Entry | None:
    """The entry as it is kept; None when the same is known already.

    Raises
    ------
    QuestionRefused
        ``items.no_figure``, ``items.no_period``, ``items.no_number``, ``items.done_ahead``.
    """
    defined = kind.figure(entry.figure)
    if defined is None:
        raise QuestionRefused(Problem("items.no_figure", {"figure": entry.figure[:60]}))
    try:
        period = Period.parse(entry.period)
    except Refused:
        period = None
    if period is None or period.frequency != defined.frequency or not 1949 <= period.year <= 2200:
        raise QuestionRefused(
            Problem(
                "items.no_period",
                {"text": entry.period[:40], "figure": defined.text, "items_frequency": defined.frequency},
            )
        )
    value = entry.value.strip().replace(",", "").replace("，", "")
    number = canonical(value) if value else ""
    if number is None or number.startswith("-"):
        raise QuestionRefused(Problem("items.no_number", {"field": defined.text, "value": entry.value[:40]}))
    if entry.side == "done" and number and period.last_day.replace(day=1, month=1) > clock.today():
        raise QuestionRefused(Problem("items.done_ahead", {"period": str(period), "figure": defined.text}))
    before = here.figures.get((entry.figure, entry.side), {}).get(period) if here else None
    if (before is None and not number) or (before is not None and number and Decimal(number) == before):
        return None
    return Entry(entry.figure, str(period), entry.side, number)
