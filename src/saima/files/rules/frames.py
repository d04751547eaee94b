"""Columns of a register, as a database gives them, become the frame that a rule is run over."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import polars as pl

_MOST_DECIMALS: Final = 18


def register_frame(columns: Mapping[str, Sequence[Any]], *, numbers: Collection[str] = ()) -> pl.LazyFrame:
    """One row per entity.

    Parameters
    ----------
    columns : by name, all of one length; None where nothing is known.
    numbers : names of columns whose values are canonical decimal texts. They stay exact.

    Examples
    --------
    >>> register_frame({"staff": ["12", None], "sales": ["0.5", "2"]}, numbers={"staff", "sales"}).collect().rows()
    [(Decimal('12'), Decimal('0.5')), (None, Decimal('2.0'))]
    """
    return pl.LazyFrame([_number(k, v) if k in numbers else _plain(k, v) for k, v in columns.items()])


def _number(name: str, values: Sequence[str | None]) -> pl.Series:
    texts = pl.Series(name, values, dtype=pl.String)
    most = texts.str.split(".").list.get(1, null_on_oob=True).str.len_chars().max()
    decimals = min(most, _MOST_DECIMALS) if isinstance(most, int) else 0
    return texts.cast(pl.Decimal(38, decimals), strict=False)


def _plain(name: str, values: Sequence[Any]) -> pl.Series:
    kind = pl.Boolean if name.startswith("held.") else None
    return pl.Series(name, values, dtype=kind, strict=True)
