"""Pages of plans: who sees which, what they say, fixed numbers of queries, forms without JavaScript."""

import re
from dataclasses import replace

import pytest
from asking import SCIENCE, TALENT
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.plans import plan_open, progress_enter, task_save
from saima.server.response.models import Plan, PlanProgress
from saima.server.response.queries.plan_help import helped_by
from saima.server.response.queries.plans import content_of, newest_version

ROOT = "/s/demo-city/plans/"


@pytest.fixture
def plan(april, demo, person):
    return plan_open(
        season=demo,
        contestant="whistle",
        cards=[("R-1", "Behind for <two> months.")],
        help_offered="One person on site",
        help_by="Science Bureau 科技局",
        by=person("whistle"),
    )


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


def content(plan):
    return content_of(newest_version(plan).content)


def test_an_empty_list_says_what_to_do(april, signed_in):
    page = text_of(signed_in("crane").get(ROOT))

    assert "No plan is under way." in page
    assert f'href="{ROOT}open/"' in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_plan_says_why_who_when_and_how_much(plan, signed_in, lang):
    page = text_of(signed_in("whistle", lang=lang).get(f"{ROOT}{plan.pk}/"))

    assert "Behind for &lt;two&gt; months." in page
    assert "One person on site" in page
    assert ("Plan of Fog Whistle Park" if lang == "en" else "雾笛园倒排计划") in page
    assert ("critical</span>" if lang == "en" else "关键</span>") in page
    assert page.count('class="gantt"') == len(content(plan).tasks)
    assert "gantt-critical" in page
    assert "<script" not in page.split("</head>")[1]
    assert 'style="' not in page


def test_a_zone_finds_no_plan_of_another(plan, signed_in):
    other = signed_in("crane")

    assert "Fog Whistle" not in text_of(other.get(ROOT))
    assert other.get(f"{ROOT}{plan.pk}/").status_code == 404
    for name in ("task", "settle", "months", "enter", "undo", "close"):
        assert other.post(f"{ROOT}{plan.pk}/{name}/", {}).status_code == 404
    assert Plan.objects.get().state == "open"


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_who_reads_may_not_write(plan, signed_in, who):
    reader = signed_in(who)

    page = text_of(reader.get(f"{ROOT}{plan.pk}/"))

    assert "<form" not in page.split('id="content"')[1].replace('<form method="get"', "")
    for name in ("task", "settle", "months", "enter", "undo", "close"):
        assert reader.post(f"{ROOT}{plan.pk}/{name}/", {}).status_code == 403


def test_an_office_sees_the_plans_that_ask_something_of_it_and_what_it_owes_in_them(plan, signed_in, person):
    """Science offered its help, and agrees on it as the first task; the Talent Office is asked nothing."""
    agree = content(plan).task("agree")
    task_save(plan=plan, seen=1, line=replace(agree, owner=SCIENCE), by=person("whistle"))
    progress_enter(plan=plan, tasks={"agree": "40"}, by=person("whistle"))
    office, other = signed_in("science"), signed_in("talent")

    owes = text_of(office.get(reverse("department", args=["demo-city", SCIENCE]))).split("Owed in plans")[1]
    assert f'href="{ROOT}{plan.pk}/"' in owes
    assert "One person on site" in owes
    assert owes.count("<tbody><tr>") == 1
    assert 'data-label="Done">40 %</td>' in owes
    assert "Fog Whistle Park" in text_of(office.get(ROOT))
    page = text_of(office.get(f"{ROOT}{plan.pk}/")).split('id="content"')[1]
    assert re.findall(r'name="([tq]\|[^"]+)"', page) == ["t|agree"]
    assert page.count('<form method="post"') == 1
    assert office.post(f"{ROOT}{plan.pk}/enter/", {"t|agree": "100"}).status_code == 302
    last = PlanProgress.objects.order_by("id").last()
    assert (last.code, last.value, last.by.username) == ("agree", "100", "science")
    others, amount = content(plan).tasks[1], content(plan).quantities[0]
    assert office.post(f"{ROOT}{plan.pk}/enter/", {f"t|{others.code}": "100"}).status_code == 403
    assert office.post(f"{ROOT}{plan.pk}/enter/", {f"q|{amount.indicator}": "1"}).status_code == 403
    assert office.post(f"{ROOT}{plan.pk}/close/", {"state": "done"}).status_code == 403

    assert "Owed in plans" not in text_of(other.get(reverse("department", args=["demo-city", TALENT])))
    assert "Fog Whistle" not in text_of(other.get(ROOT))
    assert other.get(f"{ROOT}{plan.pk}/").status_code == 404


