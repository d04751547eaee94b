"""Where a number comes from: its revisions, who recorded them, verdicts and evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saima.engine.model.season import Indicator
from saima.server.accounts.rules import held_by, may
from saima.server.places.queries import places_by_key
from saima.server.race.models import Cut, Evidence, Reading, Season, Verdict
from saima.server.race.queries.asked import office_key
from saima.server.race.queries.visible import evidence_visible_to
from saima.server.race.rules import RULES


@dataclass(frozen=True, slots=True)
class Origin:
    """All that is recorded of one figure. ``open`` says whether somebody may see more than what was frozen."""

    open: bool
    revisions: Sequence[Reading]
    verdicts: Sequence[Verdict]
    evidence: Sequence[Evidence]


def may_see_history(person: Any, season: Season, contestant: str, indicator: Indicator) -> bool:
    """Whether somebody may see how a figure came about: the bureau, and the zone or office it is of."""
    held = held_by(person, season=season.key)
    keys = [contestant, office_key(indicator)] if indicator.owner else [contestant]
    return any(may(RULES["report.see"], held, place=place.pk) for place in places_by_key(keys).values())


def origin_of(person: Any, season: Season, cut: Cut, contestant: str, indicator: Indicator) -> Origin:
    """What is recorded of a figure at a cut; of others' figures nothing beyond what the cut itself says."""
    if not may_see_history(person, season, contestant, indicator):
        return Origin(False, (), (), ())
    readings = Reading.objects.filter(
        season=season, contestant=contestant, indicator=indicator.code, period=cut.period
    ).select_related("by", "submission", "submission__by")
    found = list(readings.order_by("-revision"))
    verdicts = Verdict.objects.filter(reading__in=[r.pk for r in found]).select_related("by", "second_by", "reading")
    evidence = (
        evidence_visible_to(person)
        .filter(report__season=season, report__period=cut.period, contestant=contestant, indicator=indicator.code)
        .select_related("by", "withdrawn", "blob")
    )
    return Origin(True, found, list(verdicts.order_by("-id")), list(evidence.order_by("-id")))
