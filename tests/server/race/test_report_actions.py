"""Opening a period, keeping what is typed, submitting: nothing lost, nobody overwritten, twice is once."""

import json
from datetime import UTC, datetime

import pytest

from saima.engine.errors import QuestionRefused
from saima.engine.model.periods import Period
from saima.server.kit import blobs, clock
from saima.server.race.actions.evidence import evidence_add, evidence_withdraw
from saima.server.race.actions.reports import Conflict, Entry, Saved, cell_save, cells_paste, report_open_period
from saima.server.race.actions.submitting import report_submit
from saima.server.race.models import Reading, Report
from saima.server.race.queries.reports import grid_of, page_of

APRIL = Period.parse("2026-04")
JUNE = Period.parse("2026-06")


@pytest.fixture
def opened(demo, person):
    """The reports of June, in which every quarterly figure falls due too."""
    made = report_open_period(season=demo, period=JUNE, by=person("steward"))
    return {r.place.key: r for r in made}


def save(report, indicator, text="", *, kind="", note=None, seen=1, by=None, contestant=""):
    return cell_save(
        report=report,
        contestant=contestant or report.place.key,
        indicator=indicator,
        entry=Entry(text, kind, note),
        seen=seen,
        by=by,
    )


def test_period_opens_a_report_for_every_place_that_owes_a_figure(opened):
    owed = {key: report.cells.count() for key, report in opened.items()}

    assert {k: n for k, n in owed.items() if k in ("crane", "whistle")} == {"crane": 9, "whistle": 8}
    assert {k: n for k, n in owed.items() if " " in k} == {  # as in May, two offices send one indicator for all
        "Talent Office 人才办": 5,
        "Science Bureau 科技局": 5,
        "Statistics Office 统计办": 25,
        "Finance Office 金融办": 5,
        "Service Centre 服务中心": 5,
    }


def test_period_opened_twice_makes_nothing_new(demo, opened):
    assert report_open_period(season=demo, period=JUNE, by=None) == []


def test_drafts_are_kept_as_typed_and_read_where_they_can_be(opened, person):
    report, by = opened["crane"], person("crane")
    typed = {"teams": "１２", "smes": "1,234", "fund": "1.6亿元", "doctors": "about 80", "labs": "不适用"}

    saved = {code: save(report, code, text, by=by) for code, text in typed.items()}

    assert {code: (s.cell.kind, s.cell.text, s.cell.value) for code, s in saved.items()} == {
        "teams": ("value", "１２", "12"),
        "smes": ("value", "1,234", "1234"),
        "fund": ("value", "1.6亿元", "16000"),
        "doctors": ("value", "about 80", ""),
        "labs": ("not_applicable", "", ""),
    }


def test_second_person_on_a_cell_sees_both_values_and_overwrites_nobody(opened, person):
    report = opened["crane"]
    first = save(report, "teams", "11", by=person("crane"))

    second = save(report, "teams", "12", by=person("steward"))

    assert isinstance(first, Saved)
    assert isinstance(second, Conflict)
    assert (second.cell.text, second.mine.text) == ("11", "12")
    assert report.cells.get(indicator="teams").text == "11"


def test_same_value_twice_is_no_conflict(opened, person):
    save(opened["crane"], "teams", "11", by=person("crane"))

    assert isinstance(save(opened["crane"], "teams", "11", by=person("steward")), Saved)


def test_pasted_column_fills_the_cells_below(opened, person):
    report = opened["crane"]
    page = page_of(report)
    start = page.rows[1].cell
    seen = {r.cell.pk: 1 for r in page.rows}

    answers = cells_paste(
        report=report,
        grid=grid_of(page, start),
        block=[["1"], ["2.5"], ["x"]],
        start=start,
        seen=seen,
        by=person("crane"),
    )

    assert [(type(a).__name__, a.cell.text, a.cell.value) for a in answers] == [
        ("Saved", "1", "1"),
        ("Saved", "2.5", "2.5"),
        ("Saved", "x", ""),
    ]


@pytest.mark.parametrize(
    ("block", "code"),
    [([["1"]] * 10_001, "report.paste_too_large"), ([["1"]] * 12, "report.paste_outside")],
)
def test_paste_beyond_the_table_or_ten_thousand_is_refused_whole(opened, person, block, code):
    report = opened["crane"]
    page = page_of(report)

    with pytest.raises(QuestionRefused) as refused:
        cells_paste(
            report=report,
            grid=grid_of(page, page.rows[0].cell),
            block=block,
            start=page.rows[0].cell,
            seen={},
            by=person("crane"),
        )

    assert [p.code for p in refused.value.problems] == [code]
    assert not report.cells.exclude(text="").exists()


def fill(report, by):
    """A report nothing stands against: a little more than April everywhere, with notes and evidence."""
    for row in page_of(report).rows:
        text = "1" if row.indicator.measure == "yes-no" else str(row.before if row.before is not None else 1)
        save(report, row.cell.indicator, text, note="seen", by=by, contestant=row.cell.contestant)
        if row.indicator.evidence != "none":
            evidence_add(
                report=report,
                contestant=row.cell.contestant,
                indicator=row.cell.indicator,
                blob=blobs.put(b"%PDF-1.4 proof", "application/pdf"),
                name="proof.pdf",
                by=by,
            )


