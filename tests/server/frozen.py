"""A month frozen for tests of what follows from it: the engine is asked once per process, not once per test."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from saima.engine.model.periods import Period
from saima.server.kit import audit, blobs, clock
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Cut, CutRows, Evaluated, Reading, Season
from saima.server.race.queries.cuts import knowledge_of
from saima.server.race.queries.documents import newest

_KEPT: dict[Any, tuple[dict[str, str], bytes, dict[str, Any], bytes]] = {}
_DIGESTS: Final = ("spec_digest", "data_digest", "history_digest")


def frozen(season: Season, period: str = "2026-04", *, known_at: datetime | None = None) -> Cut:
    """A month as ``cut_freeze`` leaves it, known at the minute its test began or at an instant before.

    The action itself is asked where figures came in since, or where something else of the month was frozen.
    """
    at, now = Period.parse(period), clock.now()
    instant = known_at or now.replace(second=0)
    since = Reading.objects.filter(season=season, recorded_at__gt=instant, recorded_at__lte=now)
    if known_at is None and since.exists():
        return cut_freeze(season=season, period=at, by=None)
    known = (season.key, period, instant, knowledge_of(season))
    before = Cut.objects.filter(season=season, period=period).order_by("number").last()
    if known in _KEPT:
        if before is None:
            return _put(season, period, instant, *_KEPT[known])
        if {name: getattr(before, name) for name in _DIGESTS} == _KEPT[known][0]:
            return before
    if before is not None:
        return cut_freeze(season=season, period=at, by=None, known_at=known_at)
    cut = cut_freeze(season=season, period=at, by=None, known_at=instant)
    assert not CutRows.objects.filter(cut=cut).exists(), "a season with feeds is frozen by the action"
    evaluated = cut.evaluations.get()
    said = {"engine_version": evaluated.engine_version, "seed": evaluated.seed}
    digests = {name: getattr(cut, name) for name in _DIGESTS}
    _KEPT[known] = (digests, blobs.get(cut.bundle_id), said, blobs.get(evaluated.result_id))
    return cut


@transaction.atomic
def _put(
    season: Season,
    period: str,
    instant: datetime,
    digests: dict[str, str],
    bundle: bytes,
    said: dict[str, Any],
    result: bytes,
) -> Cut:
    cut = Cut.objects.create(
        season=season,
        version=newest(season),
        period=period,
        number=1,
        known_at=instant,
        bundle=blobs.put(bundle, "application/zip"),
        **digests,
    )
    Evaluated.objects.create(cut=cut, result=blobs.put(result, "application/json"), **said)
    audit.record(
        by=None, action="cut.frozen", object_type="cut", object_key=f"{season.key} {period} {cut.number}", **digests
    )
    return cut
