"""What a report would say differently: from the period before, and from its own last submission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saima.server.race.queries.contents import content_of, said_in
from saima.server.race.queries.reports import Page, Row


@dataclass(frozen=True)
class Changed:
    """A row of the review; ``submitted`` is what the cell said last time, empty when never submitted."""

    row: Row
    submitted: Mapping[str, Any]
    differs: bool  # from the last submission


def changes_shown(page: Page) -> Sequence[Changed]:
    """Every row of the page with what it said when the report was last submitted."""
    last = said_in(page.last.content) if page.last else {}
    files = [file for row in page.rows for file in row.files]
    now = said_in(content_of([r.cell for r in page.rows], files))
    found = []
    for row in page.rows:
        key = (row.cell.contestant, row.cell.indicator)
        then = last.get(key, {})
        found.append(Changed(row, then, bool(last) and then != now[key]))
    return found
