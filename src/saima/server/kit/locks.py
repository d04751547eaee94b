"""Two people on one thing: whoever saves later sees both values and overwrites nobody. Row locks for both databases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model, QuerySet

from saima.engine.errors import Problem, QuestionRefused

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Both:
    """The two values of one conflict, as people read them, and who saved the one that is there, when."""

    what: str  # what they are values of: an indicator, a field
    mine: str
    theirs: str
    by: str = ""
    at: datetime | None = None


class Conflict(QuestionRefused):
    """What is saved was seen before somebody else changed it: 409, both values, nothing written."""

    status = 409

    def __init__(self, *conflicts: Both) -> None:
        super().__init__(
            Problem("desk.changed_meanwhile", {"what": c.what, "mine": c.mine, "theirs": c.theirs, "by": c.by or "-"})
            for c in conflicts
        )
        self.conflicts = conflicts


def locked(rows: QuerySet[M]) -> QuerySet[M]:
    """The same rows, held by this transaction until it ends: read, decide and write without anybody between.

    PostgreSQL locks the rows; on SQLite the transaction itself already keeps other writers out (IMMEDIATE).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("rows are locked inside a transaction")
    return rows.select_for_update(of=("self",))  # of: PostgreSQL locks no rows of an outer join


def check(row: Any, seen: int, both: Both) -> None:
    """Refuse when the row is no longer the one that was seen. Call it on a row that is ``locked``.

    Raises
    ------
    Conflict
        With both values, unless they are the same.
    """
    if row.row_version != seen and both.mine != both.theirs:
        raise Conflict(both)


def advance(rows: QuerySet[M], seen: int, **fields: Any) -> bool:
    """Write the fields of one row if it still is what was seen, in one statement; whether it was.

    For rows nobody needs to read first: ``advance(SeasonDraft.objects.filter(pk=pk), seen, files=text)``.
    """
    return rows.filter(row_version=seen).update(row_version=F("row_version") + 1, **fields) == 1
