"""Sees at a glance what a long text says plainly, a column at once: each value as reading its cell gives it, or None
where the cell has to be read by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from saima.files.registers.codes import LENGTH, SIGNS, WEIGHTS

if TYPE_CHECKING:
    import polars as pl

Seen = list[str | None]
_CHANGED: Final = r"[\s\x1c-\x1f\x{ff01}-\x{ff5e}\x{3000}\x{00a0}\x{2212}\x{200b}\x{feff}]"  # by narrow
_CODE: Final = r"^[0-9A-HJ-NP-RT-UW-Y]{18}$"
_FIGURE: Final = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"
_DAY: Final = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"


def texts(column: pl.Series) -> Seen:
    """Texts that ``narrow`` leaves as they are."""
    return _kept(column, column.str.contains(_CHANGED).not_() & (column != ""))


def codes(column: pl.Series) -> Seen:
    """Codes of 18 signs that ``cleaned`` leaves as they are, and in which ``fault_of`` finds no fault.

    Examples
    --------
    >>> import polars as pl
    >>> codes(pl.Series(["91350100M000100Y43", "91350100M000100Y44", "9135", None]))
    ['91350100M000100Y43', None, None, None]
    """
    import numpy as np

    plain = column.str.contains(_CODE).fill_null(value=False)
    signs = np.frombuffer("".join(column.filter(plain).to_list()).encode(), np.uint8).reshape(-1, LENGTH)
    value = np.zeros(256, np.int64)
    value[np.frombuffer(SIGNS.encode(), np.uint8)] = np.arange(len(SIGNS))
    values = value[signs]
    right = plain.to_numpy().copy()
    right[right] = (values[:, :-1] @ np.array(WEIGHTS) + values[:, -1]) % len(SIGNS) == 0
    return [code if fits else None for code, fits in zip(column.to_list(), right.tolist(), strict=True)]


def days(column: pl.Series) -> Seen:
    """Days written as 2019-03-05."""
    return _kept(column, column.str.contains(_DAY) & column.str.to_date("%Y-%m-%d", strict=False).is_not_null())


def figures(column: pl.Series, shift: int) -> Seen:
    """Numbers from 0 on times ten to the power of ``shift``, as canonical texts.

    Examples
    --------
    >>> import polars as pl
    >>> figures(pl.Series(["12.50", "0.00", "007", "1,200", "—", None]), 4)
    ['125000', '0', '70000', None, None, None]
    """
    import polars as pl

    parts = pl.col("text").str.split_exact(".", 1).struct
    rest = parts.field("field_1").fill_null("").str.pad_end(shift, "0")
    whole = (parts.field("field_0") + rest.str.slice(0, shift)).str.strip_chars_start("0")
    tail = rest.str.slice(shift).str.strip_chars_end("0")
    shown = pl.when(whole == "").then(pl.lit("0")).otherwise(whole)
    exact = pl.when(tail == "").then(shown).otherwise(shown + "." + tail)
    plain = pl.col("text").str.contains(_FIGURE)
    return pl.DataFrame({"text": column}).select(pl.when(plain).then(exact)).to_series().to_list()


def _kept(column: pl.Series, plain: pl.Series) -> Seen:
    return column.set(plain.fill_null(value=False).not_(), None).to_list()
