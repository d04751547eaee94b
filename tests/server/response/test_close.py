"""The close of a month: prepared by the schedule, released by a person, followed up; killed, nothing is double."""

from datetime import datetime

import pytest
from small_season import corrected, drafted, small_season

from saima.server.bulletins.actions import errata
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import Artefact, BulletinVersion, Draft
from saima.server.kit.models import Step
from saima.server.race.models import Cut, Report
from saima.server.response import jobs
from saima.server.response.actions import close
from saima.server.response.queries.close import PREPARED, closing_of, wanted

MARCH = "2026-03"


class PowerCut(BaseException):
    """No program catches it."""


@pytest.fixture
def season(db):
    return small_season()


def counted():
    ledger = Step.objects.exclude(step__startswith="attempt").count()
    return Cut.objects.count(), Draft.objects.count(), BulletinVersion.objects.count(), ledger


def test_closed_twice_it_is_closed_once(season, person):
    first = close.close_month(season=season, period=MARCH)
    before = counted()
    artefacts = list(Artefact.objects.values_list("pk", "path", "blob_id"))
    corrected(season, MARCH)  # figures that come in later do not move what was frozen
    again = close.close_month(season=season, period=MARCH)

    assert set(first.done) == set(PREPARED)
    assert (first.draft.state, first.draft.number, first.draft.by) == ("ready", 1, None)
    assert (again.draft.pk, counted()) == (first.draft.pk, before)
    assert list(Artefact.objects.values_list("pk", "path", "blob_id")) == artefacts

    Draft.objects.filter(pk=first.draft.pk).update(hand=person("steward"))
    bulletin_release(draft=Draft.objects.get(pk=first.draft.pk), by=person("steward2"))
    done = close.close_month(season=season, period=MARCH)
    after = counted()
    close.close_month(season=season, period=MARCH)
    close.follow_releases()

    assert {"release", "later", "all"} <= set(done.done)
    assert counted() == after
    assert BulletinVersion.objects.count() == 1


