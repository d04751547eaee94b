"""A table file as typed cells: what stands where, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

CellValue = str | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``percent``: the number format is a percentage, so 0.649 is shown as 64.9 %.

    ``rescaled``: the format shows the number a thousand (or ten thousand) times smaller than it is stored.
    ``uncalculated``: a formula whose result was never stored in the file.
    """

    value: CellValue = None
    percent: bool = False
    rescaled: bool = False
    uncalculated: bool = False

    @property
    def empty(self) -> bool:
        return not self.uncalculated and (
            self.value is None or (isinstance(self.value, str) and not self.value.strip())
        )

    @property
    def text(self) -> str:
        """What a person would read, as far as the file tells: numbers plain, dates as 2026-04-30."""
        match self.value:
            case None:
                return ""
            case bool():
                return "TRUE" if self.value else "FALSE"
            case Decimal():
                return f"{self.value:f}"
            case date():
                return self.value.isoformat()
            case text:
                return " ".join(text.split())

    @property
    def number(self) -> bool:
        return isinstance(self.value, Decimal)


EMPTY = Cell()
HEAD: Final = 2500  # rows of a long text whose cells are built before all are asked for


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of merged cells; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """A grid of cells. Rows and columns count from 0; ``address`` gives the name people know.

    ``frame`` is set for delimited text only: the same rows as text columns, for tables of a million rows.
    """

    name: str
    cells: tuple[tuple[Cell, ...], ...] = ()
    merged: tuple[Area, ...] = ()
    hidden: bool = False
    frame: pl.DataFrame | None = field(default=None, compare=False)
    hidden_rows: frozenset[int] = frozenset()  # by a filter or by hand: read, and told
    lines: bool = False  # delimited text: places are named by line

    @cached_property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        if self.frame is None:
            return self.cells
        return tuple(tuple(Cell(v) for v in row) for row in self.frame.iter_rows())

    def head(self, count: int) -> tuple[tuple[Cell, ...], ...]:
        """The first rows, without building the cells of all of them."""
        if self.frame is None:
            return self.cells[:count]
        return tuple(tuple(Cell(v) for v in row) for row in self.frame.head(count).iter_rows())

    @property
    def height(self) -> int:
        return len(self.cells) if self.frame is None else self.frame.height

    @cached_property
    def width(self) -> int:
        return max((len(r) for r in self.cells), default=0) if self.frame is None else self.frame.width

    @cached_property
    def area(self) -> Mapping[tuple[int, int], Area]:
        """Which merged rectangle a cell lies in."""
        return MappingProxyType(
            {
                (r, c): a
                for a in self.merged
                for r in range(a.top, min(a.bottom, self.height - 1) + 1)
                for c in range(a.left, min(a.right, self.width - 1) + 1)
            }
        )

    def at(self, row: int, column: int) -> Cell:
        """The cell itself; empty where a merged rectangle covers it or the grid has none."""
        if self.frame is not None and row < HEAD and row < self.height:
            line = self._top[row]
        elif 0 <= row < self.height:
            line = self.rows[row]
        else:
            return EMPTY
        return line[column] if 0 <= column < len(line) else EMPTY

    @cached_property
    def _top(self) -> tuple[tuple[Cell, ...], ...]:
        return self.head(HEAD)

    def shown(self, row: int, column: int) -> Cell:
        """The cell as the eye sees it: a merged rectangle shows its first cell everywhere."""
        area = self.area.get((row, column))
        return self.at(area.top, area.left) if area else self.at(row, column)


@dataclass(frozen=True)
class Grid:
    """A table file: its name without folder, and its sheets in order."""

    name: str
    sheets: tuple[Sheet, ...]


def letters(column: int) -> str:
    """The letters of a column counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(row: int, column: int) -> str:
    """The name of a cell as a spreadsheet gives it: (3, 1) is B4."""
    return f"{letters(column)}{row + 1}"
