"""The ladder: what stands where adds up with a year of movement, every number has its firms, and goals stay goals."""

import re
from datetime import date, datetime

import pytest

from saima.engine.errors import QuestionRefused
from saima.engine.rules import evaluate_one
from saima.files.registers import check_sign
from saima.presets import ladder
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.ladder import goal_set
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status, record_all
from saima.server.registers.models import Enterprise, LadderGoal
from saima.server.registers.queries import ladder as ladder_query
from saima.server.registers.queries import ladder_near
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.ladder import board_of
from saima.server.registers.queries.ladder_goals import against, due_of, goals_of
from saima.server.registers.queries.ladder_near import near_misses, shorts, taken
from saima.server.registers.queries.statuses import holding

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 2)
LEVELS = range(len(ladder()) + 1)
NAMES = [r.status for r in ladder()]
TECH, HIGH = NAMES.index("tech-sme") + 1, NAMES.index("high-tech-enterprise") + 1


@pytest.fixture(autouse=True)
def _forgotten():
    """What was found in another test's transaction is gone with it."""
    for kept in (ladder_query.boards, ladder_near._near, ladder_near._told):
        kept.clear()


def code_of(number: int) -> str:
    first = f"919999{number:011d}"[:17]
    return first + check_sign(first)


def at(day: str):
    return clock.at(datetime.fromisoformat(f"{day}T09:00:00+08:00"))


@pytest.fixture
def six(demo):
    """Firms that climb, fall, come, close, move and stay, beside those of the demonstration."""
    crane, whale = (Place.objects.get(key=k).pk for k in ("crane", "whale"))
    before = board_of(JUNE)
    codes = [code_of(9_000_000 + n) for n in range(6)]
    climbs, falls, comes, closes, moves, renews = codes
    homes = [Address(c, crane) for c in codes] + [Address(moves, whale, since=date(2026, 2, 1))]
    born = [Fact(c, "founded", "", "2026-01-05" if c == comes else "2015-01-05") for c in codes]
    with at("2026-03-02"):
        record_all(
            Said(
                [Name(c, f"示例移动{n}号有限公司") for n, c in enumerate(codes)],
                homes,
                [*born, Fact(closes, "closed", "", "2026-01-31")],
                [
                    Status(climbs, "tech-sme", date(2024, 1, 1)),
                    Status(climbs, "high-tech-enterprise", date(2025, 12, 1)),
                    Status(falls, "high-tech-enterprise", date(2022, 12, 1), date(2025, 12, 1)),
                    Status(falls, "tech-sme", date(2024, 9, 1)),
                    Status(comes, "tech-sme", date(2026, 2, 1)),
                    Status(closes, "tech-sme", date(2024, 9, 1)),
                    Status(moves, "tech-sme", date(2024, 1, 1)),
                    Status(renews, "high-tech-enterprise", date(2021, 12, 1), date(2024, 12, 1)),
                    Status(renews, "high-tech-enterprise", date(2024, 12, 1), date(2027, 12, 1)),
                ],
            )
        )
    return (
        before,
        board_of(JUNE),
        dict(zip(("climbs", "falls", "comes", "closes", "moves", "renews"), codes, strict=True)),
    )


def gained(before, after, level, place="all"):
    """By column what a rung has more of."""
    one, other = before.flow(level, place), after.flow(level, place)
    return {n: d for n in one.__slots__ if n != "level" and (d := getattr(other, n) - getattr(one, n))}


def test_each_rung_counts_who_holds_it_and_who_stands_there(six):
    before, after, _ = six

    assert gained(before, after, TECH) == {
        "holds_before": 4,
        "holds": 4,
        "before": 3,
        "came": 1,
        "fell_in": 1,
        "climbed_out": 1,
        "closed": 1,
        "now": 3,
    }
    assert gained(before, after, HIGH) == {
        "holds_before": 2,
        "holds": 2,
        "before": 2,
        "climbed_in": 1,
        "fell_out": 1,
        "now": 2,
    }


def test_a_firm_that_moved_leaves_one_place_and_comes_to_another(six):
    before, after, _ = six
    crane, whale = (Place.objects.get(key=k).pk for k in ("crane", "whale"))

    assert gained(before, after, TECH, whale) == {"holds": 1, "moved_in": 1, "now": 1}
    assert gained(before, after, TECH, crane)["moved_out"] == 1


def test_what_was_there_and_all_that_came_and_went_is_what_is_there(six):
    _, board, _ = six

    for place in ("all", *board.places):
        for level in LEVELS:
            f = board.flow(level, place)
            came = f.came + f.climbed_in + f.fell_in + f.moved_in
            went = f.climbed_out + f.fell_out + f.closed + f.moved_out
            assert f.before + came - went == f.now, (place, f)
    flows = [board.flow(level, p) for level in LEVELS for p in board.places]
    assert sum(f.moved_in for f in flows) == sum(f.moved_out for f in flows) > 0
    for level in LEVELS:
        whole, parts = board.flow(level), [board.flow(level, p) for p in board.places]
        assert (whole.now, whole.holds) == (sum(p.now for p in parts), sum(p.holds for p in parts))


def test_who_holds_a_status_is_who_the_register_says(six):
    _, board, _ = six
    there = {*register_at(JUNE, keys=()).ids}

    for level, status in enumerate(NAMES, 1):
        assert board.flow(level).holds == len({h.enterprise for h in holding(status, JUNE)} & there)
    assert board.flow(0).holds == len(there)


