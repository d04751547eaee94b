"""The frame of every page: navigation by role, the season at hand, language and theme, all without script."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from saima.server.race.models import Season

RACE = ("home", "leaderboard")
MONTH = ("reports", "verify-queue", "completeness")
BOOKS = ("ladder", "rules", "items")  # of the registers, what everybody inside reads
REGISTERS = ("enterprises", *BOOKS, "talents", "chains")
FOLLOW = ("lights", "cards", "plans", "tickets", "campaigns", "exchange", "meets")


def nav(page):
    """Names of the pages the header leads to."""
    found = re.search(r'<nav class="site-nav".*?</nav>', page.content.decode(), re.DOTALL)
    return re.findall(r'<a href="([^"]+)"', found[0]) if found else []


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("", []),
        ("crane", [*RACE, "reports", "bulletins", *FOLLOW, "appeals", *REGISTERS, "breakdown"]),
        ("talent", [*RACE, "reports", "bulletins", *("lights", "cards"), *FOLLOW[2:], *REGISTERS[1:], "breakdown"]),
        (
            "verifier",
            [
                *(*RACE, *MONTH, "bulletins", "lights", "cards", *FOLLOW[4:]),
                *("appeals", *BOOKS, "chains", "breakdown"),
            ],
        ),
        ("leader", [*RACE, "completeness", "bulletins", *FOLLOW, "appeals", *REGISTERS, "breakdown"]),
        (
            "steward",
            [
                *RACE,
                *MONTH,
                *("close-latest", "cuts", "bulletins"),
                *FOLLOW,
                "appeals",
                *REGISTERS,
                *("season-setup", "breakdown", "next-season", "walls", "people", "audit"),
            ],
        ),
        (
            "auditor",
            [
                *RACE,
                *MONTH,
                "close-latest",
                "bulletins",
                *FOLLOW,
                "appeals",
                *REGISTERS,
                "breakdown",
                "people",
                "audit",
            ],
        ),
        ("admin", ["home", "people", "audit"]),
    ],
)
def test_navigation_by_role(demo, signed_in, who, expected):
    for_all = {"home", "verify-queue", "people", "audit", *REGISTERS}
    asked = [reverse(n, kwargs=None if n in for_all else {"key": demo.key}) for n in expected]

    assert nav(signed_in(who).get("/")) == asked


def test_a_full_header_opens_in_sections_and_marks_the_one_at_hand(demo, signed_in):
    page = signed_in("steward").get(f"/s/{demo.key}/cuts/").content.decode()

    found = re.search(r'<nav class="site-nav".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r"<summary([^>]*)>([^<]+)<", found) == [
        ("", "This month"),
        (' aria-current="true"', "Publish"),
        ("", "Follow-up"),
        ("", "Registers"),
        ("", "Office"),
    ]
    short = nav(signed_in("admin").get("/"))
    assert short == ["/", "/people/", "/audit/"]


def test_everybody_may_open_what_the_navigation_offers(demo, signed_in):
    for who in ("crane", "verifier", "leader", "steward", "auditor", "admin"):
        client = signed_in(who)
        found = {href: client.get(href, follow=True).status_code for href in nav(client.get("/"))}
        assert set(found.values()) == {200}, (who, found)


def test_before_the_first_version_a_season_leads_to_its_setup_alone(demo, signed_in):
    client = signed_in("steward")
    form = {"how": "empty", "code": "next", "title_en": "Next", "title_zh": "下季", "year": "2027"}
    client.post("/seasons/new/", form)

    registers = [reverse(n) for n in REGISTERS]
    expected = ["/", "/verify/", *registers, "/s/next/setup/", "/people/", "/audit/"]
    assert nav(client.get("/s/next/setup/")) == expected
    assert 'value="/s/next/setup/"' in client.get("/s/demo-city/").content.decode()  # the choice of seasons
    assert "next" not in re.findall(r'<option value="([^"]+)"', client.get("/seasons/new/").content.decode())
    client.cookies["saima_season"] = "next"
    home = client.get("/").content.decode()
    assert re.findall(r'class="btn btn-primary btn-large" href="([^"]+)"', home) == ["/s/next/setup/"]


def test_this_page_is_marked_in_the_navigation(demo, signed_in):
    page = signed_in("steward").get(f"/s/{demo.key}/reports/").content.decode()

    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == [f"/s/{demo.key}/reports/"]


def test_language_is_kept_and_the_page_stays(signed_in):
    client = signed_in("crane")

    answer = client.post("/language/", {"language": "zh-hans", "next": "/accounts/2fa/?a=1"})

    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/?a=1")
    assert client.cookies["saima_lang"].value == "zh-hans"
    page = client.get("/").content.decode()
    assert '<html lang="zh-Hans"' in page
    assert ">EN<" in page


@pytest.mark.parametrize("there", ["https://example.org/", "//example.org", "javascript:alert(1)"])
@pytest.mark.parametrize(
    ("path", "choice"),
    [("/language/", {"language": "en"}), ("/theme/", {"theme": "dark"}), ("/season/", {"season": "demo-city"})],
)
def test_switches_lead_to_pages_of_this_server_only(db, path, choice, there):
    assert Client().post(path, choice | {"next": there}).url == "/"


@pytest.mark.parametrize(
    ("path", "choice", "cookie"),
    [
        ("/language/", {"language": "fr"}, "saima_lang"),
        ("/theme/", {"theme": "pink"}, "saima_theme"),
        ("/season/", {"season": "a b"}, "saima_season"),
    ],
)
def test_switches_keep_what_is_on_offer_only(db, path, choice, cookie):
    client = Client()

    assert client.post(path, choice).status_code == 302
    assert cookie not in client.cookies


def test_switches_are_not_followed_by_a_link(db):
    assert [Client().get(path).status_code for path in ("/language/", "/theme/", "/season/")] == [405, 405, 405]


def test_the_theme_is_rendered_by_the_server(db):
    client = Client()
    before = client.get("/").content.decode()

    client.post("/theme/", {"theme": "dark", "next": "/"})

    assert 'data-theme="auto"' in before
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_a_theme_nobody_offered_is_no_attribute(db):
    client = Client()
    client.cookies["saima_theme"] = '"><script>'

    assert 'data-theme="auto"' in client.get("/").content.decode()


def test_the_season_at_hand_follows_the_page_then_the_choice_then_use(demo, signed_in):
    client = signed_in("steward")

    def at_hand(path):
        found = re.search(r'name="season" value="([^"]+)" aria-current', client.get(path).content.decode())
        return found[1]

    assert at_hand("/") == demo.key
    assert at_hand("/s/sdg-2018/reports/") == "sdg-2018"
    client.post("/season/", {"season": "sdg-2018", "next": "/"})
    assert at_hand("/") == "sdg-2018"
    assert at_hand(f"/s/{demo.key}/reports/") == demo.key


def test_a_single_season_needs_no_switcher(demo, signed_in, monkeypatch):
    monkeypatch.setattr(
        "saima.server.site.shell.seasons_by_use", lambda person: list(Season.objects.filter(key="demo-city"))
    )

    page = signed_in("steward").get("/").content.decode()

    assert 'action="/season/"' not in page
    assert "Demo City 2026" in page


def test_a_page_says_that_the_clock_stands_and_that_the_season_is_fictional(demo, signed_in):
    page = signed_in("leader", "zh").get("/").content.decode()

    ribbon = re.search(r'<aside class="ribbon".*?</aside>', page, re.DOTALL)[0]
    assert "时钟固定在2026年6月2日" in ribbon
    assert "虚构" in ribbon


def test_the_style_guide_is_for_developing_only(signed_in):
    assert signed_in("steward").get("/style/").status_code == 404
