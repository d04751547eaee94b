"""Long tables, one figure per line, placed column by column: a million lines in seconds, each fault with its line."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from saima.engine.errors import Problem
from saima.engine.model.inputs import ORIGINS, STATES, ReadingTable, State
from saima.engine.model.periods import Period
from saima.files.importing.figures import Figure, Unplaced, read_figure
from saima.files.importing.grid import Cell, Grid, Sheet
from saima.files.importing.headings import is_aside
from saima.files.importing.mapping import Column, Mapping, SheetMap
from saima.files.importing.meaning import Meanings
from saima.files.importing.placing import Outcome, SheetPlacer, Spot
from saima.files.importing.result import MOST_PROBLEMS
from saima.files.importing.times import row_time
from saima.files.importing.units import Unit, convert

if TYPE_CHECKING:
    import polars as pl

LONG_FROM: Final = 5_000  # lines from which a long table is placed by columns
_ONE: Final = Decimal(1)
_KEYS: Final = frozenset({"contestant", "indicator", "period", "unit"})
_PLAIN: Final = r"^-?\d{1,9}(?:\.\d{1,6})?$"  # at most 15 digits


def is_long(sheet: Sheet, entry: SheetMap, least: int = LONG_FROM) -> bool:
    """Whether each line holds one figure that its key columns place, and there are many lines."""
    named = [c.key for c in entry.columns if c.key]
    keys = set(named)
    values = [c for c in entry.columns if c.key is None and c.role not in {"ignore", "rank"}]
    plain = len(values) == 1 and values[0].role == "value" and not values[0].indicator and not values[0].contestant
    simple = len(keys) == len(named) and keys <= _KEYS and "indicator" in keys
    return sheet.frame is not None and sheet.height >= least and simple and plain


def place_long(
    grid: Grid, sheet: Sheet, entry: SheetMap, mapping: Mapping, meanings: Meanings, out: Outcome
) -> ReadingTable:
    """The readings of a long table; faults go to the outcome with their line."""
    placer = SheetPlacer(grid, sheet, entry, mapping, meanings, out)
    value = next((f for f in placer.found if f.column.key is None and f.column.role == "value"), None)
    if not placer.usable or value is None:
        return ReadingTable.of(())
    return _Lines(grid, sheet, mapping, meanings, out, placer).place(value.at, value.column, value.unit)


@dataclass(frozen=True, slots=True)
class _Good:
    text: str
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Bad:
    code: str
    params: Map[str, object]
    skip: bool = False


class _Lines:
    def __init__(
        self, grid: Grid, sheet: Sheet, mapping: Mapping, meanings: Meanings, out: Outcome, placer: SheetPlacer
    ) -> None:
        self.file = grid.name
        self.sheet = sheet
        self.mapping = mapping
        self.meanings = meanings
        self.out = out
        self.placer = placer

    def place(self, at: int, column: Column, unit: Unit | None) -> ReadingTable:
        import polars as pl

        assert self.sheet.frame is not None
        names = self.sheet.frame.columns
        keys = {f.column.key: f.at for f in self.placer.found if f.column.key}
        frame = self.sheet.frame.with_row_index("line").slice(self.placer.first)
        given = [pl.col(names[n]).alias(k or "") for k, n in keys.items()]
        frame = frame.select("line", pl.col(names[at]).fill_null("").alias("value"), *given)
        texts = pl.concat_str([pl.col(c).fill_null("") for c in frame.columns if c != "line"]).str.strip_chars()
        frame = frame.filter(texts != "")
        self.out.cells += frame.filter(pl.col("value").str.strip_chars() != "").height
        frame = self.named(frame, "contestant", keys, self.placer.whole.contestant)
        frame = self.named(frame, "indicator", keys, self.placer.whole.indicator)
        frame, periods = self.timed(frame, keys, at, column.year_shift)
        frame = self.valued(frame, at, unit, "unit" in keys)
        frame = self.once(frame, at)
        return _table(frame, periods)

    def named(self, frame: pl.DataFrame, kind: str, keys: dict[Any, int], fixed: str) -> pl.DataFrame:
        import polars as pl

        if kind not in keys:
            return frame.with_columns(pl.lit(fixed).alias(kind))
        codes: dict[str, str] = {}
        faults: dict[str, _Bad] = {}
        for text in frame[kind].fill_null("").unique().to_list():
            if aside := is_aside(text, self.mapping.skip_rows):
                faults[text] = _Bad("import.row_note" if aside == "note" else "import.row_aside", {}, skip=True)
            elif code := self.meanings.name(kind, text):
                codes[text] = code
            else:
                faults[text] = _Bad(f"import.{kind}_unknown" if text.strip() else "import.row_nameless", {})
        return self.mapped(frame, kind, codes, faults, keys[kind])

    def mapped(
        self, frame: pl.DataFrame, kind: str, codes: dict[str, str], faults: dict[str, _Bad], column: int
    ) -> pl.DataFrame:
        """Texts become codes; lines whose text has none are told and dropped."""
        import polars as pl

        frame = frame.with_columns(pl.col(kind).fill_null(""))
        if faults:
            bad = frame.filter(pl.col(kind).is_in(list(faults)))
            for line, text in bad.select("line", kind).head(MOST_PROBLEMS).iter_rows():
                bad_name = faults[text]
                problem = self.problem(line, column, bad_name.code, **{"seen": text, "cells": 1, **bad_name.params})
                (self.out.skipped if bad_name.skip else self.out.refused).append(problem)
            skips = sum(faults[t].skip for t in bad[kind].slice(MOST_PROBLEMS).to_list())
            self.out.more_skipped += skips
            self.out.more_refused += max(0, bad.height - MOST_PROBLEMS) - skips
            frame = frame.filter(~pl.col(kind).is_in(list(faults)))
        return (
            frame.with_columns(pl.col(kind).replace_strict(codes, default=None, return_dtype=pl.String))
            if codes
            else frame
        )

    def timed(
        self, frame: pl.DataFrame, keys: dict[Any, int], value: int, shift: int
    ) -> tuple[pl.DataFrame, list[Period]]:
        import polars as pl

        if "period" not in keys:
            frame = frame.with_columns(pl.lit("").alias("period"))
        codes: dict[str, str] = {}
        faults: dict[str, _Bad] = {}
        periods: dict[str, Period] = {}
        for text in frame["period"].fill_null("").unique().to_list():
            bare = text.strip()
            when = row_time(Cell(bare))
            found = None if bare and when is None else self.placer.whole.period(None, (when,), shift)
            if isinstance(found, Period):
                codes[text] = str(found)
                periods[str(found)] = found
            elif isinstance(found, Problem):
                faults[text] = _Bad(found.code, found.params)
            else:
                faults[text] = _Bad("import.period_unread" if bare else "import.cell_no_period", {})
        # An unreadable time is told at its own cell; one that nothing names at the figure that lacks it.
        unread = {t: b for t, b in faults.items() if b.code == "import.period_unread"}
        frame = self.mapped(frame, "period", {}, unread, keys.get("period", value))
        rest = {t: b for t, b in faults.items() if b.code != "import.period_unread"}
        frame = self.mapped(frame, "period", codes, rest, value)
        return frame, sorted(periods.values())

    def valued(self, frame: pl.DataFrame, at: int, unit: Unit | None, row_units: bool) -> pl.DataFrame:
        """Adds ``text`` (canonical), ``state`` and ``note``; lines without a figure are told and dropped."""
        import polars as pl

        if not row_units:
            frame = frame.with_columns(pl.lit("").alias("unit"))
        frame = frame.with_columns(pl.col("unit").fill_null(""))
        powers = pl.DataFrame(
            [
                (code, text, power)
                for code, text in frame.select("indicator", "unit").unique().iter_rows()
                if (power := self.power(code, text, unit)) is not None
            ],
            schema={"indicator": pl.String, "unit": pl.String, "power": pl.Int32},
            orient="row",
        )
        frame = frame.join(powers, on=["indicator", "unit"], how="left", maintain_order="left")
        frame = frame.with_columns(
            (pl.col("value").str.contains(_PLAIN) & pl.col("power").is_not_null()).alias("quick")
        )
        parts = [self.slowly(frame.filter(~pl.col("quick")), at, unit)]
        for power in sorted(powers["power"].unique()):
            easy = frame.filter(pl.col("quick") & (pl.col("power") == power))
            text = shifted(pl.col("value"), power).alias("text")
            state, note = pl.lit(self.mapping.state).alias("state"), pl.lit("").alias("note")
            parts.append(easy.select("line", "contestant", "indicator", "period", text, state, note))
        return pl.concat(parts).sort("line")

    def power(self, indicator: str, text: str, column_unit: Unit | None) -> int | None:
        """The power of ten that brings this unit to the season's; None when it is no such thing."""
        row_unit = self.meanings.unit(text) if text.strip() else None
        if text.strip() and row_unit is None:
            return None
        target = self.meanings.season_unit(indicator)
        source = self.meanings.source_unit(Figure(_ONE), (row_unit, column_unit), self.placer.whole.unit, target)
        sign, digits, exponent = (source.factor / target.factor).normalize().as_tuple()
        del sign
        return int(exponent) if digits == (1,) and source.fits(target) else None

    def slowly(self, rest: pl.DataFrame, at: int, unit: Unit | None) -> pl.DataFrame:
        import polars as pl

        whole = self.placer.whole
        said: dict[tuple[str, str, str], _Good | _Bad] = {}
        rows: list[tuple[Any, ...]] = []
        for line, contestant, indicator, period, value, unit_text in rest.select(
            "line", "contestant", "indicator", "period", "value", "unit"
        ).iter_rows():
            asked = (value, indicator, unit_text)
            if asked not in said:
                said[asked] = self.one(value, indicator, unit_text, unit, whole.unit)
            answer = said[asked]
            if isinstance(answer, _Good):
                rows.append((line, contestant, indicator, period, answer.text, answer.state, answer.note))
            elif value.strip() or not answer.skip:
                self.tell(
                    self.out.skipped if answer.skip else self.out.refused,
                    self.problem(line, at, answer.code, **answer.params),
                )
        return pl.DataFrame(
            rows,
            schema={
                "line": pl.get_index_type(), "contestant": pl.String, "indicator": pl.String, "period": pl.String,
                "text": pl.String, "state": pl.String, "note": pl.String,
            },
            orient="row",
        )  # fmt: skip

    def one(
        self, value: str, indicator: str, unit_text: str, column_unit: Unit | None, sheet_unit: Unit | None
    ) -> _Good | _Bad:
        row_unit = self.meanings.unit(unit_text) if unit_text.strip() else None
        if unit_text.strip() and row_unit is None:
            return _Bad("import.unit_unknown", {"seen": unit_text})
        measure = self.meanings.indicator(indicator).measure
        said = read_figure(Cell(value), self.mapping.markers, yes_no=measure == "yes-no")
        if isinstance(said, Unplaced):
            return _Bad(said.code, {"seen": value})
        if said == "zero":
            return _Good("0", self.mapping.state)
        if said == "not_applicable":
            return _Good("", "not_applicable", value.strip())
        if isinstance(said, str):
            return _Bad(f"import.cell_{said}", {"seen": value}, skip=True)
        target = self.meanings.season_unit(indicator)
        source = self.meanings.source_unit(said, (row_unit, column_unit), sheet_unit, target)
        if not source.fits(target):
            return _Bad(
                "import.unit_conflict", {"seen": f"{said.value:f}", "unit": source.text, "wanted": target.text or "1"}
            )
        text = convert(said.value, source, target)
        if text is None:
            return _Bad("import.cell_digits", {"seen": f"{said.value:f}"})
        return _Good(text, self.mapping.state, said.mark)

    def once(self, frame: pl.DataFrame, at: int) -> pl.DataFrame:
        """One figure per contestant, indicator and period; the same again is skipped, different ones are refused."""
        import polars as pl

        slot = ["contestant", "indicator", "period"]
        double = frame.filter(pl.struct(slot).is_duplicated())
        if not double.height:
            return frame
        drop: list[int] = []
        for (contestant, indicator, _), group in sorted(
            double.partition_by(slot, as_dict=True, maintain_order=True).items()
        ):
            lines = group["line"].to_list()
            values = [t or n for t, n in group.select("text", "note").iter_rows()]
            if len(set(group.select("text", "state").iter_rows())) == 1:
                drop.extend(lines[1:])
                first = self.spot(lines[0], at).name
                for line in lines[1:]:
                    self.tell(
                        self.out.skipped, self.problem(line, at, "import.same_again", seen=values[0], first=first)
                    )
                continue
            drop.extend(lines)
            for line, value in zip(lines, values, strict=True):
                other = next(n for n, v in enumerate(values) if v != value)
                named = {"cell": self.spot(lines[other], at).name, "contestant": contestant, "indicator": indicator}
                problem = self.problem(line, at, "import.twice", seen=value, other=values[other], **named)
                self.tell(self.out.refused, problem)
        return frame.filter(~pl.col("line").is_in(drop))

    def tell(self, problems: list[Problem], problem: Problem) -> None:
        if len(problems) < MOST_PROBLEMS:
            problems.append(problem)
        elif problems is self.out.skipped:
            self.out.more_skipped += 1
        else:
            self.out.more_refused += 1

    def spot(self, line: int, column: int) -> Spot:
        return Spot(self.file, self.sheet.name, line, column, self.sheet.lines)

    def problem(self, line: int, column: int, code: str, **params: object) -> Problem:
        return self.spot(line, column).problem(code, **params)


