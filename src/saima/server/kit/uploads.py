"""The one door for files people send: size while it streams in, type by content, a plain name; else a sentence."""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from saima.engine.errors import Problem, QuestionRefused
from saima.files.source import check_entries
from saima.server.kit import blobs
from saima.server.kit.models import Blob


class Kind(StrEnum):
    """What a file is by its content."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    XLSX = "xlsx"
    XLS = "xls"
    DOCX = "docx"
    CSV = "csv"
    TXT = "txt"
    JSON = "json"
    ZIP = "zip"


EVIDENCE: Final = frozenset(
    {Kind.PDF, Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.XLSX, Kind.XLS, Kind.DOCX, Kind.CSV, Kind.TXT}
)
TABLES: Final = frozenset({Kind.XLSX, Kind.XLS, Kind.CSV, Kind.TXT})
READINGS: Final = frozenset({Kind.CSV, Kind.JSON})
SEASONS: Final = frozenset({Kind.XLSX, Kind.ZIP})
MEDIA_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.CSV: "text/csv",
    Kind.TXT: "text/plain",
    Kind.JSON: "application/json",
    Kind.ZIP: "application/zip",
}
_SUFFIXES: Final = {k: (f".{k}",) for k in Kind} | {
    Kind.JPEG: (".jpg", ".jpeg"),
    Kind.CSV: (".csv", ".tsv"),
    Kind.TXT: (".txt", ".md", ".log"),
}
_SHOWN: Final = {k: k.upper() for k in Kind} | {
    Kind.WEBP: "WebP",
    Kind.XLSX: "Excel (.xlsx)",
    Kind.XLS: "Excel (.xls)",
    Kind.DOCX: "Word (.docx)",
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: Final = re.compile(r"<(!doctype|\?xml|html|head|body|svg|script|iframe|object|embed)\b", re.IGNORECASE)
_View = TypeVar("_View", bound=Callable[..., Any])
_NAME_MOST: Final = 120
_DROPPED: Final = "saima_too_large"  # on the request: (field, name) of files that grew too large
_IN_MEMORY: Final = "saima_in_memory"  # on a view: its uploads never lie in a temporary file
_PROLOGUE: Final = 64 * 1024  # a document type stands before the first element of an XML part


@dataclass(frozen=True)
class Sent:
    """A file that may come in: its cleaned name, its bytes, what it is."""

    name: str
    content: bytes
    kind: Kind

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]

    def keep(self) -> Blob:
        """Put the bytes among the blobs."""
        return blobs.put(self.content, self.media_type)


def received(request: HttpRequest, field: str = "file", *, allowed: Iterable[Kind] = EVIDENCE) -> Sent:
    """The one file of a form's field.

    Raises
    ------
    QuestionRefused
        ``upload.missing``, ``upload.too_large``, or as ``checked``.
    """
    found = received_all(request, field, allowed=allowed)
    if not found:
        raise QuestionRefused(Problem("upload.missing"))
    return found[0]


def received_all(request: HttpRequest, field: str = "file", *, allowed: Iterable[Kind] = EVIDENCE) -> list[Sent]:
    """Every file of a field that takes several; none of them when one is refused."""
    files = request.FILES.getlist(field)
    large = [name for of, name in getattr(request, _DROPPED, ()) if of == field]
    if large:
        raise QuestionRefused(_too_large(name) for name in large)
    kinds = frozenset(allowed)
    found = []
    for file in files:
        file.seek(0)
        found.append(checked(file.name or "", file.read(), allowed=kinds))
    return found


def checked(name: str, content: bytes, *, allowed: Iterable[Kind] = EVIDENCE) -> Sent:
    """A file by name and bytes, wherever it comes from.

    Raises
    ------
    QuestionRefused
        ``upload.empty``, ``.too_large``, ``.markup``, ``.macros``, ``.locked``, ``.broken``, ``.entities``,
        ``.kind``.
    SeasonRefused
        ``files.zip_*``: an archive beyond the limits that hold for every file.
    """
    shown = clean_name(name)
    if not content:
        raise QuestionRefused(Problem("upload.empty", {"name": shown}))
    if len(content) > most_of(name):
        raise QuestionRefused(_too_large(shown))
    kind = _kind_of(shown, content)
    kinds = frozenset(allowed)
    if kind not in kinds:
        raise QuestionRefused(
            Problem("upload.kind", {"name": shown, "allowed": tuple(_SHOWN[k] for k in Kind if k in kinds)})
        )
    suffixes = _SUFFIXES[kind]
    return Sent(shown if shown.lower().endswith(suffixes) else clean_name(f"{shown}{suffixes[0]}"), content, kind)


def clean_name(name: str) -> str:
    """The last part of a path, printable and short, its ending kept; never empty, never hidden.

    >>> clean_name("C:\\\\reports\\\\四月 报表.xlsx")
    '四月 报表.xlsx'
    >>> clean_name("../../.htaccess")
    'htaccess'
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(" " if c.isspace() else c for c in base if c.isspace() or unicodedata.category(c)[0] != "C")
    plain = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*;%]', "_", kept)).strip(" .")
    head, dot, tail = plain.rpartition(".")
    if dot and len(tail) <= 10:
        return f"{head[: _NAME_MOST - len(tail) - 1].rstrip()}.{tail}"
    return plain[:_NAME_MOST].rstrip() or "file"


