"""Released versions for tests that ask what follows from one: cut, evaluated and on record, without files."""

from datetime import date, datetime
from hashlib import sha256

from frozen import frozen

from saima.engine.model.periods import Period
from saima.engine.race.record import published_of
from saima.server.bulletins.models import Bulletin, BulletinVersion, Draft
from saima.server.race.actions.cuts import cut_evaluated
from saima.server.race.actions.publishing import record_publish
from saima.server.race.models import Reading
from saima.server.race.queries.cuts import evaluation_of, history_of

CUT_AT = {f"2026-0{m}": datetime.fromisoformat(f"2026-0{m + 1}-07T18:00:00+08:00") for m in range(1, 5)}


def released(season, period, *, reason="", known_at=None, made_by=None, released_by=None):
    """The next version of a period's bulletin; what the example has on record already stays as it is."""
    at = Period.parse(period)
    cut = frozen(season, period, known_at=known_at)
    evaluated = cut_evaluated(cut=cut)
    bulletin, _made = Bulletin.objects.get_or_create(
        season=season, period=period, defaults={"number": at.index, "year": at.year}
    )
    number = bulletin.versions.count() + 1
    dated = date(at.year, at.index + 1, 8)
    draft, _made = Draft.objects.get_or_create(
        evaluated=evaluated,
        number=at.index,
        dated=dated.replace(day=7 + number),
        defaults={"version": number, "state": "ready", "reason": reason},
    )
    last = BulletinVersion.objects.order_by("-id").first()
    version = BulletinVersion.objects.create(
        bulletin=bulletin,
        number=number,
        evaluated=evaluated,
        draft=draft,
        dated=dated,
        reason=reason,
        manifest_digest="0" * 64,
        chain_previous=last.chain_digest if last else "",
        chain_digest=sha256(f"{period} {number} {season.key}".encode()).hexdigest(),
        made_by=made_by,
        released_by=released_by,
    )
    if not any(p.period == at and p.version == number for p in history_of(season).published):
        record = published_of(evaluation_of(evaluated), number=at.index, dated=dated, version=number)
        record_publish(season=season, record=record, by=None)
    return version


def reading_set(season, contestant, indicator, period, value, **changes):
    """A verified revision of a figure, as a correction leaves it."""
    key = {"season": season, "contestant": contestant, "indicator": indicator, "period": period}
    last = Reading.objects.filter(**key).order_by("-revision").first()
    revision = last.revision + 1 if last else 1
    given = {"state": "verified", "origin": "correction", **changes}
    return Reading.objects.create(**key, revision=revision, value=value, **given)
