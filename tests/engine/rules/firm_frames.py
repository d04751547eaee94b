"""Drawn firms as a frame of a register."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from saima.engine.rules import Input, Rule

KINDS = {"truth": pl.Boolean, "code": pl.String, "day": pl.Date}


def frame_of(rule: Rule, firms: Sequence[dict], held: Sequence[frozenset[str]]) -> pl.DataFrame:
    """One row a firm: inputs in their own decimals, judges' whole numbers, and a truth for every status."""
    columns = [_column(one, [f.get(key) for f in firms]) for key, one in rule.inputs.items()]
    judged = [i.judged for i in (rule.points.items if rule.points else ()) if i.bands]
    columns += [pl.Series(key, [f.get(key) for f in firms], dtype=pl.Int64) for key in judged]
    columns += [pl.Series(f"held.{s}", [s in h for h in held], dtype=pl.Boolean) for s in rule.statuses]
    return pl.DataFrame(columns)


def _column(one: Input, figures: list[object]) -> pl.Series:
    if one.type != "number":
        return pl.Series(one.key, figures, dtype=KINDS[one.type])
    if not one.decimals:
        return pl.Series(one.key, [None if f is None else int(f) for f in figures], dtype=pl.Int64)
    exact = [None if f is None else Decimal(f) for f in figures]
    return pl.Series(one.key, exact, dtype=pl.Decimal(38, one.decimals))
