"""Reads a season kept in one workbook. Cells become text first; then the same schema as for files applies."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import fastexcel

from saima.engine.model.decimals import canonical_float
from saima.files.book_faults import report_faults
from saima.files.book_writing import READ_ME
from saima.files.cells import tidy
from saima.files.checking import Loc, path_text, unknown_name
from saima.files.content import NEEDED, TABLES, Written
from saima.files.keys import line_of
from saima.files.problems import Collector, shown
from saima.files.rows import PUBLISHED_COLUMNS, columns_of, mandatory_of
from saima.files.source import MOST_BYTES, check_entries, refused
from saima.files.tables import Line, Table, checked_header

_SHEETS: Final = ("season", *TABLES, "published")
_STEP: Final = re.compile(r"([A-Za-z0-9_-]+)|\[(\d{1,6})\]", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z0-9_-]+(\[\d{1,6}\]|\.[A-Za-z0-9_-]+)*", re.ASCII)
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d{2})-(\d{2}) 00:00:00", re.ASCII)
_SHORT: Final = re.compile(r"-?\d+(\.\d{1,9})?", re.ASCII)
_DAYS: Final = frozenset({"due", "done", "published", "value"})  # value: of the past's field dated
_PERIODS: Final = frozenset({"period", "since", "until"})
_PERIOD_KEYS: Final = re.compile(r"(window|targets_cover)\[\d\]|(progress\.)?base_period")
_OLD: Final = b"\xd0\xcf\x11\xe0"


class BookContent:
    """A season in a workbook. Refuses at once what is no workbook, has macros, is locked or unpacks too large."""

    def __init__(self, path: Path) -> None:
        self._file = path.name
        self._data = _checked(path)
        self._book = _opened(self._data, path.name)

    def document(self, found: Collector) -> Written | None:
        self._look_around(found)
        if "season" not in self._names:
            return None
        file = self._label("season")
        leaves: dict[str, str] = {}
        lines: dict[str, int] = {}
        rows = iter(self._rows("season"))
        line, header = next(rows, (1, []))
        if checked_header(file, line, header, ("key", "value"), ("key", "value"), found) is None:
            return None
        key_at, value_at = header.index("key"), header.index("value")
        for line, cells in rows:
            key, value = tidy(cells[key_at]), tidy(cells[value_at])
            if not key and not value:
                continue
            if not _PATH.fullmatch(key):
                found.add("files.no_key", file=file, line=line, column="key", value=shown(key))
            elif key in leaves:
                found.add("files.row_twice", file=file, line=line, column="key", key="key", value=key, first=lines[key])
            elif value:
                dated = _MIDNIGHT.fullmatch(value) if _PERIOD_KEYS.fullmatch(key) else None
                leaves[key] = dated[1] if dated and dated[2] == "01" else value
                lines[key] = line
        data = _nested(leaves, file, lines, found)
        return Written(file, data, lambda loc: _line(lines, loc), typed=False)

    def table(self, name: str, found: Collector) -> Table | None:
        if name not in self._names:
            return None
        return self._table(name, columns_of(name), mandatory_of(name), found)

    def published(self, found: Collector) -> tuple[list[Table], dict[str, str]]:
        if "published" not in self._names:
            return [], {}
        table = self._table("published", PUBLISHED_COLUMNS, PUBLISHED_COLUMNS, found)
        return ([] if table is None else [table]), {}

    def _table(self, name: str, columns: tuple[str, ...], mandatory: tuple[str, ...], found: Collector) -> Table | None:
        file = self._label(name)
        rows = iter(self._rows(name))
        first = next(rows, None)
        if first is None:
            found.add("files.empty_file", file=file, columns=mandatory)
            return None
        line, head = first
        width = max((n for n, cell in enumerate(head, start=1) if cell.strip()), default=0)
        header = checked_header(file, line, head[:width], columns, mandatory, found)
        if header is None:
            return None
        return Table(file, header, _fitting(file, rows, header, found))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Table name -> sheet name, for the sheets that are ours."""
        return {s.strip(): s for s in self._book.sheet_names if s.strip() in _SHEETS}

    def _label(self, name: str) -> str:
        return f"{self._file}[{name}]"

    def _look_around(self, found: Collector) -> None:
        strangers = [s for s in self._book.sheet_names if s.strip() not in (*_SHEETS, READ_ME)]
        if not self._names:
            found.add("files.nothing_in_book", file=self._file, needed=("season", *NEEDED))
            return
        for sheet in strangers:
            if self._book.load_sheet(sheet, header_row=None, dtypes="string", skip_rows=0).total_height:
                code, params = unknown_name("sheet", sheet, _SHEETS)
                found.add(code, file=self._file, **params)
        for name in ("season", *NEEDED):
            if name not in self._names:
                found.add("files.sheet_missing", file=self._file, name=name)
        report_faults(self._data, {sheet: self._label(name) for name, sheet in self._names.items()}, found)
        found.raise_if_any()  # to go on would report what these cells lack once more

    def _rows(self, name: str) -> Iterator[Line]:
        """Rows of text with their row numbers; rows without any text are left out."""
        texts = self._frame(name, "string")
        numbers = self._frame(name, "float")
        columns = [
            [_text(text, number) for text, number in zip(texts[c].to_list(), numbers[c].to_list(), strict=True)]
            for c in texts.columns
        ]
        for line, row in enumerate(zip(*columns, strict=True), start=1):
            if any(row):
                yield line, list(row)

    def _frame(self, name: str, kind: str) -> Any:
        sheet = self._book.load_sheet(self._names[name], header_row=None, skip_rows=0, dtypes=kind)
        return sheet.to_polars()


