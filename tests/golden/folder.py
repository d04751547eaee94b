"""Writes the tables of a season folder the same way on every machine."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "src" / "saima" / "examples"
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """CSV text; a key that is no column is a fault, a column nobody fills is left out."""
    rows = list(rows)
    unknown = {key for row in rows for key in row} - set(columns)
    if unknown:
        raise KeyError(f"no such column: {sorted(unknown)}")
    filled = [c for c in columns if any(row.get(c, "") not in {"", None} for row in rows)]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, filled, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({c: row.get(c, "") for c in filled} for row in rows)
    return out.getvalue()


def fifteen(text: str) -> str:
    """A decimal text at no more than 15 significant digits, half to even, without an exponent."""
    value = _FIFTEEN.create_decimal(text)
    return "0" if value == 0 else f"{value.normalize():f}"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes the files of one season folder and removes tables it no longer has."""
    for old in folder.rglob("*.csv"):
        if old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
