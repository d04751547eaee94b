"""Appeals: made in time by a contestant, seen by its parties alone, heard, decided by somebody else, never an edit."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from released import CUT_AT, released

from saima.engine.errors import QuestionRefused
from saima.server.accounts.models import Assignment
from saima.server.bulletins.actions.errata import later_recompute
from saima.server.bulletins.models import Draft
from saima.server.kit import blobs, clock
from saima.server.kit.models import Audit, Installation
from saima.server.places.models import Place
from saima.server.race.models import Reading
from saima.server.response.actions.appeals import (
    Proof,
    Subject,
    appeal_add,
    appeal_erratum,
    appeal_hear,
    appeal_make,
    appeal_reject,
    appeal_uphold,
    appeal_withdraw,
)
from saima.server.response.actions.cards import cards_issue, response_rules_set
from saima.server.response.models import Appeal, AppealEvent, AppealFile
from saima.server.response.queries.appeals import appeals_of, appeals_visible_to, could_decide
from saima.server.response.queries.card_rules import PRESETS
from saima.server.response.queries.cards import cards_of

FUND = Subject(indicator="fund")


@pytest.fixture
def april(demo, person):
    response_rules_set(season=demo, cards=PRESETS["usual"], appeal_days=7, reason="", by=None)
    version = released(demo, "2026-04", known_at=CUT_AT["2026-04"], released_by=person("steward2"))
    cards_issue(version=version)
    return version


@pytest.fixture
def whistle(db):
    return Place.objects.get(key="whistle")


@pytest.fixture
def made(april, whistle, person):
    proof = Proof(blobs.put(b"%PDF-1.4 contract", "application/pdf"), "contract.pdf")
    return appeal_make(
        version=april,
        place=whistle,
        subject=FUND,
        text="One investment was left out.",
        value="9,999",
        files=[proof],
        by=person("whistle"),
    )


def state(appeal):
    return appeals_of(appeal.season).get(pk=appeal.pk).state


def test_a_second_click_makes_one_appeal(made, april, whistle, person):
    again = appeal_make(version=april, place=whistle, subject=FUND, text="Once more.", by=person("whistle"))

    assert again == made
    assert (Appeal.objects.count(), made.number, made.value, state(made)) == (1, 1, "9999", "open")
    assert made.reading == Reading.objects.get(
        season=made.season, contestant="whistle", indicator="fund", period="2026-04"
    )


def test_after_the_last_day_nobody_appeals(april, whistle, person):
    with clock.at(april.at.replace(month=6, day=20)), pytest.raises(QuestionRefused, match="ended on 2026-06-09"):
        appeal_make(version=april, place=whistle, subject=FUND, text="Late.", by=person("whistle"))


@pytest.mark.parametrize("subject", [Subject(indicator="nothing"), Subject(scope="race:nothing")])
def test_what_the_bulletin_does_not_say_cannot_be_objected_to(april, whistle, person, subject):
    with pytest.raises(QuestionRefused, match="says nothing of this kind"):
        appeal_make(version=april, place=whistle, subject=subject, text="x", by=person("whistle"))


def test_nothing_is_decided_unheard_and_nothing_twice(made, person):
    leader = person("leader")
    with pytest.raises(QuestionRefused, match="Hear it before you decide"):
        appeal_reject(appeal=made, text="No.", by=leader)
    appeal_hear(appeal=made, text="The park showed the contract.", by=leader)
    appeal_reject(appeal=made, text="It was signed in May.", by=leader)
    appeal_reject(appeal=made, text="It was signed in May.", by=leader)  # a second click
    with pytest.raises(QuestionRefused, match="rejected by now"):
        appeal_uphold(appeal=made, text="After all.", by=leader)

    assert [e.kind for e in AppealEvent.objects.order_by("id")] == ["open", "heard", "rejected"]


def test_who_had_a_part_does_not_decide_while_somebody_else_can(made, person):
    appeal_hear(appeal=made, text="Heard.", by=person("steward"))

    with pytest.raises(QuestionRefused, match="does not decide an appeal"):
        appeal_reject(appeal=made, text="No.", by=person("steward2"))  # who released
    with pytest.raises(QuestionRefused, match="is a party"):
        appeal_reject(appeal=made, text="No.", by=person("whistle"))
    assert "steward2" not in {p.username for p in could_decide(made)}
    assert not appeal_reject(appeal=made, text="No.", by=person("steward")).solo


def test_where_nobody_else_can_it_is_on_record(made, person):
    appeal_hear(appeal=made, text="Heard.", by=person("steward2"))
    Assignment.objects.filter(role__in=["leader", "verifier", "steward"]).exclude(person=person("steward2")).update(
        until="2026-01-02", since="2026-01-01"
    )

    assert appeal_reject(appeal=made, text="No.", by=person("steward2")).solo


def test_an_office_of_one_decides_and_it_is_on_record(made, person):
    Installation.objects.filter(id=1).update(solo=True)
    appeal_hear(appeal=made, text="Heard.", by=person("steward2"))

    assert appeal_reject(appeal=made, text="No.", by=person("steward2")).solo


def test_upheld_on_a_figure_makes_a_revision_and_the_draft_of_an_erratum(made, april, person, demo):
    before = made.reading
    appeal_hear(appeal=made, text="Heard.", by=person("leader"))
    event = appeal_uphold(appeal=made, text="The contract of 28 April counts.", by=person("leader"))
    assert appeal_uphold(appeal=made, text="The contract of 28 April counts.", by=person("leader")) == event

    last = Reading.objects.filter(season=demo, contestant="whistle", indicator="fund", period="2026-04").latest("id")
    assert (last.value, last.state, last.origin, last.revision) == ("9999", "verified", "correction", 2)
    assert Reading.objects.get(pk=before.pk).value == before.value  # what was frozen stays
    draft = appeal_erratum(appeal=made, by=person("leader"))
    assert appeal_erratum(appeal=made, by=person("leader")) == draft
    assert (draft.version, draft.number, draft.reason) == (2, 4, "The contract of 28 April counts.")
    assert Draft.objects.exclude(pk=april.draft_id).count() == 1
    assert event.reading == last
    assert Audit.objects.filter(action__in=["reading.corrected", "appeal.upheld", "appeal.drafted"]).count() == 3


def test_killed_after_the_decision_the_draft_is_made_later(made, person):
    appeal_hear(appeal=made, text="Heard.", by=person("leader"))
    appeal_uphold(appeal=made, text="Right.", by=person("leader"))  # and here the machine stops

    assert appeal_erratum(appeal=made, by=person("steward")).version == 2


def test_upheld_on_a_card_withdraws_the_card_and_needs_no_erratum(april, whistle, person, demo):
    card = cards_of(demo).filter(contestant="whistle").first()
    made = appeal_make(version=april, place=whistle, subject=Subject(card=card), text="Not ours.", by=person("whistle"))
    appeal_hear(appeal=made, text="Heard.", by=person("leader"))
    appeal_uphold(appeal=made, text="The office sent it late.", by=person("leader"))

    assert cards_of(demo).get(pk=card.pk).state == "withdrawn"
    with pytest.raises(QuestionRefused, match="no erratum to draft"):
        appeal_erratum(appeal=made, by=person("leader"))
    with pytest.raises(QuestionRefused, match="withdrawn already"):
        appeal_make(version=april, place=whistle, subject=Subject(card=card), text="x", by=person("whistle"))


def test_later_months_are_drafted_anew_once_the_erratum_is_out(made, person, demo):
    released(demo, "2026-05")
    appeal_hear(appeal=made, text="Heard.", by=person("leader"))
    appeal_uphold(appeal=made, text="Right.", by=person("leader"))
    with clock.at(clock.now().replace(day=3)):
        erratum = released(demo, "2026-04", reason="Right.")
        drafts = later_recompute(version=erratum)

        assert [(d.evaluated.cut.period, d.version) for d in drafts] == [("2026-05", 2)]
        assert later_recompute(version=erratum) == drafts
    assert drafts[0].reason == "Bulletin 4 of April 2026 was corrected: Right."


def test_an_appeal_is_for_its_parties_alone(made, person, signed_in):
    sees = {u: appeals_visible_to(person(u), made.season).count() for u in ("whistle", "crane", "talent", "leader")}
    file = AppealFile.objects.get()
    paths = [f"/s/demo-city/appeals/{made.pk}/", f"/s/demo-city/appeals/{made.pk}/files/{file.pk}/"]

    assert sees == {"whistle": 1, "crane": 0, "talent": 0, "leader": 1}
    for username, want in (("whistle", 200), ("steward", 200), ("auditor", 200), ("crane", 404), ("talent", 403)):
        assert [signed_in(username).get(p).status_code for p in paths] == [want] * 2, username
    assert signed_in("crane").post(f"{paths[0]}step/", {"do": "withdraw", "text": "x"}).status_code == 404
    assert "left out" not in signed_in("crane").get("/s/demo-city/appeals/").content.decode()


def test_evidence_is_added_until_it_is_decided(made, person):
    more = Proof(blobs.put(b"%PDF-1.4 more", "application/pdf"), "more.pdf")
    appeal_add(appeal=made, files=[more, more], by=person("whistle"))
    appeal_withdraw(appeal=made, text="Settled.", by=person("whistle"))

    assert AppealFile.objects.count() == 2
    with pytest.raises(QuestionRefused, match="withdrawn by now"):
        appeal_add(appeal=made, files=[more], by=person("whistle"))


# ---- pages


def test_from_the_page_why_to_a_decision_by_pages(april, signed_in, demo):
    zone, leader, steward = signed_in("whistle"), signed_in("leader"), signed_in("steward")
    why = zone.get("/s/demo-city/why/whistle/fund/?period=2026-04").content.decode()
    assert "/s/demo-city/appeals/open/?about=reading" in why
    query = {"about": "reading", "contestant": "whistle", "indicator": "fund", "period": "2026-04"}
    form = zone.get("/s/demo-city/appeals/open/", query).content.decode()
    assert "What it should be" in form
    assert signed_in("crane").get("/s/demo-city/appeals/open/", query).status_code == 403

    file = SimpleUploadedFile("sheet.pdf", b"%PDF-1.4 x", "application/pdf")
    sent = {**query, "text": "Left out.", "value": "12", "file": file}
    page = zone.post("/s/demo-city/appeals/open/", sent, follow=True).content.decode()
    assert "Appeal no. 1" in page
    assert "sheet.pdf" in page
    step = f"/s/demo-city/appeals/{Appeal.objects.get().pk}/step/"

    assert zone.post(step, {"do": "uphold", "text": "Yes."}).status_code == 403
    assert leader.post(step, {"do": "hear", "text": "The park spoke."}).status_code == 302
    assert leader.post(step, {"do": "uphold", "text": "It counts.", "value": "12"}).status_code == 302
    shown = steward.get(step.removesuffix("step/")).content.decode()
    assert "Erratum drafted" in shown
    assert Draft.objects.latest("id").reason == "It counts."
    assert "申诉成立" in signed_in("whistle", "zh").get(step.removesuffix("step/")).content.decode()


def test_before_a_release_there_is_nothing_to_object_to(demo, signed_in):
    got = signed_in("whistle").get("/s/demo-city/appeals/open/")

    assert got.status_code == 422
    assert "nothing to object to yet" in got.content.decode()
    assert "No appeals" in signed_in("whistle").get("/s/demo-city/appeals/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_whatever_it_shows(april, whistle, person, signed_in, rows):
    for indicator in ("fund", "teams", "doctors")[:rows]:
        appeal_make(version=april, place=whistle, subject=Subject(indicator=indicator), text="x", by=person("whistle"))
    client = signed_in("leader")
    client.get("/s/demo-city/appeals/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/s/demo-city/appeals/").content.decode()

    assert page.count('scope="row"') == rows
    assert len(asked) == 9
