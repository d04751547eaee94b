"""A bulletin released for tests of pages: the rows a release leaves, without the minutes its files would take."""

from datetime import date, timedelta
from hashlib import sha256

from frozen import frozen

from saima.server.bulletins.models import Bulletin, BulletinVersion, Draft
from saima.server.race.actions.cuts import cut_evaluated


def publish(season, period="2026-04", *, number=4, dated=date(2026, 5, 8), reason=""):
    """A version of the period from its newest figures: the first, or one more of those there are."""
    cut = frozen(season, period)
    evaluated = cut_evaluated(cut=cut)
    bulletin, _made = Bulletin.objects.get_or_create(
        season=season, period=period, defaults={"number": number, "year": dated.year}
    )
    version = bulletin.versions.count() + 1
    dated += timedelta(days=12 * (version - 1))
    draft = Draft.objects.create(evaluated=evaluated, number=number, dated=dated, version=version, state="ready")
    last = BulletinVersion.objects.order_by("-id").first()
    before = last.chain_digest if last else ""
    return BulletinVersion.objects.create(
        bulletin=bulletin,
        number=version,
        evaluated=evaluated,
        draft=draft,
        dated=dated,
        reason=reason,
        manifest_digest="0" * 64,
        chain_previous=before,
        chain_digest=sha256(f"{before} {draft.pk}".encode()).hexdigest(),
    )
