"""Reads what is recorded of figures, for rooms that follow what was published: who had a hand in one, what changed."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from saima.engine.race.cards import Changed
from saima.server.accounts.models import Person
from saima.server.kit.locks import locked
from saima.server.race.enums import MessageKind, VerdictKind
from saima.server.race.models import CellMessage, Cut, History, Reading, Season, Verdict


def season_held(season: Season) -> Season:
    """The season, held until the transaction ends: what is numbered within it is numbered once."""
    return locked(Season.objects.filter(pk=season.pk)).get()


def last_published(season: Season) -> int:
    """Grows with everything that goes on a season's record."""
    return History.objects.filter(season=season).aggregate(last=Max("id"))["last"] or 0


def frozen_reading(cut: Cut, contestant: str, indicator: str) -> Reading | None:
    """The revision of a figure that counted at a cut; None where nothing was known."""
    known = Reading.objects.filter(season=cut.season_id, period=cut.period, recorded_at__lte=cut.known_at)
    return known.filter(contestant=contestant, indicator=indicator).order_by("-revision").first()


def had_a_hand(season: Season, period: str, contestant: str, indicator: str, until: int) -> Sequence[Person]:
    """Who recorded a figure up to a revision, or said a verdict on it."""
    here = Reading.objects.filter(season=season, contestant=contestant, indicator=indicator, period=period)
    found = [r.by for r in here.filter(revision__lte=until).select_related("by")]
    for verdict in Verdict.objects.filter(reading__in=here).select_related("by", "second_by"):
        found += [verdict.by, verdict.second_by]
    return [person for person in found if person is not None]


def changed_by_verifiers(season: Season, period: str, known_at: datetime) -> tuple[Changed, ...]:
    """Figures a zone sent that a verifier put right by a cut; the last word on each cell.

    ``self_corrected`` where the zone wrote of it before anybody had asked.
    """
    verdicts = Verdict.objects.filter(
        kind=VerdictKind.CHANGE,
        reading__season=season,
        reading__period=period,
        reading__origin="reported",
        at__lte=known_at,
    ).select_related("reading")
    last = {(v.reading.contestant, v.reading.indicator): v for v in verdicts.order_by("id")}
    if not last:
        return ()
    first: dict[tuple[str, str], tuple[str, datetime]] = {}
    said = CellMessage.objects.filter(report__season=season, report__period=period)
    for m in said.exclude(kind=MessageKind.NOTE).order_by("id"):
        first.setdefault((m.contestant, m.indicator), (m.kind, m.at))
    found = []
    for key, verdict in last.items():
        if not verdict.reading.value or not verdict.value:
            continue
        kind, at = first.get(key, ("", verdict.at))
        told = kind == MessageKind.ANSWER and at <= verdict.at
        found.append(Changed(*key, float(verdict.reading.value), float(verdict.value), self_corrected=told))
    return tuple(found)
