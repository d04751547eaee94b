"""Writes a table of items: every line that can be taken, in one transaction."""

from datetime import date

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.kinds import Kind
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, clock
from saima.server.registers.actions.items import Step, item_add, item_change, item_figures, item_move
from saima.server.registers.models import Item
from saima.server.registers.queries.item_import import Dry, Row
from saima.server.registers.rules import RULES


@transaction.atomic
def items_import(
    *, kind: Kind, dry: Dry, source: str, by: Person | None, partial: bool = False, since: date | None = None
) -> int:
    """Take the lines of a table; how many. Without ``partial`` all of them or none.

    Changed values hold from ``since`` on; without it they correct what was always so.

    Raises
    ------
    QuestionRefused
        ``items.lines_wrong``: some lines cannot be taken and nobody said to leave them out.
    """
    if by is not None:
        require(RULES, "item.import", by)
    if dry.bad and not partial:
        raise QuestionRefused(Problem("items.lines_wrong", {"count": len(dry.bad), "first": dry.bad[0].line}))
    taken = 0
    for row in dry.good:
        try:
            taken += _take(kind, row, source, by, since)
        except Refused as refused:
            raise QuestionRefused(
                [Problem(p.code, p.params, file=source, line=row.line) for p in refused.problems]
            ) from None
    audit.record(
        by=by,
        action="item.imported",
        object_type="item",
        object_key=kind.id,
        source=source,
        taken=taken,
        left=len(dry.bad),
    )
    return taken


def _take(kind: Kind, row: Row, source: str, by: Person | None, since: date | None) -> bool:
    if row.does == "same":
        return False
    stage = kind.stage(row.stage)
    proof = {a.id: row.proof for a in stage.asks} if stage else {}
    step = Step(row.stage, row.since or clock.today(), proof)
    if row.does == "new":
        item = item_add(kind=kind.id, code=row.code, values=row.values, step=step, by=by, reason=source)
    else:
        item = Item.objects.get(kind=kind.id, code=row.code)
        item_change(item=item, values=row.values, since=since, reason=source, by=by)
        if row.stage:
            item_move(item=item, step=step, by=by, reason=source)
    if row.figures:
        item_figures(item=item, entries=row.figures, by=by, reason=source)
    return True
