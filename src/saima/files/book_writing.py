"""A season as one workbook: the tables as sheets, season.toml as rows of key and value, and a page that explains."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from saima.files.bundle import Bundle
from saima.files.plain_document import document, flat
from saima.files.plain_tables import tables
from saima.files.published import published_rows
from saima.files.rows import PUBLISHED_COLUMNS, mandatory_of
from saima.files.source import refused
from saima.files.writing import write_file
from saima.words import LANGS, say

READ_ME: Final = "read me"
_MOST_ROWS: Final = 1_048_576  # what one sheet can hold, header included
_MOST_TEXT: Final = 32_767
_CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that equal seasons give equal bytes
_WIDEST: Final = 48


def write_workbook(bundle: Bundle, path: str | Path) -> None:
    """Write a season as one ``.xlsx``, whole or not at all.

    Raises
    ------
    SeasonRefused
        The file is already there or cannot be written, or the season is larger than a sheet can hold.
    """
    write_file(workbook_bytes(bundle), Path(path))


def workbook_bytes(bundle: Bundle) -> bytes:
    """The workbook of a season; the same season gives the same bytes.

    Raises
    ------
    SeasonRefused
        A table has more rows, or a cell more characters, than a sheet can hold.
    """
    sheets = tables(bundle)
    past = [row for p in bundle.history.published for row in published_rows(p)]
    if past:
        sheets["published"] = (PUBLISHED_COLUMNS, sorted(past))
    leaves = flat(document(bundle.season, bundle.projects))
    for name, (columns, rows) in sheets.items():
        if len(rows) >= _MOST_ROWS:
            raise refused("files.sheet_too_long", name, rows=len(rows), most=_MOST_ROWS - 1)
        for row in rows:
            if max(map(len, row)) > _MOST_TEXT:
                column = next(c for c, cell in zip(columns, row, strict=True) if len(cell) > _MOST_TEXT)
                raise refused("files.text_too_long", name, column=column, most=_MOST_TEXT)
    for key, value in leaves.items():
        if isinstance(value, str) and len(value) > _MOST_TEXT:
            raise refused("files.text_too_long", "season", column=key, most=_MOST_TEXT)
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": bundle.season.code, "created": _CREATED})
        styles = _Styles(book)
        _explain(book.add_worksheet(READ_ME), styles)
        _keys(book.add_worksheet("season"), leaves, styles)
        for name, (columns, rows) in sheets.items():
            _table(book.add_worksheet(name), name, columns, rows, styles)
    return out.getvalue()


class _Styles:
    def __init__(self, book: Any) -> None:
        head = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "align": "left", "valign": "vcenter"}
        self.needed = book.add_format(head)
        self.optional = book.add_format({**head, "bg_color": "#7F9DB9"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})


def _explain(sheet: Any, styles: _Styles) -> None:
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    at = 0
    for lang in LANGS:
        sheet.write_string(at, 0, say("files.book_title", lang), styles.title)
        for n in range(1, 6):
            sheet.write_string(at + n, 0, say(f"files.book_{n}", lang), styles.wrapped)
        at += 7


def _keys(sheet: Any, leaves: dict[str, str | float | bool], styles: _Styles) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, "key", styles.needed)
    sheet.write_string(0, 1, "value", styles.needed)
    for row, (key, value) in enumerate(leaves.items(), start=1):
        sheet.write_string(row, 0, key)
        match value:
            case bool():
                sheet.write_boolean(row, 1, value)
            case str():
                sheet.write_string(row, 1, value, styles.text)
            case _:
                sheet.write_number(row, 1, value)


def _table(sheet: Any, name: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], styles: _Styles) -> None:
    needed = mandatory_of(name)
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(columns):
        widest = max((len(row[at]) for row in rows[:500]), default=0)
        sheet.set_column(at, at, min(_WIDEST, max(10, len(column) + 3, widest + 2)), styles.text)
        sheet.write_string(0, at, column, styles.needed if column in needed else styles.optional)
    for line, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if cell:
                sheet.write_string(line, at, cell, styles.text)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