@pytest.mark.parametrize("step", ["cut_freeze", "cut_evaluated", "draft_make", "draft_render"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_and_run_again_there_is_one_of_each(season, monkeypatch, step, when):
    do = getattr(close, step)
    if step != "draft_render":  # the printing is looked at once: it takes the most time
        monkeypatch.setattr(close, "draft_render", _as_if_rendered)

    def cut_off(**given):
        if when == "after":
            do(**given)
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(close, step, cut_off)
        with pytest.raises(PowerCut):
            close.close_month(season=season, period=MARCH)
    done = close.close_month(season=season, period=MARCH)
    close.close_month(season=season, period=MARCH)

    assert set(done.done) == set(PREPARED)
    assert (Cut.objects.count(), Draft.objects.count(), Draft.objects.get().number) == (1, 1, 1)


def _as_if_rendered(draft_id):
    Draft.objects.filter(pk=draft_id).update(state="ready")
    return Draft.objects.get(pk=draft_id)


def test_a_power_cut_while_following_up_leaves_one_draft_of_the_later_month(season, person, monkeypatch):
    for period in ("2026-01", "2026-02"):
        bulletin_release(draft=drafted(season, period, by=person("steward")), by=person("steward2"))
    corrected(season, "2026-01", "20")
    erratum = drafted(season, "2026-01", by=person("steward"), reason="Counted twice.")
    version = bulletin_release(draft=erratum, by=person("steward2"))

    make = errata.draft_make

    def cut_off(**given):
        make(**given)
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(errata, "draft_make", cut_off)
        with pytest.raises(PowerCut):
            close.close_month(season=season, period="2026-01")
    close.follow_releases()
    close.follow_releases()

    later = Draft.objects.filter(evaluated__cut__period="2026-02", version=2)
    assert later.count() == 1
    assert "later" in closing_of(season, "2026-01").done
    assert version.number == 2


def test_what_stands_in_the_way_is_said_and_tried_again(season, signed_in, monkeypatch):
    def refused(**_given):
        from saima.engine.errors import Problem, QuestionRefused

        raise QuestionRefused(Problem("draft.no_cut"))

    with monkeypatch.context() as patched:
        patched.setattr(close, "cut_freeze", refused)
        close.close_month(season=season, period=MARCH)
    page = signed_in("steward").get(f"/s/small/close/{MARCH}/").content.decode()
    chinese = signed_in("steward", lang="zh").get(f"/s/small/close/{MARCH}/").content.decode()

    assert "Nothing is frozen yet." in page
    assert "Try again" in page
    assert "尚未冻结任何一期" in chinese
    assert closing_of(season, MARCH).prepared.waits()
    close.close_month(season=season, period=MARCH)
    assert closing_of(season, MARCH).faults == {}


def test_frozen_anew_there_is_a_second_draft_and_the_first_stays(season, person, monkeypatch):
    monkeypatch.setattr(close, "draft_render", _as_if_rendered)
    first = close.close_month(season=season, period=MARCH)
    corrected(season, MARCH)

    close.close_anew(season=season, period=MARCH, by=person("steward"))
    second = close.close_month(season=season, period=MARCH)

    assert second.draft.pk != first.draft.pk
    assert Draft.objects.count() == 2
    assert second.draft.evaluated.cut.number == 2


def test_the_schedule_wants_a_month_that_is_verified_whole_or_past_its_deadline(demo, settings):
    reports = Report.objects.filter(season=demo, period="2026-05")

    assert wanted(demo) == ""  # 2 June: due on the 5th, and not all are verified
    reports.update(state="verified")
    assert wanted(demo) == "2026-05"
    reports.update(state="open")
    settings.SAIMA_CLOCK = "2026-06-09T09:00:00+08:00"
    assert wanted(demo) == "2026-05"
    assert jobs.prepare() == ""  # nobody works here: nothing piles up
    demo.closed = True
    assert wanted(demo) == ""


def test_the_page_leads_from_step_to_step(season, signed_in, person, monkeypatch):
    monkeypatch.setattr(close, "draft_render", _as_if_rendered)
    steward, address = signed_in("steward"), f"/s/small/close/{MARCH}/"

    empty = steward.get("/s/small/close/").content.decode()
    start = steward.get(address).content.decode()
    steward.post(address + "go/", {"here": "1"})
    made = steward.get(address).content.decode()
    draft = Draft.objects.get()
    steward.post(f"/s/small/drafts/{draft.pk}/check/")
    checked = steward.get(address).content.decode()
    alone = steward.get(f"/s/small/drafts/{draft.pk}/release/").content.decode()
    question = signed_in("steward2").get(f"/s/small/drafts/{draft.pk}/release/").content.decode()

    assert "No month was opened yet" in empty
    assert "Freeze and draft now" in start
    assert "Read the draft" in made
    assert "Release it" in checked
    assert "A second person releases it" in alone
    assert "Release version 1 now" in question
    assert "Release version 1 now" not in alone
    assert signed_in("crane").get(address).status_code == 403
    assert signed_in("auditor").post(address + "go/").status_code == 403
    assert steward.get("/s/small/close/2031-01/").status_code == 404


def test_a_release_by_page_is_asked_for_and_done_once_by_the_task(season, signed_in, person, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    draft = drafted(season, "2026-01", by=person("steward"))
    address = f"/s/small/drafts/{draft.pk}/release/"

    for _press in range(2):
        signed_in("steward2").post(address, {"visibility": "public"})

    version = BulletinVersion.objects.get()
    assert (version.released_by, version.made_by) == (person("steward2"), person("steward"))
    assert (version.bulletin.visibility, version.solo) == ("public", False)
    assert Draft.objects.get().state == "ready"
    page = signed_in("steward").get(f"/s/small/drafts/{draft.pk}/").content.decode()
    assert "What was released never changes" in page
    started = datetime.fromisoformat("2026-06-02T00:00:00+08:00")
    assert version.at >= started


def test_a_release_that_was_killed_goes_on_and_one_refused_says_why(season, signed_in, person):
    from saima.server.bulletins.actions.releases import release_ask, release_run

    draft = drafted(season, "2026-01", by=person("steward"))
    other = drafted(season, "2026-01", by=person("steward"), number=7)
    for asked in (draft, other):
        release_ask(draft=asked, visibility="circle", by=person("steward2"))
    Draft.objects.filter(pk=draft.pk).update(made=9, whole=17)  # killed on the way

    first = release_run(draft_id=draft.pk)
    again = release_run(draft_id=draft.pk)
    refused = release_run(draft_id=other.pk)

    assert first == again
    assert (refused, BulletinVersion.objects.count()) == (None, 1)
    page = signed_in("steward").get(f"/s/small/drafts/{other.pk}/").content.decode()
    assert "is released already" in page
