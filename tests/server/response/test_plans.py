"""Plans: opened from the gap and its cards, edited in versions, undone, tracked with a light of their own."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from asking import SCIENCE
from django.db import DatabaseError, IntegrityError, connection, transaction

from saima.engine.errors import QuestionRefused
from saima.server.kit import clock
from saima.server.kit.locks import Conflict
from saima.server.kit.models import Audit
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.plans import (
    plan_close,
    plan_open,
    plan_set,
    plan_undo,
    progress_enter,
    quantity_set,
    task_remove,
    task_save,
)
from saima.server.response.actions.reminding import plans_due_tell
from saima.server.response.models import Message, Plan, PlanProgress, PlanVersion
from saima.server.response.queries.plans import (
    TaskLine,
    cards_of,
    content_of,
    entries_of,
    newest_version,
    state_of,
    text_of,
    versions_of,
)

CARD = ("红-2026-04-whistle", "Two months behind in a row.")


@pytest.fixture
def plan(april, demo, person):
    return plan_open(season=demo, contestant="whistle", cards=[CARD], by=person("whistle"))


def content(plan):
    return content_of(newest_version(plan).content)


def code_of(refused):
    return [p.code for p in refused.value.problems]


def state(plan):
    return state_of(plan, season_of(newest(plan.season)), newest_version(plan), entries_of(plan))


def test_a_plan_is_made_of_what_is_behind_with_sums_that_are_exact(plan, demo):
    made, spec = content(plan), season_of(newest(demo))

    assert (made.start, made.deadline) == ("2026-06-02", "2026-12-31")
    assert [t.code for t in made.tasks][:1] == ["agree"]
    assert made.tasks[-1].code == "check"
    assert 1 <= len(made.quantities) <= 6
    for q in made.quantities:
        months = [p for p, _ in q.periods]
        assert months == [f"2026-{m:02d}" for m in range(6, 13)]
        grain = 10.0 ** -spec.indicator[q.indicator].decimals
        placed, most = sum(float(a) for _, a in q.periods), float(q.best)
        assert placed == pytest.approx(min(float(q.amount), most * 7), abs=grain)
        assert all(float(a) < most + grain for _, a in q.periods)
    assert {t.owner for t in made.tasks} == {"whistle", made.tasks[0].owner}
    assert made.tasks[0].owner != "whistle"


def test_a_further_card_joins_the_open_plan_and_opens_none(plan, demo, person):
    again = plan_open(season=demo, contestant="whistle", cards=[CARD, ("B", "late")], by=person("steward"))

    assert again == plan
    assert [c.key for c in cards_of(plan)] == [CARD[0], "B"]
    assert len(versions_of(plan)) == 1
    assert Audit.objects.filter(action="plan.card_joined").count() == 1


def test_the_database_keeps_a_second_open_plan_out(plan):
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(season=plan.season, place=plan.place, contestant="whistle")

    Plan.objects.filter(pk=plan.pk).update(state="done")
    Plan.objects.create(season=plan.season, place=plan.place, contestant="whistle")


def test_a_plan_for_a_place_takes_the_moves_of_the_cheapest_plan(april, demo, person):
    made = content(plan_open(season=demo, contestant="lantern", aim="place:1", by=person("steward")))

    assert made.aim == "place:1"
    assert made.quantities


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"aim": "moon"}, "plan.aim_unknown"),
        ({"aim": "place:x"}, "plan.aim_unknown"),
        ({"deadline": date(2026, 6, 2)}, "plan.deadline_past"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(april, demo, given, code):
    with pytest.raises(QuestionRefused) as refused:
        plan_open(season=demo, contestant="whistle", by=None, **given)

    assert code_of(refused) == [code]
    assert Plan.objects.count() == 0


def test_a_task_changed_is_a_new_version_and_is_undone(plan, person):
    line = replace(content(plan).task("agree"), title="Meet the bureau", says="", days=8)

    task_save(plan=plan, seen=1, line=line, by=person("whistle"))

    assert (content(plan).task("agree").days, newest_version(plan).number) == (8, 2)
    plan_undo(plan=plan, seen=2, by=person("whistle"))
    assert (content(plan).task("agree").days, newest_version(plan).number) == (5, 3)
    assert text_of(content(plan)) == versions_of(plan)[-1].content
    with pytest.raises(QuestionRefused) as refused:
        plan_undo(plan=plan, seen=3, by=person("whistle"))
    assert code_of(refused) == ["plan.nothing_to_undo"]


def test_two_changes_of_different_tasks_both_stay_and_of_one_task_are_refused(plan, person):
    first, other = content(plan).task("agree"), content(plan).task("check")
    task_save(plan=plan, seen=1, line=replace(first, days=7), by=person("whistle"))

    task_save(plan=plan, seen=1, line=replace(other, days=2), by=person("steward"))
    with pytest.raises(Conflict):
        task_save(plan=plan, seen=1, line=replace(first, days=9), by=person("steward"))

    assert [content(plan).task(c).days for c in ("agree", "check")] == [7, 2]


def test_a_circle_is_refused_and_nothing_is_kept(plan, person):
    line = replace(content(plan).task("agree"), after=("check",))

    with pytest.raises(QuestionRefused) as refused:
        task_save(plan=plan, seen=1, line=line, by=person("whistle"))

    assert code_of(refused) == ["schedule.cycle"]
    assert newest_version(plan).number == 1


def test_a_task_taken_out_hands_on_what_it_waited_for(plan, person):
    task_save(plan=plan, seen=1, line=TaskLine("", 3, "Extra", after=("agree",)), by=person("whistle"))
    added = content(plan).tasks[-1]
    check = content(plan).task("check")
    task_save(plan=plan, seen=2, line=replace(check, after=(added.code,)), by=person("whistle"))

    task_remove(plan=plan, seen=3, code=added.code, by=person("whistle"))

    assert content(plan).task("check").after == ("agree",)


def test_progress_is_only_added_and_only_where_it_changed(plan, person):
    made = progress_enter(plan=plan, tasks={"agree": "60", "check": "0"}, by=person("whistle"))
    again = progress_enter(plan=plan, tasks={"agree": "60"}, note="same", by=person("whistle"))

    assert ([e.code for e in made], again) == (["agree"], [])
    assert state(plan).done == {"agree": 0.6}
    with pytest.raises(TypeError):
        made[0].save()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE response_planprogress SET value = '1'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM response_planversion")


@pytest.mark.parametrize(
    ("tasks", "code"),
    [({"agree": "101"}, "plan.share"), ({"agree": "-1"}, "plan.not_a_number"), ({"moon": "1"}, "schedule.no_task")],
)
def test_progress_that_says_nothing_sensible_is_refused(plan, tasks, code):
    with pytest.raises(QuestionRefused) as refused:
        progress_enter(plan=plan, tasks=tasks, by=None)

    assert code_of(refused) == [code]
    assert PlanProgress.objects.count() == 0


def test_the_light_is_red_behind_yellow_caught_up_and_never_green_again(plan, person):
    tasks = (TaskLine("a", 5, "A"), TaskLine("b", 5, "B", after=("a",)))
    short = replace(content(plan), deadline="2026-06-15", tasks=tasks, quantities=())
    PlanVersion.objects.create(plan=plan, number=2, before=1, what="{}", content=text_of(short))

    assert state(plan).light == "green"  # opened on Tuesday 2 June, whose work may still come
    with clock.at(datetime(2026, 6, 3, 2, tzinfo=UTC)):
        assert state(plan).light == "red"  # one of ten days was due on the day before
    with clock.at(datetime(2026, 6, 12, 2, tzinfo=UTC)):
        progress_enter(plan=plan, tasks={"a": "100", "b": "100"}, by=None)
        caught_up = state(plan)
    assert [m.issued for m in caught_up.marks] == ["red", "green"]
    assert (caught_up.light, caught_up.now) == ("yellow", None)


def test_months_may_be_shifted_and_the_page_says_what_is_left(plan, person):
    q = content(plan).quantities[0]
    quantity_set(plan=plan, seen=1, indicator=q.indicator, periods={q.periods[0][0]: "0"}, by=person("whistle"))

    moved = next(s for s in state(plan).quantities if s.line.indicator == q.indicator)
    assert moved.placed == pytest.approx(sum(float(a) for _, a in q.periods[1:]))
    with pytest.raises(QuestionRefused) as refused:
        quantity_set(plan=plan, seen=2, indicator="moon", periods={}, by=None)
    assert code_of(refused) == ["plan.no_quantity"]


def test_a_deadline_beyond_the_calendar_is_kept_and_its_year_named(plan):
    plan_set(plan=plan, seen=1, deadline=date(2027, 3, 31), help_offered="a van", help_by="Talent Office", by=None)

    assert state(plan).planned.unknown_years == (2027,)
    assert (content(plan).help, content(plan).help_by) == ("a van", "Talent Office")


def test_a_closed_plan_stays_as_it_is_and_the_next_card_opens_another(plan, demo, person):
    with pytest.raises(QuestionRefused) as refused:
        plan_close(plan=plan, state="dropped", why=" ", by=person("whistle"))
    assert code_of(refused) == ["plan.why_needed"]

    plan_close(plan=plan, state="dropped", why="The card was withdrawn.", by=person("whistle"))

    plan.refresh_from_db()
    for change in (
        lambda: task_remove(plan=plan, seen=1, code="agree", by=None),
        lambda: progress_enter(plan=plan, tasks={"agree": "1"}, by=None),
        lambda: plan_undo(plan=plan, seen=1, by=None),
        lambda: plan_close(plan=plan, state="done", why="", by=None),
    ):
        with pytest.raises(QuestionRefused) as refused:
            change()
        assert code_of(refused) == ["plan.closed"]
    assert plan_open(season=demo, contestant="whistle", cards=[("C", "")], by=None).pk != plan.pk


def test_a_task_whose_day_is_near_is_told_of_once_and_not_when_it_is_done(plan, person):
    planned = state(plan).planned.tasks
    first = min(planned, key=lambda s: s.late_finish)
    before = datetime.combine(first.late_finish - timedelta(days=3), time(8), UTC)

    with clock.at(before - timedelta(days=1)):
        assert plans_due_tell() == 0
    with clock.at(before):
        near = {s.task.code for s in planned if s.late_finish <= first.late_finish}
        assert plans_due_tell() == len(near) + 1
        assert plans_due_tell() == 0
    told = Message.objects.filter(kind="plan_due", person=person("whistle"))
    assert told.count() == len(near)
    assert f"/plans/{plan.pk}/" in told[0].about
    assert any(first.task.title.en in m.subject_en for m in told)
    # The office that is to agree is told of its task, and of nothing else.
    assert (content(plan).task("agree").owner, near) == (SCIENCE, {"agree"})
    assert Message.objects.filter(kind="plan_due").exclude(person=person("whistle")).get().person == person("science")

    Message.objects.filter(kind="plan_due").delete()
    progress_enter(plan=plan, tasks=dict.fromkeys(near, "100"), by=person("whistle"))
    with clock.at(before):
        assert plans_due_tell() == 0