def test_submitting_gives_a_receipt_and_adds_the_readings(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)

    made = report_submit(report=report, signer="Li", by=by)

    report.refresh_from_db()
    rows = Reading.objects.filter(submission=made)
    assert (report.state, made.number, made.signer, made.on_behalf) == ("submitted", 1, "Li", False)
    assert {(r.state, r.origin, r.revision) for r in rows} == {("reported", "reported", 1)}
    assert rows.count() == report.cells.count() == len(json.loads(made.content))


def test_doubled_submit_gives_the_same_receipt(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)

    first, second = (report_submit(report=report, signer="Li", by=by) for _ in range(2))

    assert (first.receipt, report.submissions.count()) == (second.receipt, 1)


def test_submitting_again_after_a_return_adds_only_what_changed(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)
    report_submit(report=report, signer="Li", by=by)
    Report.objects.filter(pk=report.pk).update(state="returned")
    save(report, "teams", "9", seen=report.cells.get(indicator="teams").row_version, by=by)

    again = report_submit(report=report, signer="Li", by=by)

    assert [(r.indicator, r.value, r.revision) for r in Reading.objects.filter(submission=again)] == [("teams", "9", 2)]


def test_verifiers_value_is_not_put_back_by_a_new_submission(demo, opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)
    report_submit(report=report, signer="Li", by=by)
    Reading.objects.create(
        season=demo,
        contestant="crane",
        indicator="patents",
        period="2026-06",
        revision=2,
        value="160",
        state="verified",
        origin="reported",
        reason="five counted twice",
    )
    Report.objects.filter(pk=report.pk).update(state="returned")
    save(report, "teams", "9", seen=report.cells.get(indicator="teams").row_version, by=by)

    again = report_submit(report=report, signer="Li", by=by)

    assert [r.indicator for r in Reading.objects.filter(submission=again)] == ["teams"]


def test_emptied_figure_is_withdrawn(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)
    report_submit(report=report, signer="Li", by=by)
    Report.objects.filter(pk=report.pk).update(state="returned")
    save(report, "doctors", kind="not_yet", seen=report.cells.get(indicator="doctors").row_version, by=by)

    again = report_submit(report=report, signer="Li", by=by)

    assert [(r.indicator, r.value, r.state) for r in Reading.objects.filter(submission=again)] == [
        ("doctors", "", "withdrawn")
    ]


def test_empty_report_is_refused_with_every_missing_figure(opened, person):
    with pytest.raises(QuestionRefused) as refused:
        report_submit(report=opened["crane"], signer="Li", by=person("crane"))

    assert [p.code for p in refused.value.problems] == ["report.missing"] * 9
    assert opened["crane"].submissions.count() == 0


def test_on_behalf_needs_proof(opened, person):
    fill(opened["crane"], person("crane"))

    with pytest.raises(QuestionRefused) as refused:
        report_submit(report=opened["crane"], signer="Li", by=person("steward"), on_behalf=True)

    assert [p.code for p in refused.value.problems] == ["report.proof_needed"]


def test_late_report_is_locked_for_its_place_and_open_to_the_bureau(opened, person):
    report, by = opened["crane"], person("crane")

    with clock.at(datetime(2026, 7, 20, tzinfo=UTC)):
        with pytest.raises(QuestionRefused) as refused:
            save(report, "teams", "1", by=by)
        saved = cell_save(
            report=report,
            contestant="crane",
            indicator="teams",
            entry=Entry("1"),
            seen=1,
            by=person("steward"),
            on_behalf=True,
        )

    assert [p.code for p in refused.value.problems] == ["report.locked"]
    assert isinstance(saved, Saved)


def test_reopened_notes_let_words_change_and_figures_not(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)
    report_submit(report=report, signer="Li", by=by)
    Report.objects.filter(pk=report.pk).update(state="reopened_notes")
    cell = report.cells.get(indicator="doctors")

    with pytest.raises(QuestionRefused) as refused:
        save(report, "doctors", "999", seen=cell.row_version, by=by)
    kept = save(report, "doctors", cell.text, note="by the register", seen=cell.row_version, by=by)

    assert [p.code for p in refused.value.problems] == ["report.notes_only"]
    assert (kept.cell.value, kept.cell.note) == (cell.value, "by the register")


def test_withdrawn_evidence_no_longer_counts(opened, person):
    report, by = opened["crane"], person("crane")
    fill(report, by)
    evidence_withdraw(evidence=report.evidence.get(indicator="pilot"), reason="wrong file", by=by)

    with pytest.raises(QuestionRefused) as refused:
        report_submit(report=report, signer="Li", by=by)

    assert [p.code for p in refused.value.problems] == ["report.needs_evidence"]


def test_closed_period_outside_the_window_is_refused(demo):
    with pytest.raises(QuestionRefused) as refused:
        report_open_period(season=demo, period=Period.parse("2027-01"), by=None)

    assert [p.code for p in refused.value.problems] == ["report.outside_window"]
