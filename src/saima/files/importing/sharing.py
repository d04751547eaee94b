"""Tables that share a sheet: side by side, each with names of its own, or one below the other."""

from collections.abc import Sequence

from saima.files.importing import words_of_tables as words
from saima.files.importing.grid import Cell, Sheet
from saima.files.importing.layout import figured
from saima.files.importing.mapping import Column


def beside(columns: Sequence[Column]) -> list[int]:
    """Which of the tables side by side each column belongs to, counted from 0.

    A further column that names contestants begins a table when figures stand between it and the one before.
    Key columns just before it belong to it.

    Examples
    --------
    >>> name, figure = Column("园区", key="contestant"), Column("高企", role="value")
    >>> beside([name, figure, Column("月份", key="period"), name, figure]), beside([name, name, figure])
    ([0, 0, 1, 1, 1], [0, 0, 0])
    """
    numbers: list[int] = []
    table = 0
    named = figures = -1  # the last column that names contestants, and the last with figures
    for n, column in enumerate(columns):
        if column.key == "contestant":
            if -1 < named < figures:
                table += 1
                numbers[figures + 1 :] = [table] * (n - figures - 1)
            named = n
        elif is_figures(column):
            figures = n
        numbers.append(table)
    return numbers


def is_figures(column: Column) -> bool:
    return column.key is None and column.role not in {"ignore", "rank"}


def begins_again(sheet: Sheet, row: int, columns: Sequence[tuple[int, Column]]) -> bool:
    """Whether a line among the figures is a header: it heads the names, and has words where figures belong."""
    heads = [words.narrow(sheet.shown(row, at).text) for at, c in columns if c.key in {"contestant", "indicator"}]
    if not any(words.CONTESTANT.match(h) or words.INDICATOR.match(h) for h in heads):
        return False
    filled: list[Cell] = [x for at, c in columns if is_figures(c) and not (x := sheet.at(row, at)).empty]
    return bool(filled) and not any(figured(x) for x in filled)
