"""What somebody typed into a cell: a number in the indicator's unit, a word for nothing, or text kept as it is."""

from dataclasses import dataclass
from typing import Final

from saima.engine.model.season import Indicator
from saima.files.importing.figures import MARKERS, Figure, Unplaced, read_figure
from saima.files.importing.grid import Cell
from saima.files.importing.units import convert, unit_of
from saima.server.race.enums import CellKind

MOST_LETTERS: Final = 200
_UNSEEN: Final = dict.fromkeys([*range(9), *range(11, 32), 127])  # control characters but tab and line feed


@dataclass(frozen=True, slots=True)
class Typed:
    """``value`` is canonical decimal text in the indicator's unit, empty while the text is no number."""

    kind: CellKind
    text: str
    value: str = ""


def visible(text: str) -> str:
    """Without the control characters that no database and no page can show."""
    return text.translate(_UNSEEN).strip()


def read_typed(text: str, indicator: Indicator) -> Typed:
    """A number however it is written: 1,234.5, １２３４, 1.2万, 3亿元 or 12 % where the indicator's unit allows it.

    Words for nothing become what they say ("未公布": not yet, "不适用": not applicable); everything else is kept.
    """
    text = visible(text)
    if not text:
        return Typed(CellKind.EMPTY, "")
    kept = text[:MOST_LETTERS]
    said = read_figure(Cell(text), MARKERS, yes_no=indicator.measure == "yes-no")
    match said:
        case Figure():
            unit = unit_of(indicator)
            source = said.unit or unit
            value = convert(said.value, source, unit) if source.fits(unit) else None
            return Typed(CellKind.VALUE, kept, value or "")
        case "not_due":
            return Typed(CellKind.NOT_YET, "")
        case "not_applicable":
            return Typed(CellKind.NOT_APPLICABLE, "")
        case Unplaced() | "missing" | "zero":
            return Typed(CellKind.VALUE, kept)


def is_too_long(text: str, indicator: Indicator) -> bool:
    """Whether a text is a number in the indicator's unit with more digits than a figure can have."""
    said, unit = read_figure(Cell(text), MARKERS), unit_of(indicator)
    if not isinstance(said, Figure):
        return False
    source = said.unit or unit
    return source.fits(unit) and convert(said.value, source, unit) is None
