"""Polars as a back end: the one module of the engine that knows it. Runs streaming over lazy frames."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, and_, or_
from typing import Any, Final, NoReturn

import polars as pl

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.columns import needs_wide
from saima.engine.rules.rule import Input
from saima.engine.rules.target import Cases
from saima.engine.rules.tree import Comparison

_HIDDEN: Final = "\x00saima."  # columns in between; no table has such names
_REFUSED: Final = f"{_HIDDEN}refused"
_ORDINAL: Final = 719_163  # of 1970-01-01
_FLOAT_HOLDS: Final = 10**15  # fifteen digits, as everywhere floats come in
_LAST_BITS: Final = 2.0**-50
_MOST_JUDGED: Final = 1_000_000
_WIDE_KINDS: Final = (pl.UInt64, pl.Int128, pl.UInt128, pl.Decimal)


class PolarsTarget:
    """Builds expressions, and remembers what is to be computed before what."""

    def __init__(self) -> None:
        self._inputs: dict[str, Input] = {}  # by hidden name, which tells apart what two rules take in differently
        self._judged: dict[str, list[pl.Expr]] = {}  # key -> whether it lies outside one band and another
        self._held: dict[str, None] = {}
        self._stages: list[list[pl.Expr]] = []
        self._stage_of: dict[str, int] = {}

    def figure(self, wanted: Input) -> pl.Expr:
        low, high = wanted.whole_range
        hidden = f"{_HIDDEN}{wanted.key} {wanted.type} {wanted.decimals} {low} {high}"
        self._inputs[hidden] = wanted
        return pl.col(hidden)

    def judged(self, key: str, name: str, least: pl.Expr, most: pl.Expr) -> pl.Expr:
        given = pl.col(_HIDDEN + key)
        inside = given.is_between(least, most)
        self._judged.setdefault(key, []).append((~inside).fill_null(value=False))
        return self.keep(name, pl.when(inside).then(given))

    def held(self, status: str) -> pl.Expr:
        self._held[status] = None
        return pl.col(f"{_HIDDEN}held.{status}")

    def whole(self, value: int, *, wide: bool) -> pl.Expr:
        return pl.lit(value, dtype=pl.Int128 if wide else pl.Int64)

    def truth(self, *, value: bool) -> pl.Expr:
        return pl.lit(value, dtype=pl.Boolean)

    def unknown(self) -> pl.Expr:
        return pl.lit(None, dtype=pl.Int64)

    def widen(self, of: pl.Expr) -> pl.Expr:
        return of.cast(pl.Int128)

    def narrow(self, of: pl.Expr) -> pl.Expr:
        return of.cast(pl.Int64)

    def add(self, one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return one + other

    def multiply(self, one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return one * other

    def absolute(self, of: pl.Expr) -> pl.Expr:
        return of.abs()

    def floor_divide(self, one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return one // other

    def compare(self, comparison: Comparison, one: pl.Expr, other: pl.Expr) -> pl.Expr:
        match comparison:
            case ">=":
                return one >= other
            case ">":
                return one > other
            case "<=":
                return one <= other
            case "<":
                return one < other
            case "=":
                return one == other
            case "!=":
                return one != other

    def member(self, of: pl.Expr, codes: Sequence[str]) -> pl.Expr:
        return of.is_in(list(codes))

    def both(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(and_, parts)

    def either(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(or_, parts)

    def negate(self, of: pl.Expr) -> pl.Expr:
        return ~of

    def known(self, of: pl.Expr) -> pl.Expr:
        return of.is_not_null()

    def choose(self, cases: Cases, last: pl.Expr | None = None) -> pl.Expr:
        chain: Any = pl
        for when, then in cases:
            chain = chain.when(when).then(then)
        found: pl.Expr = chain if last is None else chain.otherwise(last)
        return found

    def count(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        kind = pl.UInt8 if len(parts) < 2**8 else pl.Int64  # bytes add up fastest
        held = (p.fill_null(value=True).cast(kind) for p in parts)
        return pl.lit(len(parts), dtype=pl.Int64) - reduce(add, held, pl.lit(0, dtype=kind)).cast(pl.Int64)

    def display(self, of: pl.Expr, factor: float, below: pl.Expr | None) -> pl.Expr:
        shown = of.cast(pl.Float64) * factor
        return shown if below is None else shown / below.cast(pl.Float64)

    def keep(self, name: str, of: pl.Expr) -> pl.Expr:
        hidden = f"{_HIDDEN}={name}"
        if hidden in self._stage_of:
            raise RuntimeError(f"{name} is kept twice")
        stage = max((self._stage_of.get(r, -1) + 1 for r in of.meta.root_names()), default=0)
        self._stage_of[hidden] = stage
        while len(self._stages) <= stage:
            self._stages.append([])
        self._stages[stage].append(of.alias(hidden))
        return pl.col(hidden)

    def run(self, frame: pl.LazyFrame, answers: Mapping[str, pl.Expr], keep: Sequence[str]) -> pl.LazyFrame:
        schema = frame.collect_schema()
        taken = {hidden: _taken(i, schema) for hidden, i in self._inputs.items()}
        taken |= {_HIDDEN + key: _number(key, schema, 0, 0, _MOST_JUDGED) for key in self._judged}
        checked = {hidden: t for hidden, t in taken.items() if t.fits is not None}
        # Columns are put beside those of the frame, so that answers that hang on none have as many rows; each is
        # computed in a step of its own where the next asks it twice.
        frame = frame.with_columns(t.read.alias(hidden) for hidden, t in taken.items())
        frame = frame.with_columns(
            t.fits(pl.col(hidden)).alias(f"{hidden} fits") for hidden, t in checked.items() if t.fits
        )
        frame = frame.with_columns(
            *(pl.when(f"{hidden} fits").then(t.value(pl.col(hidden))).alias(hidden) for hidden, t in checked.items()),
            *(_granted(s, schema) for s in self._held),
            _not_all(pl.col(f"{hidden} fits") for hidden in checked).alias(_REFUSED),
        )
        for stage in self._stages:
            frame = frame.with_columns(stage)
        outside = [o for judged in self._judged.values() for o in judged]
        return frame.select(
            *(pl.col(k) for k in keep),
            *(column.alias(key) for key, column in answers.items()),
            refused=reduce(or_, outside, pl.col(_REFUSED)),
        )


@dataclass(frozen=True)
class _Taken:
    """How a column is taken in: read, then checked where it may be refused, then brought to its scale."""

    read: pl.Expr
    fits: Callable[[pl.Expr], pl.Expr] | None = None
    value: Callable[[pl.Expr], pl.Expr] = field(default=lambda read: read)


def _not_all(parts: Iterable[pl.Expr]) -> pl.Expr:
    return (~reduce(and_, parts, pl.lit(value=True))).fill_null(value=False)


def _granted(status: str, schema: pl.Schema) -> pl.Expr:
    name = f"held.{status}"
    held = _plain(name, schema, pl.Boolean) if name in schema else pl.lit(value=False)
    return held.fill_null(value=False).alias(_HIDDEN + name)


def _taken(wanted: Input, schema: pl.Schema) -> _Taken:
    key = wanted.key
    match wanted.type:
        case "truth":
            return _Taken(_plain(key, schema, pl.Boolean))
        case "code":
            return _Taken(_plain(key, schema, pl.String, pl.Categorical, pl.Enum).cast(pl.String))
        case "day":
            day = _plain(key, schema, pl.Date)
            return _Taken(day.cast(pl.Int32).cast(pl.Int64) + pl.lit(_ORDINAL, dtype=pl.Int64))
    return _number(key, schema, wanted.decimals, *wanted.whole_range)


def _plain(key: str, schema: pl.Schema, *kinds: type[pl.DataType]) -> pl.Expr:
    kind = schema.get(key)
    if kind is None or kind == pl.Null:
        return pl.lit(None, dtype=kinds[0])
    if not isinstance(kind, kinds):
        _refuse(key, kind, kinds[0].__name__)
    return pl.col(key)


def _number(key: str, schema: pl.Schema, decimals: int, low: int, high: int) -> _Taken:
    """A column as whole 10**-decimals between two ends. A float is the decimal that it is but for its
    last bits, or is refused."""
    kind = schema.get(key)
    whole = pl.Int128 if needs_wide(low, high) else pl.Int64
    if kind is None or kind == pl.Null:
        return _Taken(pl.lit(None, dtype=whole))
    column = pl.col(key)
    if kind.is_float():
        scaled = column.cast(pl.Float64).fill_nan(None) * 10**decimals
        ends = max(low, -_FLOAT_HOLDS), min(high, _FLOAT_HOLDS)
        return _Taken(
            scaled,
            lambda read: ((read - read.round()).abs() <= read.abs() * _LAST_BITS) & read.round().is_between(*ends),
            lambda read: read.round().cast(whole, strict=False),
        )
    if isinstance(kind, pl.Decimal):
        column, scale = column.to_physical(), kind.scale
    elif kind.is_integer():
        scale = 0
    else:
        _refuse(key, kind, "number")
    if kind in _WIDE_KINDS:
        column = column.cast(pl.Int128)
    return _rescaled(column, scale - decimals, low, high, whole)


def _rescaled(column: pl.Expr, cut: int, low: int, high: int, whole: type[pl.DataType]) -> _Taken:
    """Whole numbers that have ``cut`` decimals too many, or too few where it is below 0."""
    ratio = 10 ** abs(cut)
    if cut <= 0:
        by = pl.lit(ratio, dtype=whole)
        return _Taken(
            column,
            lambda read: read.is_between(-(-low // ratio), high // ratio),
            lambda read: read.cast(whole, strict=False) * by if ratio > 1 else read.cast(whole, strict=False),
        )
    by = pl.lit(ratio, dtype=pl.Int128)
    return _Taken(
        column,
        lambda read: (read % by == 0) & (read // by).is_between(low, high),
        lambda read: (read // by).cast(whole, strict=False),
    )


def _refuse(key: str, kind: pl.DataType, wanted: str) -> NoReturn:
    raise RuleRefused(Problem("rules.column_kind", {"column_": key, "kind": str(kind), "wanted": wanted}, column=key))
