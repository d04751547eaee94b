"""Brings lists of firms in: proposed, looked at, confirmed with a receipt, undone while nothing stands on it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from saima.engine.errors import Problem, QuestionRefused
from saima.files.registers import ListMap, propose_list
from saima.server.kit import audit, clock
from saima.server.kit.models import Blob
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status, draw, record_all
from saima.server.registers.models import (
    Doubt,
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseName,
    EnterpriseStatus,
    Import,
    ImportMapping,
)
from saima.server.registers.queries.importing import (
    MOST_SHOWN,
    Plan,
    grid_of,
    kept_mapping,
    lines_of,
    plan_import,
    vocabulary,
)
from saima.server.registers.queries.known import standing

MOST_NAME: Final = 100
_MOST_FILE: Final = 200
_ADDED: Final = ("new", "changed", "moved", "renamed", "aliases", "facts", "facts_changed", "statuses")
_RECORDED: Final = (EnterpriseName, EnterpriseAddress, EnterpriseFact, EnterpriseStatus)


def import_begin(*, blob: Blob, name: str, by: Any) -> Import:
    """A table to be looked at: read as it was read last time, or as its headers suggest. Raises as ``propose_list``."""
    proposed = propose_list(grid_of(blob.sha256, name[:_MOST_FILE]), vocabulary())
    kept = kept_mapping(proposed)
    mapping = kept.mapping if kept is not None else proposed.dumped()
    with transaction.atomic():
        number = _next_number()
        made = Import.objects.create(number=number, name=name[:_MOST_FILE], blob=blob, mapping=mapping, by=by)
        audit.record(by=by, action="import.begun", object_type="import", object_key=str(number), file=name)
    return made


def import_map(*, one: Import, mapping: ListMap, keep_as: str = "", by: Any) -> Plan:
    """Another way to read the table: the dry run and its doubts are made anew. Raises as ``read_list``."""
    if one.blob_id is not None:
        lines_of(one.blob_id, one.name, mapping.dumped())
    with transaction.atomic():
        held = _held(one, Import.State.PROPOSED)
        plan = _mapped(held, mapping, keep_as, by)
        audit.record(by=by, action="import.mapped", object_type="import", object_key=str(held.number), **plan.counts)
    return plan


def _mapped(held: Import, mapping: ListMap, keep_as: str, by: Any) -> Plan:
    held.mapping = mapping.dumped()
    settled = {
        int(line) for line in Doubt.objects.filter(source=held).exclude(choice="").values_list("line", flat=True)
    }
    plan = plan_import(held)
    held.result = json.dumps(_result(plan), ensure_ascii=False)
    held.row_version += 1
    held.save()
    Doubt.objects.filter(source=held, choice="").delete()
    Doubt.objects.bulk_create(
        Doubt(
            source=held,
            kind=d.kind,
            line=str(d.line),
            uscc=d.uscc[:40],
            name=d.name,
            enterprise_id=d.enterprise,
            candidate=d.candidate,
        )
        for d in plan.doubts
        if d.line not in settled
    )
    if keep_as.strip():
        ImportMapping.objects.update_or_create(
            name=keep_as.strip()[:MOST_NAME],
            defaults={"headers": mapping.digest, "mapping": mapping.dumped(), "by": by, "at": clock.now()},
        )
    return plan


def _held(one: Import, *states: str) -> Import:
    held = Import.objects.select_for_update().get(pk=one.pk)
    if held.state not in states:
        raise QuestionRefused(Problem("register.import_state", {"number": held.number, "import_state": held.state}))
    return held


def _result(plan: Plan) -> Mapping[str, Any]:
    return {
        "counts": dict(plan.counts),
        "new": [list(n) for n in plan.new],
        "changes": [asdict(c) for c in plan.changes],
        "refused": [
            {"code": p.code, "params": {k: _plain(v) for k, v in p.params.items()}, "line": p.line, "column": p.column}
            for p in plan.refused[:MOST_SHOWN]
        ],
    }


def _with_before(before: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a table did in all, taken in more than once: what was taken before stands, what was settled since is added.

    Lines taken before would be as they are; that says nothing of the table, so it stays as the first time had it.
    """
    if not before:
        return now
    old, new = before["counts"], now["counts"]
    counts = {**new, **{k: old.get(k, 0) + new.get(k, 0) for k in _ADDED}, "same": old.get("same", 0)}
    lists = {k: (before.get(k, []) + now[k])[:MOST_SHOWN] for k in ("new", "changes")}
    return {**now, **lists, "counts": counts}


def _plain(value: object) -> object:
    text = getattr(value, "en", None)
    return {"en": text, "zh": getattr(value, "zh", "")} if text is not None else value


def import_confirm(*, one: Import, by: Any) -> Import:
    """Record what the dry run showed, as known from now on; what waits for somebody stays out, and can be taken in by
    confirming again once it is settled.

    Raises
    ------
    QuestionRefused
        ``register.import_state``; ``register.nothing_new``: every line is in the register as it stands.
    """
    if one.blob_id is not None:
        lines_of(one.blob_id, one.name, one.mapping)
    with transaction.atomic():
        held = _held(one, Import.State.PROPOSED, Import.State.CONFIRMED)
        again = held.state == Import.State.CONFIRMED
        counts = dict(_confirmed(held, by, again=again).counts)
        number = str(held.number)
        audit.record(by=by, action="import.confirmed", object_type="import", object_key=number, again=again, **counts)
    return held


