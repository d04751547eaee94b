"""Verdicts on whole reports: accept the rest, return, certify, re-open; what they write and refuse."""

import json
from datetime import timedelta

import pytest
from verifying import answer, fresh, send, sent

from saima.engine.errors import QuestionRefused
from saima.engine.model.periods import Period
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.actions.verify import ConflictRefused, cell_accept, cell_change, cell_question, cell_reject
from saima.server.race.actions.verify_reports import report_accept_all, report_certify, report_reopen, report_return
from saima.server.race.models import Reading, ReportCell, Verdict
from saima.server.race.queries.verdicts import touched_by, verdicts_of
from saima.server.race.queries.verify import review

LATER = timedelta(days=3)


def code_of(refused):
    return refused.value.problems[0].code


def ask(report, indicator, reading, by, text="Which ones?"):
    return cell_question(
        report=report,
        contestant=report.place.key,
        indicator=indicator,
        reading=reading,
        text=text,
        due=clock.now() + LATER,
        by=by,
    )


def statuses(report):
    return {key[1]: verdict.status for key, verdict in verdicts_of(report).items()}


def test_accept_all_leaves_questions_warnings_and_verdicts_to_be_looked_at(person):
    report, readings = sent("whistle", {"smes": "130", "patents": "3", "doctors": "60", "gazelles": "2", "labs": "2"})
    verifier = person("verifier")
    ask(report, "doctors", readings["doctors"], verifier)
    cell_reject(report=report, reading=readings["gazelles"], reason="closed firms", by=verifier)

    done = report_accept_all(report=report, seen=report.row_version, by=verifier)

    assert ([r.indicator for r in done.readings], done.left) == (["smes"], 3)
    assert statuses(report) == {
        "smes": "accepted",
        "patents": "waiting",  # it falls
        "doctors": "questioned",
        "gazelles": "rejected",
        "labs": "waiting",  # evidence is asked for
    }


def test_accept_all_takes_warned_figures_that_are_named(person):
    report, _ = sent("whistle", {"patents": "3"})
    (row,) = review(report).sheet.rows

    done = report_accept_all(report=report, seen=report.row_version, by=person("verifier"), named={row.id})

    assert ([r.indicator for r in done.readings], done.left) == (["patents"], 0)


def test_whole_report_verdicts_refuse_a_report_that_changed_since_it_was_seen(person):
    report, _ = sent("whistle", {"smes": "130"})
    verifier, seen = person("verifier"), report.row_version - 1
    due = clock.now() + LATER

    for act in (
        lambda: report_accept_all(report=report, seen=seen, by=verifier),
        lambda: report_certify(report=report, seen=seen, by=verifier),
        lambda: report_return(report=report, seen=seen, due=due, by=verifier),
    ):
        with pytest.raises(ConflictRefused) as refused:
            act()
        assert code_of(refused) == "verify.report_changed"


def test_certify_needs_every_figure_decided(person):
    report, readings = sent("whistle", {"smes": "130", "doctors": None})
    verifier = person("verifier")

    with pytest.raises(QuestionRefused) as refused:
        report_certify(report=report, seen=report.row_version, by=verifier)
    cell_accept(report=report, reading=readings["smes"], by=verifier)
    done = report_certify(report=report, seen=report.row_version, by=verifier)

    (problem,) = refused.value.problems
    assert (problem.code, problem.params["count"]) == ("verify.undecided", 1)
    assert (done.state, done.verified_at is not None, done.row_version) == ("verified", True, report.row_version + 1)
    assert Audit.objects.latest("id").action == "report.certified"


def test_nobody_certifies_accepts_or_returns_the_report_they_sent(person):
    verifier = person("verifier")
    report, readings = sent("whistle", {"smes": "130"}, by=verifier)
    ask(report, "smes", readings["smes"], person("verifier2"))
    seen = report.row_version

    for act in (
        lambda: report_accept_all(report=report, seen=seen, by=verifier),
        lambda: report_certify(report=report, seen=seen, by=verifier),
        lambda: report_return(report=report, seen=seen, due=clock.now() + LATER, by=verifier),
    ):
        with pytest.raises(QuestionRefused) as refused:
            act()
        assert code_of(refused) == "verify.own"


