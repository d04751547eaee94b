"""Meets: sealed marks by phone, nobody judges their own, a fixed sheet, and marks for the project race as revisions."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from asking import EVERYBODY, SCIENCE, TALENT, place
from django.core.cache import cache
from django.test import Client

from saima.engine.errors import QuestionRefused
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import evaluate
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.race.actions.marks import project_mark_record
from saima.server.race.models import SideRow
from saima.server.race.queries.documents import bundle_of
from saima.server.response.actions.meets import (
    Planned,
    marks_save,
    meet_change,
    meet_close,
    meet_feed,
    meet_item_add,
    meet_item_remove,
    meet_judge_add,
    meet_judge_withdraw,
    meet_minutes,
    meet_plan,
    meet_start,
)
from saima.server.response.models import Meet, MeetMark, MeetSheet
from saima.server.response.queries.meets import sheet_of

CRITERIA = (("Idea", 60), ("Delivery", 40))
GIVEN = {"Ash": ("90", "80"), "Birch": ("80", "85"), "Cedar": ("70", "75"), "Elm": ("95", "90"), "Fir": ("60", "50")}
PLAN = {"title": "First meet", "held_on": date(2026, 5, 28), "period": "2026-05", "criteria": CRITERIA}


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def meet(demo, person):
    """A live meet: a project of crane, whale itself, five judges by link."""
    made = meet_plan(season=demo, planned=Planned(**PLAN, rule="trimmed"), by=person("steward"))
    meet_item_add(meet=made, title="Tide lamp", unit=place("crane"), project="crane-sensor", by=person("steward"))
    meet_item_add(meet=made, title="The park", unit=place("whale"), by=person("steward"))
    for name in GIVEN:
        meet_judge_add(meet=made, name=name, by=person("steward"))
    return meet_start(meet=made, by=person("steward"))


def mark_all(meet, items=None, given=GIVEN):
    criteria = list(meet.criteria.order_by("number"))
    for judge in meet.judges.filter(name__in=given):
        for item in items or meet.items.all():
            marks = {(item.pk, c.pk): v for c, v in zip(criteria, given[judge.name], strict=True)}
            marks_save(judge=judge, marks=marks)


def test_a_closed_meet_has_the_sheet_of_the_method_page(meet, person):
    mark_all(meet)
    first = meet_close(meet=meet, by=person("steward"))
    assert meet_close(meet=meet, by=person("steward")) == first

    meet.refresh_from_db()
    sheet = sheet_of(meet)
    assert [(r.title, r.mark, r.rank, r.trimmed) for r in sheet.rows] == [
        ("Tide lamp", "80.00", 1, True),
        ("The park", "80.00", 1, True),
    ]
    assert sheet.rows[0].totals == [("86", True), ("82", True), ("72", True), ("93", False), ("56", False)]
    assert MeetSheet.objects.count() == 1


def test_marks_are_sealed_until_the_chair_closes(meet, person, signed_in):
    mark_all(meet, given=dict.fromkeys(GIVEN, ("41.5", "41.5")))
    pages = [
        signed_in(u).get(f"/s/demo-city/meets/1/{p}").content.decode()
        for u, p in (("steward", ""), ("steward", "progress/"), ("auditor", ""), ("crane", ""))
    ]

    assert [p for p in pages if "41.5" in p] == []
    assert not any("41.5" in row.detail for row in Audit.objects.filter(object_type="meet"))
    meet_close(meet=meet, by=person("steward"))
    assert "41.5" in signed_in("crane").get("/s/demo-city/meets/1/").content.decode()


def test_nobody_judges_where_their_own_unit_presents(demo, meet, person):
    steward = person("steward")
    with pytest.raises(QuestionRefused, match="their own unit presents"):
        meet_judge_add(meet=meet, name="Oak", unit=place("crane"), by=steward)
    with pytest.raises(QuestionRefused, match="their own unit presents"):
        meet_judge_add(meet=meet, name="", person=person("whale"), by=steward)
    meet_judge_add(meet=meet, name="", person=person("ferry"), by=steward)
    with pytest.raises(QuestionRefused, match="is of the unit that presents"):
        meet_item_add(meet=meet, title="Moon ferry", unit=place("ferry"), by=steward)


def test_half_a_sheet_does_not_count(meet, person):
    mark_all(meet)
    fir, item = meet.judges.get(name="Fir"), meet.items.first()
    marks_save(judge=fir, marks={(item.pk, meet.criteria.first().pk): " "})
    meet_close(meet=meet, by=person("steward"))

    meet.refresh_from_db()
    rows = {r.title: r for r in sheet_of(meet).rows}
    assert (rows["Tide lamp"].mark, rows["Tide lamp"].missing, rows["Tide lamp"].trimmed) == ("83.25", ["Fir"], False)


def test_a_withdrawn_judge_does_not_count(meet, person):
    mark_all(meet)
    meet_judge_withdraw(judge=meet.judges.get(name="Fir"), by=person("steward"))
    meet_close(meet=meet, by=person("steward"))

    assert len(json.loads(MeetSheet.objects.get().content)["judges"]) == 4


@pytest.mark.parametrize("text", ["101", "-1", "85.25", "good", "１０１"])
def test_a_mark_is_a_number_of_the_range(meet, text):
    judge, item, criterion = meet.judges.first(), meet.items.first(), meet.criteria.first()

    with pytest.raises(QuestionRefused, match="is no mark"):
        marks_save(judge=judge, marks={(item.pk, criterion.pk): text, (item.pk, criterion.pk + 1): "50"})
    assert MeetMark.objects.count() == 0


def test_each_state_allows_what_it_should(demo, person):
    steward = person("steward")
    made = meet_plan(season=demo, planned=Planned(**PLAN), by=steward)
    with pytest.raises(QuestionRefused, match="At least one presentation"):
        meet_start(meet=made, by=steward)
    item = meet_item_add(meet=made, title="The park", unit=place("whale"), by=steward)
    judges = [meet_judge_add(meet=made, name=n, by=steward).judge for n in ("A", "B", "C")]
    with pytest.raises(QuestionRefused, match="only while the meet is live"):
        marks_save(judge=judges[0], marks={(item.pk, made.criteria.first().pk): "50"})
    with pytest.raises(QuestionRefused, match="only while the meet is live"):
        meet_close(meet=made, by=steward)
    with pytest.raises(QuestionRefused, match="not closed"):
        meet_feed(meet=made, by=steward)
    live = meet_start(meet=made, by=steward)
    assert meet_start(meet=live, by=steward).state == "live"
    with pytest.raises(QuestionRefused, match="has begun"):
        meet_change(meet=live, planned=Planned(**PLAN), seen=live.row_version, by=steward)
    with pytest.raises(QuestionRefused, match="no result to fix"):
        meet_close(meet=live, by=steward)
    for judge in judges:
        marks_save(judge=judge, marks={(item.pk, c.pk): "50" for c in made.criteria.all()})
    with pytest.raises(QuestionRefused, match="has marks already"):
        meet_item_remove(item=item, by=steward)
    meet_close(meet=live, by=steward)
    for act in (
        lambda: meet_item_add(meet=live, title="More", unit=place("ferry"), by=steward),
        lambda: meet_judge_add(meet=live, name="D", by=steward),
        lambda: meet_start(meet=live, by=steward),
    ):
        with pytest.raises(QuestionRefused, match="is closed and fixed"):
            act()
    with pytest.raises(QuestionRefused, match="No project on the sheet"):
        meet_feed(meet=live, by=steward)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "no title"),
        ({"criteria": ()}, "at least one criterion"),
        ({"criteria": (("A", 50), ("B", 40))}, "add up to 90"),
        ({"rule": "lot"}, "Choose mean"),
        ({"period": "2026Q1"}, "no period of this season"),
    ],
)
def test_a_meet_says_what_it_lacks(demo, person, change, says):
    with pytest.raises(QuestionRefused, match=says):
        meet_plan(season=demo, planned=Planned(**{**PLAN, **change}), by=person("steward"))


@pytest.mark.parametrize("username", EVERYBODY)
def test_the_bureau_and_the_chair_run_a_meet(demo, meet, person, username):
    Meet.objects.filter(pk=meet.pk).update(chair=person("leader"))
    acts = [
        lambda by: meet_item_add(meet=meet, title="More", unit=place("ferry"), by=by),
        lambda by: meet_judge_add(meet=meet, name="Oak", by=by),
        lambda by: meet_minutes(meet=meet, text="Said.", seen=Meet.objects.get(pk=meet.pk).row_version, by=by),
        lambda by: meet_close(meet=meet, by=by),
    ]
    mark_all(meet)
    for act in acts:
        if username in ("steward", "leader"):
            act(person(username))
        else:
            with pytest.raises(NotAllowed):
                act(person(username))


# ---- The project race ----
def test_marks_go_to_the_project_race_as_revisions(demo, meet, person):
    mark_all(meet)
    meet_close(meet=meet, by=person("steward"))
    before = SideRow.objects.filter(table="project_readings", key__startswith="crane-sensor|2026-05|").count()
    assert (meet_feed(meet=meet, by=person("steward")), meet_feed(meet=meet, by=person("steward"))) == (1, 1)

    rows = SideRow.objects.filter(table="project_readings", key__startswith="crane-sensor|2026-05|").order_by("id")
    assert rows.count() == before + 1
    found = json.loads(rows.last().cells)
    assert (found["mark"], found["revision"]) == ("80", str(before + 1))
    told = json.loads(Audit.objects.get(action="project.marked").detail)
    assert (told["origin"], told["mark"], told["reason"].startswith("meet 1 First meet")) == ("meet", "80", True)
    as_of = AsOf(Period.parse("2026-05"), clock.now())
    b = bundle_of(demo, as_of=as_of)
    (result,) = (
        p
        for p in evaluate(b.season, b.readings, b.projects, b.history, as_of, 1).projects
        if p.project.code == "crane-sensor"
    )
    assert result.mark == 80


def test_a_mark_takes_over_what_the_reading_says(demo, person):
    april = Period.parse("2026-04")
    kept = {"season": demo, "project": "crane-sensor", "period": april, "reason": "r", "by": None}
    row = project_mark_record(mark=Decimal("77.50"), **kept)
    assert project_mark_record(mark=Decimal("77.5"), **kept) == row

    found = json.loads(row.cells)
    assert (found["planned"], found["invested"], found["stage"], found["mark"], found["revision"]) == (
        "15600",
        "16536",
        "equipping",
        "77.5",
        "2",
    )
    with pytest.raises(QuestionRefused, match="no project"):
        project_mark_record(**{**kept, "project": "moon"}, mark=Decimal(1))


# ---- Pages ----
def test_by_page_from_set_up_to_sheet_with_judges_on_phones(demo, signed_in):
    steward = signed_in("steward")
    form = {"title": "Spring meet", "held_on": "2026-05-28", "period": "2026-05", "rule": "mean", "trim": "1",
            "criterion-0": "Idea", "weight-0": "60", "criterion-1": "Delivery", "weight-1": "40"}  # fmt: skip
    path = steward.post("/s/demo-city/meets/new/", form)["Location"]
    assert steward.post(f"{path}change/", {**form, "seen": "1", "where": "Hall"}).status_code == 302
    steward.post(f"{path}act/", {"do": "item", "project": "crane-sensor"})
    steward.post(f"{path}act/", {"do": "item", "title": "The park", "unit": "whale"})
    links = []
    for name in ("Ash", "Birch", "Cedar"):
        text = steward.post(f"{path}judges/", {"name": name, "unit": TALENT}).content.decode()
        links.append(re.search(r'value="http://testserver(/judge/[^"]+)"', text)[1])
    steward.post(f"{path}act/", {"do": "start"})
    assert steward.get(links[0]).status_code == 200  # somebody signed in is told so

    for n, link in enumerate(links):
        phone = Client()
        phone.cookies["saima_lang"] = "en"
        assert "marking of this meet and nothing else" in phone.get(link).content.decode()
        sheet = phone.post(link)["Location"]
        fields = re.findall(r'name="(m-\d+-\d+)"', phone.get(sheet).content.decode())
        assert len(fields) == 4
        said = phone.post(sheet, {fields[0]: str(80 + n)}, headers={"HX-Request": "true"}).content.decode()
        assert "1 of 4 marks given" in said
        phone.post(sheet, dict.fromkeys(fields, str(80 + n)))
        assert f'value="{80 + n}"' in phone.get(sheet).content.decode()
        assert phone.post(sheet, {fields[0]: "800"}, headers={"HX-Request": "true"}).status_code == 422
        assert phone.get("/s/demo-city/meets/1/")["Location"].startswith("/accounts/login/")
    steward.post(f"{path}act/", {"do": "close"})
    steward.post(f"{path}act/", {"do": "minutes", "minutes": "All was said.", "seen": "99"})
    seen = Meet.objects.get().row_version
    steward.post(f"{path}act/", {"do": "minutes", "minutes": "All was said.", "seen": seen})
    steward.post(f"{path}act/", {"do": "feed"})

    page = signed_in("leader", "zh").get(path).content.decode()
    assert "81.00" in page
    assert "All was said." in page
    assert "Spring meet" in signed_in("crane").get("/s/demo-city/meets/").content.decode()
    assert phone.get(sheet).status_code == 200  # own marks stay readable
    assert Client().get(links[0]).status_code == 200


def test_a_dead_link_opens_nothing_and_guesses_are_counted(meet, person, signed_in):
    made = meet_judge_add(meet=meet, name="Oak", by=person("steward"))
    phone = Client()
    phone.post(f"/judge/{made.key}/")
    assert phone.get("/s/demo-city/meets/1/judge/").status_code == 200
    meet_judge_withdraw(judge=made.judge, by=person("steward"))

    assert phone.get("/s/demo-city/meets/1/judge/").status_code == 404
    assert phone.get(f"/judge/{made.key}/").status_code == 404
    for _ in range(20):
        phone.get("/judge/wrong/")
    assert phone.get("/judge/wrong/").status_code == 429
    assert made.key not in str(list(Audit.objects.values_list("detail", flat=True)))


def test_somebody_with_an_account_judges_by_account_only_where_named(meet, person, signed_in):
    meet_judge_add(meet=meet, name="", person=person("science"), unit=place(SCIENCE), by=person("steward"))

    assert signed_in("science").get("/s/demo-city/meets/1/judge/").status_code == 200
    assert signed_in("talent").get("/s/demo-city/meets/1/judge/").status_code == 404
    assert signed_in("").get("/s/demo-city/meets/1/judge/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("username", ["", *EVERYBODY])
def test_addresses_of_a_meet(meet, signed_in, username):
    client = signed_in(username)
    base = "/s/demo-city/meets/1/"
    got = {
        "see": client.get(base),
        "change": client.get(f"{base}change/"),
        "progress": client.get(f"{base}progress/"),
        "act": client.post(f"{base}act/", {"do": "item", "title": "T", "unit": "ferry"}),
        "judges": client.post(f"{base}judges/", {"name": "Oak"}),
    }
    opened = {n for n, a in got.items() if a.status_code < 400 and "/accounts/login/" not in a.get("Location", "")}

    inside = set() if username in ("", "admin") else {"see"}
    assert opened == (set(got) if username == "steward" else inside)


def test_the_list_asks_as_much_for_three_as_for_one(demo, meet, person, signed_in, django_assert_num_queries):
    client = signed_in("steward")
    client.get("/s/demo-city/meets/")
    with django_assert_num_queries(6):
        client.get("/s/demo-city/meets/")
    for n in range(2):
        meet_plan(season=demo, planned=Planned(**{**PLAN, "title": f"More {n}"}), by=person("steward"))
    with django_assert_num_queries(6):
        client.get("/s/demo-city/meets/")


def test_empty_pages_say_what_to_do(demo, signed_in):
    assert "Set one up" in signed_in("steward").get("/s/demo-city/meets/").content.decode()
    assert signed_in("crane", "zh").get("/s/demo-city/meets/").status_code == 200
