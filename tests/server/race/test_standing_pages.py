"""Pages of standings: what the frozen evaluation says, in fixed numbers of queries, for those who may see it."""

import re

import pytest
from django.urls import reverse
from frozen import frozen

from saima.engine.model.periods import Period
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Season
from saima.server.race.queries.answers import compared
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated
from saima.server.race.queries.standing import shown

APRIL = Period.parse("2026-04")


@pytest.fixture
def april(demo):
    return frozen(demo)


def text_of(answer):
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_leaderboard_shows_places_scores_bands_and_proposals(april, demo, signed_in):
    evaluation = evaluation_of(newest_evaluated(demo))

    page = text_of(signed_in("leader").get("/s/demo-city/"))

    order = re.findall(r'/s/demo-city/c/([a-z]+)/">(?:[A-Z])', page)
    assert order == [s.contestant for s in evaluation.standing()]
    for s in evaluation.standing():
        assert f"{s.score:.2f}" in page
    assert "Places 2–3: these 2 cannot be told apart with confidence." in page
    assert "It is proposed to invite Fog Whistle Park to a talk" in page
    assert 'class="track track-green"' in page


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("?scope=race:projects", "race:projects"),
        ("?scope=group:talent", "group:talent"),
        ("?scope=indicator:teams", "indicator:teams"),
    ],
)
def test_every_scope_has_its_board(april, demo, signed_in, query, first):
    standings = evaluation_of(newest_evaluated(demo)).standing(first)

    page = text_of(signed_in("leader").get(f"/s/demo-city/{query}"))

    assert page.count('<tr> <td><span class="rank') == len(standings)


def test_medals_and_progress_are_kinds_of_their_own(april, demo, signed_in):
    leader = signed_in("leader")
    medals = evaluation_of(newest_evaluated(demo)).medals

    table = text_of(leader.get("/s/demo-city/?kind=medals"))

    best = min(medals, key=lambda m: m.rank)
    assert f'<td class="num">{best.gold}</td><td class="num">{best.silver}</td>' in table
    assert "press." not in table


def test_classes_that_race_apart_and_many_contestants_are_one_page(db, signed_in):
    season = Season.objects.get(key="sdg-2018")
    frozen(season, "2018")

    page = text_of(signed_in("leader").get("/s/sdg-2018/"))

    assert page.count('<tr> <td><span class="rank') == len(shown(season).index.standings("overall"))


def test_a_season_without_ranking_shows_what_others_published(db, signed_in):
    season = Season.objects.get(key="ruian-2021")
    frozen(season, "2021-04")

    page = text_of(signed_in("leader").get("/s/ruian-2021/"))

    assert "Published by others and quoted with source and date. Nothing here is computed." in page
    assert "64.9" in page
    assert '<span class="rank rank-1">1</span>' in page
    assert "16 June 2021" in page


def test_nothing_frozen_says_what_to_do_next(demo, signed_in):
    assert "Open Cuts, look at what is still missing, and freeze a period." in text_of(
        signed_in("steward").get("/s/demo-city/")
    )
    assert "The bureau freezes a period once its figures are verified." in text_of(
        signed_in("crane").get("/s/demo-city/")
    )


def test_preview_is_marked_and_not_for_reporters(april, demo, signed_in):
    page = text_of(signed_in("verifier").get("/s/demo-city/?now=1"))

    assert "Preview, not frozen. Nothing here may be published." in page
    assert "figures due are known" in page
    assert signed_in("crane").get("/s/demo-city/?now=1").status_code == 403


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/s/demo-city/?period=2026-03", "2026-03 has not been frozen. Frozen are: 2026-04."),
        ("/s/demo-city/?scope=race:nothing", "Nobody has a place in “race:nothing” in this period."),
        ("/s/demo-city/c/nobody/", "This season has no contestant “nobody”."),
        ("/s/demo-city/i/nothing/", "This season has no indicator “nothing”."),
        ("/s/demo-city/why/crane/nothing/", "This season has no indicator “nothing”."),
        ("/s/demo-city/whatif/?contestant=whale&place=first", "“first” is no place. Choose one from 1 to 5."),
        ("/s/demo-city/whatif/?contestant=whale&place=1&rivals=gone", "“gone” is none of the assumptions on rivals."),
        ("/s/demo-city/whatif/?contestant=crane&place=3", "place"),
        ("/s/demo-city/compare/?a=crane&b=crane", "Paper Crane Park"),
    ],
)
def test_questions_without_an_answer_are_refused_with_a_sentence(april, signed_in, address, sentence):
    answer = signed_in("leader").get(address)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_another_season_is_not_found(april, signed_in):
    assert signed_in("leader").get("/s/no-such-season/").status_code == 404
    assert signed_in("").get("/s/demo-city/").status_code == 302


