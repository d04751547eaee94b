"""Who is asked for which figure in a period: a zone for its own, an office for its indicators of every contestant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.db.models import Max

from saima.engine.model.periods import Period
from saima.engine.model.season import Contestant, Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.server.race.models import Reading, ReportCell, Season

Reporter = Literal["zone", "office"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure somebody is asked for; ``place`` is the key of who reports it."""

    place: str
    contestant: str
    indicator: str


def office_key(indicator: Indicator) -> str:
    """Key of the office that owns an indicator; empty when nobody does."""
    return indicator.owner[:80]


def applies(indicator: Indicator, contestant: Contestant) -> bool:
    return not indicator.applies_to or bool(set(indicator.applies_to) & set(contestant.tags))


def asked(spec: EngineSeason, period: Period, reporters: Mapping[str, Reporter]) -> tuple[Asked, ...]:
    """Every figure due in the period that no feed gives, in the season's order.

    ``reporters`` by indicator; an absent one is a zone's.
    """
    return tuple(
        Asked(
            office_key(indicator) if reporters.get(indicator.code) == "office" else contestant.code,
            contestant.code,
            indicator.code,
        )
        for contestant in spec.contestants
        if contestant.races_in(period)
        for indicator in spec.indicators
        if indicator.is_due(period) and not indicator.feed and applies(indicator, contestant)
    )


def reporters_of(season: Season, spec: EngineSeason, period: Period) -> dict[str, Reporter]:
    """Who reports each indicator: as in the last period that was opened, else as its latest figures came in.

    An owned indicator of which nothing is known yet is its office's. One without an owner is always the zones'.
    """
    found: dict[str, Reporter] = {i.code: "office" if i.owner else "zone" for i in spec.indicators}
    owned = [i.code for i in spec.indicators if i.owner]
    rows = (
        Reading.objects.filter(season=season, indicator__in=owned, origin__in=("reported", "owner"))
        .values_list("indicator", "origin")
        .annotate(last=Max("period"))
        .order_by("last", "origin")
    )
    newest = {indicator: origin for indicator, origin, _ in rows}  # rows of one indicator come latest last
    found |= {code: "zone" for code, origin in newest.items() if origin == "reported"}
    before = ReportCell.objects.filter(report__season=season, report__period__lt=str(period), indicator__in=owned)
    last = before.aggregate(last=Max("report__period"))["last"]
    if last is not None:
        said = before.filter(report__period=last).values_list("indicator", "report__place__key", "contestant")
        found |= {code: "zone" if place == contestant else "office" for code, place, contestant in said.distinct()}
    return found
