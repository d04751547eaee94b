"""The pages of reports: who sees them, how many queries they ask, what they refuse."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saima.engine.model.periods import Period
from saima.server.kit import clock
from saima.server.places.queries import title_of
from saima.server.race.actions.reports import report_open_period
from saima.server.race.models import Evidence, Report
from saima.server.race.queries.reports import page_of, reports_listed


def report_of(demo, place):
    return Report.objects.get(season=demo, place__key=place, period="2026-05")


def cell_of(demo, place, indicator, contestant=""):
    return report_of(demo, place).cells.get(indicator=indicator, contestant=contestant or place)


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("crane", {"crane"}),
        ("talent", {"Talent Office 人才办"}),
        ("leader", set()),
        ("verifier", {"crane", "whale", "ferry", "whistle", "Finance Office 金融办", "Service Centre 服务中心"}),
    ],
)
def test_list_holds_what_somebody_may_see(demo, person, username, seen):
    assert {r.report.place.key for r in reports_listed(person(username), demo)} == seen


@pytest.mark.parametrize("place", ["whale", "lantern", "Talent Office 人才办"])
@pytest.mark.parametrize("page", ["", "?check=1", "submit/", "receipt/1/"])
def test_another_places_report_looks_like_none(demo, signed_in, place, page):
    assert signed_in("crane").get(f"/report/{report_of(demo, place).pk}/{page}").status_code == 404


def test_another_places_evidence_looks_like_none(demo, signed_in):
    one = Evidence.objects.filter(report=report_of(demo, "whale")).first()

    codes = [signed_in(who).get(f"/evidence/{one.pk}/").status_code for who in ("whale", "verifier", "crane", "leader")]

    assert codes == [200, 200, 404, 404]


def queries_of(client, address):
    client.get(address)  # what is read once per process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("months", [(), ("2026-06", "2026-07")])
def test_list_asks_two_queries_at_one_row_and_at_three(demo, person, django_assert_num_queries, months):
    for month in months:
        report_open_period(season=demo, period=Period.parse(month), by=None)
    crane = person("crane")
    reports_listed(crane, demo)

    with django_assert_num_queries(2):
        assert len(reports_listed(crane, demo)) == 1 + len(months)


def test_list_page_asks_no_more_for_three_rows_than_for_one(demo, signed_in):
    client = signed_in("crane")
    one = queries_of(client, "/s/demo-city/reports/")
    for month in ("2026-06", "2026-07"):
        report_open_period(season=demo, period=Period.parse(month), by=None)

    assert queries_of(client, "/s/demo-city/reports/") == one


def row_of(page, cell):
    """The row of a cell on a report's page."""
    return page.split(f'<tr id="cell-{cell.pk}"')[1].split("</tr>")[0]


@pytest.mark.parametrize(("place", "cells"), [("whale", 7), ("Statistics Office 统计办", 25)])
def test_report_asks_five_queries_whatever_its_size_and_two_for_its_head(demo, django_assert_num_queries, place, cells):
    report = Report.objects.select_related("season", "place").get(pk=report_of(demo, place).pk)

    with django_assert_num_queries(5):
        page = page_of(report)
        assert page.total == cells
    with django_assert_num_queries(2):
        head = (page.place, page.last)
    assert head == (title_of(report.place), report.submissions.order_by("number").last())


@pytest.mark.parametrize(
    ("few", "many"), [("Talent Office 人才办", "Statistics Office 统计办"), ("Service Centre 服务中心", "crane")]
)
def test_report_page_asks_no_more_for_many_cells_than_for_few(demo, signed_in, few, many):
    client = signed_in("auditor")

    assert queries_of(client, f"/report/{report_of(demo, few).pk}/") == queries_of(
        client, f"/report/{report_of(demo, many).pk}/"
    )


