"""Links without an account: one report and nothing else, for a time, once."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saima.engine.errors import QuestionRefused
from saima.server.accounts.rules import held_by
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.race.actions.links import link_make, link_revoke, link_spend
from saima.server.race.guest import Guest
from saima.server.race.models import EntryLink, Evidence, Reading, Report, ReportCell
from saima.server.race.queries.links import guest_of, hashed, links_of
from saima.server.race.queries.visible import (
    evidence_visible_to,
    readings_visible_to,
    reports_visible_to,
    seasons_visible_to,
)


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def report(demo):
    return Report.objects.get(season=demo, place__key="lantern", period="2026-05")


@pytest.fixture
def made(report, person):
    return link_make(report=report, for_whom=" 王敏  九灯园 ", days=3, by=person("steward"))


@pytest.fixture
def guest(made):
    """A browser that opened the link."""
    client = Client()
    client.cookies["saima_lang"] = "en"
    assert client.post(f"/go/{made.key}/").status_code == 302
    return client


def fill(report):
    for cell in report.cells.all():
        ReportCell.objects.filter(pk=cell.pk).update(kind="not_applicable", text="", value="", note="no such thing")


def test_only_the_hash_of_the_address_is_kept(made):
    link = EntryLink.objects.get()

    assert (link.sha256, link.for_whom) == (hashed(made.key), "王敏 九灯园")
    assert abs(clock.now() + timedelta(days=3) - link.expires_at) < timedelta(minutes=1)  # seconds pass meanwhile
    assert made.key not in "".join(Audit.objects.values_list("detail", flat=True))


@pytest.mark.parametrize(
    ("for_whom", "days", "code"), [(" ", 3, "links.for_whom"), ("A", 0, "links.days"), ("A", 15, "links.days")]
)
def test_a_link_needs_a_name_and_a_term(report, person, for_whom, days, code):
    with pytest.raises(QuestionRefused) as refused:
        link_make(report=report, for_whom=for_whom, days=days, by=person("steward"))

    assert [p.code for p in refused.value.problems] == [code]


def test_the_address_is_shown_once(demo, report, signed_in):
    client = signed_in("steward")

    made = client.post(f"/report/{report.pk}/links/", {"for_whom": "Li", "days": "2"})
    later = client.get(f"/report/{report.pk}/links/")

    assert "/go/" in made.context["address"]
    assert made.context["address"] in made.content.decode()
    assert "<svg" in made.content.decode()
    assert "/go/" not in later.content.decode()
    assert "no-store" in made["Cache-Control"]


@pytest.mark.parametrize("who", ["lantern", "verifier", "auditor", "leader", "crane"])
def test_only_the_steward_makes_and_withdraws_links(made, report, signed_in, who):
    client = signed_in(who)

    codes = {
        client.get(f"/report/{report.pk}/links/").status_code,
        client.post(f"/report/{report.pk}/links/", {"for_whom": "x", "days": "1"}).status_code,
        client.post(f"/report/{report.pk}/links/{made.link.pk}/withdraw/").status_code,
    }

    assert codes <= {403, 404}
    assert EntryLink.objects.get().revoked_at is None


def test_looking_at_the_link_starts_nothing(made, report):
    client = Client()

    page = client.get(f"/go/{made.key}/")

    assert page.status_code == 200
    assert "九灯园" in page.content.decode()
    assert "entry_link" not in client.session
    assert client.get(f"/report/{report.pk}/").status_code == 404


def test_a_guest_types_answers_and_adds_a_file_under_their_name(demo, guest, report):
    cell = report.cells.get(indicator="teams")

    page = guest.get(f"/report/{report.pk}/")
    saved = guest.post(f"/report/{report.pk}/cell/{cell.pk}/", {f"t{cell.pk}": "9", f"v{cell.pk}": cell.row_version})
    added = guest.post(f"/report/{report.pk}/evidence/{cell.pk}/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")})

    cell.refresh_from_db()
    one = Evidence.objects.get(report=report, name="a.pdf")
    assert (page.status_code, saved.status_code, added.status_code) == (200, 200, 302)
    assert (cell.value, cell.saved_by, cell.saved_by_name) == ("9", None, "王敏 九灯园")
    assert (one.by, one.by_name) == (None, "王敏 九灯园")
    assert guest.get(f"/evidence/{one.pk}/").status_code == 200
    assert "王敏 九灯园" in page.content.decode()


def test_a_guest_hands_in_the_form_too(guest, report):
    book = openpyxl.load_workbook(io.BytesIO(guest.get(f"/report/{report.pk}/form.xlsx").content))
    sheet = book.worksheets[0]
    sheet.cell(next(c.row for c in sheet["B"] if c.value == '"teams"'), 9).value = 9
    out = io.BytesIO()
    book.save(out)

    page = guest.post(f"/report/{report.pk}/form/", {"file": SimpleUploadedFile("f.xlsx", out.getvalue())})
    seen = {f"v{c.pk}": c.row_version for c in report.cells.all()}
    guest.post(page["Location"], seen)

    cell = report.cells.get(indicator="teams")
    assert (cell.value, cell.saved_by, cell.saved_by_name) == ("9", None, "王敏 九灯园")


def test_a_guest_sees_one_report_and_nothing_else(demo, guest, made, report):
    other = Report.objects.get(season=demo, place__key="whale", period="2026-05")
    theirs = Evidence.objects.filter(report=other).first()
    pages = ["/", "/s/demo-city/", "/s/demo-city/reports/", "/verify/", "/people/", "/s/demo-city/figures/"]
    pages += ["/s/demo-city/reminders/", "/s/demo-city/completeness/", f"/report/{report.pk}/links/", "/office/"]
    pages += [f"/verify/{report.pk}/", "/s/demo-city/figures/out/csv/", "/audit/", "/api/docs", "/s/demo-city/setup/"]
    pages += ["/s/demo-city/c/crane/", "/s/demo-city/why/crane/teams/"]

    to = {page: guest.get(page).headers.get("Location", "") for page in pages}

    assert [p for p, where in to.items() if not where.startswith(("/accounts/login/", "/office/login/"))] == []
    assert guest.get(f"/report/{other.pk}/").status_code == 404
    assert guest.get(f"/report/{other.pk}/form.xlsx").status_code == 404
    assert guest.get(f"/evidence/{theirs.pk}/").status_code == 404
    who = guest_of(made.link.pk)
    assert isinstance(who, Guest)
    assert list(reports_visible_to(who)) == [report]
    assert set(evidence_visible_to(who)) == set(Evidence.objects.filter(report=report))
    assert not readings_visible_to(who, demo).exists()
    assert not seasons_visible_to(who).exists()
    assert held_by(who).places == {report.place_id}


def test_submitting_spends_the_link_and_shows_the_receipt(demo, guest, made, report):
    fill(report)

    sent = guest.post(f"/report/{report.pk}/submit/", {"signer": "王敏", "row_version": report.row_version})

    one = report.submissions.get()
    assert (one.channel, one.by, one.signer) == ("link", None, "王敏")
    assert set(Reading.objects.filter(submission=one).values_list("origin", flat=True)) == {"reported"}
    assert EntryLink.objects.get().used_at is not None
    assert sent["Location"] == f"/report/{report.pk}/receipt/1/"
    assert guest.get(sent["Location"]).status_code == 200
    assert guest.get(f"/report/{report.pk}/receipt/1.pdf").content.startswith(b"%PDF")
    assert guest.get(f"/report/{report.pk}/")["Location"].startswith("/accounts/login/")
    assert Client().post(f"/go/{made.key}/").status_code == 410


def test_a_spent_link_edits_nothing_even_when_the_report_is_returned(demo, guest, made, report):
    fill(report)
    guest.post(f"/report/{report.pk}/submit/", {"signer": "王敏", "row_version": report.row_version})
    Report.objects.filter(pk=report.pk).update(state="returned")
    cell = report.cells.first()

    answer = guest.post(f"/report/{report.pk}/cell/{cell.pk}/", {f"t{cell.pk}": "1", f"v{cell.pk}": cell.row_version})

    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("end", ["over", "withdrawn", "closed", "used"])
def test_a_dead_link_opens_nothing_and_ends_its_session(demo, guest, made, report, person, end):
    cell = report.cells.first()
    match end:
        case "over":
            EntryLink.objects.update(expires_at=clock.now())
        case "withdrawn":
            link_revoke(link=made.link, by=person("steward"))
        case "used":
            link_spend(link_id=made.link.pk)
            EntryLink.objects.update(used_at=clock.now() - timedelta(hours=2))
        case _:
            Report.objects.filter(pk=report.pk).update(state="submitted")

    saved = guest.post(f"/report/{report.pk}/cell/{cell.pk}/", {f"t{cell.pk}": "1", f"v{cell.pk}": cell.row_version})
    again = guest.get(f"/report/{report.pk}/")

    assert (saved.status_code, again.status_code) == (410, 404)
    assert Client().get(f"/go/{made.key}/").status_code == 410
    assert [state for _, state in links_of(report.__class__.objects.get(pk=report.pk))] == [end]


def test_who_signs_in_is_no_guest_any_more(demo, guest, person, report):
    guest.force_login(person("crane"))

    assert guest.get(f"/report/{report.pk}/").status_code == 404
    assert "entry_link" not in guest.session


def test_an_account_does_not_use_the_link(made, report, signed_in):
    steward = signed_in("steward")

    page = steward.post(f"/go/{made.key}/")

    assert page.status_code == 200
    assert "Sign out first" in page.content.decode()


def test_wrong_keys_are_counted_and_then_refused(demo, made):
    client = Client()

    codes = [client.get(f"/go/wrong{n}/").status_code for n in range(21)]

    assert codes == [404] * 20 + [429]
    assert client.get(f"/go/{made.key}/").status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/go/{made.key}/").status_code == 200


def test_two_opened_links_do_not_mix(demo, guest, person):
    other = Report.objects.get(season=demo, place__key="ferry", period="2026-05")
    second = link_make(report=other, for_whom="Li", days=1, by=person("steward"))

    guest.post(f"/go/{second.key}/")

    assert guest.get(f"/report/{other.pk}/").status_code == 200
    lantern = Report.objects.get(season=demo, place__key="lantern", period="2026-05")
    assert guest.get(f"/report/{lantern.pk}/").status_code == 404
