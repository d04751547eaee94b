"""Errata: beside what was released, never in its place; later months are computed anew as drafts."""

from hashlib import sha256

import pytest
from small_season import corrected, drafted, small_season

from saima.engine.errors import QuestionRefused
from saima.files.packages import verify_package
from saima.files.packages.store import zipped
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.actions.errata import later_recompute
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries import newest_version
from saima.server.bulletins.queries.releases import chain_broken, changes_of, files_of, records_of
from saima.server.kit import blobs
from saima.server.race.models import Cut

PUBLIC = "public"


@pytest.fixture
def two_months(db, person):
    """January and February released, then a figure of January corrected and its erratum released."""
    season = small_season()
    for period in ("2026-01", "2026-02"):
        bulletin_release(draft=drafted(season, period, by=person("steward")), by=person("steward2"), visibility=PUBLIC)
    before = {v.pk: bytes_of(v) for v in BulletinVersion.objects.order_by("id")}
    corrected(season, "2026-01", "20")
    erratum = drafted(season, "2026-01", by=person("steward"), reason="Ash counted too few.")
    bulletin_release(draft=erratum, by=person("steward2"), visibility=PUBLIC)
    return season, before


def bytes_of(version):
    return {f.path: sha256(blobs.get(f.blob_id)).hexdigest() for f in files_of(version)}


def test_an_erratum_stands_beside_and_later_months_become_drafts(two_months, person, tmp_path):
    season, before = two_months
    second = newest_version(season, "2026-01")

    drafts = later_recompute(version=second)
    again = later_recompute(version=second)

    assert (second.number, second.bulletin.number, second.reason) == (2, 1, "Ash counted too few.")
    changes = [(c.contestant, c.before.rank, c.after.rank) for c in changes_of(second, records_of(season)) if c.moved]
    assert changes == [("ash", 3, 2), ("elm", 2, 3)]
    first = BulletinVersion.objects.get(bulletin=second.bulletin, number=1)
    assert bytes_of(second)["replaced/2026-01.csv"] == bytes_of(first)["record/2026-01.csv"]
    assert "replaced/2026-01.csv" not in bytes_of(first)
    chat = next(blobs.get(f.blob_id).decode() for f in files_of(second) if f.path == "chat.en.txt")
    assert "Reason: Ash counted too few. Places changed: Ash (3 → 2), Elm (2 → 3). " in chat
    assert [(d.evaluated.cut.period, d.version, d.state, d.by) for d in drafts] == [("2026-02", 2, "waiting", None)]
    assert drafts[0].reason == "Bulletin 1 of January 2026 was corrected: Ash counted too few."
    assert drafts[0].reason_zh == "2026年1月第1期通报已更正：Ash counted too few."
    assert [d.pk for d in again] == [d.pk for d in drafts]
    # No byte of what was released changed, and every package verifies, the erratum's too.
    assert {pk: bytes_of(v) for v in BulletinVersion.objects.all() if (pk := v.pk) in before} == before
    assert chain_broken() == []
    for version in BulletinVersion.objects.all():
        path = tmp_path / f"{version.pk}.zip"
        path.write_bytes(zipped({f.path: blobs.get(f.blob_id) for f in files_of(version)}))
        found = verify_package(path, key=version.public_key)
        assert found.ok, found.sentences("en")

    # The draft of before the correction contradicts the record and is refused; the new one is not.
    old = Cut.objects.get(season=season, period="2026-02", number=1)
    stale = draft_make(cut=old, number=2, dated=second.dated.replace(month=3, day=9), reason="r", by=None)
    Draft.objects.filter(pk__in=[stale.pk, drafts[0].pk]).update(state="ready", hand=person("steward"))
    with pytest.raises(QuestionRefused, match="record of an earlier period has changed"):
        bulletin_release(draft=Draft.objects.get(pk=stale.pk), by=person("steward2"))
    february = bulletin_release(draft=Draft.objects.get(pk=drafts[0].pk), by=person("steward2"))
    assert (february.bulletin.number, february.number) == (2, 2)
    assert later_recompute(version=february) == []


def test_a_version_that_is_out_is_not_released_by_another_draft(db, person):
    season = small_season()
    first, other = drafted(season, "2026-01", by=person("steward")), drafted(season, "2026-01", number=7)
    bulletin_release(draft=first, by=person("steward2"))

    with pytest.raises(QuestionRefused, match="is released already"):
        bulletin_release(draft=other, by=None)
    other_month = drafted(season, "2026-02", by=person("steward"), number=1)
    with pytest.raises(QuestionRefused, match=r"Number 1 of 2026 is the bulletin of 2026-01"):
        bulletin_release(draft=other_month, by=person("steward2"))