def shifted(value: pl.Expr, power: int) -> pl.Expr:
    """Plain decimal texts times ten to the power, exactly, as canonical texts: the point moves, no digit changes."""
    import polars as pl

    bare = value.str.strip_prefix("-")
    whole = bare.str.replace(r"\..*$", "")
    part = pl.when(bare.str.contains(".", literal=True)).then(bare.str.replace(r"^\d*\.", "")).otherwise(pl.lit(""))
    if power > 0:
        part = part.str.pad_end(power, "0")
        whole, part = pl.concat_str([whole, part.str.slice(0, power)]), part.str.slice(power)
    elif power < 0:
        whole = whole.str.pad_start(-power, "0")
        keep = (whole.str.len_chars() + power).cast(pl.UInt32)
        whole, part = whole.str.slice(0, keep), pl.concat_str([whole.str.slice(keep), part])
    whole, part = whole.str.strip_chars_start("0"), part.str.strip_chars_end("0")
    whole = pl.when(whole == "").then(pl.lit("0")).otherwise(whole)
    number = pl.when(part == "").then(whole).otherwise(pl.concat_str([whole, pl.lit("."), part]))
    return (
        pl.when(value.str.starts_with("-") & (number != "0"))
        .then(pl.concat_str([pl.lit("-"), number]))
        .otherwise(number)
    )


