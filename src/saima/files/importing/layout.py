"""Where the header of a sheet ends and its figures begin, and what each column's header says as one text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saima.files.importing.figures import MARKERS, Figure, read_figure
from saima.files.importing.grid import Cell, Sheet
from saima.files.importing.times import find_time, without_time
from saima.files.importing.words_of_tables import COLUMN_NUMBERS, narrow

SAMPLE: Final = 120  # rows looked at to find the header
JOINT: Final = " / "
_SECTIONS: Final = 3
_FARTHEST: Final = 30  # rows a header may have moved since the mapping was made


@dataclass(frozen=True, slots=True)
class Header:
    """Rows (from 0) that make the header; ``first`` is the first row of figures."""

    rows: tuple[int, ...]
    first: int


def figured(cell: Cell) -> bool:
    """A number, or a marker that stands where a number would."""
    if isinstance(cell.value, str) and find_time(cell.value) and not cell.value.strip().endswith("%"):
        return False
    said = read_figure(cell, MARKERS)
    return isinstance(said, Figure) or (isinstance(said, str) and not cell.empty) or cell.uncalculated


def find_header(sheet: Sheet) -> Header | None:
    """The header rows above the first row of figures; None when no row holds any figure."""
    height = min(sheet.height, SAMPLE)
    first = next((r for r in range(height) if _is_data(sheet, r)), None)
    if first is None:
        return None
    rows: list[int] = []
    for r in range(first - 1, -1, -1):
        # Between header and figures may stand the numbers of the columns and the name of a section (核心区).
        if is_column_numbers(sheet, r) or (not rows and first - r <= _SECTIONS and _texts(sheet, r) <= 1):
            continue
        if not _is_header(sheet, r):
            break
        rows.insert(0, r)
    return Header(tuple(rows), first) if rows else None


def is_column_numbers(sheet: Sheet, row: int) -> bool:
    """The row under a header that only counts the columns: 甲 1 2 3 4."""
    texts = [sheet.at(row, c).text for c in range(sheet.width) if not sheet.at(row, c).empty]
    numbers = [t for t in texts if t.isdigit()]
    words = [t for t in texts if not t.isdigit()]
    counted = len(numbers) >= 2 and [int(n) for n in numbers] == list(
        range(int(numbers[0]), int(numbers[0]) + len(numbers))
    )
    return (
        counted
        and numbers[0] in {"0", "1", "2"}
        and all(COLUMN_NUMBERS.match(w) for w in words)
        and bool(words or numbers[0] == "1")
    )


def _is_data(sheet: Sheet, row: int) -> bool:
    if is_column_numbers(sheet, row):
        return False
    cells = [sheet.at(row, c) for c in range(sheet.width)]
    filled = [c for c in cells if not c.empty]
    figures = [c for c in filled if figured(c)]
    years = [c for c in figures if c.number and c.text.isdigit() and 1990 <= int(c.text) <= 2100]
    if not figures or (len(years) == len(figures) and len(years) > 1):
        return False
    named = [c for c in filled if not figured(c)]
    # A title may hold one number; a line of figures has a name and figures, or is figures for the most part.
    return bool(named) if len(filled) >= 2 else False


def _texts(sheet: Sheet, row: int) -> int:
    return len({sheet.shown(row, c).text for c in range(sheet.width)} - {""})


def _is_header(sheet: Sheet, row: int) -> bool:
    spans = {sheet.area.get((row, c)) for c in range(sheet.width)} - {None}
    distinct = {sheet.shown(row, c).text for c in range(sheet.width) if not sheet.shown(row, c).empty}
    if len(distinct) < 2:
        return False
    starts = [c for c in range(sheet.width) if not sheet.at(row, c).empty]
    if any(a is not None and a.right - a.left + 1 >= max(3, sheet.width - 1) and a.top == a.bottom for a in spans):
        return False
    labels = [t for t in distinct if ":" in narrow(t)]
    # A line of "填报单位：… 单位：万元" stands above a header; it belongs to none of its columns.
    return not (labels and len(labels) * 2 >= len(starts)) and not (len(starts) <= 1 and sheet.width > 3)


def headers(sheet: Sheet, rows: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Of each column the texts of its header rows, from above, without blanks and repeats.

    Where the file tells of no merged cells, a text above goes on to the right as far as the row stays blank
    while a lower header row is not.
    """
    lines: list[list[str]] = []
    for r in rows:
        line = [narrow(sheet.shown(r, c).text) for c in range(sheet.width)]
        merged = any(a.left < a.right and a.top <= r <= a.bottom for a in sheet.merged)
        below = [q for q in rows if q > r]
        if not merged and below:
            for c in range(1, sheet.width):
                joined = all(any(sheet.shown(q, at).text for q in below) for at in (c - 1, c))
                if not line[c] and joined:  # a column that is alone in its header (序号, 备注) passes nothing on
                    line[c] = line[c - 1]
        lines.append(line)
    paths = []
    for c in range(sheet.width):
        path: list[str] = []
        for line in lines:
            if line[c] and (not path or path[-1] != line[c]):
                path.append(line[c])
        paths.append(tuple(path))
    return tuple(paths)


def template(path: Sequence[str]) -> str:
    """A header as the mapping writes it: parts joined, any time as {period}."""
    return JOINT.join(without_time(part) for part in path)


def titles(sheet: Sheet, above: int) -> tuple[str, ...]:
    """The distinct texts above the header."""
    seen: dict[str, None] = {}
    for r in range(min(above, SAMPLE)):
        for c in range(sheet.width):
            cell = sheet.at(r, c)
            if not cell.empty:
                seen.setdefault(narrow(cell.text))
    return tuple(seen)


def matched(sheet: Sheet, rows: Sequence[int], wanted: Mapping[str, int]) -> tuple[int, ...] | None:
    """The header rows in this sheet: those of the mapping, or moved up or down to where its headers stand.

    ``wanted`` counts the mapped header texts. None when fewer than half of them are anywhere near.
    """
    best: tuple[int, int, tuple[int, ...]] | None = None
    total = sum(wanted.values())
    for shift in sorted(range(-_FARTHEST, _FARTHEST + 1), key=lambda s: (abs(s), s)):
        moved = tuple(r + shift for r in rows)
        if not moved or moved[0] < 0 or moved[-1] >= sheet.height:
            continue
        hits = sum(template(p) in wanted for p in headers(sheet, moved) if p)
        if best is None or hits > best[0]:
            best = (hits, abs(shift), moved)
        if hits >= total and shift == 0:
            break
    return best[2] if best and best[0] * 2 >= total else None
