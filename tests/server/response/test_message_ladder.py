"""Reminders on the days before and after a deadline, once each, to whom the report belongs, until it is sent."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from saima.server.accounts.models import Assignment, Person
from saima.server.kit import clock, outbox
from saima.server.kit.models import Audit
from saima.server.places.models import Place
from saima.server.race.models import Report
from saima.server.response.actions import leaving  # noqa: F401 - registers how messages leave
from saima.server.response.actions.exchange import Written, note_write
from saima.server.response.actions.reminding import given_back_tell, ladder_climb, week_tell
from saima.server.response.actions.robots import robot_add
from saima.server.response.models import Message
from saima.server.response.queries.message_ladder import rung_at, rungs_due

LONG_AGO = datetime.fromisoformat("2026-01-01T00:00:00+08:00")


def moment(text):
    return datetime.fromisoformat(f"2026-06-{text}:00+08:00")


@pytest.fixture
def lantern(demo):
    """The one report of May that is open, alone; due on 5 June, late until the 8th, both at 18:00."""
    Report.objects.filter(season=demo).exclude(place__key="lantern").update(state="verified")
    report = Report.objects.get(season=demo, place__key="lantern", period="2026-05")
    Report.objects.filter(pk=report.pk).update(opened_at=LONG_AGO, state="open")
    report.refresh_from_db()
    assert (report.due_at, report.late_until) == (moment("05T18:00"), moment("08T18:00"))
    return report


def climb(text):
    with clock.at(moment(text)):
        return ladder_climb()


def kinds():
    return list(Message.objects.order_by("id").values_list("kind", "person__username"))


def test_each_rung_is_climbed_once_at_nine_in_the_seasons_zone(lantern):
    at = {day: (climb(f"{day:02d}T08:59"), climb(f"{day:02d}T09:00"), climb(f"{day:02d}T17:00")) for day in range(1, 9)}

    assert {day: n for day, n in at.items() if any(n)} == {
        1: (1, 0, 0),  # the 7th day before was 29 May: it is told as soon as somebody is there
        2: (0, 1, 0),
        4: (0, 1, 0),
        5: (0, 1, 0),
        6: (0, 1, 0),
    }
    assert [k for k, _ in kinds()] == ["report_due"] * 4 + ["report_overdue"]
    assert {who for _, who in kinds()} == {"lantern"}


@pytest.mark.parametrize(
    ("zone", "at", "rung"),
    [
        ("Asia/Shanghai", "2026-06-02T00:59:00+00:00", -7),
        ("Asia/Shanghai", "2026-06-02T01:00:00+00:00", -3),
        ("Asia/Urumqi", "2026-06-02T02:59:00+00:00", -7),
        ("Asia/Urumqi", "2026-06-02T03:00:00+00:00", -3),
        ("Asia/Kathmandu", "2026-06-02T03:15:00+00:00", -3),
    ],
)
def test_nine_is_nine_of_the_seasons_clock(zone, at, rung):
    due = datetime.fromisoformat("2026-06-05T10:00:00+00:00")

    assert rung_at(due, zone, datetime.fromisoformat(at), LONG_AGO) == rung


def test_what_came_before_the_report_was_opened_is_not_told():
    due, opened = moment("05T18:00"), moment("03T10:00")

    assert [rung_at(due, "Asia/Shanghai", moment(at), opened) for at in ("03T11:00", "04T08:00", "04T09:00")] == [
        None,
        None,
        -1,
    ]


def test_after_days_in_which_nobody_was_there_only_the_last_rung_is_told(lantern):
    assert climb("05T10:00") == 1
    assert len(kinds()) == 1
    assert climb("30T10:00") == 0  # and none of weeks ago


def test_delivery_ends_the_reminders(lantern):
    climb("02T09:00")
    Report.objects.filter(pk=lantern.pk).update(state="submitted")

    assert [climb("04T09:00"), climb("05T09:00"), climb("06T09:00")] == [0, 0, 0]


def test_sent_between_the_look_and_the_message_it_is_left_alone(lantern, monkeypatch):
    from saima.server.response.actions import reminding

    looked = reminding.rungs_due

    def look_and_send():
        found = looked()
        Report.objects.filter(pk=lantern.pk).update(state="submitted")
        return found

    monkeypatch.setattr(reminding, "rungs_due", look_and_send)

    climb("02T09:00")

    assert not Message.objects.exists()


def test_a_report_of_nobody_goes_to_everybody_of_the_place(lantern, person):
    Report.objects.filter(pk=lantern.pk).update(assignee=None)
    role = Assignment.objects.get(person=person("lantern"))
    Assignment.objects.create(person=person("whale"), role="reporter", place=role.place)
    Assignment.objects.create(person=person("ferry"), role="reporter", place=role.place, until="2026-01-01")

    climb("02T09:00")

    assert {who for _, who in kinds()} == {"lantern", "whale"}


def test_where_nobody_reports_the_bureau_is_told(lantern, person):
    Report.objects.filter(pk=lantern.pk).update(assignee=None)
    Person.objects.filter(username="lantern").update(is_active=False)

    climb("02T09:00")

    assert sorted(kinds()) == [("nobody_to_remind", "steward"), ("nobody_to_remind", "steward2")]
    assert not Audit.objects.filter(action="report.reminded").exists()


def test_the_bureau_sees_who_was_reminded_and_when(lantern, signed_in):
    climb("02T09:00")

    page = unescape(signed_in("steward").get("/s/demo-city/reminders/").content.decode())

    assert "reminded 2 June 2026, 09:00 by Saima itself, -3 days from the deadline" in re.sub(r"\s+", " ", page)
    row = Audit.objects.get(action="report.reminded")
    assert (row.actor, row.object_key) == (None, str(lantern.pk))


def test_a_report_given_back_is_told_and_has_a_ladder_of_its_own(lantern, person):
    with clock.at(moment("10T10:00")):
        from saima.server.kit import audit

        Report.objects.filter(pk=lantern.pk).update(state="returned", due_again_at=moment("12T18:00"))
        audit.record(by=person("verifier"), action="report.returned", object_type="report", object_key=str(lantern.pk))
        assert given_back_tell() >= 1
        assert given_back_tell() == 0

    assert Message.objects.get(kind="report_returned", about=f"/report/{lantern.pk}/").sender == person("verifier")
    Message.objects.all().delete()
    assert [climb("10T11:00"), climb("11T09:00"), climb("12T09:00"), climb("13T09:00")] == [0, 1, 1, 1]
    assert [k for k, _ in kinds()] == ["report_due_again", "report_due_again", "report_locked"]


def test_the_group_hears_of_all_places_at_once(demo, person, chat):
    Report.objects.filter(season=demo).update(state="open", opened_at=LONG_AGO, submitted_at=None)
    robot_add(
        title="Group", kind="wecom", url=f"{chat.url}/send", secret="", lang="zh", topics=["reports"],
        season=demo, own=False, by=person("steward"),
    )  # fmt: skip

    assert climb("02T09:00") > 3
    climb("02T10:00")
    outbox.deliver()

    ((_, body),) = chat.posts
    said = body["text"]["content"]
    assert "尚有" in said
    assert said.count("\n· ") == Report.objects.filter(season=demo).count()


def test_the_ladder_costs_the_same_however_many_reports(demo, django_assert_num_queries):
    Report.objects.filter(season=demo).update(state="verified")
    for count in (1, 3):
        ids = list(Report.objects.filter(season=demo).values_list("pk", flat=True)[:count])
        Report.objects.filter(pk__in=ids).update(state="open", opened_at=LONG_AGO)
        with clock.at(moment("05T18:30")), django_assert_num_queries(3):
            assert len(rungs_due()) == count


def test_the_week_is_told_once_to_each_what_concerns_them(demo, person):
    with clock.at(moment("01T08:00")):
        week_tell()
        week_tell()

    said = {m.person.username: m.body_en for m in Message.objects.filter(kind="weekly_digest", season=demo)}
    assert "the report of May 2026 of Nine Lanterns Park, due 5 June 2026, 18:00" in said["lantern"]
    assert "Whale" not in said["lantern"]
    assert said["steward"].startswith("- Reports waited for: ")
    assert "leader" not in said  # nothing is due of them, and nothing was published
    with clock.at(moment("01T08:00") + timedelta(days=7)):
        week_tell()
    assert Message.objects.filter(kind="weekly_digest", season=demo, person=person("lantern")).count() == 2


def test_what_was_published_stands_in_the_week(demo, released):
    with clock.at(moment("02T10:00")):
        week_tell()

    said = Message.objects.filter(kind="weekly_digest", person__username="leader", season=demo).get().body_en
    assert f"Published: bulletin no. {released.bulletin.number} of May 2026 (version 1)." in said


def test_what_worked_elsewhere_stands_in_the_week(demo, person):
    place = Place.objects.get(key="crane")
    with clock.at(moment("02T09:00")):
        written = Written("One desk for newcomers.", "One person settles all.", date(2026, 2, 16), ("doctors",))
        note_write(season=demo, place=place, written=written, by=person("crane"))
    with clock.at(moment("02T10:00")):
        week_tell()

    said = Message.objects.filter(kind="weekly_digest", person__username="leader", season=demo).get().body_en
    assert "Paper Crane Park shares what worked: One desk for newcomers." in said
