"""What a cell of figures says: a number however it is written, a marker for nothing, or nothing that can be placed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from saima.files.importing.grid import Cell
from saima.files.importing.units import PERCENT, Unit, parse_unit
from saima.files.importing.words_of_tables import narrow

Meaning = Literal["missing", "not_due", "not_applicable", "zero"]
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)
MARKERS: Final[Mapping[str, Meaning]] = {
    "": "missing",
    "-": "missing",
    "--": "missing",
    "—": "missing",
    "——": "missing",
    "–": "missing",
    "/": "missing",
    "\\": "missing",
    "…": "missing",
    "……": "missing",
    "...": "missing",
    "无": "missing",
    "暂无": "missing",
    "无数据": "missing",
    "缺": "missing",
    "n.a.": "missing",
    "none": "missing",
    "未到": "not_due",
    "未到期": "not_due",
    "未公布": "not_due",
    "暂未公布": "not_due",
    "not due": "not_due",
    "不适用": "not_applicable",
    "不涉及": "not_applicable",
    "不考核": "not_applicable",
    "n/a": "not_applicable",
    "not applicable": "not_applicable",
}
_NUMBER: Final = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>[eE][+-]?\d{1,2})?",
    re.ASCII,
)
_DOWN: Final = re.compile(r"^(?:▼|▽|↓|下降|减少|降低|down )\s*")
_UP: Final = re.compile(r"^(?:▲|△|↑|增长|增加|提高|上升|up |\+)\s*")
_MONEY_SIGN: Final = re.compile(r"^(?:¥|￥|\$|RMB|CNY)\s*", re.IGNORECASE)
_FOOTMARK: Final = re.compile(r"\s*(?P<mark>[*※†‡①-⑳⑴-⑽¹²³]+|\(注\s*\d*\)|\[注?\s*\d+\]|注\d*)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, the unit written in the very cell (None: none), and a footnote mark that stood behind it."""

    value: Decimal
    unit: Unit | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Why a cell is neither number nor marker: a catalogue code."""

    code: str


def read_figure(cell: Cell, markers: Mapping[str, Meaning], *, yes_no: bool = False) -> Figure | Meaning | Unplaced:
    """A number, the meaning of a marker, or why neither.

    ``markers`` are compared after width, case and surrounding spaces are taken away. ▼ and brackets make a number
    negative, ▲ and + leave it.

    Examples
    --------
    >>> read_figure(Cell("１，２３４．５"), MARKERS).value, read_figure(Cell("▼3.2%"), MARKERS).value
    (Decimal('1234.5'), Decimal('-3.2'))
    >>> read_figure(Cell("—"), MARKERS), read_figure(Cell("约65"), MARKERS).code
    ('missing', 'import.cell_text')
    """
    if cell.uncalculated:
        return Unplaced("import.cell_formula")
    if cell.rescaled:
        return Unplaced("import.cell_rescaled")
    match cell.value:
        case bool():
            return Figure(Decimal(int(cell.value))) if yes_no else Unplaced("import.cell_yes_no")
        case Decimal():
            return Figure(cell.value, Unit("%", Decimal(1), "share", "1") if cell.percent else None)
        case str() | None:
            return _from_text(narrow(cell.value or ""), markers, yes_no=yes_no)
        case _:
            return Unplaced("import.cell_date")


def _from_text(text: str, markers: Mapping[str, Meaning], *, yes_no: bool) -> Figure | Meaning | Unplaced:
    meaning = markers.get(text.casefold())
    if meaning is not None:
        return meaning
    if yes_no and text.casefold() in _YES_NO:
        return Figure(Decimal(_YES_NO[text.casefold()]))
    if text.startswith("#"):
        return Unplaced("import.cell_error")
    mark = ""
    if found := _FOOTMARK.search(text):
        mark, text = found["mark"], text[: found.start()]
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    if found := _DOWN.match(text):
        text, negative = text[found.end() :], not negative
    elif found := _UP.match(text):
        text = text[found.end() :]
    if text.startswith("-"):
        text, negative = text[1:].lstrip(), not negative
    text = _MONEY_SIGN.sub("", text)
    found = _NUMBER.match(text)
    if not found:
        return Unplaced("import.cell_text")
    rest = text[found.end() :].strip()
    unit = None
    if rest:
        unit = PERCENT if rest == "%" else parse_unit(rest)
        if unit is None:
            return Unplaced("import.cell_comma" if rest.startswith(",") else "import.cell_text")
    digits = found["digits"].replace(",", "").replace(" ", "")
    value = Decimal(digits + (found["exponent"] or ""))
    return Figure(-value if negative else value, unit, mark)


_YES_NO: Final = {
    "是": 1, "√": 1, "✓": 1, "✔": 1, "已完成": 1, "完成": 1, "yes": 1, "y": 1, "true": 1,
    "否": 0, "×": 0, "✗": 0, "✘": 0, "x": 0, "未完成": 0, "no": 0, "n": 0, "false": 0,
}  # fmt: skip
