"""A wall shows the newest published bulletin and nothing else, to whoever has its address of today."""

import json
import re
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from django.core import signing
from django.urls import reverse
from frozen import frozen
from published import publish

from saima.server import site
from saima.server.accounts.models import Person
from saima.server.bulletins.models import BulletinVersion
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.race.models import Season
from saima.server.site.actions import MOST_WALLS, wall_make, wall_renew, wall_revoke
from saima.server.site.models import Wall
from saima.server.site.wall import seconds_to_reload
from saima.server.site.walls import signed

STYLE = Path(site.__file__).parent / "static" / "site" / "wall.css"


@pytest.fixture
def wall(demo):
    return wall_make(season=demo, title="Lobby", networks="", by=None)


@pytest.fixture
def ask(client):
    """ask(wall): the page; ask(wall, "wall-data"): its JSON."""

    def asked(one, name="wall", lang="en", **headers):
        return client.get(reverse(name, args=[signed(one)]) + f"?lang={lang}", **headers)

    return asked


def text(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_without_a_published_bulletin_a_wall_waits_and_shows_no_figure(demo, wall, ask):
    page, data = ask(wall), json.loads(ask(wall, "wall-data").content)

    assert "no bulletin is published yet" in text(page.content.decode())
    assert [s["key"] for s in data["scenes"]] == ["empty"]
    assert "%" not in text(page.content.decode())
    assert (data["left"], data["right"]) == ("", "")


def test_a_wall_shows_the_newest_bulletin_with_its_number_and_that_it_is_fictional(demo, wall, ask):
    publish(demo)

    read = text(ask(wall).content.decode())

    assert "January–April 2026" in read
    assert "Bulletin 4 of 8 May 2026" in read
    assert re.search(r"Data as of 2 June 2026, \d\d:\d\d", read)
    assert re.search(r"1 Paper Crane Park .*? 2 Glass Whale Park place 2–3", read)
    assert "is fictional: every name and figure is made up." in read


def test_a_cut_that_is_not_published_stays_off_the_wall(demo, wall, ask):
    publish(demo)
    before = ask(wall, "wall-data").content

    frozen(demo, "2026-05")

    assert ask(wall, "wall-data").content == before
    assert b"January\xe2\x80\x93May" not in before


def test_an_erratum_takes_the_place_of_the_first_version(demo, wall, ask):
    publish(demo)
    publish(demo, reason="a figure was counted twice")

    assert "Bulletin 4, version 2 of 20 May 2026" in text(ask(wall).content.decode())


def test_every_scene_travels_in_one_json_and_in_both_languages(demo, wall, ask):
    publish(demo)

    en, zh = (json.loads(ask(wall, "wall-data", lang).content) for lang in ("en", "zh"))

    keys = ["overall", "race:indicators", "race:projects", "race:weak-spots"]
    keys += [f"group:{g}" for g in ("talent", "firms", "platforms", "rd", "growth", "finance")]
    keys += ["lights", "alerts", "movement"]
    assert [s["key"] for s in en["scenes"]] == keys == [s["key"] for s in zh["scenes"]]
    assert "纸鹤园" in zh["scenes"][0]["html"]
    assert "Paper Crane" not in zh["scenes"][0]["html"]


def test_the_page_carries_its_first_scene_and_no_inline_style_or_script(demo, wall, ask):
    publish(demo)
    page, data = ask(wall).content.decode(), ask(wall, "wall-data").content.decode()

    assert json.loads(data)["scenes"][0]["html"] in page
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=", page + data)


def test_nothing_new_is_answered_without_a_body(demo, wall, ask):
    publish(demo)
    first = ask(wall, "wall-data")

    again = ask(wall, "wall-data", headers={"If-None-Match": first["ETag"]})
    publish(demo, reason="changed")
    changed = ask(wall, "wall-data", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200


def test_institutions_only_never_a_person(demo, wall, ask):
    publish(demo)
    shown = "".join(ask(wall, "wall-data", lang).content.decode() for lang in ("en", "zh"))

    assert [p.username for p in Person.objects.all() if p.name and p.name in shown] == []


def test_an_address_that_was_altered_opens_nothing(demo, wall, client, ask):
    other = wall_make(season=demo, title="Hall", networks="", by=None)
    good = signed(wall)
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.replace(f"{wall.pk}.", f"{other.pk}.", 1),
        f"{wall.pk}.1",
        signing.Signer(salt="other").sign(f"{wall.pk}.1"),
    ]

    assert ask(wall).status_code == 200
    assert [client.get(f"/wall/{f}/").status_code for f in forged] == [404] * 4
    assert [client.get(f"/wall/{f}/data.json").status_code for f in forged] == [404] * 4


def test_a_new_address_ends_the_one_before(demo, wall, client):
    old = signed(wall)

    renewed = wall_renew(wall=wall, by=None)

    assert client.get(f"/wall/{old}/").status_code == 404
    assert client.get(f"/wall/{signed(renewed)}/").status_code == 200


def test_a_revoked_address_opens_nothing_and_is_not_renewed(demo, wall, ask, client):
    old = signed(wall)
    wall_revoke(wall=wall, by=None)
    wall_revoke(wall=wall, by=None)
    wall.refresh_from_db()

    assert [client.get(f"/wall/{s}/").status_code for s in (old, signed(wall))] == [404, 404]
    assert list(Audit.objects.order_by("id").values_list("action", flat=True))[-2:] == ["wall.made", "wall.revoked"]


@pytest.mark.parametrize(
    ("networks", "came_from", "status"),
    [
        ("", "203.0.113.9", 200),
        ("10.20.0.0/16 127.0.0.1", "10.20.7.7", 200),
        ("10.20.0.0/16，127.0.0.1", "127.0.0.1", 200),
        ("10.20.0.0/16", "10.21.0.1", 404),
        ("2001:db8::/32", "10.21.0.1", 404),
        ("10.20.0.0/16", "not an address", 404),
    ],
)
def test_a_wall_answers_only_the_networks_it_was_made_for(demo, ask, networks, came_from, status):
    one = wall_make(season=demo, title="Lobby", networks=networks, by=None)

    assert ask(one, REMOTE_ADDR=came_from).status_code == status
    assert ask(one, "wall-data", REMOTE_ADDR=came_from).status_code == status


@pytest.mark.parametrize(
    ("https", "asked", "told", "status"),
    [
        (True, "127.0.0.1", "10.20.7.7", 200),
        (True, "127.0.0.1", "10.20.7.7, 192.0.2.1", 404),  # only what our own proxy saw counts
        (True, "192.0.2.1", "10.20.7.7", 404),
        (False, "127.0.0.1", "10.20.7.7", 404),
    ],
)
def test_behind_a_proxy_the_screens_own_address_counts(demo, ask, settings, https, asked, told, status):
    settings.HTTPS, settings.SECURE_SSL_REDIRECT = https, False
    one = wall_make(season=demo, title="Lobby", networks="10.20.0.0/16", by=None)

    assert ask(one, REMOTE_ADDR=asked, headers={"X-Forwarded-For": told}).status_code == status


def test_the_bureau_makes_renews_and_revokes_on_one_page(demo, signed_in):
    steward = signed_in("steward")

    steward.post("/s/demo-city/walls/", {"title": " Meeting  room 3 ", "networks": "10.0.0.0/8"})
    made = Wall.objects.get()
    listed = steward.get("/s/demo-city/walls/").content.decode()
    steward.post(f"/s/demo-city/walls/{made.pk}/", {"do": "renew"})
    steward.post(f"/s/demo-city/walls/{made.pk}/", {"do": "revoke"})
    after = steward.get("/s/demo-city/walls/").content.decode()

    assert (made.title, made.networks, made.made_by.username) == ("Meeting room 3", "10.0.0.0/8", "steward")
    assert f"/wall/{signed(made)}/?lang=zh" in unescape(listed)
    assert "/wall/" not in after
    assert list(Audit.objects.filter(object_type="wall").order_by("id").values_list("action", flat=True)) == [
        "wall.made",
        "wall.renewed",
        "wall.revoked",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "The screen has no name."),
        ({"title": "Lobby", "networks": "10.0.0.0/8 lobby"}, "“lobby” is no network address."),
        ({"title": "Lobby", "networks": " ".join(f"10.0.{n}.0/24" for n in range(60))}, "60 networks are more"),
    ],
)
def test_what_an_address_cannot_be_made_from_is_said(demo, signed_in, given, said):
    answer = signed_in("steward").post("/s/demo-city/walls/", given)

    assert answer.status_code == 422
    assert said in text(answer.content.decode())
    assert not Wall.objects.exists()


