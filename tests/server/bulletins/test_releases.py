"""Releases: by a second person, once, in a chain, on record for the months to come, and verified by anybody."""

from datetime import date
from hashlib import sha256

import pytest
from frozen import frozen
from small_season import drafted, small_season

from saima.engine.errors import QuestionRefused
from saima.engine.model.periods import Period
from saima.files.packages import verify_package
from saima.files.packages.store import zipped
from saima.server.bulletins.actions.drafts import draft_make, draft_render
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import BulletinVersion, Draft, ReleasedFile
from saima.server.bulletins.queries import newest_version
from saima.server.kit import blobs
from saima.server.kit.models import Audit, Installation
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import History

DAY = date(2026, 6, 8)


@pytest.fixture
def ready(demo, person):
    made = draft_make(cut=frozen(demo, "2026-05"), number=5, dated=DAY, by=person("steward"))
    return draft_render(draft_id=made.pk)


@pytest.fixture
def january(db, person):
    """Of a season that is quick to print."""
    return drafted(small_season(), "2026-01", by=person("steward"))


def test_a_second_person_releases(ready, person, demo, tmp_path):
    with pytest.raises(QuestionRefused, match="second person releases"):
        bulletin_release(draft=ready, by=person("steward"))
    version = bulletin_release(draft=ready, by=person("steward2"))

    assert (version.number, version.made_by.username, version.released_by.username) == (1, "steward", "steward2")
    assert version.chain_digest == sha256(f" {version.manifest_digest}".encode()).hexdigest()
    assert newest_version(demo, "2026-05") == version
    record = History.objects.get(season=demo, period="2026-05")
    files = {f.path: blobs.get(f.blob_id) for f in ReleasedFile.objects.filter(version=version)}
    assert files["record/2026-05.csv"].decode() == record.content
    assert "DRAFT" not in files["bulletin.en.html"].decode()
    path = tmp_path / "may.saima.zip"
    path.write_bytes(zipped(files))
    assert verify_package(path).ok
    assert Audit.objects.filter(action="bulletin.released").count() == 1


def test_released_twice_is_released_once(january, person):
    first = bulletin_release(draft=january, by=person("steward2"))

    assert bulletin_release(draft=january, by=person("steward2")) == first
    assert BulletinVersion.objects.count() == 1


def test_an_office_of_one_releases_alone_and_it_is_on_record(january, person):
    Installation.objects.filter(id=1).update(solo=True)

    assert bulletin_release(draft=january, by=person("steward")).solo


def test_what_is_not_made_is_not_released(demo, person):
    made = draft_make(cut=frozen(demo, "2026-05"), number=5, dated=DAY, by=person("steward"))

    with pytest.raises(QuestionRefused, match="has no files yet"):
        bulletin_release(draft=made, by=person("steward2"))
    assert Draft.objects.get().state == "waiting"


def test_an_erratum_is_seen_by_whom_its_bulletin_is_seen(january, person):
    bulletin_release(draft=january, by=person("steward2"), visibility="public")
    cut = cut_freeze(season=january.evaluated.cut.season, period=Period.parse("2026-01"), by=None)
    draft = draft_make(cut=cut, number=1, dated=date(2026, 2, 9), reason="A typing error", by=None)

    version = bulletin_release(draft=draft, by=None)

    assert (version.number, version.bulletin.visibility) == (2, "public")
