"""A table of entities, CSV or Parquet, is run through a rule and its answers are written beside its other columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules import BulkPlan, Rule, plan_bulk
from saima.engine.rules.rule import Input
from saima.files.problems import shown

_DECIMALS: Final = 12  # of numbers in a CSV; more are cut
_YES: Final = ("true", "yes", "1", "是")
_NO: Final = ("false", "no", "0", "否")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many entities came out how, and columns the rule asks for and the table has not."""

    entities: int
    eligible: int
    not_eligible: int
    not_evaluable: int
    refused: int  # with a figure that could not be taken in
    amount: Decimal | None  # of all, in yuan
    absent: tuple[str, ...]


def evaluate_table(rule: Rule, table: Path, out: Path, *, on: date) -> Outcome:
    """Run a rule over a table, row by row of any number, and write its answers.

    Parameters
    ----------
    table : ``.csv`` (UTF-8) or ``.parquet``; columns are named by the key of an input or its ``aka``. Columns the rule
        does not ask for are kept.
    out : ``.csv`` or ``.parquet``; money in yuan, points as they are.

    Raises
    ------
    RuleRefused
        A file of another kind, a column that an answer would overwrite, a cell that cannot be read.
    """
    plan = plan_bulk(rule, on=on)
    frame = _read(table)
    names = frame.collect_schema().names()
    frame = frame.rename({i.aka: i.key for i in rule.inputs.values() if i.aka in names and i.key not in names})
    if table.suffix.lower() == ".csv":
        frame = _typed(frame, rule, table.name)
    names = frame.collect_schema().names()
    asked = {*plan.inputs, *rule.inputs, *(f"held.{s}" for s in rule.statuses)}
    kept = [n for n in names if n not in asked]
    (answers,) = plan.planned.values()
    if taken := [n for n in kept if n in answers.answers or n == "refused"]:
        raise RuleRefused(Problem("rules.column_taken", {"column_": taken[0]}, file=table.name))
    _write(_shown(plan.columns(frame, kept), plan, rule), out)
    return _counted(rule, _read(out), tuple(k for k in plan.inputs if k not in names))


def _read(path: Path) -> pl.LazyFrame:
    match path.suffix.lower():
        case ".csv":
            return pl.scan_csv(path, infer_schema=False, encoding="utf8")
        case ".parquet":
            return pl.scan_parquet(path)
    raise RuleRefused(Problem("rules.table_kind", {"name": shown(path.name)}))


def _write(frame: pl.LazyFrame, path: Path) -> None:
    match path.suffix.lower():
        case ".csv":
            frame.sink_csv(path)
        case ".parquet":
            frame.sink_parquet(path)
        case _:
            raise RuleRefused(Problem("rules.table_kind", {"name": shown(path.name)}))


def _typed(frame: pl.LazyFrame, rule: Rule, name: str) -> pl.LazyFrame:
    """Texts as what the inputs are; a text that is none is refused with its line."""
    names = frame.collect_schema().names()
    judged = [i.judged for i in rule.points.items if i.bands] if rule.points else []
    read = {i.key: _cell(i) for i in rule.inputs.values() if i.key in names and i.type != "code"}
    read |= {k: _decimal(k) for k in judged if k in names}
    read |= {h: _yes_no(h) for s in rule.statuses if (h := f"held.{s}") in names}
    if not read:
        return frame
    bad = [(pl.col(k).is_not_null() & e.is_null()).alias(k) for k, e in read.items()]
    first = frame.select(bad).with_row_index("line").filter(pl.any_horizontal(list(read))).head(1).collect()
    if first.height:
        row = first.row(0, named=True)
        key = next(k for k in read if row[k])
        cell = frame.slice(row["line"], 1).select(key).collect().item()
        params = {"column_": key, "value": shown(cell)}
        raise RuleRefused(Problem("rules.cell", params, file=name, line=row["line"] + 2, column=key))
    return frame.with_columns(e.alias(k) for k, e in read.items())


def _cell(wanted: Input) -> pl.Expr:
    match wanted.type:
        case "truth":
            return _yes_no(wanted.key)
        case "day":
            return pl.col(wanted.key).str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    return _decimal(wanted.key)


def _decimal(key: str) -> pl.Expr:
    return pl.col(key).str.strip_chars().cast(pl.Decimal(38, _DECIMALS), strict=False)


def _yes_no(key: str) -> pl.Expr:
    said = pl.col(key).str.strip_chars().str.to_lowercase()
    return pl.when(said.is_in(_YES)).then(statement=True).when(said.is_in(_NO)).then(statement=False)


def _shown(frame: pl.LazyFrame, plan: BulkPlan, rule: Rule) -> pl.LazyFrame:
    """Whole numbers of bulk as people read them."""
    decimals = plan.points_decimals[rule.id]
    points = [g.id for g in rule.points.groups] + [i.id for i in rule.points.items] + ["points"] if rule.points else []
    scaled = {k: decimals for k in points if decimals} | ({"amount": 2} if rule.award else {})
    return frame.with_columns(_unscaled(k, d) for k, d in scaled.items())


def _unscaled(key: str, decimals: int) -> pl.Expr:
    kind = pl.Decimal(38, decimals)
    return (pl.col(key).cast(kind) * pl.lit(Decimal(1).scaleb(-decimals))).cast(kind)


def _counted(rule: Rule, written: pl.LazyFrame, absent: tuple[str, ...]) -> Outcome:
    eligible, refused = (
        _yes_no(k) if written.collect_schema()[k] == pl.String else pl.col(k) for k in ("eligible", "refused")
    )
    amount = pl.col("amount").cast(pl.Decimal(38, 2)).sum() if rule.award else pl.lit(None)
    found = written.select(
        entities=pl.len(),
        eligible=eligible.sum(),
        not_eligible=(~eligible).sum(),
        not_evaluable=eligible.is_null().sum(),
        refused=refused.sum(),
        amount=amount,
    ).collect(engine="streaming")
    return Outcome(**found.row(0, named=True), absent=absent)