def _text(text: str | None, number: float | None) -> str:
    """A cell as text. Numbers come out of the reader at nine decimals; those are taken from the number itself."""
    if text is None:
        return ""
    if number and _SHORT.fullmatch(text) and text in _nine(number):  # a zero stays the text it is, such as "-0"
        return canonical_float(number)
    return text


def _nine(number: float) -> tuple[str, ...]:
    """How the reader may write a number; a small negative one with or without its sign."""
    text = f"{number:.9f}".rstrip("0").rstrip(".")
    return ("0", "-0") if text == "-0" else (text,)


def _fitting(file: str, rows: Iterator[Line], header: tuple[str, ...], found: Collector) -> Iterator[Line]:
    """Rows as wide as the header; text beyond it is refused. Excel's dates become the text the column wants."""
    width = len(header)
    kinds = [_DAYS if c in _DAYS else _PERIODS if c in _PERIODS else None for c in header]
    for line, cells in rows:
        if any(c.strip() for c in cells[width:]):
            found.add("files.ragged_sheet", file=file, line=line, columns=width)
            continue
        if not any(c.strip() for c in cells[:width]):
            continue
        yield line, [_dated(c, k) for c, k in zip(cells[:width], kinds, strict=True)]


def _dated(cell: str, kind: frozenset[str] | None) -> str:
    if kind is None or not (found := _MIDNIGHT.fullmatch(cell)):
        return cell
    if kind is _DAYS:
        return f"{found[1]}-{found[2]}"
    return found[1] if found[2] == "01" else cell


def _checked(path: Path) -> bytes:
    """The bytes of a workbook that is whole, open and without programs."""
    packed = path.stat().st_size
    if packed > MOST_BYTES:
        raise refused("files.too_large", path.name, mb=packed // 2**20 + 1, most=MOST_BYTES // 2**20)
    data = path.read_bytes()
    if data.startswith(_OLD):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise refused("files.book_locked" if locked else "files.book_old", path.name)
    _check_package(path, packed)
    return data


def _opened(data: bytes, name: str) -> Any:
    try:
        return fastexcel.read_excel(data)
    except fastexcel.FastExcelError:
        raise refused("files.broken_book", name) from None


def _check_package(path: Path, packed: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            check_entries(archive.infolist(), path.name, packed)
            names = archive.namelist()
            whole = archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise refused("files.broken_book", path.name) from None
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise refused("files.book_macros", path.name)
    if not whole:
        raise refused("files.broken_book", path.name)


def _line(lines: Mapping[str, int], loc: Loc) -> int:
    """The row of a key, or the first row of what it belongs to."""
    if found := line_of(lines, loc):
        return found
    for n in range(len(loc), 0, -1):
        start = path_text(loc[:n])
        inside = [line for key, line in lines.items() if key.startswith((f"{start}.", f"{start}["))]
        if inside:
            return min(inside)
    return 0


def _nested(leaves: Mapping[str, str], file: str, lines: Mapping[str, int], found: Collector) -> dict[str, Any]:
    """The document from its dotted paths. List positions only order; gaps close."""
    root: dict[str | int, Any] = {}
    for key, value in leaves.items():
        steps: list[str | int] = [m[1] if m[1] is not None else int(m[2]) for m in _STEP.finditer(key)]
        at = root
        for step in steps[:-1]:
            inner = at.setdefault(step, {})
            if not isinstance(inner, dict):
                found.add("files.no_key", file=file, line=lines[key], column="key", value=shown(key))
                break
            at = inner
        else:
            if isinstance(at.get(steps[-1]), dict):
                found.add("files.no_key", file=file, line=lines[key], column="key", value=shown(key))
            else:
                at[steps[-1]] = value
    return {str(k): _listed(v) for k, v in root.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    keys: Sequence[Any] = list(value)
    if keys and all(isinstance(k, int) for k in keys):
        return [_listed(value[k]) for k in sorted(keys)]
    return {str(k): _listed(v) for k, v in value.items()}
