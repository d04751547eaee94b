"""Freezing a period by page: what is missing is said first, and the same content gives the old cut."""

import re

import pytest
from django.db import transaction

from saima.engine.model.periods import Period
from saima.server.kit.models import Audit
from saima.server.race.actions.cuts import cut_evaluated, cut_freeze, cuts_of_published
from saima.server.race.models import Cut, Evaluated, Reading
from saima.server.race.queries.cuts import evaluation_now, evaluation_of, frozen_periods
from saima.server.race.queries.standing import shown_now

APRIL, MAY = Period.parse("2026-04"), Period.parse("2026-05")


def test_preview_says_what_would_be_frozen_and_freezes_nothing(demo, signed_in):
    found = shown_now(demo, MAY)

    page = signed_in("steward").get("/s/demo-city/cuts/2026-05/").content.decode()

    names = {"late": "missing", "not_due": "not due", "unverified": "reported, do not count until verified"}
    counts = {name: sum(c.status == status for c in found.evaluation.cells) for status, name in names.items()}
    shown = dict(re.findall(r'stat-label">([^<]+)</span><span class="stat-value">(\d+)', page))
    assert {n: int(c) for n, c in shown.items() if n in counts} == {n: c for n, c in counts.items() if c}
    assert counts["missing"]
    assert "Freeze May 2026 now" in page
    assert list(Cut.objects.all()) == []


def test_freeze_then_freeze_again_gives_the_old_cut_and_says_so(demo, signed_in):
    steward = signed_in("steward")

    first = steward.post("/s/demo-city/cuts/2026-05/freeze/", follow=True).content.decode()
    second = steward.post("/s/demo-city/cuts/2026-05/freeze/", follow=True).content.decode()

    assert "May 2026 is frozen as cut 1." in first
    assert "Nothing has changed since cut 1 of May 2026" in second
    assert list(Cut.objects.values_list("period", "number")) == [("2026-05", 1)]
    assert Audit.objects.filter(action="cut.frozen").count() == 1


def test_a_new_figure_makes_a_second_cut_beside_the_first(demo, signed_in):
    first = cut_freeze(season=demo, period=MAY, by=None)
    cell = {"contestant": "crane", "indicator": "doctors", "period": "2026-05"}
    Reading.objects.create(season=demo, **cell, revision=90, value="118", state="verified", origin="reported")

    second = cut_freeze(season=demo, period=MAY, by=None)

    assert (first.number, second.number) == (1, 2)
    assert first.data_digest != second.data_digest
    page = signed_in("steward").get("/s/demo-city/cuts/").content.decode()
    assert "Cut 2" in page
    assert "Cut 1" in page


def test_a_cut_that_is_not_finished_is_no_cut(demo):
    with transaction.atomic():
        cut_freeze(season=demo, period=MAY, by=None)
        transaction.set_rollback(True)

    assert (Cut.objects.count(), Evaluated.objects.count()) == (0, 0)
    assert cut_freeze(season=demo, period=MAY, by=None).number == 1


def test_published_periods_are_frozen_as_they_were_known(demo, signed_in):
    answer = signed_in("steward").post("/s/demo-city/cuts/published/", follow=True).content.decode()

    assert "Published periods frozen: 4." in answer
    assert [str(p) for p in frozen_periods(demo)] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    known = dict(Cut.objects.values_list("period", "known_at"))
    assert known["2026-01"] < known["2026-02"] < known["2026-03"] < known["2026-04"]
    assert cuts_of_published(season=demo, by=None) == ()


def test_an_evaluation_is_made_where_there_is_none(demo):
    cut = cut_freeze(season=demo, period=APRIL, by=None)

    assert cut_evaluated(cut=cut) == Evaluated.objects.get(cut=cut)


def test_as_of_now_is_the_same_answer_until_something_comes_in(demo):
    before = evaluation_now(season=demo, period=MAY)

    same = evaluation_now(season=demo, period=MAY)
    cell = {"contestant": "crane", "indicator": "doctors", "period": "2026-05"}
    Reading.objects.create(season=demo, **cell, revision=90, value="118", state="verified", origin="reported")
    after = evaluation_now(season=demo, period=MAY)

    assert same is before
    assert after.by_cell["crane", "doctors"].text == "118"
    assert before.by_cell["crane", "doctors"].text != "118"


def test_a_frozen_evaluation_is_what_today_would_say_at_that_instant(demo):
    cut = cut_freeze(season=demo, period=MAY, by=None)

    frozen = evaluation_of(Evaluated.objects.get(cut=cut))

    assert frozen.standings == evaluation_now(season=demo, period=MAY).standings


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/s/demo-city/cuts/2031-05/", "2031-05 is no period of this season. It runs from 2026-01 to 2026-12."),
        ("/s/demo-city/cuts/2026Q1/", "2026Q1 is no period of this season."),
        ("/s/demo-city/cuts/May/", "May"),
    ],
)
def test_a_period_that_is_none_is_refused(demo, signed_in, address, sentence):
    answer = signed_in("steward").get(address)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("who", ["crane", "talent", "verifier", "leader", "auditor"])
def test_only_the_bureau_freezes(demo, signed_in, who):
    client = signed_in(who)

    assert client.post("/s/demo-city/cuts/2026-05/freeze/").status_code == 403
    assert client.post("/s/demo-city/cuts/published/").status_code == 403
    assert client.get("/s/demo-city/cuts/2026-05/").status_code == 403
    assert Cut.objects.count() == 0
