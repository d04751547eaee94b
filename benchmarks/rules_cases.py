"""A ladder of five published rules over a register: firms in memory, firms from Parquet, OpenFisca beside."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from made_firms import firms, write_parquet
from saima.engine.rules import Rule, plan_ladder
from saima.presets import presets

Run = Callable[[], object]
RUNGS = ("tech-sme", "innovative-sme", "specialised-sme", "small-giant-2026", "high-tech-enterprise")
ON = date(2026, 3, 1)
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []  # as long as the process of the case


def ladder() -> list[Rule]:
    return [presets()[rung] for rung in RUNGS]


def totals(register: pl.LazyFrame) -> pl.DataFrame:
    """The whole ladder in one pass: of every condition, score, miss and rung the total over all firms."""
    return plan_ladder(ladder(), on=ON).columns(register).select(pl.all().sum()).collect(engine="streaming")


def in_memory(count: int) -> Callable[[], Run]:
    def prepare() -> Run:
        register = pl.DataFrame(firms(ladder(), count, 4)).lazy()
        return lambda: totals(register)

    return prepare


def _parquet(count: int) -> Path:
    """Files of made firms, written by another process: its memory is not what is measured."""
    folder = tempfile.TemporaryDirectory(prefix="saima-bench-")
    _FOLDERS.append(folder)
    subprocess.run([sys.executable, __file__, str(count), folder.name], check=True)
    return Path(folder.name) / "firms-*.parquet"


def from_parquet(count: int) -> Callable[[], Run]:
    def prepare() -> Run:
        files = _parquet(count)
        return lambda: totals(pl.scan_parquet(files))

    return prepare


def openfisca(count: int) -> Callable[[], Run]:
    """Read from the same Parquet files into OpenFisca's vectors; its five rungs alone are asked for."""

    def prepare() -> Run:
        from openfisca_ladder import asked_for, rungs

        files = _parquet(count)

        def run() -> object:
            table = pl.read_parquet(files, columns=asked_for())
            return rungs({name: table[name].to_numpy() for name in table.columns})

        return run

    return prepare


if __name__ == "__main__":
    write_parquet(ladder(), int(sys.argv[1]), Path(sys.argv[2]))