def test_contestant_page_says_where_it_stands_and_what_it_is_behind_on(april, demo, signed_in):
    page = text_of(signed_in("crane").get("/s/demo-city/c/whale/"))

    assert "Glass Whale Park is in place 2 of 5 with 93.63 points" in page
    assert "Glass Whale Park cannot be told apart with confidence from Nine Lanterns Park." in page
    assert "Glass Whale Park is behind pace on Venture capital invested" in page
    assert page.count("/s/demo-city/why/whale/") >= 17
    assert "What would help most" in page


def test_indicator_page_has_a_lane_for_each_and_the_pace_curve(april, demo, signed_in):
    page = text_of(signed_in("leader").get("/s/demo-city/i/teams/"))

    assert page.count('class="track track-') == 5
    assert page.count("<polyline") == 6
    assert "100 points on pace, in proportion; ahead of it each further point counts 0.5;" in page


def test_compare_adds_up_to_the_gap(april, signed_in):
    explained = compared(april, "whale", "crane")
    comparison = explained.comparisons[0]

    page = text_of(signed_in("leader").get("/s/demo-city/compare/?a=whale&b=crane"))

    assert abs(sum(r.points for r in comparison.rows) - comparison.gap) < 1e-9
    assert page.count('<rect class="waterfall-total"') == 1
    assert "−2.72" in page
    assert "is 2.72 points behind Paper Crane Park (place 1)" in page


def test_whatif_answers_place_by_place(april, signed_in):
    page = text_of(signed_in("leader").get("/s/demo-city/whatif/?contestant=ferry&place=2"))

    assert "Rivals stay where they stood in 2026-04." in page
    assert page.count('<section class="card card-') == 2
    assert "Nine Lanterns Park" in page


def test_the_table_comes_as_csv_and_as_a_workbook(april, demo, signed_in):
    leader = signed_in("leader")

    lines = leader.get("/s/demo-city/standing.csv").content.decode("utf-8-sig").splitlines()
    book = leader.get("/s/demo-city/standing.xlsx")

    assert lines[0].startswith("Rank,Contestant,Class,Score,")
    assert lines[1].startswith("1,Paper Crane Park,Core parks,96.3")
    assert len(lines) == 6
    assert book.content[:2] == b"PK"
    assert "attachment" in book["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "args", "queries"),
    [
        ("leaderboard", ["demo-city"], 7),
        ("contestant", ["demo-city", "crane"], 7),
        ("indicator", ["demo-city", "teams"], 7),
    ],
)
def test_pages_of_a_cut_take_the_same_queries_whatever_they_show(
    april, signed_in, django_assert_num_queries, name, args, queries
):
    leader = signed_in("leader")
    leader.get(reverse(name, args=args))

    with django_assert_num_queries(queries):
        leader.get(reverse(name, args=args))


def test_what_one_person_may_do_is_not_offered_to_the_next_reader(april, signed_in):
    steward, reporter, again = (signed_in(who).get("/s/demo-city/") for who in ("steward", "crane", "steward"))

    assert [text_of(page).count("?now=1") for page in (steward, reporter, again)] == [1, 0, 1]
    assert [text_of(page).count("/drafts/?period=") for page in (steward, reporter, again)] == [1, 0, 1]


def test_a_new_cut_of_the_period_is_on_the_page_at_once(april, demo, signed_in):
    leader = signed_in("leader")
    before = text_of(leader.get("/s/demo-city/"))
    cut_freeze(season=demo, period=APRIL, by=None)

    after = text_of(leader.get("/s/demo-city/"))

    assert before != after


def test_pages_speak_chinese(april, signed_in):
    leader = signed_in("leader", lang="zh")

    pages = [text_of(leader.get(f"/s/demo-city/{p}")) for p in ("", "c/whale/", "i/teams/", "why/whale/teams/")]

    assert "第2–3名：这2家难分先后。" in pages[0]
    assert "在5家中列第2名" in pages[1]
    assert "逐期进度" in pages[2]
    assert "从数据到得分" in pages[3]