def test_a_reporter_sees_what_became_of_each_figure(demo, signed_in):
    page = signed_in("ferry").get(f"/report/{report_of(demo, 'ferry').pk}/").content.decode()
    said = {
        code: re.findall(r'<span class="pill pill-\w+">([^<]+)</span>', row)
        for code, row in ((c.indicator, row_of(page, c)) for c in report_of(demo, "ferry").cells.all())
    }

    assert said == {
        "doctors": ["accepted"],
        "labs": ["accepted"],
        "patents": [],
        "pilot": ["accepted"],
        "smes": ["accepted"],
        "teams": ["not accepted"],
        "fund": ["accepted"],
    }


def test_a_verdict_is_not_said_of_another_figure_typed_since(demo, signed_in):
    cell = cell_of(demo, "ferry", "doctors")
    client = signed_in("ferry")
    client.post(
        f"/report/{cell.report_id}/cell/{cell.pk}/",
        {f"t{cell.pk}": "74", f"n{cell.pk}": "", f"v{cell.pk}": str(cell.row_version)},
    )

    row = row_of(client.get(f"/report/{cell.report_id}/").content.decode(), cell)
    assert ('value="74"' in row, "accepted" in row) == (True, False)


def test_autosave_answers_with_the_parts_that_follow(demo, signed_in):
    cell = cell_of(demo, "lantern", "patents")

    answer = signed_in("lantern").post(
        f"/report/{cell.report_id}/cell/{cell.pk}/", {f"t{cell.pk}": "200", f"n{cell.pk}": "", f"v{cell.pk}": "1"}
    )

    cell.refresh_from_db()
    said = answer.content.decode()
    assert (answer.status_code, cell.text, cell.row_version) == (200, "200", 2)
    assert "4 of 7 filled" in said
    assert f'id="dot-{cell.pk}" class="dot dot-saved"' in said


def test_conflicting_form_shows_both_and_keeps_theirs(demo, signed_in):
    cell = cell_of(demo, "lantern", "patents")
    save = f"/report/{cell.report_id}/save/"
    signed_in("lantern").post(save, {f"t{cell.pk}": "200", f"v{cell.pk}": "1"})

    answer = signed_in("steward").post(save, {f"t{cell.pk}": "201", f"v{cell.pk}": "1"})

    cell.refresh_from_db()
    said = answer.content.decode()
    assert (answer.status_code, cell.text) == (409, "200")
    assert "&#x27;200&#x27;" in said
    assert "&#x27;201&#x27;" in said


@pytest.mark.parametrize(
    ("username", "place", "status"),
    [
        ("crane", "lantern", 404),
        ("verifier", "ferry", 403),
        ("auditor", "lantern", 403),
        ("crane", "crane", 422),
        ("whale", "whale", 422),
        ("steward", "crane", 422),
        ("leader", "lantern", 404),
    ],
)
def test_who_may_not_change_a_report_is_refused(demo, signed_in, username, place, status):
    report = report_of(demo, place)
    cell = report.cells.first()
    client = signed_in(username)

    posts = {
        "save": client.post(f"/report/{report.pk}/save/", {f"t{cell.pk}": "1", f"v{cell.pk}": "1"}),
        "cell": client.post(f"/report/{report.pk}/cell/{cell.pk}/", {f"t{cell.pk}": "1", f"v{cell.pk}": "1"}),
        "paste": client.post(f"/report/{report.pk}/paste/{cell.pk}/", {"block": "1\n2", "seen": "{}"}),
        "evidence": client.post(f"/report/{report.pk}/evidence/{cell.pk}/", {"file": pdf()}),
        "submit": client.post(f"/report/{report.pk}/submit/", {"signer": "Li"}),
    }

    assert {name: answer.status_code for name, answer in posts.items()} == dict.fromkeys(posts, status)
    assert report.cells.get(pk=cell.pk).row_version == cell.row_version


