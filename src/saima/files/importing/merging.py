"""Puts imported figures into a season: unchanged ones add nothing, changed ones become the next revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from saima.engine.model.inputs import ORIGINS, STATES, Origin, ReadingTable
from saima.engine.model.season import Season, Target
from saima.files.bundle import Bundle
from saima.files.importing.columns import joined, taken
from saima.files.importing.result import ImportResult

if TYPE_CHECKING:
    import polars as pl

_SLOT: Final = ("contestant", "indicator", "period")
_VERIFIED: Final = STATES.index("verified")
_REPORTED: Final = STATES.index("reported")


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import does to a season. ``targets_kept``: the season has another target and the mapping says add."""

    new: int
    changed: int
    unchanged: int
    refused: int
    targets_new: int = 0
    targets_changed: int = 0
    targets_unchanged: int = 0
    targets_kept: tuple[Target, ...] = ()


def merge_into(bundle: Bundle, result: ImportResult, *, recorded_at: datetime, origin: Origin = "import") -> Bundle:
    """The season with the imported figures as new revisions, and with new targets.

    A figure equal to the latest revision adds nothing, also where that one is verified and the table only reports.
    A target the season already has differently is replaced only where the mapping says so.

    Raises
    ------
    ValueError
        ``recorded_at`` has no offset.
    """
    if recorded_at.tzinfo is None:
        raise ValueError("recorded_at needs an offset")
    rows, revisions, _ = _news(bundle.readings.table, result.table)
    added = taken(result.table, rows)
    added = replace(
        added,
        revision=revisions,
        recorded_at=np.full(len(added), int(recorded_at.timestamp()), np.int64),
        origin=np.full(len(added), ORIGINS.index(origin), np.int8),
    )
    targets, _ = _targets(bundle.season, result)
    season = bundle.season if targets == bundle.season.targets else replace(bundle.season, targets=targets)
    readings = replace(bundle.readings, table=joined([bundle.readings.table, added])) if len(added) else bundle.readings
    return replace(bundle, season=season, readings=readings)


def merge_counts(bundle: Bundle, result: ImportResult) -> Counts:
    """What ``merge_into`` would do, in numbers."""
    rows, revisions, _ = _news(bundle.readings.table, result.table)
    new = int((revisions == 1).sum())
    _, targets = _targets(bundle.season, result)
    return replace(
        targets,
        new=new,
        changed=len(rows) - new,
        unchanged=len(result.table) - len(rows),
        refused=result.coverage.refused,
    )


def _news(old: ReadingTable, new: ReadingTable) -> tuple[np.ndarray, np.ndarray, int]:
    """Row numbers of ``new`` that say something else than the latest revision, and the revision each becomes."""
    import polars as pl

    latest = _frame(old, "old").sort("old_revision").unique(_SLOT, keep="last", maintain_order=True)
    both = _frame(new, "new").with_row_index("row").join(latest, on=_SLOT, how="left", maintain_order="left")
    states = pl.col("new_state") == pl.col("old_state")
    kept = (pl.col("old_state") == _VERIFIED) & (pl.col("new_state") == _REPORTED)
    same = (pl.col("new_text") == pl.col("old_text")) & (states | kept)
    changed = both.filter(~same.fill_null(value=False))
    revisions = changed["old_revision"].fill_null(0).to_numpy().astype(np.int32) + 1
    return changed["row"].to_numpy().astype(np.int64), revisions, len(old)


def _frame(table: ReadingTable, name: str) -> pl.DataFrame:
    import polars as pl

    periods = [p.ordinal * 16 + len(p.frequency) for p in table.periods]  # the four names differ in length
    return pl.DataFrame(
        {
            "contestant": _names(table.contestants, table.contestant),
            "indicator": _names(table.indicators, table.indicator),
            "period": np.array(periods, np.int64)[table.period] if len(table) else np.array([], np.int64),
            f"{name}_text": pl.Series(list(table.text), dtype=pl.String),
            f"{name}_state": table.state.astype(np.int8),
            f"{name}_revision": table.revision.astype(np.int32),
        }
    )


def _names(names: Sequence[str], index: np.ndarray) -> pl.Series:
    import polars as pl

    return (
        pl.Series(list(names), dtype=pl.String).gather(index.astype(np.int64))
        if len(names)
        else pl.Series([], dtype=pl.String)
    )


def _targets(season: Season, result: ImportResult) -> tuple[tuple[Target, ...], Counts]:
    own = {(t.contestant, t.indicator): t for t in season.targets}
    new = changed = unchanged = 0
    kept: list[Target] = []
    for t in result.targets:
        old = own.get((t.contestant, t.indicator))
        if old is None:
            own[t.contestant, t.indicator] = t
            new += 1
            continue
        merged = replace(
            old,
            target=old.target if t.target is None else t.target,
            baseline=old.baseline if t.baseline is None else t.baseline,
        )
        fills = (old.target is None or merged.target == old.target) and (
            old.baseline is None or merged.baseline == old.baseline
        )
        if merged == old:
            unchanged += 1
        elif fills or result.replace_targets:
            own[t.contestant, t.indicator] = merged
            changed += 1
        else:
            kept.append(t)
    counts = Counts(0, 0, 0, 0, new, changed, unchanged, tuple(kept))
    targets = tuple(sorted(own.values(), key=lambda t: (t.contestant, t.indicator)))
    return (targets if new or changed else season.targets), counts
