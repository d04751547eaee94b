"""Finds the cells of a workbook that hold no value a person wrote: error values, formulas nobody has calculated."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final

from saima.files.problems import LISTED, Collector, shown

# Saima's own workbooks have neither; only a workbook in which one of these stands is read cell by cell.
_SUSPECT: Final = re.compile(rb'<(\w+:)?f[ >/]|\bt="e"')


def report_faults(data: bytes, labels: Mapping[str, str], found: Collector) -> None:
    """Add every cell with an error value or an uncalculated formula, by sheet, row and column.

    The reader of workbooks gives such a cell as an empty one, and an empty cell may mean something.

    Parameters
    ----------
    data : the workbook, already known to be a sound zip.
    labels : for each sheet that is looked at, how problems name it.
    """
    if not _suspect(data):
        return
    from openpyxl import load_workbook

    told = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    typed = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for sheet, label in labels.items():
        header: dict[int, str] = {}
        for results, cells in zip(told[sheet].iter_rows(), typed[sheet].iter_rows(), strict=True):
            header = header or {c.column: shown(c.value) for c in results if c.value is not None}
            _report_row(label, header, zip(results, cells, strict=True), found)
            if found.within(label) >= LISTED:
                break


def _report_row(label: str, header: Mapping[int, str], cells: Iterable[tuple[Any, Any]], found: Collector) -> None:
    for result, cell in cells:
        if result.data_type == "e" and result.value is not None:
            code, seen = "files.cell_error", str(result.value)
        elif cell.data_type == "f" and result.value is None and result.data_type != "str":  # "str": calculated, empty
            code, seen = "files.cell_uncalculated", str(cell.value)
        else:
            continue
        column = header.get(cell.column, cell.column_letter)
        found.add(code, file=label, line=cell.row, column=column, seen=shown(seen))


def _suspect(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(
            _SUSPECT.search(archive.read(name)) for name in archive.namelist() if name.startswith("xl/worksheets/")
        )
