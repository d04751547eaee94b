"""Checks of what was released: the chain, the signatures, the files, and that history says what was released."""

import json
from collections.abc import Iterable, Iterator, Mapping

from saima.files.packages import signer
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries.releases import chain_broken, files_of
from saima.server.kit import blobs
from saima.server.race.models import History
from saima.server.site.doctor.check import Kind, Severity, check

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"


def _name(version: BulletinVersion) -> str:
    return f"{version.bulletin.season.key} {version.bulletin.period} v{version.number}"


def _versions() -> Iterator[BulletinVersion]:
    yield from BulletinVersion.objects.select_related("bulletin", "bulletin__season").order_by("id")


@check("release_chain", Kind.DATA, Severity.ERROR)
def release_chain() -> Iterable[str]:
    """A release that does not follow from the one before it."""
    yield from (_name(v) for v in chain_broken())


@check("release_files", Kind.DATA, Severity.ERROR)
def release_files() -> Iterable[str]:
    """Files other than the manifest names, a manifest other than the release names, or a blob that is not there."""
    for version in _versions():
        digests = {f.path: f.blob_id for f in files_of(version)}
        if (
            digests.get(MANIFEST) != version.manifest_digest
            or digests != _told(version, digests)
            or any(not blobs.path_of(d).is_file() for d in digests.values())
        ):
            yield _name(version)


def _told(version: BulletinVersion, digests: Mapping[str, str]) -> Mapping[str, str]:
    """Path -> digest as the manifest says, with the two files no manifest can name."""
    try:
        said = json.loads(blobs.get(version.manifest_digest))["files"]
        told = {path: str(described["sha256"]) for path, described in said.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return told | {path: digests[path] for path in (MANIFEST, SIGNATURE) if path in digests}


@check("release_signature", Kind.DATA, Severity.ERROR)
def release_signature() -> Iterable[str]:
    """Not signed by the key the release names."""
    for version in _versions():
        found = {f.path: f.blob_id for f in files_of(version) if f.path in (MANIFEST, SIGNATURE)}
        try:
            by = signer(blobs.get(found[MANIFEST]), blobs.get(found[SIGNATURE]))
        except FileNotFoundError:  # said by release_files
            continue
        except (KeyError, OSError, ValueError):
            by = None
        if not by or by != version.public_key:
            yield _name(version)


@check("release_record", Kind.DATA, Severity.ERROR)
def release_record() -> Iterable[str]:
    """What later months build on is not what was released."""
    for version in _versions():
        bulletin = version.bulletin
        kept = History.objects.filter(season=bulletin.season, period=bulletin.period, version=version.number).first()
        released = [f.blob_id for f in files_of(version) if f.path.startswith("record/")]
        try:
            same = kept is not None and [blobs.get(d) for d in released] == [kept.content.encode()]
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            same = False
        if not same:
            yield _name(version)