def test_a_renewal_is_no_new_status_and_who_lost_one_did_not_keep_it(six):
    before, after, codes = six
    ids = dict(Enterprise.objects.filter(uscc__in=codes.values()).values_list("uscc", "pk"))

    tech, high = after.retention("tech-sme"), after.retention("high-tech-enterprise")

    mine = set(ids.values())
    assert set(tech.got) & mine == {ids[codes["falls"]], ids[codes["closes"]]}
    assert set(tech.kept) & mine == {ids[codes["falls"]]}
    assert not set(high.got) & mine
    assert before.retention("single-champion").share is None


def test_every_number_of_the_page_leads_to_as_many_firms(demo, signed_in):
    leader = signed_in("leader")

    page = leader.get("/registers/ladder/?near=1").content.decode()

    links = re.findall(r'<a href="(/registers/ladder/firms/[^"]+)">([\d,]+)</a>', page)
    assert len(links) > 60
    for href, number in dict.fromkeys(links):
        answer = leader.get(href.replace("&amp;", "&"))
        assert f" {number} firms</p>" in answer.content.decode(), href


def test_people_of_a_zone_see_its_firms_one_by_one_and_counts_of_others(demo, signed_in):
    crane, client = Place.objects.get(key="crane").pk, signed_in("crane")

    page = client.get("/registers/ladder/?near=1").content.decode()

    hrefs = {h.replace("&amp;", "&") for h in re.findall(r'"(/registers/ladder/firms/[^"]+)"', page)}
    assert hrefs
    assert {re.search(r"place=(\d+)", h)[1] for h in hrefs} == {str(crane)}
    listed = client.get(next(h for h in sorted(hrefs) if "what=holds&rung=tech-sme" in h)).content.decode()
    own = set(Enterprise.objects.filter(place=crane).values_list("uscc", flat=True))
    assert set(re.findall(r"\b9[0-9A-Z]{17}\b", listed)) <= own
    assert set(re.findall(r"firm/(\w{18})/", page)) <= own
    whale = Place.objects.get(key="whale").pk
    assert client.get(f"/registers/ladder/firms/?what=holds&rung=tech-sme&place={whale}").status_code == 404
    assert client.get("/registers/ladder/firms/?what=holds&rung=tech-sme").status_code == 404
    assert signed_in("talent").get("/registers/ladder/firms/?what=holds&rung=tech-sme").status_code == 403


def test_near_misses_lack_one_requirement_by_the_rule_in_force(demo):
    found = {n.rung.status: n for n in near_misses(JUNE)}

    near = found["tech-sme"]
    register = register_at(JUNE, keys=near.rule.inputs)
    verdicts = [
        evaluate_one(near.rule, taken(near.rule, register.given(n)), on=JUNE, held=register.held_by(n))
        for n in range(len(register))
    ]
    holders = register.held["tech-sme"]
    one = {f for f, v in zip(register.ids, verdicts, strict=True) if v.state == "not_eligible" and v.misses == 1}
    assert set(near.near) == one - holders
    assert near.count("near") == sum(near.count("near", p) for p in {*near.places.values()})
    first = shorts(near, near.near[:3], "en", JUNE, advice=True)
    assert [s.firm for s in first] == list(near.near[:3])
    assert all(s.what for s in first)
    ways = shorts(found["gazelle"], found["gazelle"].near[:5], "zh", JUNE, advice=False)
    assert all(s.short and s.have and s.need for s in ways)
    assert found["single-champion"].rule is None


def test_a_goal_is_measured_by_the_register_and_never_counted_as_done(demo, person):
    rung, board = "tech-sme", board_of(JUNE)
    held = board.held_on(rung, JUNE)

    goal = goal_set(rung=rung, base_year=2024, base=45, times="2", years=5, source="paper", by=person("steward"))

    found = against(board_of(JUNE), goal)
    assert (found.target, found.until, found.now) == (90, 2029, held)
    assert [due_of(goal, y) for y in (2023, 2024, 2025, 2026, 2029, 2035)] == [45, 45, 54, 63, 90, 90]
    assert found.due == 63
    assert found.done == held - board.held_on(rung, date(2025, 12, 31))
    again = goal_set(rung=rung, base_year=2024, base=45, times="2.0", years=5, source="paper", by=person("steward"))
    assert again.pk == goal.pk
    later = goal_set(rung=rung, base_year=2024, base=50, times="1.5", years=3, source="paper 2", by=person("steward"))
    assert goals_of()[rung].pk == later.pk
    assert LadderGoal.objects.filter(rung=rung).count() == 2
    with pytest.raises(NotAllowed):
        goal_set(rung=rung, base_year=2024, base=45, times="2", years=5, source="paper", by=person("crane"))
    for times in ("1", "NaN", "1e400", "two", "2.001"):
        with pytest.raises(QuestionRefused):
            goal_set(rung=rung, base_year=2024, base=45, times=times, years=5, source="paper", by=person("steward"))


def test_the_board_asks_little_and_nothing_twice(demo, signed_in, django_assert_max_num_queries):
    steward = signed_in("steward", "zh")
    steward.get("/registers/ladder/?near=1")

    with django_assert_max_num_queries(24):
        answer = steward.get("/registers/ladder/")

    assert "临门一脚" in answer.content.decode()
    part = steward.get("/registers/ladder/?near=1", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section class="card" id="near"')
