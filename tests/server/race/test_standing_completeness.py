"""The board of reports: states, marks and who is to be reminded; the timeline shows what somebody may see."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from saima.server.kit import audit, clock
from saima.server.places.models import Place
from saima.server.race.models import Report, Season, SeasonVersion
from saima.server.race.queries.completeness import board_of
from saima.server.race.queries.documents import newest

DUE = datetime.fromisoformat("2026-06-05T18:00:00+08:00")
LATE = datetime.fromisoformat("2026-06-08T18:00:00+08:00")


@pytest.fixture
def bare(demo):
    """A season in which nobody has been asked for anything yet."""
    season = Season.objects.create(key="bare", title_en="Bare", title_zh="空", frequency="month")
    SeasonVersion.objects.create(season=season, number=1, files=newest(demo).files, digest=newest(demo).digest)
    return season


@pytest.fixture
def report(bare):
    def made(place, period="2026-05", **fields):
        key = Place.objects.get(key=place)
        return Report.objects.create(season=bare, place=key, period=period, due_at=DUE, late_until=LATE, **fields)

    return made


def states(bare):
    board = board_of(bare)
    return {line.place.key: [e.state for e in line.entries] for line in (*board.zones, *board.offices)}


def test_each_state_is_told_apart(bare, report):
    report("crane", state="verified", submitted_at=DUE - timedelta(days=1))
    report("whale", state="submitted", submitted_at=DUE - timedelta(hours=1))
    report("lantern", state="submitted", submitted_at=DUE + timedelta(hours=1))
    report("ferry", state="returned", submitted_at=DUE - timedelta(hours=2))
    report("whistle")

    assert states(bare) == {
        "crane": ["verified"],
        "whale": ["on_time"],
        "lantern": ["late"],
        "ferry": ["returned"],
        "whistle": ["open"],
    }


@pytest.mark.parametrize(
    ("instant", "state"),
    [
        (DUE - timedelta(seconds=1), "open"),
        (DUE + timedelta(seconds=1), "overdue"),
        (LATE + timedelta(seconds=1), "locked"),
    ],
)
def test_an_open_report_is_open_then_overdue_then_locked(bare, report, instant, state):
    report("crane")

    with clock.at(instant):
        assert states(bare) == {"crane": [state]}


def test_who_to_remind_is_the_most_urgent_first(bare, report):
    late = report("whale", "2026-04")
    Report.objects.filter(pk=late.pk).update(due_at=DUE - timedelta(days=30), late_until=LATE - timedelta(days=30))
    report("crane")
    report("lantern", state="verified", submitted_at=DUE)

    waiting = [(line.place.key, r.period) for line, r in board_of(bare).waiting]

    assert waiting == [("whale", "2026-04"), ("crane", "2026-05")]


@pytest.mark.parametrize("places", [["crane"], ["crane", "whale", "lantern"]])
def test_the_board_takes_the_same_queries_whatever_it_shows(bare, report, signed_in, django_assert_num_queries, places):
    for place in places:
        report(place)
    steward = signed_in("steward")
    steward.get("/s/bare/completeness/")

    with django_assert_num_queries(7):
        page = steward.get("/s/bare/completeness/").content.decode()

    assert page.count('class="pill pill-grey" href="/report/') == len(places)


def test_completeness_is_for_the_bureau_and_those_who_check(bare, signed_in):
    assert [signed_in(w).get("/s/bare/completeness/").status_code for w in ("crane", "talent", "admin")] == [
        403,
        403,
        403,
    ]
    assert "No report has been asked for yet." in signed_in("leader").get("/s/bare/completeness/").content.decode()


def test_timeline_tells_what_happened_in_words_and_shows_a_zone_no_other_report(bare, report, signed_in, person):
    own, other = report("crane"), report("whale")
    with transaction.atomic():
        audit.record(by=None, action="season.begun", object_type="season", object_key="bare")
        audit.record(by=person("steward"), action="cut.frozen", object_type="cut", object_key="bare 2026-05 1")
        for r in (own, other):
            audit.record(by=person("crane"), action="report.submitted", object_type="report", object_key=str(r.pk))

    def events(who):
        page = signed_in(who).get("/s/bare/timeline/").content.decode()
        return re.findall(r"<li><strong>(.*?)</strong>", page)

    assert events("steward") == [
        "Glass Whale Park submitted the report for May 2026.",
        "Paper Crane Park submitted the report for May 2026.",
        "May 2026 was frozen as cut 1.",
        "The season Bare was begun.",
    ]
    assert events("crane") == [
        "Paper Crane Park submitted the report for May 2026.",
        "May 2026 was frozen as cut 1.",
        "The season Bare was begun.",
    ]