def test_return_needs_an_unanswered_question_and_a_day_to_come(person):
    report, readings = sent("whistle", {"smes": "130"})
    verifier, seen = person("verifier"), report.row_version

    with pytest.raises(QuestionRefused) as without:
        report_return(report=report, seen=seen, due=clock.now() + LATER, by=verifier)
    ask(report, "smes", readings["smes"], verifier)
    with pytest.raises(QuestionRefused) as past:
        report_return(report=report, seen=seen, due=clock.now() - LATER, by=verifier)
    due = clock.now() + timedelta(days=9)
    done = report_return(report=report, seen=seen, due=due, by=verifier)

    assert [code_of(without), code_of(past)] == ["verify.return_needs_question", "verify.due_past"]
    assert (done.state, done.due_again_at, done.late_until, done.due_at) == ("returned", due, due, report.due_at)


def test_a_returned_report_keeps_changed_figures_and_shows_what_is_new_when_it_comes_back(person):
    report, readings = sent("whistle", {"smes": "130", "doctors": "60", "patents": "90"})
    verifier = person("verifier")
    cell_change(report=report, reading=readings["smes"], value="131", reason="counted", by=verifier)
    cell_accept(report=report, reading=readings["patents"], by=verifier)
    ask(report, "doctors", readings["doctors"], verifier)
    report_return(report=report, seen=report.row_version, due=clock.now() + LATER, by=verifier)
    drafts = dict(ReportCell.objects.filter(report=report).values_list("indicator", "value"))

    answer(report, "doctors", "One was counted twice.")
    send(report, {"doctors": "59", "patents": "91"})
    report = fresh(report)
    report.state = "submitted"
    report.save()

    assert drafts == {"smes": "131", "doctors": "60", "patents": "90"}
    assert statuses(report) == {"smes": "changed", "doctors": "answered", "patents": "waiting"}
    sheet = review(report).sheet
    assert sheet.changes == 1
    assert [
        (s.cell.since_verified.value, s.cell.reported.value, s.cell.difference)
        for s in sheet.rows
        if s.cell.since_verified
    ] == [("90", "91", "1")]


def test_reopening_leaves_a_trail_says_what_it_touches_and_keeps_the_figures_counting(person):
    verifier, steward = person("verifier"), person("steward")
    report, readings = sent("whistle", {"teams": "4", "smes": "130"}, period="2026-05", evidence="list.pdf")
    for reading in readings.values():
        cell_accept(report=report, reading=reading, by=verifier)
    report_certify(report=report, seen=report.row_version, by=verifier)
    cut = cut_freeze(season=report.season, period=Period.parse("2026-05"), by=steward)
    now = fresh(report)

    touched = report_reopen(
        report=now, seen=now.row_version, part="numbers", reason="a firm left", due=clock.now() + LATER, by=steward
    )

    after = fresh(report)
    assert touched == touched_by(report)
    assert (touched.cuts[-1], touched.published) == (("2026-05", cut.number), ())
    assert (after.state, after.row_version) == ("reopened_numbers", now.row_version + 1)
    trail = Verdict.objects.filter(kind="reopen").values_list("reading__indicator", "value", "text", "by__username")
    assert sorted(trail) == [
        ("smes", "numbers", "a firm left", "steward"),
        ("teams", "numbers", "a firm left", "steward"),
    ]
    assert statuses(report) == {"teams": "accepted", "smes": "accepted"}
    assert (
        Reading.objects.filter(season=report.season, period="2026-05", contestant="whistle", indicator="teams")
        .latest("revision")
        .state
        == "verified"
    )
    assert json.loads(Audit.objects.latest("id").detail)["reason"] == "a firm left"


def test_reopening_an_april_report_names_the_published_bulletin(person):
    report, _ = sent("whistle", {"smes": "80"}, period="2026-04")

    assert touched_by(report).published == (("2026-04", 1),)


def test_only_verified_reports_are_reopened_and_only_with_a_reason(person):
    report, _ = sent("whistle", {"smes": None})
    verifier, due = person("verifier"), clock.now() + LATER

    with pytest.raises(QuestionRefused) as early:
        report_reopen(report=report, seen=report.row_version, part="notes", reason="x", due=due, by=verifier)
    report_certify(report=report, seen=report.row_version, by=verifier)
    now = fresh(report)
    with pytest.raises(QuestionRefused) as silent:
        report_reopen(report=now, seen=now.row_version, part="notes", reason=" ", due=due, by=verifier)
    report_reopen(report=now, seen=now.row_version, part="notes", reason="photo", due=due, by=verifier)

    assert [code_of(early), code_of(silent)] == ["accounts.not_in_state", "verify.reason_needed"]
    assert fresh(report).state == "reopened_notes"
