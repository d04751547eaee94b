"""The report as a workbook, down and up: nothing lost, nobody overwritten, hostile files refused."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from saima.server.race.actions.reports import Entry, cell_save
from saima.server.race.models import Report, ReportCell
from saima.server.race.queries.forms import form_of
from saima.server.race.queries.reports import page_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_of(demo, place):
    return Report.objects.select_related("season", "place").get(season=demo, place__key=place, period="2026-05")


@pytest.fixture
def report(demo):
    return report_of(demo, "lantern")


@pytest.fixture
def lantern(signed_in):
    return signed_in("lantern")


def form(client, report):
    answer = client.get(f"/report/{report.pk}/form.xlsx")
    assert answer["Content-Type"] == XLSX
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def row(book, indicator):
    sheet = book.worksheets[0]
    return next(c.row for c in sheet["B"] if c.value and c.value.replace("\\u005f", "_") == f'"{indicator}"')


def up(client, report, content, name="form.xlsx"):
    if not isinstance(content, bytes):
        out = io.BytesIO()
        content.save(out)
        content = out.getvalue()
    return client.post(f"/report/{report.pk}/form/", {"file": SimpleUploadedFile(name, content)})


def answers(page):
    """The hidden fields of the comparison, as a browser sends them."""
    diff = page.context["diff"]
    return {f"v{c.row.cell.pk}": 0 if c.does == "same" else c.row.cell.row_version for c in diff.changes}


def said(report):
    return {c.indicator: (c.kind, c.text, c.value, c.note) for c in report.cells.all()}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("place", ["lantern", "Talent Office 人才办"])
def test_a_form_handed_back_as_it_is_changes_nothing(demo, signed_in, lang, place):
    one = report_of(demo, place)
    client = signed_in("talent" if "人才" in place else place, lang)
    before = said(one), sorted(one.cells.values_list("pk", "row_version"))

    page = client.get(up(client, one, client.get(f"/report/{one.pk}/form.xlsx").content)["Location"])
    client.post(page.request["PATH_INFO"], answers(page))

    assert {c.does for c in page.context["diff"].changes} == {"same"}
    assert (said(one), sorted(one.cells.values_list("pk", "row_version"))) == before


def test_what_was_filled_in_is_compared_and_taken_over(lantern, report):
    book = form(lantern, report)
    sheet = book.worksheets[0]
    sheet.cell(row(book, "teams"), 9).value = 9
    sheet.cell(row(book, "doctors"), 9).value = "1.2千"
    sheet.cell(row(book, "patents"), 10).value = "not yet"
    note = sheet.cell(row(book, "smes"), 11)
    note.value, note.data_type = "=1+1 counted twice", "s"
    sheet.cell(row(book, "fund"), 9).value = None

    page = lantern.get(up(lantern, report, book)["Location"])
    assert said(report)["teams"] == ("", "", "", "")
    lantern.post(page.request["PATH_INFO"], answers(page))

    does = {c.row.cell.indicator: c.does for c in page.context["diff"].changes}
    assert does == {
        "teams": "new",
        "doctors": "changed",
        "smes": "note",
        "labs": "same",
        "patents": "new",
        "fund": "emptied",
        "pilot": "same",
    }
    found = said(report)
    assert found["teams"] == ("value", "9", "9", "")
    assert found["doctors"][:2] == ("value", "1.2千")
    assert found["patents"] == ("not_yet", "", "", "")
    assert found["fund"] == ("", "", "", "")
    assert found["smes"][3] == "=1+1 counted twice"


def test_text_in_a_figure_is_kept_as_a_draft_and_said(lantern, report):
    book = form(lantern, report)
    book.worksheets[0].cell(row(book, "teams"), 9).value = "about nine"

    page = lantern.get(up(lantern, report, book)["Location"])
    lantern.post(page.request["PATH_INFO"], answers(page))

    assert "about nine" in page.content.decode()
    assert said(report)["teams"] == ("value", "about nine", "", "")


@pytest.mark.parametrize(("choice", "kept"), [("page", "7"), ("form", "9"), (None, "7")])
def test_a_cell_changed_on_the_page_meanwhile_is_chosen_not_overwritten(lantern, report, person, choice, kept):
    book = form(lantern, report)
    book.worksheets[0].cell(row(book, "teams"), 9).value = 9
    cell = report.cells.get(indicator="teams")
    cell_save(report=report, contestant="lantern", indicator="teams", entry=Entry("7"), seen=cell.row_version,
              by=person("steward"), on_behalf=True)  # fmt: skip

    page = lantern.get(up(lantern, report, book)["Location"])
    data = answers(page) | ({f"take{cell.pk}": choice} if choice else {})
    lantern.post(page.request["PATH_INFO"], data)

    assert [(c.old.text, c.new.text) for c in page.context["diff"].conflicts] == [("7", "9")]
    assert said(report)["teams"][1] == kept


def test_a_change_between_looking_and_taking_over_saves_nothing(lantern, report, person):
    book = form(lantern, report)
    book.worksheets[0].cell(row(book, "teams"), 9).value = 9
    book.worksheets[0].cell(row(book, "labs"), 9).value = 5
    page = lantern.get(up(lantern, report, book)["Location"])
    cell = report.cells.get(indicator="teams")
    cell_save(report=report, contestant="lantern", indicator="teams", entry=Entry("7"), seen=cell.row_version,
              by=person("steward"), on_behalf=True)  # fmt: skip

    answer = lantern.post(page.request["PATH_INFO"], answers(page))

    assert answer.status_code == 409
    assert (said(report)["teams"][1], said(report)["labs"][1]) == ("7", "")


def test_the_submission_says_that_it_came_as_a_form(lantern, report):
    book = form(lantern, report)
    sheet = book.worksheets[0]
    for cell in report.cells.all():
        at = row(book, cell.indicator)
        sheet.cell(at, 9).value, sheet.cell(at, 10).value, sheet.cell(at, 11).value = (
            None,
            "not applicable",
            "none here",
        )
    page = lantern.get(up(lantern, report, book)["Location"])
    lantern.post(page.request["PATH_INFO"], answers(page))
    report.refresh_from_db()

    lantern.post(f"/report/{report.pk}/submit/", {"signer": "Wang", "row_version": report.row_version})

    assert report.submissions.get().channel == "excel"


def test_another_reports_form_is_refused(demo, signed_in, report):
    steward = signed_in("steward")

    answer = up(steward, report, form(steward, report_of(demo, "ferry")))

    assert answer.status_code == 422
    assert "ferry" in answer.content.decode()
    assert said(report)["teams"] == ("", "", "", "")


@pytest.mark.parametrize("what", ["version", "report", "seal"])
def test_a_form_changed_inside_is_refused(lantern, report, what):
    book = form(lantern, report)
    hidden = book["saima"]
    at = {"version": ("line", ",1,", ",2,"), "report": ("report", f'"{report.pk}"', '"1"'), "seal": ("seal", "a", "b")}
    name, old, new = at[what]
    for cell in hidden["A"]:
        if cell.value == name:
            beside = hidden.cell(cell.row, 2)
            beside.value = beside.value.replace(old, new)

    answer = up(lantern, report, book)

    assert answer.status_code == 422
    assert "hidden part" in answer.content.decode()


def macro_book():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/vbaProject.bin", "x")
    return out.getvalue()


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


def laughs(content):
    out = io.BytesIO()
    entity = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b"<sst", entity + b"<sst") if "sharedStrings" in name else part)
    return out.getvalue()


@pytest.mark.parametrize("what", ["macros", "bomb", "laughs", "csv", "svg", "empty", "cut"])
def test_hostile_files_are_refused_with_a_sentence(lantern, report, what):
    good = lantern.get(f"/report/{report.pk}/form.xlsx").content
    content = {
        "macros": macro_book,
        "bomb": bomb,
        "laughs": lambda: laughs(good),
        "csv": lambda: b"a,b\n1,2\n",
        "svg": lambda: b"<svg onload='alert(1)'/>",
        "empty": lambda: b"",
        "cut": lambda: good[: len(good) // 2],
    }[what]()

    answer = up(lantern, report, content, "../../<b>form</b>.xlsx")

    assert answer.status_code in (302, 422)
    assert answer.status_code == 422
    assert "<b>form" not in answer.content.decode()
    assert ".." not in answer.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(("who", "status"), [("crane", 404), ("whale", 404), ("talent", 404), ("leader", 404)])
def test_another_places_form_looks_like_none(report, signed_in, who, status):
    client = signed_in(who)

    for page in ("form.xlsx", "form/", "print/", "receipt/1.pdf", "proof/1/"):
        assert client.get(f"/report/{report.pk}/{page}").status_code == status


def test_who_only_reads_hands_in_no_form(report, signed_in):
    auditor = signed_in("auditor")

    assert up(auditor, report, form(auditor, report)).status_code == 403


def test_a_file_of_another_session_is_not_there(lantern, report, signed_in):
    book = form(lantern, report)
    book.worksheets[0].cell(row(book, "teams"), 9).value = 9
    address = up(lantern, report, book)["Location"]

    assert signed_in("steward").get(address).status_code == 404


def test_a_submitted_report_takes_no_form(demo, signed_in):
    one = report_of(demo, "crane")
    crane = signed_in("crane")

    assert up(crane, one, form(crane, one)).status_code == 422


def test_forms_are_sealed_by_what_they_say(demo, report):
    with transaction.atomic():
        first = form_of(page_of(report), "en").seal
        ReportCell.objects.filter(report=report, indicator="teams").update(text="3", kind="value", value="3")

        assert form_of(page_of(report), "en").seal != first