def _confirmed(held: Import, by: Any, *, again: bool) -> Plan:
    plan = plan_import(held)
    if plan.empty:
        raise QuestionRefused(Problem("register.nothing_new", {"number": held.number}))
    said = Said(
        [Name(*row) for row in plan.names],
        [Address(code, place, since, text) for code, place, since, text in plan.addresses],
        [Fact(*row) for row in plan.facts],
        [Status(code, key, since, until, batch=batch) for code, key, since, until, batch in plan.statuses],
    )
    record_all(said, source=held, by=by)
    before = json.loads(held.result) if again else {}
    held.state, held.confirmed_at = Import.State.CONFIRMED, clock.now()
    held.result = json.dumps(_with_before(before, _result(plan)), ensure_ascii=False)
    held.row_version += 1
    held.save()
    return plan


@transaction.atomic
def said_import(*, name: str, said: Said, by: Any) -> Import:
    """What a program says of firms, kept as one import without a table: examples, other systems."""
    number = _next_number()
    made = Import.objects.create(
        number=number, name=name[:200], state=Import.State.CONFIRMED, confirmed_at=clock.now(), by=by
    )
    new = len(said.usccs - set(Enterprise.objects.filter(uscc__in=said.usccs).values_list("uscc", flat=True)))
    record_all(said, source=made, by=by)
    counts = {"new": new, "facts": len(said.facts), "statuses": len(said.statuses)}
    made.result = json.dumps({"counts": counts})
    made.save()
    audit.record(by=by, action="import.confirmed", object_type="import", object_key=str(number), again=False, **counts)
    return made


def _next_number() -> int:
    return int(Import.objects.aggregate(most=Max("number"))["most"] or 0) + 1


@transaction.atomic
def import_drop(*, one: Import, by: Any) -> None:
    """A table that is not to be brought in after all."""
    held = _held(one, Import.State.PROPOSED)
    Doubt.objects.filter(source=held).delete()
    held.state = Import.State.DROPPED
    held.save()
    audit.record(by=by, action="import.dropped", object_type="import", object_key=str(held.number))


@transaction.atomic
def import_undo(*, one: Import, by: Any) -> None:
    """The register is as if the table had not come, from now on; what was known before stays as it was known then.

    Raises
    ------
    QuestionRefused
        ``register.import_state``; ``register.stands_on_it``: firms it brought have been written about since.
    """
    held = _held(one, Import.State.CONFIRMED)
    brought = set(EnterpriseName.objects.filter(source=held).values_list("enterprise_id", flat=True))
    others = EnterpriseName.objects.filter(standing()).exclude(source=held)
    brought -= set(others.filter(enterprise_id__in=brought).values_list("enterprise_id", flat=True))
    stands: set[int] = set()
    for model in (*_RECORDED, EnterpriseMerge):
        rows = model.objects.filter(standing(), enterprise_id__in=brought).exclude(source=held)
        stands |= set(rows.values_list("enterprise_id", flat=True))
    if stands:
        names = Enterprise.objects.filter(pk__in=stands).order_by("uscc").values_list("name", flat=True)
        raise QuestionRefused(
            Problem("register.stands_on_it", {"number": held.number, "count": len(stands), "first": names[0]})
        )
    touched: set[int] = set()
    for model in _RECORDED:
        touched |= set(model.objects.filter(source=held).values_list("enterprise_id", flat=True))
    held.state, held.undone_at = Import.State.UNDONE, clock.now()
    held.row_version += 1
    held.save()
    draw(touched)
    audit.record(by=by, action="import.undone", object_type="import", object_key=str(held.number), firms=len(touched))


@transaction.atomic
def doubts_settle(*, one: Import, choice: str, by: Any, pk: int | None = None, kind: str = "") -> int:
    """Settle one doubt, or all open ones of a kind; how many. The same firm, another one, or the line left out.

    Raises
    ------
    QuestionRefused
        ``register.choice``; ``register.import_state``.
    """
    held = _held(one, Import.State.PROPOSED, Import.State.CONFIRMED)
    if choice not in Doubt.Choice.values:
        raise QuestionRefused(Problem("register.choice"))
    rows = Doubt.objects.filter(source=held)
    rows = rows.filter(kind=kind, choice="") if kind else rows.filter(pk=pk or 0)
    if not choice and held.confirmed_at is not None:
        rows = rows.filter(at__gt=held.confirmed_at)  # what was taken in since is recorded, and stays settled
    if choice == Doubt.Choice.OTHER:
        rows = rows.filter(kind=Doubt.Kind.NEAR_NAME)  # the others have no code of their own to stand under
    count = rows.update(choice=choice, by=by, at=clock.now())
    if count:
        audit.record(
            by=by,
            action="import.settled",
            object_type="import",
            object_key=str(held.number),
            choice=choice,
            kind=kind,
            count=count,
        )
    return count
