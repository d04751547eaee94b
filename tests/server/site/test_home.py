"""Each role's home page answers what to do next, at a fixed number of queries."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from frozen import frozen

from saima.server.accounts.actions.people import role_give
from saima.server.accounts.enums import Role
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.enums import ReportState
from saima.server.race.models import Cut, Report
from saima.server.race.queries.home import Month, month_of, own_reports, seasons_by_use, waiting_for
from saima.server.race.queries.reports import reports_listed
from saima.server.response.actions.plans import plan_open
from saima.server.response.actions.tickets import Ask, ticket_open
from saima.server.site.home import due_words


def text(page):
    """What is read, without marks and drawings."""
    plain = re.sub(r"<(svg|head)\b.*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain))


@pytest.fixture
def april(demo):
    """The season with April frozen."""
    if not Cut.objects.filter(season=demo, period="2026-04").exists():
        frozen(demo)
    return demo


def test_a_visitor_is_told_what_this_is_and_where_to_sign_in(signed_in, settings):
    settings.SAIMA_DEMO = False

    page = signed_in().get("/")

    assert page.status_code == 200
    assert "ranking" in text(page)
    assert 'href="/accounts/login/"' in page.content.decode()
    assert "horse-race" not in page.content.decode()  # passwords of the demonstration are for demonstrations


def test_a_demonstration_tells_who_may_be_tried(signed_in, settings):
    settings.SAIMA_DEMO = True

    page = signed_in(lang="zh").get("/accounts/login/")

    assert "纸鹤园填报员" in text(page)
    assert "horse-race-2026" in text(page)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "who", ["steward", "crane", "ferry", "talent", "verifier", "leader", "auditor", "admin"], ids=str
)
def test_every_role_has_a_home(april, signed_in, who, lang):
    page = signed_in(who, lang).get("/")

    assert page.status_code == 200
    chinese = re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", page.content.decode())) is not None
    assert chinese  # names of people and places are Chinese; sentences follow
    assert ("您好" in text(page)) == (lang == "zh")


def test_the_bureau_sees_the_month_and_one_next_step(demo, signed_in):
    page = signed_in("steward").get("/")

    states = re.findall(r"(open|submitted|returned|verified): (\d+)", text(page))
    counted = {s: Report.objects.filter(season=demo, period="2026-05", state=s).count() for s, _ in states}
    assert {s: int(n) for s, n in states} == {s: n for s, n in counted.items() if n}
    assert "May 2026: where the month stands" in text(page)
    assert "See who has not reported" in text(page)
    assert len(re.findall(r'class="btn btn-primary btn-large"', page.content.decode())) == 1


def test_the_bureau_sees_who_has_not_reported_returned_ones_first(demo, person):
    month = month_of(person("steward"), demo)

    left = [(r.report.state, r.report.place.key) for r in month.missing]
    assert {state for state, _ in left} == {"returned", "open"}
    assert [state for state, _ in left] == sorted((s for s, _ in left), key=("returned", "open").index)
    assert len(left) + month.sent == len(month.reports)


def listed(demo, person, state):
    """The reports of May, all in one state."""
    Report.objects.filter(season=demo).update(state=state)
    return reports_listed(person("steward"), demo, period="2026-05")


@pytest.mark.parametrize(
    ("state", "cut", "drafted", "step"),
    [
        (ReportState.OPEN, False, False, "collect"),
        (ReportState.OPEN, True, False, "collect"),
        (ReportState.SUBMITTED, False, False, "verify"),
        (ReportState.RETURNED, False, False, "collect"),
        (ReportState.VERIFIED, False, False, "cut"),
        (ReportState.VERIFIED, True, False, "draft"),
        (ReportState.VERIFIED, True, True, "release"),
    ],
)
def test_the_next_step_follows_the_loop(demo, person, state, cut, drafted, step):
    month = Month("2026-05", listed(demo, person, state), Cut(number=1) if cut else None, drafted=drafted)

    assert month.step == step


def test_after_the_release_the_next_month_is_opened(demo, person):
    reports = listed(demo, person, ReportState.VERIFIED)

    assert Month("2026-05", reports, Cut(number=1), drafted=True, released=True).step == "open"


@pytest.mark.parametrize("state", [ReportState.OPEN, ReportState.SUBMITTED, ReportState.VERIFIED])
def test_the_bureau_may_open_the_page_its_next_step_is_done_on(demo, person, signed_in, state):
    listed(demo, person, state)
    client = signed_in("steward")

    page = client.get("/").content.decode()

    (href,) = re.findall(r'class="btn btn-primary btn-large" href="([^"]+)"', page)
    assert client.get(href).status_code == 200


def test_before_any_month_is_open_the_next_step_is_to_open_one(demo):
    assert Month("", (), None, drafted=False).step == "open"


def test_a_reporter_sees_own_reports_only_and_one_click_opens_them(demo, signed_in, person):
    own = [d.listed.report for d in own_reports(person("ferry"))]

    page = signed_in("ferry").get("/").content.decode()

    assert {r.place.key for r in own} == {"ferry"}
    assert [f"/report/{r.pk}/" for r in own] == re.findall(r'href="(/report/\d+/)"', page)
    assert "Answer the questions" in page


def test_who_sees_all_reports_still_answers_for_the_own_place_only(demo, person):
    role_give(person=person("ferry"), role=Role.STEWARD, by=None)

    assert {d.listed.report.place.key for d in own_reports(person("ferry"))} == {"ferry"}


def test_returned_reports_come_first_and_verified_last(demo, person):
    role_give(person=person("ferry"), role=Role.REPORTER, by=None, place_id=Place.objects.get(key="crane").pk)
    role_give(person=person("ferry"), role=Role.REPORTER, by=None, place_id=Place.objects.get(key="lantern").pk)

    found = own_reports(person("ferry"))

    assert [(d.listed.report.place.key, d.state) for d in found] == [
        ("ferry", "returned"),
        ("lantern", "open"),
        ("crane", "verified"),
    ]


def test_a_reporter_sees_where_the_own_park_stands(april, signed_in):
    page = signed_in("whale").get("/")

    assert "Where Glass Whale Park stands" in text(page)
    assert "Rank 2–3 of 5: these places cannot be told apart" in text(page)
    assert 'href="/s/demo-city/c/whale/"' in page.content.decode()


def test_a_verifier_sees_what_came_first(demo, person, signed_in):
    reports = list(Report.objects.filter(state="submitted").order_by("submitted_at", "id"))

    found = waiting_for(person("verifier"))
    page = signed_in("verifier").get("/").content.decode()

    assert [r.pk for r, _ in found.first] == [r.pk for r in reports]
    assert list(dict.fromkeys(re.findall(r'href="/verify/(\d+)/"', page))) == [str(r.pk) for r in reports]


def test_a_leader_reads_the_headline_places_and_red_list(april, signed_in):
    page = signed_in("leader").get("/")

    read = text(page)
    assert "Paper Crane Park leads with" in read
    assert re.findall(r'class="row-title" href="(/s/demo-city/c/\w+/)"', page.content.decode()) == [
        f"/s/demo-city/c/{code}/" for code in ("crane", "whale", "lantern", "ferry", "whistle")
    ]
    assert "2–3" in read
    assert re.search(r"Glass Whale Park .*?(Up|Down) 1", read)[1] == "Up"
    assert "a month from here reach the target." in read
    assert "/why/" in page.content.decode()


def test_before_the_first_cut_a_leader_is_told_what_is_missing(demo, signed_in):
    assert not Cut.objects.exists()

    page = signed_in("leader").get("/")
    assert "No month is frozen yet" in text(page)
    assert '<a class="btn btn-primary" href="/s/demo-city/completeness/">' in page.content.decode()


def test_an_administrator_sees_people_and_no_figures(april, signed_in):
    read = text(signed_in("admin").get("/"))

    assert "People and their roles" in read
    assert "Paper Crane Park leads" not in read


def test_somebody_without_a_role_is_told_whom_to_ask(signed_in, person):
    person("talent").assignments.all().delete()

    assert "You have no role yet" in text(signed_in("talent").get("/"))


def test_the_season_in_use_comes_first(demo, person):
    assert seasons_by_use(person("steward"))[0] == demo

    demo.closed = True
    demo.save()
    assert seasons_by_use(person("steward"))[-1] == demo


DUE = datetime.fromisoformat("2026-06-05T18:00:00+08:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-02T09:00:00+08:00", ("Due 5 Jun 18:00, in 3 days", "")),
        ("2026-06-03T23:59:00+08:00", ("Due 5 Jun 18:00, in 2 days", "soon")),
        ("2026-06-03T17:00:00+00:00", ("Due tomorrow at 18:00", "soon")),
        ("2026-06-05T18:00:00+08:00", ("Due today at 18:00", "soon")),
        ("2026-06-05T18:00:01+08:00", ("Was due 5 Jun 18:00; can still be sent late until 8 Jun 18:00", "over")),
        ("2026-06-08T18:00:01+08:00", ("Was due 5 Jun 18:00 and is closed; the bureau can still enter it", "over")),
    ],
)
def test_the_time_left_is_counted_in_days_of_the_seasons_zone(now, expected):
    with clock.at(datetime.fromisoformat(now)), override("en"):
        assert due_words(DUE, DUE + timedelta(days=3), "Asia/Shanghai") == expected


def test_a_returned_report_is_due_on_its_new_day(demo, signed_in):
    again = datetime.fromisoformat("2026-06-09T18:00:00+08:00")
    Report.objects.filter(season=demo, place__key="ferry").update(due_again_at=again)

    assert "Due 9 Jun 18:00, in 7 days" in text(signed_in("ferry").get("/"))


@pytest.mark.parametrize(
    ("who", "queries"),
    [("steward", 15), ("ferry", 12), ("science", 11), ("verifier", 7), ("leader", 7), ("auditor", 8), ("admin", 4)],
)
def test_home_asks_the_database_a_fixed_number_of_times(april, signed_in, django_assert_num_queries, who, queries):
    client = signed_in(who)
    client.get("/")  # evaluations are read once per process

    with django_assert_num_queries(queries):
        client.get("/")


def test_home_of_an_office_shows_what_waits_for_it_in_tickets_and_plans(april, demo, signed_in, person):
    office = Place.objects.get(key="Science Bureau 科技局")
    due = date(2026, 6, 20)
    crane = Place.objects.get(key="crane")
    ticket_open(season=demo, ask=Ask("Land", "A lease.", office, due, asked_by=crane), by=person("crane"))
    plan_open(season=demo, contestant="whistle", help_by=office.key, by=None)

    read, other = text(signed_in("science").get("/")), text(signed_in("whale").get("/"))

    assert re.search(r"Tickets that wait for you .*Land Paper Crane Park", read)
    assert re.search(r"Owed in plans Plan of Fog Whistle Park", read)
    assert "Tickets that wait for you" not in other
    assert "Owed in plans" not in other


def test_home_of_a_reporter_asks_as_often_for_three_reports_as_for_one(demo, signed_in, person):
    def asked():
        with CaptureQueriesContext(connection) as found:
            signed_in("ferry").get("/")
        return len(found)

    asked()
    one = asked()
    for key in ("crane", "lantern"):
        role_give(person=person("ferry"), role=Role.REPORTER, by=None, place_id=Place.objects.get(key=key).pk)
    assert len(own_reports(person("ferry"))) == 3
    assert asked() == one
