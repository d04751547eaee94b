"""Files beside a firm: taken by content, seen by whom the firm is, taken back with a reason and never erased."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from saima.server.kit import blobs
from saima.server.kit.models import Audit
from saima.server.registers.actions import firm_files
from saima.server.registers.actions.enterprises import enterprise_merge
from saima.server.registers.models import Enterprise, EnterpriseFile

CRANES = "919999MA000000000Q"  # a firm of crane's
PAGE = f"/registers/enterprises/firm/{CRANES}/"
PDF = b"%PDF-1.4 licence"


def with_macros():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    return out.getvalue()


def add(client, *files, kind="licence", about=""):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"{PAGE}files/", {"file": sent, "kind": kind, "about": about})


def said(answer):
    return answer.content.decode()


def show(file):
    return f"/registers/enterprises/files/{file.pk}/"


@pytest.fixture
def licence(demo, signed_in):
    assert add(signed_in("steward"), ("执照.pdf", PDF), about="Until 2030").status_code == 302
    return EnterpriseFile.objects.get()


def test_a_file_stands_on_the_page_with_size_who_and_when(licence, signed_in):
    again = add(signed_in("steward"), ("copy.pdf", PDF))
    page = said(signed_in("crane").get(PAGE))

    assert (again.status_code, EnterpriseFile.objects.count()) == (302, 1)  # the same bytes beside the same firm
    for words in ("执照.pdf", "Until 2030", "16\xa0bytes", "Steward One", "2 Jun"):
        assert words in page, words
    told = Audit.objects.get(action="enterprise.file_added")
    assert (told.object_key, json.loads(told.detail)["sha256"]) == (CRANES, licence.blob_id)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("licence.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "licence.svg"),
        ("page.pdf", b"<!doctype html><script>1</script>", "page.pdf"),
        ("report.docx", with_macros(), "macros"),
        ("program.exe", b"MZ\x00\x01\x02", "program.exe"),
        ("empty.pdf", b"", "empty.pdf"),
    ],
)
def test_what_is_no_evidence_is_refused_with_a_sentence_and_nothing_of_the_lot_is_kept(
    demo, signed_in, name, content, words
):
    answer = add(signed_in("steward"), ("good.pdf", PDF), (name, content))

    assert (answer.status_code, EnterpriseFile.objects.count()) == (422, 0)
    assert words in said(answer)


def test_too_large_too_many_and_no_kind_are_refused_by_their_numbers(licence, signed_in, settings, monkeypatch):
    steward = signed_in("steward")
    monkeypatch.setattr(firm_files, "MOST", 2)
    many = add(steward, ("a.pdf", PDF + b"a"), ("b.pdf", PDF + b"b"))
    kind = add(steward, ("a.pdf", PDF + b"a"), kind="secret")
    none = steward.post(f"{PAGE}files/", {"kind": "licence"})
    settings.UPLOAD_MOST_BYTES = 2**20
    large = add(steward, ("a.pdf", PDF + b"a" * 2**20))

    assert [a.status_code for a in (many, kind, none, large)] == [422] * 4
    assert "has 1 files and would get 2 more; at most 2" in said(many)
    assert EnterpriseFile.objects.count() == 1


ROLES = [  # who, opens it, adds and takes back
    ("steward", 200, True),
    ("crane", 200, True),
    ("leader", 200, False),
    ("auditor", 200, False),
    ("whale", 404, False),
    ("talent", 403, False),
    ("verifier", 403, False),
    ("admin", 403, False),
    ("", 302, False),
]


@pytest.mark.parametrize(("who", "opens", "adds"), ROLES)
def test_who_sees_a_file_and_who_adds_one(licence, signed_in, who, opens, adds):
    client = signed_in(who)

    assert client.get(show(licence)).status_code == opens
    add(client, ("other.pdf", PDF + b"other"))
    client.post(f"{show(licence)}withdraw/", {"reason": "Expired"})
    assert (EnterpriseFile.objects.count() == 2, hasattr(EnterpriseFile.objects.get(pk=licence.pk), "withdrawn")) == (
        adds,
        adds,
    )


def test_what_is_taken_back_stays_with_its_reason_for_the_audit(licence, signed_in):
    crane = signed_in("crane")
    bare = crane.post(f"{show(licence)}withdraw/", {"reason": " "})
    twice = [crane.post(f"{show(licence)}withdraw/", {"reason": "Expired in May"}) for _ in range(2)]
    page = said(crane.get(PAGE))

    # Gone for the zone, twice is once, kept for the bureau and the audit.
    assert [bare.status_code, *(t.status_code for t in twice)] == [422, 302, 404]
    assert "Expired in May" in page
    assert [signed_in(w).get(show(licence)).status_code for w in ("crane", "leader", "steward", "auditor")] == [
        404,
        404,
        200,
        200,
    ]
    assert blobs.get(licence.blob_id) == PDF
    assert Audit.objects.filter(action="enterprise.file_withdrawn", object_key=CRANES).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        EnterpriseFile.objects.filter(pk=licence.pk)._raw_delete("default")


def test_a_picture_is_shown_in_a_sandbox_and_a_table_only_saved(licence, signed_in):
    steward = signed_in("steward")
    add(steward, ("list.csv", b"a,b\n=1+1,2\n"))
    shown, saved = (steward.get(show(f)) for f in EnterpriseFile.objects.order_by("id"))

    assert shown["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert saved["Content-Disposition"].startswith("attachment")


def test_files_go_with_a_firm_that_is_merged_and_cost_no_question_each(licence, person, signed_in):
    into = Enterprise.objects.filter(place__key="crane").exclude(uscc=CRANES).first()
    enterprise_merge(
        enterprise=Enterprise.objects.get(uscc=CRANES), into=into, reason="One firm", by=person("steward")
    )  # fmt: skip
    client, page = signed_in("leader"), f"/registers/enterprises/firm/{into.uscc}/"
    with CaptureQueriesContext(connection) as one:
        first = said(client.get(page))
    for n in range(3):
        made = blobs.put(PDF + str(n).encode(), "application/pdf")
        firm_files.firm_files_add(enterprise=into, files=[(made, f"{n}.pdf")], kind="report", by=None)
    with CaptureQueriesContext(connection) as four:
        client.get(page)

    assert "执照.pdf" in first
    assert client.get(show(licence)).status_code == 200
    assert len(four) == len(one)
