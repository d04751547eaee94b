"""What came out of a table: readings and targets that were placed, and every cell that was not, with its reason."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from saima.engine.errors import Problem
from saima.engine.model.inputs import Reading, ReadingTable
from saima.engine.model.periods import Period
from saima.engine.model.season import Target

MOST_PROBLEMS: Final = 1000  # of each list; how many more there are is said in the last one


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the table was used. ``cells`` counts the filled cells under mapped columns.

    ``absent`` lists (contestant, indicator) pairs of the season that have no figure in any period of the table.
    """

    cells: int = 0
    readings: int = 0
    targets: int = 0
    skipped: int = 0
    refused: int = 0
    contestants: int = 0
    indicators: int = 0
    periods: tuple[Period, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """Readings as a table (``readings`` gives them one by one), sorted by period, contestant and indicator.

    ``skipped``: cells that say nothing to record, each with why. ``refused``: cells that could not be placed.
    ``warnings``: figures that were placed but contradict each other. All name sheet and cell.
    """

    table: ReadingTable
    targets: tuple[Target, ...] = ()
    skipped: tuple[Problem, ...] = ()
    refused: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    replace_targets: bool = False

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(self.table.row(n) for n in range(len(self.table)))


def shortened(problems: list[Problem], file: str, uncounted: int = 0) -> tuple[Problem, ...]:
    """At most a thousand, and one that says how many more; ``uncounted`` were never kept one by one."""
    left = max(0, len(problems) - MOST_PROBLEMS) + uncounted
    if not left:
        return tuple(problems)
    more = Problem("import.more", {"count": left}, file=file)
    return (*problems[:MOST_PROBLEMS], more)