def test_a_season_has_so_many_walls_and_no_more(demo, signed_in):
    Wall.objects.bulk_create(Wall(season=demo, title=f"Screen {n}") for n in range(MOST_WALLS))

    answer = signed_in("steward").post("/s/demo-city/walls/", {"title": "One more"})

    assert answer.status_code == 422
    assert Wall.objects.count() == MOST_WALLS


def test_a_wall_of_another_season_is_not_changed_here(demo, signed_in):
    other = wall_make(season=Season.objects.get(key="ruian-2021"), title="Lobby", networks="", by=None)

    assert signed_in("steward").post(f"/s/demo-city/walls/{other.pk}/", {"do": "revoke"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_walls_asks_the_database_a_fixed_number_of_times(
    demo, signed_in, person, django_assert_num_queries, rows
):
    for n in range(rows):
        wall_make(season=demo, title=f"Screen {n}", networks="", by=person("steward"))
    client = signed_in("steward")
    client.get("/s/demo-city/walls/")

    with django_assert_num_queries(6):
        client.get("/s/demo-city/walls/")


def test_a_wall_asks_the_database_a_fixed_number_of_times(demo, wall, ask, django_assert_num_queries):
    publish(demo)
    ask(wall, "wall-data")  # evaluations are read once per process

    with django_assert_num_queries(7):
        ask(wall, "wall-data")
    with django_assert_num_queries(3):
        ask(wall)


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ("2026-06-02T09:00:00+08:00", 19 * 3600),
        ("2026-06-02T03:59:00+08:00", 60),
        ("2026-06-02T04:00:00+08:00", 24 * 3600),
        ("2026-06-01T20:00:00+00:00", 24 * 3600),
    ],
)
def test_a_wall_starts_afresh_at_four_in_the_seasons_zone(now, seconds):
    with clock.at(datetime.fromisoformat(now)):
        assert seconds_to_reload("Asia/Shanghai") == seconds


