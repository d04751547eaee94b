"""Verdicts on single figures: what they write, what they refuse, and who may give them."""

import json

import pytest
from verifying import answer, sent

from saima.engine.errors import QuestionRefused
from saima.server.kit.models import Audit, Installation
from saima.server.race.actions.verify import (
    ConflictRefused,
    cell_accept,
    cell_change,
    cell_confirm,
    cell_question,
    cell_reject,
)
from saima.server.race.actions.verify_findings import finding_waive
from saima.server.race.models import Reading, Verdict
from saima.server.race.queries.documents import bundle_of
from saima.server.race.queries.verdicts import verdicts_of
from saima.server.race.queries.verify import moves_of, review


def said(reading):
    return (reading.revision, reading.value, reading.state, reading.origin, reading.note, reading.evidence)


def code_of(refused):
    return refused.value.problems[0].code


def test_accept_adds_a_verified_revision_with_the_same_value_note_and_evidence(person):
    report, readings = sent("whistle", {"smes": "130"}, note="see list", evidence="list.pdf")
    before = readings["smes"]

    made = cell_accept(report=report, reading=before, by=person("verifier"))

    assert said(made) == (before.revision + 1, "130", "verified", "reported", "see list", "list.pdf")
    assert [(v.kind, v.by.username) for v in before.verdicts.all()] == [("accept", "verifier")]
    assert Audit.objects.latest("id").action == "cell.accept"


def test_accepting_not_applicable_leaves_it_that(person):
    report, readings = sent("whistle", {"smes": ""}, note="closed in June")

    made = cell_accept(report=report, reading=readings["smes"], by=person("verifier"))

    assert made == readings["smes"]
    assert verdicts_of(report)["whistle", "smes"].status == "accepted"


def test_reject_keeps_the_value_and_says_why(person):
    report, readings = sent("whistle", {"smes": "130"})

    made = cell_reject(
        report=report, reading=readings["smes"], reason=" twelve firms of another park ", by=person("verifier")
    )

    assert (made.value, made.state, made.reason) == ("130", "rejected", "twelve firms of another park")
    assert [(m.kind, m.text) for m in report.messages.all()] == [("note", "twelve firms of another park")]


def test_a_change_keeps_the_reported_figure_and_needs_a_reason_and_a_number(person):
    report, readings = sent("whistle", {"smes": "130"})
    verifier, before = person("verifier"), readings["smes"]

    with pytest.raises(QuestionRefused) as without_reason:
        cell_change(report=report, reading=before, value="131", reason=" ", by=verifier)
    with pytest.raises(QuestionRefused) as no_number:
        cell_change(report=report, reading=before, value="a lot", reason="counted", by=verifier)
    with pytest.raises(QuestionRefused) as same:
        cell_change(report=report, reading=before, value="130.0", reason="counted", by=verifier)
    made = cell_change(report=report, reading=before, value="131", reason="counted again", by=verifier)

    assert [code_of(r) for r in (without_reason, no_number, same)] == [
        "verify.reason_needed",
        "verify.no_number",
        "verify.same_figure",
    ]
    assert (made.value, made.state, made.origin, made.reason) == ("131", "verified", "correction", "counted again")
    assert [(m.kind, m.text) for m in report.messages.all()] == [("note", "130 → 131\ncounted again")]
    verdict = verdicts_of(report)["whistle", "smes"]
    assert (verdict.status, verdict.reported, verdict.verified, verdict.reason, verdict.by) == (
        "changed",
        "130",
        "131",
        "counted again",
        verifier.name,
    )


def test_two_verifiers_on_one_cell_both_values_are_said_and_nobody_is_overwritten(person):
    report, readings = sent("whistle", {"smes": "130"})
    seen = readings["smes"]
    cell_change(report=report, reading=seen, value="131", reason="counted", by=person("verifier"))

    with pytest.raises(ConflictRefused) as refused:
        cell_accept(report=report, reading=seen, by=person("verifier2"))

    sentence = refused.value.sentences("en")[0]
    assert (refused.value.status, code_of(refused)) == (409, "verify.conflict")
    assert all(word in sentence for word in ("130 (reported)", "131 (verified)", person("verifier").name))
    latest = Reading.objects.filter(season=report.season, period=report.period, indicator="smes").latest("revision")
    assert (latest.value, latest.by.username) == ("131", "verifier")


@pytest.mark.parametrize("way", ["by", "typed"])
def test_nobody_verifies_what_they_entered(person, way):
    verifier = person("verifier")
    report, readings = sent("whistle", {"smes": "130"}, **{way: verifier})

    with pytest.raises(QuestionRefused) as refused:
        cell_accept(report=report, reading=readings["smes"], by=verifier)

    assert code_of(refused) == "verify.own"
    assert cell_accept(report=report, reading=readings["smes"], by=person("verifier2")).state == "verified"