@pytest.mark.parametrize("plans", [1, 3])
def test_a_department_asks_a_fixed_number_of_questions_about_plans(april, demo, person, plans):
    for contestant in ("whistle", "crane", "whale")[:plans]:
        plan_open(season=demo, contestant=contestant, help_by=SCIENCE, by=None)
    spec = season_of(newest(demo))

    with CaptureQueriesContext(connection) as asked:
        found = helped_by(demo, spec, {SCIENCE})

    assert (len(found), len(asked)) == (plans, 3)


@pytest.mark.parametrize("who", ["verifier", "admin"])
def test_others_have_no_list(plan, signed_in, who):
    assert signed_in(who).get(ROOT).status_code == 403
    assert signed_in(who).get(f"{ROOT}{plan.pk}/").status_code == 403


def test_a_zone_opens_only_its_own(april, signed_in):
    zone = signed_in("whistle")

    page = text_of(zone.get(f"{ROOT}open/?card=R-1&reason=behind"))
    assert "Fog Whistle Park" in page
    assert "Paper Crane Park" not in page.split('id="content"')[1]
    assert "R-1" in page
    assert zone.post(f"{ROOT}open/", {"contestant": "crane"}).status_code == 403
    assert Plan.objects.count() == 0

    opened = zone.post(f"{ROOT}open/", {"contestant": "whistle", "card": ["R-1", "R-2"], "reason": ["behind", "late"]})

    plan = Plan.objects.get()
    assert opened["Location"] == f"{ROOT}{plan.pk}/"
    assert [(c.key, c.reason) for c in plan.cards.order_by("id")] == [("R-1", "behind"), ("R-2", "late")]


def test_the_bureau_is_told_when_a_plan_is_there_already(plan, signed_in):
    page = text_of(signed_in("steward").get(f"{ROOT}open/?contestant=whistle&card=R-9&reason=more"))

    assert "A plan of Fog Whistle Park is under way already." in page


def test_a_place_that_was_never_in_reach_is_said(april, signed_in):
    page = text_of(signed_in("steward").get(f"{ROOT}open/?contestant=whistle&aim=place:x"), status=422)

    assert "A plan cannot aim at place:x." in page


def test_what_slips_is_answered_on_the_page(plan, signed_in):
    page = text_of(signed_in("leader").get(f"{ROOT}{plan.pk}/?late=agree&days=3"))

    assert "working days late, all is done on" in page
    refused = text_of(signed_in("leader").get(f"{ROOT}{plan.pk}/?late=agree&days=0"))
    assert "Late by 0 working days cannot be asked." in refused


def test_a_task_is_added_changed_and_taken_out_by_forms(plan, signed_in):
    zone = signed_in("whistle")
    assert "Add a task" in text_of(zone.get(f"{ROOT}{plan.pk}/?task=new"))

    zone.post(
        f"{ROOT}{plan.pk}/task/",
        {"seen": "1", "code": "", "title": "Visit firms", "days": "4", "after": ["agree"], "owner": "whistle"},
    )
    added = content(plan).tasks[-1]
    assert (added.title, added.days, added.after) == ("Visit firms", 4, ("agree",))

    page = text_of(zone.get(f"{ROOT}{plan.pk}/?task=agree"))
    title = re.search(r'name="proposed" value="([^"]*)"', page)[1]
    zone.post(
        f"{ROOT}{plan.pk}/task/",
        {
            "seen": "2",
            "code": "agree",
            "title": title,
            "proposed": title,
            "days": "6",
            "owner": "",
            "due": "2026-06-30",
        },
    )
    changed = content(plan).task("agree")
    assert (changed.says, changed.title, changed.days, changed.due, changed.owner) == ("agree", "", 6, "2026-06-30", "")
    assert "nobody yet" in text_of(zone.get(f"{ROOT}{plan.pk}/"))

    zone.post(f"{ROOT}{plan.pk}/task/", {"seen": "3", "code": added.code, "do": "remove"})
    assert content(plan).task(added.code) is None


