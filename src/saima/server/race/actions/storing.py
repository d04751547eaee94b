"""Stores the figures of a bundle as revisions, a million of them in seconds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import numpy as np

from saima.engine.model.inputs import ORIGINS, STATES, ReadingTable
from saima.server.accounts.models import Person
from saima.server.kit.adding import add_rows
from saima.server.race.models import Reading, Season

Slot = tuple[str, str, str]  # contestant, indicator, period
_LONGEST_SOURCE: Final = 200
_COLUMNS: Final = (
    *("season_id", "contestant", "indicator", "period", "revision", "value", "state", "origin", "note", "evidence"),
    *("recorded_at", "source", "reason", "by_id"),
)


def readings_store(
    *, season: Season, table: ReadingTable, by: Person | None, source: str, cells: Mapping[Slot, str], first: int = 0
) -> None:
    """The rows of a table from number ``first`` on; ``cells`` says where single figures were read."""
    add_rows(Reading, _COLUMNS, _rows(season, table, by, source, cells, first))


def _rows(
    season: Season, table: ReadingTable, by: Person | None, source: str, cells: Mapping[Slot, str], first: int
) -> Iterator[tuple[object, ...]]:
    periods, by_id, short = [str(p) for p in table.periods], by.pk if by else None, source[:_LONGEST_SOURCE]
    instants = {n: datetime.fromtimestamp(n, UTC) for n in np.unique(table.recorded_at[first:]).tolist()}
    # In the order of the database's own index, which then grows at its end instead of everywhere.
    order = np.lexsort([c[first:] for c in (table.revision, table.indicator, table.contestant, table.period)]) + first
    numbers = (c[order].tolist() for c in (table.contestant, table.indicator, table.period))
    rest = (c[order].tolist() for c in (table.revision, table.state, table.origin, table.recorded_at))
    rows = zip(order.tolist(), *numbers, *rest, strict=True)
    for n, c, i, p, revision, state, origin, instant in rows:
        slot = (table.contestants[c], table.indicators[i], periods[p])
        yield (
            season.pk,
            *slot,
            revision,
            table.text[n],
            STATES[state],
            ORIGINS[origin],
            table.note.get(n, ""),
            table.evidence.get(n, ""),
            instants[instant],
            cells[slot][:_LONGEST_SOURCE] if slot in cells else short,
            "",
            by_id,
        )