def test_what_is_due_within_a_week_is_told_without_who_is_behind(demo, wall, ask):
    publish(demo)

    with clock.at(datetime.fromisoformat("2026-06-02T09:00:00+08:00")):
        read = text(json.loads(ask(wall, "wall-data").content)["right"])
    with clock.at(datetime.fromisoformat("2026-07-20T09:00:00+08:00")):
        later = text(json.loads(ask(wall, "wall-data").content)["right"])

    assert "5 Jun in 3 days Reports for May 2026, by 18:00 10 places and offices" in read
    assert "Reports for" not in later


def _light(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_stand_out_seven_to_one(theme):
    blocks = re.findall(r":root(?:\[data-theme=\"light\"\])? \{(.*?)\n\}", STYLE.read_text("utf-8"), re.DOTALL)
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    if theme == "light":
        tokens |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1]))
    grounds = ("panel", "panel-2", "lane", "ground", "ground-2")
    pairs = [(ink, g) for ink in ("ink", "ink-2", "green", "yellow", "red", "none", "brand") for g in grounds]
    pairs += [("on-warn", "warn"), ("on-alarm", "alarm")]
    pairs += [("on-medal", medal) for medal in ("gold", "silver", "bronze")]

    assert {pair: contrast(*map(tokens.get, pair)) for pair in pairs if contrast(*map(tokens.get, pair)) < 7} == {}


def test_no_words_are_smaller_than_24_pixels_and_figures_have_56():
    style = STYLE.read_text("utf-8")
    sizes = [float(s) for s in re.findall(r"(?:font-size:|font: 400) ([\d.]+)rem", style)]

    assert len(sizes) > 25
    assert min(sizes) == 0.24
    assert re.search(r"\.figure \{ font-size: 0\.56rem", style)
    assert [int(s) for s in re.findall(r"font-size: (\d+)px", style) if int(s) < 24] == []


def test_a_wall_of_a_season_without_any_ranking_has_a_scene(db, ask):
    season = Season.objects.get(key="ruian-2021")
    one = wall_make(season=season, title="Lobby", networks="", by=None)
    publish(season, "2021-04", number=1, dated=datetime.fromisoformat("2021-06-16").date())

    page, data = ask(one), json.loads(ask(one, "wall-data").content)

    assert BulletinVersion.objects.filter(bulletin__season=season).exists()
    assert page.status_code == 200
    assert data["scenes"]
