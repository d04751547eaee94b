"""The wall's scene of what followed: cards, tickets and plans by institution, urgent ones first, and no typed words."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from published import publish

from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.cards import cards_issue, response_rules_set
from saima.server.response.actions.plans import plan_open
from saima.server.response.actions.tickets import About, Ask, ticket_open
from saima.server.response.queries.card_rules import PRESETS
from saima.server.site.actions import wall_make
from saima.server.site.wall_deeds import CARDS, TICKETS, deeds_of
from saima.server.site.walls import signed

SCIENCE, TALENT = "Science Bureau 科技局", "Talent Office 人才办"


@pytest.fixture
def followed(demo, person):
    """April published with its cards; a plan; tickets, one of them late."""
    response_rules_set(season=demo, cards=PRESETS["strict"], appeal_days=7, reason="preset", by=person("steward"))
    cards_issue(version=publish(demo))
    plan_open(season=demo, contestant="whistle", by=None, help_offered="Ask Dr Nobody.")
    places = {p.key: p for p in Place.objects.all()}
    today = clock.today(demo.time_zone)
    for n in range(TICKETS + 2):
        ask = Ask(
            title="Mr Nobody's list",
            what="Call Ms Nobody.",
            owner=places[SCIENCE if n else TALENT],
            asked_by=places["crane"],
            due=today.replace(day=4 + n),
            about=About("indicator", "doctors", "") if n == 0 else About(),
        )
        ticket_open(season=demo, ask=ask, by=person("crane"))
    return demo


def scene(client, season, lang="en"):
    wall = wall_make(season=season, title="Lobby", networks="", by=None)
    data = json.loads(client.get(f"{reverse('wall-data', args=[signed(wall)])}?lang={lang}").content)
    found = [s["html"] for s in data["scenes"] if s["key"] == "deeds"]
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))) for html in found]


def test_what_followed_is_a_scene_of_institutions_without_a_word_anybody_typed(followed, client):
    (said,) = scene(client, followed)
    (chinese,) = scene(client, followed, "zh")

    assert "Open cards" in said
    assert f"{TICKETS + 2} open" in said
    assert re.search(rf"{TALENT} asked by Paper Crane Park · Doctors hired by enterprises 2 days left open", said)
    assert "and 2 more" in said
    assert re.search(r"Plans under way Green: \S.*? Fog Whistle Park 0 % done, 0 % due by now ends in time", said)
    assert "Nobody" not in said + chinese
    assert "纸鹤园提请" in chinese


def test_the_most_urgent_come_first_and_all_are_counted(followed):
    with clock.at(clock.now().replace(day=5)):
        deeds = deeds_of(followed, season_of(newest(followed)))

    colours = [c.colour for c in deeds.cards]
    assert colours == sorted(colours)
    assert len(deeds.cards) == min(CARDS, deeds.red + deeds.yellow)
    assert [t.late for t in deeds.tickets] == [1, 0, 0, 0]
    assert (deeds.open, deeds.late, deeds.running) == (TICKETS + 2, 1, 1)


def test_nothing_that_followed_is_no_scene(demo, client):
    publish(demo)

    assert scene(client, demo) == []


def test_however_much_followed_is_read_by_one_number_of_questions(followed, person):
    spec = season_of(newest(followed))
    with CaptureQueriesContext(connection) as first:
        deeds_of(followed, spec)
    plan_open(season=followed, contestant="crane", by=None)
    with CaptureQueriesContext(connection) as second:
        deeds_of(followed, spec)

    assert len(first) == len(second) == 6
