"""Opens table files: .xlsx with merged cells and formats, .xls, .xlsb and .ods as far as they tell, .csv and .tsv."""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.files.importing.grid import Area, Cell, CellValue, Grid, Sheet

MOST_BYTES: Final = 128 * 1024**2
MOST_UNPACKED: Final = 256 * 1024**2  # the sum of the parts a workbook says it unpacks to
MOST_CELLS: Final = 2_000_000  # of one sheet: openpyxl keeps each in memory; a longer table belongs in a CSV
_LONG_TEXT: Final = 2_000_000  # characters
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOKS: Final = frozenset({".xlsx", ".xls", ".xlsb", ".ods"})
_TEXTS: Final = frozenset({".csv", ".tsv", ".txt"})
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_RESCALED: Final = re.compile(r"0!\.|[0#?],+(?![0#?,])")


def read_grid(path: Path | str) -> Grid:
    """A table file as sheets of typed cells, merged rectangles known.

    Raises
    ------
    ReadingsRefused
        ``import.file_*``: missing, too large, of another kind, with macros, encrypted, damaged, or empty.
    """
    path = Path(path)
    if path.is_dir():
        raise ReadingsRefused(_problem("import.file_folder", path))
    if not path.is_file():
        raise ReadingsRefused(_problem("import.file_missing", path))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ReadingsRefused(_problem("import.file_large", path, size=size // 1024**2, most=MOST_BYTES // 1024**2))
    return grid_in(path.name, path.read_bytes())


def grid_in(name: str, content: bytes) -> Grid:
    """The same of bytes that lie in no file, as they were sent under a name. Raises as ``read_grid``."""
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix in {".xlsm", ".xltm", ".xlam"}:
        raise ReadingsRefused(_problem("import.file_macros", path))
    if suffix not in _WORKBOOKS | _TEXTS:
        raise ReadingsRefused(_problem("import.file_kind", path, suffix=suffix or "-"))
    if content.startswith(_ZIP):
        sheets = _read_zip(content, path, suffix)
    elif content.startswith(_OLE):
        sheets = _read_ole(content, path)
    elif suffix in _TEXTS:
        sheets = (_read_text(content, path),)
    else:
        raise ReadingsRefused(_problem("import.file_broken", path))
    if not any(s.height for s in sheets):
        raise ReadingsRefused(_problem("import.file_empty", path))
    return Grid(path.name, sheets)


def _problem(code: str, path: Path, **params: object) -> Problem:
    return Problem(code, {"name": path.name, **params}, file=path.name)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    # The readers raise whatever their inner parts raise: KeyError, ParseError, a panic of the Rust side. A file
    # that cannot be read is the file's fault here, because nothing of ours runs inside the block.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ReadingsRefused, MemoryError, RecursionError):
        raise
    except BaseException as fault:
        # A panic of the Rust reader comes as a BaseException of its own; an interrupt must pass.
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        locked = "password" in str(fault).lower()
        raise ReadingsRefused(_problem("import.file_encrypted" if locked else "import.file_broken", path)) from fault


def _read_zip(content: bytes, path: Path, suffix: str) -> tuple[Sheet, ...]:
    with _damage_told(path), zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        unpacked = sum(i.file_size for i in parts.infolist())
        if unpacked > MOST_UNPACKED:
            raise ReadingsRefused(
                _problem("import.file_large", path, size=unpacked // 1024**2, most=MOST_UNPACKED // 1024**2)
            )
        if any(n.lower().endswith("vbaproject.bin") or "xl/macrosheets/" in n.lower() for n in names):
            raise ReadingsRefused(_problem("import.file_macros", path))
        formulas = any(re.search(rb"<f[ >]", parts.read(n)) for n in names if n.startswith("xl/worksheets/"))
    if suffix in {".xlsb", ".ods"}:
        return _read_plain(content, path)
    return _read_xlsx(content, path, formulas=formulas)


def _read_ole(content: bytes, path: Path) -> tuple[Sheet, ...]:
    def stream(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if stream("EncryptedPackage"):
        raise ReadingsRefused(_problem("import.file_encrypted", path))
    if stream("_VBA_PROJECT"):
        raise ReadingsRefused(_problem("import.file_macros", path))
    return _read_plain(content, path)


def _read_xlsx(content: bytes, path: Path, *, formulas: bool) -> tuple[Sheet, ...]:
    from openpyxl import load_workbook

    with _damage_told(path):
        book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        written = load_workbook(io.BytesIO(content), keep_links=False) if formulas else None
        return tuple(_xlsx_sheet(s, written[s.title] if written else None, path) for s in book.worksheets)


def _xlsx_sheet(sheet: Any, written: Any, path: Path) -> Sheet:
    used = sheet._cells  # noqa: SLF001 - the cells there are; max_row counts rows that carry only a format
    if len(used) > MOST_CELLS:
        raise ReadingsRefused(_problem("import.sheet_large", path, sheet=sheet.title, most=MOST_CELLS))
    filled = {at: c for at, c in used.items() if c.value is not None or _is_formula(written, at)}
    height = max((r for r, _ in filled), default=0)
    width = max((c for _, c in filled), default=0)
    if height * width > MOST_CELLS * 4:
        raise ReadingsRefused(_problem("import.sheet_large", path, sheet=sheet.title, most=MOST_CELLS))
    formats: dict[str, tuple[bool, bool]] = {}
    rows = [[Cell()] * width for _ in range(height)]
    for (r, c), cell in filled.items():
        shape = cell.number_format or ""
        if shape not in formats:
            bare = _QUOTED.sub("", shape)
            formats[shape] = ("%" in bare, bool(_RESCALED.search(bare)))
        percent, rescaled = formats[shape]
        value = _value(cell.value)
        number = isinstance(value, Decimal)
        rows[r - 1][c - 1] = Cell(value, percent and number, rescaled and number, uncalculated=cell.value is None)
    merged = tuple(
        sorted(
            (Area(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges),
            key=lambda a: (a.top, a.left),
        )
    )
    return Sheet(
        sheet.title,
        tuple(map(tuple, rows)),
        merged,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=frozenset(r - 1 for r, shape in sheet.row_dimensions.items() if shape.hidden),
    )


def _is_formula(written: Any, at: tuple[int, int]) -> bool:
    if written is None:
        return False
    cell = written._cells.get(at)  # noqa: SLF001 - as above
    return cell is not None and cell.data_type == "f"


def _read_plain(content: bytes, path: Path) -> tuple[Sheet, ...]:
    import fastexcel

    with _damage_told(path):
        book = fastexcel.read_excel(content)
        sheets = []
        for name in book.sheet_names:
            loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            frame = loaded.to_polars()
            if frame.height * frame.width > MOST_CELLS * 4:
                raise ReadingsRefused(_problem("import.sheet_large", path, sheet=name, most=MOST_CELLS))
            cells = tuple(tuple(_guessed(v) for v in row) for row in frame.iter_rows())
            hidden = str(loaded.visible) != "visible"
            sheets.append(Sheet(name, cells, hidden=hidden))
        return tuple(sheets)


_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_PLAIN_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)( 00:00:00)?", re.ASCII)


def _guessed(text: str | None) -> Cell:
    # Asked for text, fastexcel gives every cell as text; what was a number in the file reads as a plain number.
    if text is None:
        return Cell()
    if _PLAIN_NUMBER.fullmatch(text) and not (len(text) > 1 and text[0] == "0" and text[1] != "."):
        return Cell(_clean(float(text)) if len(text) > 15 else Decimal(text))
    if found := _PLAIN_DATE.fullmatch(text):
        return Cell(date(int(found[1]), int(found[2]), int(found[3])))
    return Cell(text)


def _read_text(content: bytes, path: Path) -> Sheet:
    import polars as pl

    text = _decoded(content, path)
    if not text.strip():
        raise ReadingsRefused(_problem("import.file_empty", path))
    start = text[:20_000]
    separator = max(("\t", ";", ","), key=lambda s: _steady(start, s))
    if len(text) > _LONG_TEXT and (quick := _quickly(text, separator)) is not None:
        return Sheet(path.stem, frame=quick, lines=True)
    # Ragged rows are usual in exported tables (a title above, a footnote below); csv takes them, polars does not.
    with _damage_told(path):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    columns = zip_longest(*rows, fillvalue=None)
    frame = pl.DataFrame({f"c{n}": pl.Series(values, dtype=pl.String) for n, values in enumerate(columns)})
    return Sheet(path.stem, frame=frame, lines=True)


def _quickly(text: str, separator: str) -> Any:
    """The rows of a long regular text; None when they are ragged or quoted in ways polars does not take."""
    import polars as pl

    if "\n\n" in text or "\r\n\r\n" in text:
        return None  # polars drops blank lines, and every later line would be named wrongly
    width = text[: text.find("\n")].count(separator) + 1
    try:
        return pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            separator=separator,
            infer_schema=False,
            new_columns=[f"c{n}" for n in range(width)],
        )
    except pl.exceptions.PolarsError:
        return None


def _steady(text: str, separator: str) -> tuple[int, int]:
    counts = [line.count(separator) for line in text.splitlines() if line.strip()]
    return (sum(c > 0 for c in counts), sum(counts)) if counts else (0, 0)


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        trials: tuple[str, ...] = ("utf-16",)
    else:
        trials = ("utf-8-sig", "gb18030")
    for encoding in trials:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) in {"Cc", "Co", "Cn"} and c not in "\t\r\n\f" for c in text[:20_000]):
            return text
    raise ReadingsRefused(_problem("import.file_broken", path))


def _value(value: object) -> CellValue:
    match value:
        case None | bool():
            return value
        case int():
            return Decimal(value)
        case float():
            return _clean(value)
        case datetime():
            return value.date()
        case date():
            return value
        case time() | timedelta():
            return str(value)
        case _:
            return str(value)


def _clean(value: float) -> Decimal:
    # What the spreadsheet shows: 15 significant digits. 0.1 + 0.2 in a cell is 0.3, not 0.30000000000000004.
    return Decimal(f"{value:.15g}")