def pdf(name="proof.pdf", content=b"%PDF-1.4 proof"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content"), [("run.html", b"<script>alert(1)</script>"), ("x.svg", b"<svg/>"), ("empty.pdf", b"")]
)
def test_file_that_is_no_evidence_is_refused_with_its_name(demo, signed_in, name, content):
    cell = cell_of(demo, "lantern", "teams")

    answer = signed_in("lantern").post(f"/report/{cell.report_id}/evidence/{cell.pk}/", {"file": pdf(name, content)})

    assert answer.status_code == 422
    assert name in answer.content.decode()
    assert not Evidence.objects.filter(report=cell.report, indicator="teams").exists()


def test_evidence_is_added_picked_for_another_cell_and_taken_back(demo, signed_in):
    teams, labs = cell_of(demo, "lantern", "teams"), cell_of(demo, "lantern", "labs")
    client = signed_in("lantern")
    address = f"/report/{teams.report_id}/evidence/{{}}/".format

    client.post(address(teams.pk), {"file": [pdf("a.pdf"), pdf("b.png", b"\x89PNG\r\n\x1a\nx")]})
    first = Evidence.objects.get(report=teams.report, indicator="teams", name="a.pdf")
    client.post(address(labs.pk), {"pick": [first.pk]})
    client.post(f"/evidence/{first.pk}/withdraw/", {"reason": "wrong month"})

    left = Evidence.objects.filter(report=teams.report, withdrawn=None).exclude(indicator="pilot")
    assert sorted(left.values_list("indicator", "name")) == [("labs", "a.pdf"), ("teams", "b.png")]


def test_picture_is_shown_inside_a_sandbox_and_an_archive_only_downloaded(demo, signed_in):
    cell = cell_of(demo, "lantern", "teams")
    client = signed_in("lantern")
    files = [pdf("a.png", b"\x89PNG\r\n\x1a\nx"), pdf("b.txt", b"only text")]
    client.post(f"/report/{cell.report_id}/evidence/{cell.pk}/", {"file": files})

    answers = [client.get(f"/evidence/{e.pk}/") for e in Evidence.objects.filter(indicator="teams", report=cell.report)]

    assert [
        (a["Content-Type"], a["Content-Disposition"].split(";")[0], a["X-Content-Type-Options"]) for a in answers
    ] == [
        ("image/png", "inline", "nosniff"),
        ("text/plain; charset=utf-8", "attachment", "nosniff"),
    ]
    assert all("sandbox" in a["Content-Security-Policy"] for a in answers)


def filled(demo, place, by):
    """Everything a report still lacks, by its form."""
    page = page_of(report_of(demo, place))
    form = {}
    for row in page.rows:
        n = row.cell.pk
        form |= {f"t{n}": row.cell.value or str(row.before), f"v{n}": str(row.cell.row_version), f"n{n}": "seen"}
    by.post(f"/report/{page.report.pk}/save/", form)
    for row in page.rows:
        if row.indicator.evidence != "none":
            by.post(f"/report/{page.report.pk}/evidence/{row.cell.pk}/", {"file": pdf()})
    return page.report


def test_review_then_confirm_gives_the_receipt_and_a_second_click_the_same(demo, signed_in):
    client = signed_in("lantern")
    report = filled(demo, "lantern", client)
    address = f"/report/{report.pk}/submit/"
    seen = client.get(address).context["report"].row_version

    first, second = (client.post(address, {"signer": "Li", "row_version": seen}) for _ in range(2))

    receipt = client.get(first["Location"]).content.decode()
    assert (first.status_code, first["Location"]) == (302, f"/report/{report.pk}/receipt/1/")
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert report.submissions.get().receipt in receipt


def test_review_names_what_stands_against_and_offers_no_way_on(demo, signed_in):
    report = report_of(demo, "lantern")

    answer = signed_in("lantern").get(f"/report/{report.pk}/submit/")

    said = answer.content.decode()
    assert said.count("nothing is entered") == 3
    assert "is no number in persons" in said
    assert 'name="signer"' not in said