def _table(frame: pl.DataFrame, periods: Sequence[Period]) -> ReadingTable:
    import polars as pl

    if not frame.height:
        return ReadingTable.of(())
    order = {str(p): n for n, p in enumerate(periods)}
    frame = frame.with_columns(pl.col("period").replace_strict(order, return_dtype=pl.Int32).alias("when"))
    frame = frame.sort("when", "contestant", "indicator")
    contestants, contestant = _index(frame["contestant"])
    indicators, indicator = _index(frame["indicator"])
    used = frame["when"].unique().sort().to_list()
    again = np.searchsorted(np.array(used), frame["when"].to_numpy()).astype(np.int32)
    states = {s: n for n, s in enumerate(STATES)}
    texts = frame["text"]
    notes = frame.with_row_index("n").filter(pl.col("note") != "").select("n", "note")
    size = frame.height
    return ReadingTable(
        contestants=contestants,
        indicators=indicators,
        periods=tuple(periods[n] for n in used),
        contestant=contestant,
        indicator=indicator,
        period=again,
        value=texts.replace("", None).cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        text=tuple(texts.to_list()),
        state=frame["state"].replace_strict(states, return_dtype=pl.Int8).to_numpy(),
        revision=np.ones(size, np.int32),
        recorded_at=np.zeros(size, np.int64),
        origin=np.full(size, ORIGINS.index("reported"), np.int8),
        note=dict(notes.iter_rows()),
    )


def _index(codes: pl.Series) -> tuple[tuple[str, ...], Any]:
    import polars as pl

    names = tuple(sorted(codes.unique().to_list()))
    at = codes.replace_strict({c: n for n, c in enumerate(names)}, return_dtype=pl.Int32)
    return names, at.to_numpy()
