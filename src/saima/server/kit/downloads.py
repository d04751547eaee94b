"""Gives files out safely: never a page of ours, never a formula, names as people wrote them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpResponse

from saima.server.kit import blobs
from saima.server.kit.models import Blob
from saima.server.kit.uploads import clean_name

INLINE: Final = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})
# What is shown inside a page may run nothing, load nothing and act for nobody.
_SANDBOX: Final = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?", re.ASCII)
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def serve(content: bytes, *, name: str, media_type: str, inline: bool = False) -> HttpResponse:
    """Bytes as an answer. ``inline`` shows PDF and pictures in a sandbox; everything else is always saved."""
    shown = inline and media_type in INLINE
    response = HttpResponse(content, content_type=media_type if shown else _neutral(media_type))
    response["Content-Disposition"] = disposition(name, inline=shown)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"  # the verifier's pane
    return response


def serve_blob(blob: Blob, *, name: str, inline: bool = False) -> HttpResponse:
    """A kept file.

    Raises
    ------
    FileNotFoundError, ValueError
        As ``blobs.get``: the home folder has lost or changed it.
    """
    return serve(blobs.get(blob.sha256), name=name, media_type=blob.media_type, inline=inline)


def disposition(name: str, *, inline: bool = False) -> str:
    """The header that names a file: its real name (RFC 5987), and one in ASCII for programs that cannot read that."""
    plain = clean_name(name)
    ascii_only = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).strip() or "file"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_only}\"; filename*=UTF-8''{quote(plain, safe='')}"


def harmless(value: object) -> object:
    """A cell as it may stand in a table for a spreadsheet: text it would run as a formula is led by an apostrophe.

    >>> harmless("=1+1"), harmless("-3.5"), harmless("+86 577"), harmless(7)
    ("'=1+1", '-3.5', "'+86 577", 7)
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_RISKY) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as CSV in UTF-8 with the mark Excel needs to read Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (columns, *rows):
        writer.writerow(["" if v is None else harmless(v) for v in row])
    return serve(out.getvalue().encode("utf-8-sig"), name=name, media_type="text/csv")


def xlsx_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, made: datetime) -> HttpResponse:
    """A table as a workbook of one sheet; text stays text. ``made`` is the instant the file says it was made."""
    import xlsxwriter

    out = io.BytesIO()
    options: dict[str, Any] = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": made.astimezone(UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [harmless(c) for c in columns], bold)
        for n, row in enumerate(rows, 1):
            sheet.write_row(n, 0, [harmless(v) for v in row])
        sheet.autofit(400)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return serve(out.getvalue(), name=name, media_type=media_type)


def _neutral(media_type: str) -> str:
    """What a browser could take for a page is given as bytes."""
    risky = ("html", "xml", "svg", "script")
    office = media_type.startswith("application/vnd.openxmlformats-")
    if any(word in media_type for word in risky) and not office:
        return "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
