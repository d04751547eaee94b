"""Files people send: what is let in, and the sentence for everything that is not."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from saima.engine.errors import Refused
from saima.server.kit import blobs, uploads
from saima.server.kit.uploads import SEASONS, TABLES, Kind, checked, clean_name, received, received_all

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def book(**more):
    return archive(**{"xl__workbook.xml": "<workbook/>"}, **more)


def wide(text):
    return text.encode("utf-16-le")


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.problems[0].code


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", Kind.PDF),
        ("scan.pdf", b"\r\n%PDF-1.4\n", Kind.PDF),
        ("a.png", PNG, Kind.PNG),
        ("a.JPG", b"\xff\xd8\xff\xe0", Kind.JPEG),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", Kind.WEBP),
        ("a.xlsx", book(), Kind.XLSX),
        ("a.docx", archive(**{"word__document.xml": "<w/>"}), Kind.DOCX),
        ("a.xls", OLE + wide("Workbook"), Kind.XLS),
        ("a.csv", "名称,值\n甲,1\n".encode(), Kind.CSV),
        ("gb.csv", "名称,值\n".encode("gb18030"), Kind.CSV),
        ("wide.txt", "名称\t值\n".encode("utf-16"), Kind.TXT),
        ("note.txt", b"plain", Kind.TXT),
    ],
)
def test_a_file_is_known_by_its_content(name, content, kind):
    sent = checked(name, content)

    assert (sent.name, sent.content, sent.kind) == (name, content, kind)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "upload.empty"),
        ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "upload.markup"),
        ("draw.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "upload.markup"),
        ("draw.svg", b"plain words", "upload.markup"),
        ("bom.txt", b"\xef\xbb\xbf  <HTML>", "upload.markup"),
        ("wide.txt", "<svg/>".encode("utf-16"), "upload.markup"),
        ("run.exe", b"MZ\x90\0\x03\0", "upload.kind"),
        ("bad.csv", b"a,b\n\xff\xff\xff\n", "upload.kind"),
        ("nul.csv", b"a,b\0\n", "upload.kind"),
        ("word.doc", OLE + wide("WordDocument"), "upload.kind"),
        ("old.xls", OLE + wide("Workbook") + wide("_VBA_PROJECT"), "upload.macros"),
        ("locked.xlsx", OLE + wide("EncryptedPackage"), "upload.locked"),
        ("m.xlsx", book(**{"xl__vbaProject.bin": "x"}), "upload.macros"),
        ("m4.xlsx", book(**{"xl__macrosheets__sheet1.xml": "<x/>"}), "upload.macros"),
        ("cut.xlsx", book()[:-30], "upload.broken"),
        ("laughs.xlsx", book(**{"xl__a.xml": '<!DOCTYPE a [<!ENTITY b "ha">]><a/>'}), "upload.entities"),
        ("wide.xlsx", book(**{"xl__a.xml": "<!DOCTYPE a []><a/>".encode("utf-16")}), "upload.entities"),
        ("bomb.xlsx", book(**{"xl__a.xml": b"0" * 40_000_000}), "files.zip_ratio"),
        ("slip.xlsx", book(**{"..__..__a.xml": "<a/>"}), "files.zip_leaves"),
        ("season.zip", archive(a="1"), "upload.kind"),
        ("data.json", b'{"a": 1}', "upload.kind"),
    ],
)
def test_what_is_refused_and_why(name, content, code):
    assert code_of(checked, name, content) == code


def test_a_page_says_which_kinds_it_takes():
    assert checked("s.zip", archive(a="1"), allowed=SEASONS).kind is Kind.ZIP
    with pytest.raises(Refused) as refused:
        checked("a.pdf", b"%PDF-1.7", allowed=TABLES)

    assert " ".join(refused.value.sentences("en")) == (
        "'a.pdf' is not of a kind that is accepted here. Accepted are Excel (.xlsx), Excel (.xls), CSV, TXT; "
        "what counts is the content, not the ending of the name."
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\四月 报表.xlsx", "四月 报表.xlsx"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("cod\u202egpj.exe", "codgpj.exe"),
        ("a\0b.pdf", "ab.pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("/", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_names_lose_paths_and_what_cannot_be_printed(sent, kept):
    assert clean_name(sent) == kept


def test_a_name_gets_the_ending_of_what_the_file_is():
    assert checked("evidence.html.png", b"%PDF-1.7").name == "evidence.html.png.pdf"


def posted(**files):
    return RequestFactory().post("/", files)


def test_the_file_of_a_form_and_several():
    request = posted(
        file=SimpleUploadedFile("a.pdf", b"%PDF-1"),
        more=[SimpleUploadedFile("b.png", PNG), SimpleUploadedFile("c.png", PNG)],
    )

    assert received(request).name == received(request).name == "a.pdf"
    assert [s.kind for s in received_all(request, "more")] == [Kind.PNG, Kind.PNG]
    assert code_of(received, request, "other") == "upload.missing"


def test_one_refused_file_refuses_all_of_its_field():
    both = [SimpleUploadedFile("a.pdf", b"%PDF-1"), SimpleUploadedFile("b.exe", b"MZ\x90\0")]

    assert code_of(received_all, posted(file=both)) == "upload.kind"


def test_a_file_beyond_the_limit_is_dropped_while_it_streams_in(settings, monkeypatch):
    settings.UPLOAD_MOST_BYTES = 200_000
    kept = []
    real = uploads.Limited.receive_data_chunk
    monkeypatch.setattr(
        uploads.Limited, "receive_data_chunk", lambda *a: kept.append(len(a[1])) or real(*a), raising=True
    )
    request = posted(
        file=SimpleUploadedFile("big.pdf", b"%PDF-1" + b"0" * 5_000_000), small=SimpleUploadedFile("s.pdf", b"%PDF-1")
    )

    with pytest.raises(Refused) as refused:
        received(request)

    assert [p.code for p in refused.value.problems] == ["upload.too_large"]
    assert refused.value.problems[0].params["name"] == "big.pdf"
    assert sum(kept) < 1_000_000, "the rest is read and forgotten"
    assert received(request, "small").name == "s.pdf"
    assert [f.name for f in request.FILES.values()] == ["s.pdf"]
    request.close()


def test_a_file_at_the_limit_is_let_in(settings):
    settings.UPLOAD_MOST_BYTES = 100

    assert len(checked("a.txt", b"a" * 100).content) == 100
    assert code_of(checked, "a.txt", b"a" * 101) == "upload.too_large"


def test_what_is_kept_is_known_by_its_type(db, settings, tmp_path):
    settings.BLOBS = tmp_path

    kept = checked("report.pdf", b"%PDF-1.7 kept").keep()

    assert (kept.media_type, blobs.get(kept.sha256)) == ("application/pdf", b"%PDF-1.7 kept")


def test_a_refusal_is_told_in_chinese_too():
    with pytest.raises(Refused) as refused:
        received(posted(file=SimpleUploadedFile("a.svg", b"<svg/>")))

    assert refused.value.sentences("zh")[0].startswith("“a.svg”是网页或矢量图文件")


CELL = """
from saima.server.race.enums import EDITABLE
from saima.server.race.models import ReportCell
cell = ReportCell.objects.filter(report__state__in=EDITABLE, report__place__kind="zone").first()
print(cell.report.place.key, f"/report/{cell.report_id}/evidence/{cell.pk}/")
"""


def test_a_hundred_megabytes_sent_to_the_server_get_a_sentence(desk):
    username, address = desk.python(CELL).split()
    visitor = desk.visitor(username)

    answer = visitor.post(address, files={"file": ("scan.pdf", b"%PDF-1.7\n" + b"0" * 100_000_000)})

    assert answer.status == 422
    assert "larger than 50 MB" in answer.text
    assert visitor.post(address, files={"file": ("scan.pdf", b"%PDF-1.7\n")}).status == 200
