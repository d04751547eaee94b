"""Reads what was released: versions in their chain, their files, and what changed from one version to the next."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db.models import Prefetch, QuerySet

from saima.engine.model.digest import history_digest
from saima.engine.model.history import History, Published
from saima.engine.model.periods import Period
from saima.engine.race.record import PlaceChanged, changed_places
from saima.server.bulletins.models import Bulletin, BulletinVersion, Draft, ReleasedFile, StampedScan
from saima.server.kit.locks import locked
from saima.server.race.models import Cut, Season
from saima.server.race.queries.cuts import history_of


def versions_of(season: Season) -> QuerySet[BulletinVersion]:
    """Released versions, the newest period first and in it the newest version, with bulletin and cut."""
    found = BulletinVersion.objects.filter(bulletin__season=season)
    related = ("bulletin", "bulletin__season", "draft", "evaluated", "evaluated__cut", "evaluated__cut__season",
               "made_by", "released_by")  # fmt: skip
    return found.select_related(*related).order_by("-bulletin__period", "-number")


def versions_all() -> QuerySet[BulletinVersion]:
    """Released versions of every season, for the program itself."""
    return BulletinVersion.objects.all()


def newest_version(season: Season, period: str) -> BulletinVersion | None:
    """The version of a period that counts now."""
    return versions_of(season).filter(bulletin__period=period).first()


def bulletin_held(version: BulletinVersion) -> Bulletin:
    """The bulletin of a version, held until the transaction ends: what follows from it follows once."""
    return locked(Bulletin.objects.filter(pk=version.bulletin_id)).get()


def is_replaced(version: BulletinVersion) -> bool:
    """Whether an erratum counts in its place."""
    return BulletinVersion.objects.filter(bulletin=version.bulletin_id, number__gt=version.number).exists()


def release_of(draft: Draft) -> BulletinVersion | None:
    """What became of a draft, if it was released."""
    return BulletinVersion.objects.filter(draft=draft).first()


def files_of(version: BulletinVersion) -> Sequence[ReleasedFile]:
    """Every file of the package, by path."""
    return list(ReleasedFile.objects.filter(version=version).select_related("blob").order_by("path"))


def scans_of(version: BulletinVersion) -> Sequence[StampedScan]:
    """The stamped prints, the newest first: the first one counts."""
    return list(StampedScan.objects.filter(version=version).select_related("blob", "by").order_by("-id"))


def records_of(season: Season, history: History | None = None) -> Mapping[tuple[str, int], Published]:
    """What each version of each period fixed, by period and version; one query."""
    published = (history or history_of(season)).published
    return {(str(p.period), p.version): p for p in published}


def changes_of(version: BulletinVersion, records: Mapping[tuple[str, int], Published]) -> tuple[PlaceChanged, ...]:
    """Places and scores an erratum changed against the version before it."""
    period = version.bulletin.period
    before, after = records.get((period, version.number - 1)), records.get((period, version.number))
    return changed_places(before, after) if before and after else ()


def archive_of(season: Season) -> Sequence[Bulletin]:
    """Bulletins of a season with their versions, the newest first; two queries."""
    versions = BulletinVersion.objects.select_related("draft", "made_by", "released_by").order_by("-number")
    found = Bulletin.objects.filter(season=season).prefetch_related(Prefetch("versions", versions))
    return list(found.order_by("-period"))


def public_bulletins() -> QuerySet[Bulletin]:
    """What anybody may see, the newest first."""
    versions = BulletinVersion.objects.select_related("draft").order_by("-number")
    found = Bulletin.objects.filter(visibility=Bulletin.Visibility.PUBLIC).select_related("season")
    return found.prefetch_related(Prefetch("versions", versions)).order_by("-period", "season__key")


def stale(cut: Cut) -> bool:
    """Whether the record of an earlier period is no longer the one the cut was made on."""
    before = history_of(cut.season).until(Period.parse(cut.period))
    return history_digest(before) != cut.history_digest


def later_released(season: Season, period: str) -> Sequence[BulletinVersion]:
    """The newest version of every released period after this one, ascending."""
    newest: dict[str, BulletinVersion] = {}
    for version in versions_of(season).filter(bulletin__period__gt=period):
        newest.setdefault(version.bulletin.period, version)
    return [newest[p] for p in sorted(newest)]


def next_in_line(draft: Draft) -> BulletinVersion | None:
    """A version already released that stands in this draft's place."""
    cut = draft.evaluated.cut
    taken = BulletinVersion.objects.filter(
        bulletin__season=cut.season, bulletin__period=cut.period, number__gte=draft.version
    )
    return taken.exclude(draft=draft).order_by("-number").first()


def link_of(previous: str, manifest: str) -> str:
    """The digest of a link of the chain: of the link before it and of the manifest it adds."""
    return sha256(f"{previous} {manifest}".encode()).hexdigest()


def chain_broken() -> Sequence[BulletinVersion]:
    """Releases that do not follow from the one before, in the order they were made."""
    before, broken = "", []
    for version in BulletinVersion.objects.select_related("bulletin", "bulletin__season").order_by("id"):
        if version.chain_previous != before or version.chain_digest != link_of(before, version.manifest_digest):
            broken.append(version)
        before = version.chain_digest
    return broken
