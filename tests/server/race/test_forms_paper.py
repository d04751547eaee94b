"""Reports on paper, receipts, reminders, and entering on behalf with the stamped sheet as proof."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.race.models import Reading, Report, ReportCell
from saima.server.race.queries.receipts import receipt_of
from saima.server.race.queries.reminders import rounds_of

PNG = b"\x89PNG\r\n\x1a\n" + b"stamped"


def report_of(demo, place):
    return Report.objects.select_related("season", "place").get(season=demo, place__key=place, period="2026-05")


def address(report):
    return f"https://desk/report/{report.pk}/"


@pytest.mark.parametrize(("lang", "seal"), [("en", "Seal"), ("zh", "盖章处")])
def test_the_sheet_has_every_figure_a_place_for_the_seal_and_a_code(demo, signed_in, lang, seal):
    one = report_of(demo, "lantern")

    page = signed_in("lantern", lang).get(f"/report/{one.pk}/print/").content.decode()

    assert page.count('<th scope="row">') == one.cells.count()
    assert seal in page
    assert 'class="qr-code"' in page
    assert re.search(r"[0-9a-f]{64}", page)
    assert "style=" not in page.split("<main")[1]


def test_the_sheet_of_a_submitted_report_carries_its_receipt(demo, signed_in):
    one = report_of(demo, "crane")
    sent = one.submissions.get()

    page = signed_in("crane").get(f"/report/{one.pk}/print/").content.decode()

    assert sent.receipt in page
    assert sent.digest in page


def test_the_sheet_of_a_report_changed_since_is_a_draft_again(demo, signed_in):
    one = report_of(demo, "crane")
    ReportCell.objects.filter(report=one).update(note="changed")

    page = signed_in("crane").get(f"/report/{one.pk}/print/").content.decode()

    assert one.submissions.get().digest not in page
    assert "Not submitted" in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_receipt_says_what_was_sent(demo, lang):
    one = report_of(demo, "crane")
    sent = one.submissions.get()

    made = receipt_of(one, sent, lang)

    assert (made.digest, len(made.rows)) == (sent.digest, one.cells.count())
    assert [text for _, text, strong in made.facts if strong] == [sent.receipt]


def test_the_receipt_is_a_pdf_to_save(demo, signed_in):
    one = report_of(demo, "crane")

    answer = signed_in("crane", "zh").get(f"/report/{one.pk}/receipt/1.pdf")

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_bureau_enters_on_behalf_with_the_stamped_sheet(demo, signed_in):
    one = report_of(demo, "lantern")
    steward = signed_in("steward")
    cells = list(one.cells.all())
    data = {"then": "submit"}
    for cell in cells:
        data |= {
            f"t{cell.pk}": "",
            f"k{cell.pk}": "not_applicable",
            f"n{cell.pk}": "none",
            f"v{cell.pk}": cell.row_version,
        }
    assert steward.post(f"/report/{one.pk}/save/", data)["Location"] == f"/report/{one.pk}/submit/"

    bare = steward.post(f"/report/{one.pk}/submit/", {"signer": "Wang"})
    photo = SimpleUploadedFile("sheet.png", PNG)
    sent = steward.post(f"/report/{one.pk}/submit/", {"signer": "Wang", "proof": photo})

    made = one.submissions.get()
    assert (bare.status_code, sent.status_code) == (422, 302)
    assert (made.channel, made.on_behalf, made.by.username, made.signer) == ("behalf", True, "steward", "Wang")
    assert set(Reading.objects.filter(submission=made).values_list("state", flat=True)) == {"not_applicable"}
    verifier = signed_in("verifier")
    proof = verifier.get(f"/report/{one.pk}/proof/1/")
    assert (proof.content, proof["Content-Type"]) == (PNG, "image/png")
    assert "sandbox" in proof["Content-Security-Policy"]
    assert f"/report/{one.pk}/proof/1/" in verifier.get(f"/verify/{one.pk}/").content.decode()
    assert f"/report/{one.pk}/proof/1/" in steward.get(f"/report/{one.pk}/receipt/1/").content.decode()
    assert signed_in("whale").get(f"/report/{one.pk}/proof/1/").status_code == 404


def test_no_proof_where_none_was_sent(demo, signed_in):
    assert signed_in("verifier").get(f"/report/{report_of(demo, 'crane').pk}/proof/1/").status_code == 404


def test_reminders_say_who_what_until_when_and_where(demo):
    (may,) = rounds_of(demo, address)
    lantern = next(r for r in may.reminders if r.report.place.key == "lantern")

    assert lantern.text.en == (
        "Nine Lanterns Park: the report of May 2026 is not submitted yet, 3 of 7 figures are filled in. "
        f"It is due 5 June 2026, 18:00. Please fill it in here: {address(lantern.report)}"
    )
    assert lantern.text.zh == (
        "九灯园：2026年5月 数据尚未报送，已填 3/7 项，截止时间 2026年6月5日 18:00。"
        f"请登录填报：{address(lantern.report)}"
    )
    assert may.text.zh.splitlines()[:2] == [
        "【示例市2026赛季（虚构）】2026年5月 尚有 6 家单位未完成报送：",
        "· 九灯园：未提交，已填 3/7 项",
    ]
    assert {r.report.state for r in may.reminders} == {"open", "returned"}
    assert not {"crane", "whale"} & {r.report.place.key for r in may.reminders}


@pytest.mark.parametrize(("days", "state"), [(4, "overdue"), (7, "locked")])
def test_reminders_know_what_is_late(demo, days, state):
    with clock.at(clock.now() + timedelta(days=days)):
        (may,) = rounds_of(demo, address)

    assert next(r.state for r in may.reminders if r.report.place.key == "lantern") == state
    assert "Due was" in may.text.en


def test_marking_as_reminded_is_kept_and_shown(demo, signed_in):
    one = report_of(demo, "lantern")
    steward = signed_in("steward")

    steward.post("/s/demo-city/reminders/", {"report": [str(one.pk)]})

    row = Audit.objects.get(action="report.reminded")
    assert (row.object_key, row.actor.username) == (str(one.pk), "steward")
    assert "reminded 2 June 2026, 09:0" in steward.get("/s/demo-city/reminders/").content.decode()


def test_reminders_ask_a_fixed_number_of_queries(demo, django_assert_max_num_queries):
    rounds_of(demo, address)

    with django_assert_max_num_queries(5):
        rounds_of(demo, address)


@pytest.mark.parametrize("who", ["crane", "talent", "verifier", "leader", "auditor", "admin"])
def test_only_the_steward_reminds(demo, signed_in, who):
    client = signed_in(who)

    codes = {client.get("/s/demo-city/reminders/").status_code, client.post("/s/demo-city/reminders/").status_code}

    assert codes <= {403, 404}
    assert not Audit.objects.filter(action="report.reminded").exists()
