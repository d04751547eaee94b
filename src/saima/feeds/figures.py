"""A figure and the rows it is made of: counted, summed, a share, a ratio of two sums, or the last of a series."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Literal

from saima.engine.model.decimals import canonical
from saima.words import Text

How = Literal["count", "sum", "share", "ratio", "said"]
_PLACES: Final = Decimal("0.000001")
_SHORT: Final = Context(prec=15, rounding=ROUND_HALF_EVEN)
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing behind a figure. ``value`` is decimal text: what it adds; ``of`` what it adds below the line.

    ``since``: the day or period from which it holds. ``source``: where the register has it from.
    """

    key: str
    label: Text
    value: str = "1"
    since: str = ""
    source: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Decimal text, its rows, and how they make it; ``said``: the source vouches for the figure without rows that
    add up."""

    value: str
    rows: tuple[Row, ...] = ()
    how: How = "said"

    @property
    def made(self) -> str | None:
        """The figure as its rows make it; ``None`` where they do not claim to."""
        return None if self.how == "said" else made_of(self.rows, self.how)


def made_of(rows: Iterable[Row], how: How) -> str | None:
    """What rows come to, as canonical decimal text; ``None`` for a share or ratio of nothing.

    Examples
    --------
    >>> ash, birch = Row("1", Text("Ash", ""), "3", of="4"), Row("2", Text("Birch", ""), "1.5", of="8")
    >>> [made_of((ash, birch), how) for how in ("count", "sum", "share", "ratio")]
    ['2', '4.5', '225', '37.5']
    """
    held = list(rows)
    total = _sum(r.value for r in held)
    match how:
        case "count":
            return str(len(held))
        case "sum":
            return short(total)
        case "share":
            return _percent(total, Decimal(len(held)))
        case _:
            return _percent(total, _sum(r.of or "0" for r in held))


def _sum(values: Iterable[str]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(value))
    return total


def short(value: Decimal) -> str:
    """A number as decimal text of at most 15 significant digits, the canonical length.

    Examples
    --------
    >>> short(Decimal("1234567890123456.78")), short(Decimal("0.10"))
    ('1234567890123460', '0.1')
    """
    return canonical(f"{_SHORT.plus(value):f}") or "0"


def _percent(part: Decimal, whole: Decimal) -> str | None:
    if not whole:
        return None
    share = _EXACT.divide(_EXACT.multiply(part, Decimal(100)), whole)
    return canonical(f"{share.quantize(_PLACES, context=_EXACT):f}")


def figure_of(rows: Iterable[Row], how: How) -> Figure | None:
    """The figure rows make, in the order of their keys; ``None`` where they make none."""
    held = tuple(sorted(rows, key=lambda r: (r.key, r.since)))
    value = made_of(held, how)
    return None if value is None else Figure(value, held, how)
