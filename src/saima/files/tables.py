"""A CSV file as a header and rows of text with their true line numbers; what is no CSV is refused here."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Final

from saima.files.cells import tidy
from saima.files.checking import unknown_name
from saima.files.problems import Collector, shown
from saima.files.source import MOST_BYTES, MOST_LINES, Source

# Control characters but tab and line ends, C1 controls and the two that are no characters, as UTF-8 bytes
_RUBBISH: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
_CHUNK: Final = 1 << 20
_LONGEST_CELL: Final = 131_072
_LONGEST_LINE: Final = 4_194_304
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """Header and rows; ``rows`` is read once, and each row is as long as the header."""

    file: str
    header: tuple[str, ...]
    rows: Iterator[Line]


def is_text(source: Source, name: str, found: Collector) -> bool:
    """Whether a file is UTF-8 text of bearable size. Reads it in pieces and keeps none of them."""
    file = source.label + name
    kind = "_document" if name.endswith(".toml") else ""
    size = source.size(name)
    if size > MOST_BYTES:
        found.add("files.too_large", file=file, mb=size // 2**20 + 1, most=MOST_BYTES // 2**20)
        return False
    lines, length, tail = 0, 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            first = lines == 0 and not tail
            if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                found.add(f"files.utf16{kind}", file=file, line=1)
                return False
            block = tail + chunk
            if rubbish := _RUBBISH.search(block):
                line = lines + 1 + block.count(b"\n", 0, rubbish.start()) - tail.count(b"\n")
                found.add(f"files.binary{kind}", file=file, line=line, byte=f"0x{rubbish[0][-1]:02X}")
                return False
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + 1 + chunk.count(b"\n", 0, max(0, error.start))
                found.add(f"files.{'gbk' if _looks_gbk(chunk) else 'not_utf8'}{kind}", file=file, line=line)
                return False
            ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
            if length + min(ends, default=len(chunk)) > _LONGEST_LINE:
                found.add("files.line_too_long", file=file, line=lines + 1, most=_LONGEST_LINE)
                return False
            length = length + len(chunk) if not ends else len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            lines += chunk.count(b"\n")
            if lines > MOST_LINES + 1:
                found.add("files.too_many_rows", file=file, most=MOST_LINES, mb=size // 2**20 + 1)
                return False
            tail = chunk[-2:]
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            found.add(f"files.not_utf8{kind}", file=file, line=lines + 1)
            return False
    return True


def _looks_gbk(chunk: bytes) -> bool:
    """Whether bytes that are no UTF-8 read as Chinese in the encoding Excel uses on Chinese Windows."""
    text = chunk[: 1 << 16].decode("gb18030", errors="replace")
    odd = [c for c in text if ord(c) > 127]
    chinese = sum("\u4e00" <= c <= "\u9fff" or c in "，。、：；（）“”【】《》％" for c in odd)
    return bool(odd) and chinese >= 0.8 * len(odd)


def read_csv(
    source: Source, name: str, columns: tuple[str, ...], mandatory: tuple[str, ...], found: Collector
) -> Table | None:
    """The table in a CSV file, or None with what is wrong added to ``found``."""
    if not is_text(source, name, found):
        return None
    file = source.label + name
    lines = _lines(source, name, found)
    try:
        first, header = next(lines)
    except StopIteration:
        if not found.within(file):
            found.add("files.empty_file", file=file, columns=mandatory)
        return None
    for separator, code in ((";", "files.semicolons"), ("\t", "files.tabs")):
        if len(header) == 1 and sum(tidy(h) in columns for h in header[0].split(separator)) > 1:
            found.add(code, file=file, line=first)
            return None
    names = checked_header(file, first, header, columns, mandatory, found)
    return None if names is None else Table(file, names, lines)


def checked_header(
    file: str,
    line: int,
    header: list[str],
    columns: tuple[str, ...],
    mandatory: tuple[str, ...],
    found: Collector,
) -> tuple[str, ...] | None:
    """The column names, or None when one is unknown, doubled, empty or missing."""
    names = tuple(tidy(h) for h in header)
    before = found.within(file)
    seen: set[str] = set()
    for at, column in enumerate(names, start=1):
        if not column:
            found.add("files.unnamed_column", file=file, line=line, column=str(at))
        elif column in seen:
            found.add("files.column_twice", file=file, line=line, column=shown(column), name=shown(column))
        elif column not in columns:
            code, params = unknown_name("column", column, columns)
            found.add(code, file=file, line=line, column=shown(column), **params)
        seen.add(column)
        if found.within(file) - before > 20:
            break
    for column in mandatory:
        if column not in seen:
            found.add("files.column_missing", file=file, line=line, column=column, name=column, columns=mandatory)
    return None if found.within(file) > before else names


def _lines(source: Source, name: str, found: Collector) -> Iterator[Line]:
    """Rows with the line each begins on, as long as the first; blank ones are left out. Stops where CSV ends."""
    file = source.label + name
    with source.open(name) as stream, TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        line, width = 1, 0
        try:
            for row in reader:
                if row and (row[0] or any(row)):
                    if len(row) == width or not width:
                        width = width or len(row)
                        yield line, row
                    elif found.gave_up(file):
                        return
                    else:
                        found.add("files.ragged", file=file, line=line, cells=len(row), columns=width)
                line = reader.line_num + 1
        except csv.Error as error:
            code = "files.cell_too_long" if "limit" in str(error) else "files.bad_quotes"
            found.add(code, file=file, line=line, most=_LONGEST_CELL)
