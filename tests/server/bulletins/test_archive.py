"""The archive and the public pages: every version and form, who may see them, scans, the feed, the signature."""

import re
from xml.etree import ElementTree as ET

import pytest
from small_season import drafted, small_season

from saima.files.packages import public_key, verify_package
from saima.server.bulletins.actions.releases import bulletin_release, bulletin_show
from saima.server.bulletins.models import Bulletin, BulletinVersion, StampedScan
from saima.server.bulletins.queries.signing import key_path
from saima.server.kit.models import Audit

ATOM = "{http://www.w3.org/2005/Atom}"
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"


@pytest.fixture
def january(db, person):
    season = small_season()
    draft = drafted(season, "2026-01", by=person("steward"))
    return bulletin_release(draft=draft, by=person("steward2"), visibility="public")


def more(version, rows):
    """More bulletins and versions as rows of their own: pages of lists need no files."""
    for n in range(2, rows + 1):
        period = f"2026-{n:02d}"
        other = Bulletin.objects.create(
            season=version.bulletin.season, period=period, number=n, year=2026, visibility="public"
        )
        draft = drafted(other.season, period if n < 4 else "2026-03", number=n)
        BulletinVersion.objects.create(
            bulletin=other, number=1, evaluated=draft.evaluated, draft=draft, dated=draft.dated,
            manifest_digest="0" * 64, chain_previous=f"{n}" * 64, chain_digest=f"{n + 1}" * 64,
        )  # fmt: skip


PUBLIC = ("", "2026-01/", "2026-01/v1/", "2026-01/v1/package.zip", "2026-01/v1/page/en/",
          "2026-01/v1/file/bulletin.en.pdf", "2026-01/v1/file/picture.zh.png?inline=1", "feed/en/")  # fmt: skip


def test_the_public_reads_all_of_it_without_an_account(january, signed_in, tmp_path):
    nobody = signed_in()

    pages = {address: nobody.get(f"/public/s/small/{address}") for address in PUBLIC}
    page = pages["2026-01/"].content.decode()

    assert {a: r.status_code for a, r in pages.items()} == dict.fromkeys(PUBLIC, 200)
    assert pages["2026-01/"]["Content-Security-Policy"].startswith(STRICT)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page)
    assert "Bulletin 1, January 2026" in page
    assert page.count("green from 1.00") == 6  # beside every light
    assert january.manifest_digest in page
    assert f"saima verify small-2026-01-v1-saima.zip --key {january.public_key}" in page
    path = tmp_path / "p.zip"
    path.write_bytes(pages["2026-01/v1/package.zip"].content)
    found = verify_package(path, key=january.public_key)
    assert found.ok, found.sentences("en")
    assert "通报" in signed_in(lang="zh").get("/public/s/small/2026-01/").content.decode()


def test_a_limited_circle_is_not_there_for_the_public_at_any_address(january, signed_in, person):
    bulletin_show(bulletin=january.bulletin, visibility="circle", by=person("steward"))

    nobody, zone = signed_in(), signed_in("crane")

    assert {nobody.get(f"/public/s/small/{a}").status_code for a in PUBLIC} == {404}
    assert "Nothing is public yet" in nobody.get("/public/").content.decode()
    assert nobody.get("/s/small/bulletins/2026-01/")["Location"].startswith("/accounts/login/")
    assert {zone.get(f"/s/small/bulletins/{a}").status_code for a in PUBLIC if "feed" not in a} == {200}
    told = Audit.objects.get(action="bulletin.shown")
    assert (told.object_key, told.actor_name) == ("small 2026-01 1", person("steward").name)


def test_only_the_bureau_opens_scans_and_releases(january, signed_in):
    base = "/s/small/bulletins/2026-01/"

    for who in ("crane", "leader", "auditor", "verifier"):
        assert signed_in(who).post(base + "visibility/", {"visibility": "circle"}).status_code == 403
        assert signed_in(who).post(base + "v1/scan/", {}).status_code == 403
    answer = signed_in("steward").post(base + "visibility/", {"visibility": "everybody"})
    assert answer.status_code == 422
    assert signed_in("steward").post(base + "visibility/", {"visibility": "circle"}).status_code == 302
    assert Bulletin.objects.get().visibility == "circle"


def test_a_scan_is_bound_to_its_version_and_only_added_to(january, signed_in, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    steward, base = signed_in("steward"), "/s/small/bulletins/2026-01/v1/"

    for content in (b"%PDF-1.4 first", b"%PDF-1.4 better", b"%PDF-1.4 better"):
        sent = SimpleUploadedFile("stamped.pdf", content)
        assert steward.post(base + "scan/", {"file": sent}).status_code == 302
    page = steward.get(base).content.decode()
    wrong = steward.post(base + "scan/", {"file": SimpleUploadedFile("a.txt", b"words")})

    assert [s.blob.size for s in StampedScan.objects.order_by("id")] == [14, 15]
    assert page.count("stamped.pdf") == 2
    assert page.index("counts") < page.index("replaced")
    assert wrong.status_code == 422
    newest = StampedScan.objects.order_by("-id").first()
    assert signed_in("crane").get(f"{base}scan/{newest.pk}/").content == b"%PDF-1.4 better"
    assert signed_in().get(f"{base}scan/{newest.pk}/").status_code == 302
    assert Audit.objects.filter(action="bulletin.scanned").count() == 2
    with pytest.raises(Exception, match="append-only"):
        StampedScan.objects.filter(pk=newest.pk).update(name="x")


def test_the_key_of_the_installation_signs_and_is_made_once(january):
    made = key_path().read_bytes()

    assert january.public_key == public_key(key_path())
    assert key_path().stat().st_mode & 0o077 == 0
    from saima.server.bulletins.actions.signing import key_there

    assert key_there().read_bytes() == made


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_the_feed_names_every_version(january, signed_in, spoken):
    answer = signed_in().get(f"/public/feed/{spoken}/")

    feed = ET.fromstring(answer.content)
    entry = feed.find(f"{ATOM}entry")
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert entry.find(f"{ATOM}link").get("href").endswith("/public/s/small/2026-01/v1/")
    title = {"en": "Small race: bulletin 1, January 2026", "zh": "小型赛：第1期通报（2026年1月）"}[spoken]
    assert entry.find(f"{ATOM}title").text == title
    assert signed_in().get("/public/feed/fr/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_archives_take_the_same_queries_whatever_they_show(january, signed_in, django_assert_num_queries, rows):
    more(january, rows)
    leader, nobody = signed_in("leader"), signed_in()
    leader.get("/s/small/bulletins/")
    nobody.get("/public/s/small/")

    with django_assert_num_queries(8):
        page = leader.get("/s/small/bulletins/").content.decode()
    with django_assert_num_queries(4):
        public = nobody.get("/public/s/small/").content.decode()

    assert (page.count("Version 1"), public.count("Version 1")) == (rows, rows)


def test_an_empty_archive_says_what_to_do(db, signed_in):
    small_season()

    assert "Nothing has been released yet" in signed_in("steward").get("/s/small/bulletins/").content.decode()
    assert signed_in().get("/public/s/small/").status_code == 404
