"""Brings a table of talents in: sealed the moment it comes, opened only for a look that is told, taken, forgotten.

No name stands in the trail, in an address, or on disk outside its seal.
"""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.importing import Grid, grid_in
from saima.files.sealing import seal, unseal
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import audit, clock, locks
from saima.server.registers.actions.sealing import ring_there
from saima.server.registers.actions.talents import talent_add
from saima.server.registers.models import TalentProgramme, TalentTable
from saima.server.registers.queries.sealing import ring
from saima.server.registers.queries.talent_import import Table, table_read
from saima.server.registers.queries.talents import may_personal

KEPT: Final = timedelta(days=1)  # how long a table waits to be taken


@transaction.atomic
def table_bring(*, programme: TalentProgramme, name: str, content: bytes, by: Person) -> TalentTable:
    """Keep a table under seal until somebody has looked at it. What is no table of ours is refused before.

    Raises
    ------
    NotAllowed
    QuestionRefused, ReadingsRefused
        As ``table_read`` and ``grid_in``; ``sealing.no_key``.
    """
    _may(by, programme)
    people = len(table_read(programme, _grid(name, content)).people)
    made = TalentTable(programme=programme, by=by, at=clock.now())
    whole = json.dumps({"name": name, "content": b64encode(content).decode()}).encode()
    made.sealed = seal(ring_there(), whole, _about(made))
    made.save()
    _told("talent.table_brought", made, by, lines=people)
    return made


@transaction.atomic
def table_look(*, table: TalentTable, by: Person) -> Table:
    """What every line would do, with the names in it. The look is in the trail before anything is shown.

    Raises
    ------
    NotAllowed
    QuestionRefused
        As ``table_read`` and ``unseal``.
    """
    _may(by, table.programme)
    found = _unsealed(table)
    _told("talent.table_seen", table, by, lines=len(found.people))
    return found


@transaction.atomic
def table_take(*, table: TalentTable, partial: bool = False, by: Person) -> int:
    """Enter everybody who is new, each sealed; how many. The table is forgotten. All lines or, when chosen, the good.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``items.lines_wrong``, ``talents.table_gone``; as ``table_look``.
    """
    _may(by, table.programme)
    held = locks.locked(TalentTable.objects.filter(pk=table.pk)).first()
    if held is None:
        raise QuestionRefused(Problem("talents.table_gone"))
    found = _unsealed(held)
    if found.bad and not partial:
        raise QuestionRefused(Problem("items.lines_wrong", {"count": len(found.bad), "first": found.bad[0].line}))
    for one in found.new:
        if one.arrived is None:
            continue
        talent_add(programme=held.programme, arrived=one.arrived, personal=one.personal, **one.facts, by=by)
    _told("talent.table_taken", held, by, taken=len(found.new), same=len(found.same), left=len(found.bad))
    held.delete()
    return len(found.new)


@transaction.atomic
def table_drop(*, table: TalentTable, by: Person) -> None:
    """Forget a table that is not to be taken."""
    _may(by, table.programme)
    _told("talent.table_dropped", table, by)
    table.delete()


@transaction.atomic
def tables_forget() -> int:
    """Forget tables nobody took within a day; how many."""
    old = list(TalentTable.objects.filter(at__lt=clock.now() - KEPT).select_related("programme"))
    for table in old:
        _told("talent.table_dropped", table, None)
        table.delete()
    return len(old)


def _may(by: Person, programme: TalentProgramme) -> None:
    if not may_personal(by, programme) or not may_personal(by, programme, "talent.write"):
        raise NotAllowed(Problem("accounts.not_allowed"))


def _unsealed(table: TalentTable) -> Table:
    whole = json.loads(unseal(ring(), table.sealed, _about(table)))
    return table_read(table.programme, _grid(whole["name"], b64decode(whole["content"])))


def _grid(name: str, content: bytes) -> Grid:
    """A refusal names no file: its name may be somebody's."""
    suffix = name[name.rfind(".") :] if "." in name else ""
    try:
        return grid_in(f"table{suffix}", content)
    except Refused as refused:
        raise QuestionRefused(refused.problems) from None


def _about(table: TalentTable) -> str:
    return f"talent table {table.uuid}"


def _told(action: str, table: TalentTable, by: Person | None, **detail: object) -> None:
    audit.record(
        by=by,
        action=action,
        object_type="talent_table",
        object_key=str(table.uuid),
        programme=table.programme.key,
        **detail,
    )