def test_a_circle_is_told_by_the_names_of_its_tasks(plan, signed_in):
    answer = signed_in("whistle").post(
        f"{ROOT}{plan.pk}/task/", {"seen": "1", "code": "agree", "title": "First", "days": "5", "after": ["check"]}
    )

    said = text_of(answer, status=422)
    assert "wait for each other in a circle" in said
    assert "First" in said


def test_who_saves_later_sees_both_values(plan, signed_in):
    def save(who, days):
        given = {"seen": "1", "code": "agree", "title": "First", "days": days}
        return signed_in(who).post(f"{ROOT}{plan.pk}/task/", given)

    assert save("whistle", "7").status_code == 302
    assert save("steward", "9").status_code == 409
    assert content(plan).task("agree").days == 7


def test_progress_is_recorded_from_the_page_and_shown(plan, signed_in):
    quantity = content(plan).quantities[0].indicator
    zone = signed_in("whistle")

    zone.post(f"{ROOT}{plan.pk}/enter/", {"t|agree": "40", f"q|{quantity}": "1", "note": "first visit"})

    assert [(e.kind, e.code, e.value) for e in PlanProgress.objects.order_by("id")] == [
        ("task", "agree", "40"),
        ("quantity", quantity, "1"),
    ]
    page = text_of(zone.get(f"{ROOT}{plan.pk}/"))
    assert "first visit" in page
    assert 'name="t|agree" type="number" min="0" max="100" step="any" value="40"' in page


def test_months_deadline_undo_and_end_work_by_forms(plan, signed_in):
    zone, page = signed_in("whistle"), f"{ROOT}{plan.pk}/"
    q = content(plan).quantities[0]
    assert f'name="p|{q.periods[0][0]}"' in text_of(zone.get(f"{page}?months={q.indicator}"))

    zone.post(f"{page}months/", {"seen": "1", "indicator": q.indicator, f"p|{q.periods[0][0]}": "0"})
    assert "too little" in text_of(zone.get(page))
    zone.post(f"{page}settle/", {"seen": "2", "deadline": "2027-02-26", "help": "", "help_by": ""})
    assert "The holidays of 2027 are not announced" in text_of(zone.get(page))
    zone.post(f"{page}undo/", {"seen": "3"})
    assert content(plan).deadline == "2026-12-31"
    assert zone.post(f"{page}settle/", {"seen": "4", "deadline": "soon"}).status_code == 422
    zone.post(f"{page}close/", {"state": "done"})
    ended = text_of(zone.get(page))
    assert "This plan is closed" in ended
    assert zone.post(f"{page}enter/", {"t|agree": "1"}).status_code == 422


def queries_of(visitor, path):
    visitor.get(path)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        text_of(visitor.get(path))
    return len(caught)


def test_the_list_asks_as_much_for_three_plans_as_for_one(plan, demo, signed_in):
    steward = signed_in("steward")
    one = queries_of(steward, ROOT)

    for contestant in ("crane", "lantern"):
        more = plan_open(season=demo, contestant=contestant, cards=[(contestant, "late")], by=None)
        progress_enter(plan=more, tasks={"agree": "20"}, by=None)

    assert (one, queries_of(steward, ROOT)) == (9, 9)


def test_a_plan_asks_as_much_with_many_entries_as_with_none(plan, signed_in):
    steward = signed_in("steward")
    before = queries_of(steward, f"{ROOT}{plan.pk}/")

    for share in range(10, 60, 10):
        progress_enter(plan=plan, tasks={"agree": str(share)}, by=None)

    assert queries_of(steward, f"{ROOT}{plan.pk}/") == before
