"""A report's whole way with the reporter's own actions: sent, asked, returned, mended, certified, re-opened."""

from datetime import timedelta

import pytest
from verifying import fresh

from saima.engine.model.periods import Period
from saima.server.kit import clock
from saima.server.race.actions.reports import Entry, cell_answer, cell_save, report_open_period
from saima.server.race.actions.submitting import report_submit
from saima.server.race.actions.verify import cell_accept, cell_change, cell_question
from saima.server.race.actions.verify_reports import report_accept_all, report_certify, report_reopen, report_return
from saima.server.race.models import Reading, Report
from saima.server.race.queries.verdicts import verdicts_of
from saima.server.race.queries.verify import review
from saima.server.race.queries.verify_queue import forget

JUNE = {"crane": "5", "whale": "4", "lantern": "4", "ferry": "5", "whistle": "13"}  # overdue tickets


@pytest.fixture
def report(demo):
    """The Service Centre's report for June: one indicator, five parks."""
    forget()
    made = report_open_period(season=demo, period=Period.parse("2026-06"), by=None)
    return next(r for r in made if r.place.key.startswith("Service Centre"))


def fill(report, values, by):
    for cell in report.cells.filter(contestant__in=values):
        entry = Entry(values[cell.contestant], note="as counted")
        cell_save(
            report=report, contestant=cell.contestant, indicator="tickets", entry=entry, seen=cell.row_version, by=by
        )


def submit(report, by):
    report_submit(report=fresh(report), signer="Head of the centre", by=by)
    return fresh(report)


def reading(report, contestant):
    rows = Reading.objects.filter(season=report.season, period=report.period, contestant=contestant)
    return rows.get(indicator="tickets", revision=rows.filter(indicator="tickets").count())


def statuses(report):
    return {key[0]: verdict.status for key, verdict in verdicts_of(report).items()}


def test_the_way_of_a_report_from_sent_to_reopened_and_certified_again(report, person):
    office, verifier, steward = person("talent"), person("verifier"), person("steward")
    later = clock.now() + timedelta(days=4)
    fill(report, JUNE, office)
    report = submit(report, office)

    # one figure is changed, one asked about, the rest accepted; the report goes back
    cell_change(report=report, reading=reading(report, "ferry"), value="6", reason="one more", by=verifier)
    cell_question(
        report=report,
        contestant="whistle",
        indicator="tickets",
        reading=reading(report, "whistle"),
        text="Are all 13 still open?",
        due=later,
        by=verifier,
    )
    report_accept_all(report=report, seen=report.row_version, by=verifier)
    assert statuses(report) == {
        "crane": "accepted",
        "whale": "accepted",
        "lantern": "accepted",
        "ferry": "changed",
        "whistle": "questioned",
    }
    report_return(report=report, seen=report.row_version, due=later, by=verifier)

    # the office answers, mends that figure and sends again: only what is new waits
    cell_answer(report=report, contestant="whistle", indicator="tickets", text="Two were closed.", by=office)
    fill(fresh(report), {"whistle": "11"}, office)
    report = submit(report, office)
    assert statuses(report) == {
        "crane": "accepted",
        "whale": "accepted",
        "lantern": "accepted",
        "ferry": "changed",
        "whistle": "answered",
    }
    cell_accept(report=report, reading=reading(report, "whistle"), by=verifier)
    report_certify(report=report, seen=report.row_version, by=verifier)

    # re-opened for numbers: the figure that is new shows what had been verified before
    report = fresh(report)
    report_reopen(report=report, seen=report.row_version, part="numbers", reason="late entry", due=later, by=steward)
    fill(fresh(report), {"crane": "6"}, office)
    report = submit(report, office)
    sheet = review(report).sheet
    (changed,) = [s.cell for s in sheet.rows if s.cell.since_verified]
    assert (sheet.changes, sheet.undecided, changed.since_verified.value, changed.reported.value) == (1, 1, "5", "6")
    cell_accept(report=report, reading=reading(report, "crane"), by=verifier)
    report_certify(report=report, seen=report.row_version, by=verifier)

    final = {r.contestant: (r.value, r.state) for r in (reading(report, c) for c in JUNE)}
    assert Report.objects.get(pk=report.pk).state == "verified"
    assert final == {
        "crane": ("6", "verified"),
        "whale": ("4", "verified"),
        "lantern": ("4", "verified"),
        "ferry": ("6", "verified"),
        "whistle": ("11", "verified"),
    }


def test_notes_alone_reopened_leave_every_figure_verified(report, person):
    office, verifier = person("talent"), person("verifier")
    fill(report, JUNE, office)
    report = submit(report, office)
    every = set(report.cells.values_list("pk", flat=True))
    report_accept_all(report=report, seen=report.row_version, by=verifier, named=every)
    report_certify(report=report, seen=report.row_version, by=verifier)
    report = fresh(report)
    due = clock.now() + timedelta(days=4)
    report_reopen(report=report, seen=report.row_version, part="notes", reason="add lists", due=due, by=verifier)

    cell = report.cells.get(contestant="crane")
    cell_save(
        report=fresh(report),
        contestant="crane",
        indicator="tickets",
        entry=Entry(cell.text, note="list added"),
        seen=cell.row_version,
        by=office,
    )
    report = submit(report, office)

    assert set(statuses(report).values()) == {"accepted"}
    assert (reading(report, "crane").note, reading(report, "crane").state) == ("list added", "verified")
    report_certify(report=report, seen=report.row_version, by=verifier)