def _kind_of(name: str, content: bytes) -> Kind | None:
    if content[:64].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-"):  # some scanners lead with a line break
        return Kind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content.startswith(_OLE):
        return _old_book(name, content)
    if content.startswith(b"PK"):
        return _archive(name, content)
    return _text(name, content)


def _old_book(name: str, content: bytes) -> Kind | None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise QuestionRefused(Problem("upload.locked", {"name": name}))
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise QuestionRefused(Problem("upload.macros", {"name": name}))
    return Kind.XLS if any(s.encode("utf-16-le") in content for s in ("Workbook", "Book")) else None


def _archive(name: str, content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            check_entries(entries, name, len(content))
            names = [e.filename.lower() for e in entries]
            kind = Kind.XLSX if "xl/workbook.xml" in names else Kind.DOCX if "word/document.xml" in names else Kind.ZIP
            if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n for n in names):
                raise QuestionRefused(Problem("upload.macros", {"name": name}))
            if kind is not Kind.ZIP:
                _no_entities(archive, name)
            return kind
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise QuestionRefused(Problem("upload.broken", {"name": name})) from None


def _no_entities(archive: zipfile.ZipFile, name: str) -> None:
    """Office documents declare no document type; one that does holds entities that grow when they are read."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(_PROLOGUE).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise QuestionRefused(Problem("upload.entities", {"name": name}))


def _text(name: str, content: bytes) -> Kind | None:
    text = _decoded(content)
    if text is None:
        return None
    if _MARKUP.search(text[:4096]) or name.lower().endswith((".html", ".htm", ".xhtml", ".svg", ".xml", ".mht")):
        raise QuestionRefused(Problem("upload.markup", {"name": name}))
    if name.lower().endswith(_SUFFIXES[Kind.CSV]):
        return Kind.CSV
    if name.lower().endswith(".json") and text.lstrip()[:1] in {"{", "["}:
        return Kind.JSON
    return Kind.TXT


def _decoded(content: bytes) -> str | None:
    """Text in one of the encodings spreadsheets write; None for anything else."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None


def most_of(name: str) -> int:
    """How many bytes a file of this name may have: tables as text may hold a million lines."""
    text = name.lower().endswith(_SUFFIXES[Kind.CSV])
    return max(settings.UPLOAD_MOST_BYTES, settings.UPLOAD_MOST_TEXT_BYTES) if text else settings.UPLOAD_MOST_BYTES


def _too_large(name: str) -> Problem:
    return Problem("upload.too_large", {"name": name, "most": most_of(name) // 2**20})


def in_memory(view: _View) -> _View:
    """Marks a view whose uploads hold what must not lie on disk: files that do not fit in memory are dropped, and
    ``received`` refuses them as too large."""
    setattr(view, _IN_MEMORY, True)
    return view


class Limited(FileUploadHandler):
    """Stands before Django's own handlers and drops a file that grows beyond the limit while it comes in.

    The rest of it is read and forgotten, so that the person gets a sentence instead of a broken connection.
    """

    dropped = False

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """What does not fit in memory is dropped where it must not touch the disk."""
        del kwargs
        _data, _meta, content_length, *_more = args
        self.dropped = content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE and self._in_memory()

    def _in_memory(self) -> bool:
        if self.request is None:
            return False
        try:
            return hasattr(resolve(self.request.path_info).func, _IN_MEMORY)
        except Resolver404:
            return False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0
        if self.dropped:
            self._drop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size = start + len(raw_data)
        if self.size > most_of(self.file_name or ""):
            self._drop()
        return raw_data

    def _drop(self) -> NoReturn:
        dropped = [*getattr(self.request, _DROPPED, ()), (self.field_name, clean_name(self.file_name or ""))]
        setattr(self.request, _DROPPED, dropped)
        raise SkipFile

    def file_complete(self, file_size: int) -> None:
        """Others keep the file."""
        del file_size
