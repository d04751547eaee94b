"""Workbooks as people leave them: errors and formulas in cells are named, never taken for empty ones."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from saima.engine.errors import Refused
from saima.files import load_season, write_workbook


def edited(folder: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    path = folder.parent / "edited.xlsx"
    write_workbook(load_season(folder), path)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def typed(sheet: str, row: int, column: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        table = book[sheet]
        at = {cell.value: cell.column for cell in table[1]}
        table.cell(row, at[column]).value = value

    return change


@pytest.mark.parametrize(
    ("sheet", "column"),
    [("readings", "value"), ("targets", "target"), ("contestants", "title_zh"), ("season", "value")],
)
@pytest.mark.parametrize(
    ("value", "code"),
    [("#DIV/0!", "files.cell_error"), ("#N/A", "files.cell_error"), ("=1+1", "files.cell_uncalculated")],
)
def test_an_error_or_an_unsaved_formula_is_named_by_its_cell(
    folder: Path, sheet: str, column: str, value: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        load_season(edited(folder, typed(sheet, 3, column, value)))

    (problem,) = refused.value.problems
    assert (problem.code, problem.file, problem.line, problem.column) == (code, f"edited.xlsx[{sheet}]", 3, column)
    assert value in problem.sentence("zh")


def test_a_calculated_formula_counts_as_its_result(folder: Path) -> None:
    path = edited(folder, typed("readings", 3, "value", 12345))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content.replace(b"<v>12345</v>", b"<f>2+3</f><v>5</v>"))
    assert b"<v>12345</v>" in b"".join(parts.values())

    read = load_season(path)

    assert read.readings.table.text[1] == "5"


def test_a_text_of_minus_zero_stays_as_it_is(folder: Path) -> None:
    path = edited(folder, typed("contestants", 2, "title_zh", "-0"))

    assert load_season(path).season.contestants[0].title.zh == "-0"