def test_a_solo_bureau_verifies_what_it_entered_for_others_and_the_trail_says_so(person):
    verifier = person("verifier")
    report, readings = sent("whistle", {"smes": "130"}, by=verifier, on_behalf=True)
    Installation.objects.update(solo=True)

    cell_accept(report=report, reading=readings["smes"], by=verifier)

    assert json.loads(Audit.objects.latest("id").detail)["solo"] is True


def test_a_change_that_moves_a_rank_waits_for_a_second_verifier(person):
    report, readings = sent("whistle", {"teams": "4"}, period="2026-05")
    first, second, seen = person("verifier"), person("verifier2"), readings["teams"]

    proposal = cell_change(report=report, reading=seen, value="0", reason="none is signed", by=first)

    sheet = review(report).sheet
    (row,) = sheet.rows
    moves = moves_of(sheet, row)
    assert (proposal.kind, row.cell.status) == ("propose", "proposed")
    assert [(m.contestant.en, m.scope.en, m.ranking, m.before, m.after) for m in moves] == [
        ("Nine Lanterns Park", "overall", "level", 5, 4),
        ("Fog Whistle Park", "overall", "level", 4, 5),
    ]
    with pytest.raises(QuestionRefused) as alone:
        cell_confirm(report=report, proposal=proposal, by=first)
    made = cell_confirm(report=report, proposal=proposal, by=second)
    assert code_of(alone) == "verify.second_is_first"
    assert (made.value, made.state) == ("0", "verified")
    change = Verdict.objects.get(reading=seen, kind="change")
    assert (change.by, change.second_by, change.value) == (first, second, "0")


def test_a_solo_installation_changes_a_rank_alone_and_the_trail_says_so(person, settings):
    settings.SAIMA_SOLO = True
    report, readings = sent("whistle", {"teams": "4"}, period="2026-05")

    made = cell_change(report=report, reading=readings["teams"], value="0", reason="counted", by=person("verifier"))

    assert made.value == "0"
    assert json.loads(Audit.objects.latest("id").detail)["solo"] is True


def test_a_proposal_decided_otherwise_can_no_longer_be_confirmed(person):
    report, readings = sent("whistle", {"teams": "4"}, period="2026-05")
    proposal = cell_change(report=report, reading=readings["teams"], value="0", reason="counted", by=person("verifier"))
    cell_reject(report=report, reading=readings["teams"], reason="no list", by=person("verifier"))

    with pytest.raises(ConflictRefused):
        cell_confirm(report=report, proposal=proposal, by=person("verifier2"))


def test_a_question_stays_open_until_somebody_decides(person):
    report, readings = sent("whistle", {"smes": "130"})
    verifier = person("verifier")

    cell_question(
        report=report,
        contestant="whistle",
        indicator="smes",
        reading=readings["smes"],
        text="Which firms?",
        due=None,
        by=verifier,
    )
    asked = verdicts_of(report)["whistle", "smes"]
    answer(report, "smes", "The list is attached.")
    answered = verdicts_of(report)["whistle", "smes"]
    cell_accept(report=report, reading=readings["smes"], by=verifier)
    decided = verdicts_of(report)["whistle", "smes"]

    assert [(v.status, v.question, v.answered) for v in (asked, answered, decided)] == [
        ("questioned", "Which firms?", False),
        ("answered", "Which firms?", True),
        ("accepted", "", False),
    ]


def test_a_question_about_a_figure_that_never_came_is_settled_by_the_answer(person):
    report, _ = sent("whistle", {"smes": None})

    cell_question(
        report=report, contestant="whistle", indicator="smes", text="Why nothing?", due=None, by=person("verifier")
    )
    asked = verdicts_of(report)["whistle", "smes"].status
    answer(report, "smes", "It comes out in July.")

    assert (asked, verdicts_of(report)["whistle", "smes"].status) == ("questioned", "nothing")


def test_a_finding_is_waived_under_its_key_and_the_engine_knows(person):
    report, _ = sent("whistle", {"patents": "3"})  # 80 in May: a cumulative figure that falls
    verifier = person("verifier")
    (row,) = review(report).sheet.rows
    finding = row.findings[0]

    finding_waive(report=report, finding=finding.key, reason="booked back", by=verifier)

    (now,) = review(report).sheet.rows
    assert (finding.key, row.warned) == ("falling:whistle:patents:2026-06", True)
    assert [(f.key, f.waived) for f in now.findings if f.key == finding.key] == [(finding.key, "booked back")]
    waivers = {w.finding: (w.reason, w.by) for w in bundle_of(report.season).readings.waivers}
    assert waivers[finding.key] == ("booked back", verifier.name)


def test_only_a_finding_of_this_report_is_waived(person):
    report, _ = sent("whistle", {"patents": "90"})

    with pytest.raises(QuestionRefused) as refused:
        finding_waive(report=report, finding="falling:whale:fund:2026-06", reason="fine", by=person("verifier"))

    assert code_of(refused) == "verify.no_finding"
