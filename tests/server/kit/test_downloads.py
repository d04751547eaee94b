"""Files given out: as attachments or in a sandbox, under their own names, with no formula in them."""

import io
from datetime import UTC, datetime
from urllib.parse import unquote

import openpyxl
import pytest

from saima.server.kit import blobs
from saima.server.kit.downloads import csv_file, disposition, harmless, serve, serve_blob, xlsx_file

MADE = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)


def test_a_file_is_saved_and_never_a_page():
    answer = serve(b"<script>alert(1)</script>", name="x.html", media_type="text/html", inline=True)

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith('attachment; filename="x.html"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("; sandbox")


@pytest.mark.parametrize("media_type", ["image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript"])
def test_what_a_browser_could_run_goes_out_as_bytes(media_type):
    assert serve(b"", name="x", media_type=media_type)["Content-Type"] == "application/octet-stream"


def test_only_pdf_and_pictures_are_shown_in_a_pane():
    shown = serve(b"%PDF", name="x.pdf", media_type="application/pdf", inline=True)
    saved = serve(b"a,b", name="x.csv", media_type="text/csv", inline=True)

    assert (shown["Content-Type"], shown["X-Frame-Options"]) == ("application/pdf", "SAMEORIGIN")
    assert shown["Content-Disposition"].startswith("inline;")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert saved["Content-Disposition"].startswith("attachment;")


def test_chinese_names_arrive_as_they_are():
    header = disposition("2026年4月 赛马通报.docx")

    assert header.isascii()
    assert unquote(header.split("filename*=UTF-8''")[1]) == "2026年4月 赛马通报.docx"
    assert 'filename="2026_4_ ____.docx"' in header


def test_a_name_cannot_leave_its_header():
    header = disposition('a"\r\nSet-Cookie: b=1; filename="c.exe')

    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
        ("+86 577", "'+86 577"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("-3.5", "-3.5"),
        ("+41.7%", "+41.7%"),
        ("-1e3", "-1e3"),
        ("a=b", "a=b"),
        (-3, -3),
        (None, None),
    ],
)
def test_no_cell_runs_as_a_formula(value, kept):
    assert harmless(value) == kept


def test_a_table_as_csv_reads_in_excel():
    answer = csv_file("表.csv", ["名称", "=值"], [["甲", None], ["=1+1", -2.5]])

    assert answer.content == "\ufeff名称,'=值\r\n甲,\r\n'=1+1,-2.5\r\n".encode()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_a_table_as_a_workbook_holds_text_and_numbers_only():
    rows = [["甲", 1.5], ["=1+1", None], ["https://example.org", datetime(2026, 5, 8, 9, 0, tzinfo=UTC)]]

    content = xlsx_file("表.xlsx", ["名称", "值"], rows, made=MADE).content

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["名称", "值"],
        ["甲", 1.5],
        ["'=1+1", None],
        ["https://example.org", datetime(2026, 5, 8, 9, 0)],
    ]
    assert content == xlsx_file("表.xlsx", ["名称", "值"], rows, made=MADE).content


def test_a_kept_file_goes_out_as_it_came(db, settings, tmp_path):
    settings.BLOBS = tmp_path
    blob = blobs.put(b"%PDF-1.7 x", "application/pdf")

    assert serve_blob(blob, name="x.pdf", inline=True).content == b"%PDF-1.7 x"
    blobs.path_of(blob.sha256).write_bytes(b"other")
    with pytest.raises(ValueError, match="its bytes have changed"):
        serve_blob(blob, name="x.pdf")