def test_steward_enters_on_behalf_only_with_a_proof(demo, signed_in):
    client = signed_in("steward")
    report = filled(demo, "lantern", client)

    without = client.post(f"/report/{report.pk}/submit/", {"signer": "Li"})
    made = client.post(f"/report/{report.pk}/submit/", {"signer": "Li", "proof": pdf("sheet.jpg", b"\xff\xd8\xffx")})

    submission = report.submissions.get()
    assert (without.status_code, made.status_code) == (422, 302)
    assert (submission.on_behalf, submission.channel, submission.proof.media_type) == (True, "behalf", "image/jpeg")


def test_steward_opens_the_next_period_after_a_preview(demo, signed_in):
    client = signed_in("steward")

    preview = client.get("/s/demo-city/reports/open/")
    looked = client.post("/s/demo-city/reports/open/", {"period": "2026-06", "by-gazelles": "zone", "look": "1"})
    before = Report.objects.filter(season=demo, period="2026-06").count()
    opened = client.post("/s/demo-city/reports/open/", {"period": "2026-06", "by-gazelles": "zone"})

    crane = Report.objects.get(season=demo, period="2026-06", place__key="crane")
    assert (preview.status_code, looked.status_code, before, opened.status_code) == (200, 200, 0, 302)
    assert [p.figures for p in looked.context["preview"].places if p.title.en == "Paper Crane Park"] == [10]
    assert crane.cells.count() == 10
    assert not Report.objects.filter(period="2026-06", place__key="Science Bureau 科技局").exists()


@pytest.mark.parametrize("username", ["crane", "verifier", "leader", "auditor"])
def test_only_the_bureau_opens_and_assigns(demo, signed_in, username):
    client, report = signed_in(username), report_of(demo, "crane")

    codes = [
        client.get("/s/demo-city/reports/open/").status_code,
        client.post("/s/demo-city/reports/open/", {"period": "2026-06"}).status_code,
        client.post(f"/report/{report.pk}/assign/", {"to": ""}).status_code,
    ]

    assert codes in ([403, 403, 403], [403, 403, 404])
    assert not Report.objects.filter(period="2026-06").exists()


def test_assigned_person_stands_in_the_list(demo, signed_in, person):
    report = report_of(demo, "Finance Office 金融办")

    signed_in("steward").post(f"/report/{report.pk}/assign/", {"to": person("talent").pk})

    report.refresh_from_db()
    assert report.assignee == person("talent")


def test_unreadable_paste_is_refused_with_a_sentence(demo, signed_in):
    cell = cell_of(demo, "lantern", "teams")

    answer = signed_in("lantern").post(f"/report/{cell.report_id}/paste/{cell.pk}/", {"block": "1\n2", "seen": "[1"})

    assert answer.status_code == 422


def test_office_pastes_a_column_over_its_contestants(demo, signed_in):
    cell = cell_of(demo, "Statistics Office 统计办", "rd_spend", "crane")
    block = "10.1\t3.7\n10.2\t3.6\n10.3\t3.6\n7.2\t2.4\n4.2\t3.1\n"

    made = signed_in("steward").post(
        f"/report/{cell.report_id}/paste/{cell.pk}/",
        {"block": block, "seen": json.dumps({c.pk: c.row_version for c in cell.report.cells.all()})},
    )

    texts = dict(cell.report.cells.filter(contestant="whistle").values_list("indicator", "text"))
    assert made.status_code == 200
    assert (texts["rd_spend"], texts["rd_intensity"]) == ("4.2", "3.1")


def test_locked_report_is_read_only_for_its_place_and_says_so(demo, signed_in):
    address = f"/report/{report_of(demo, 'lantern').pk}/"

    with clock.at(datetime(2026, 6, 9, tzinfo=UTC)):
        own = signed_in("lantern").get(address).content.decode()
        bureau = signed_in("steward").get(address).content.decode()

    assert ('class="figure"' in own, "has passed" in own) == (False, True)
    assert ('class="figure"' in bureau, "on behalf of Nine Lanterns Park" in bureau) == (True, True)
