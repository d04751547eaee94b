"""Brings lists of firms in: proposed, looked at, confirmed with a receipt, undone while nothing stands on it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from saima.engine.errors import Problem, QuestionRefused
from saima.files.registers import ListMap, propose_list
from saima.server.kit import audit, blobs, clock
from saima.server.kit.adding import add_rows
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
from saima.server.registers.queries.import_plan import MOST_SHOWN, Plan
from saima.server.registers.queries.importing import (
    is_long,
    kept_mapping,
    lines_of,
    plan_import,
    size_of,
    top_of,
    vocabulary,
)
from saima.server.registers.queries.known import standing

MOST_NAME: Final = 100
_MOST_FILE: Final = 200
_ADDED: Final = ("new", "changed", "moved", "renamed", "aliases", "facts", "facts_changed", "statuses")
_RECORDED: Final = (EnterpriseName, EnterpriseAddress, EnterpriseFact, EnterpriseStatus)


def import_begin(*, blob: Blob, name: str, by: Any) -> Import:
    """A table to be looked at: read as it was read last time, or as its headers suggest. Raises as ``propose_list``."""
    proposed = propose_list(top_of(blob.sha256, name[:_MOST_FILE]), vocabulary())
    kept = kept_mapping(proposed)
    mapping = kept.mapping if kept is not None else proposed.dumped()
    size_of(blob.sha256, name[:_MOST_FILE], mapping)
    with transaction.atomic():
        number = _next_number()
        made = Import.objects.create(number=number, name=name[:_MOST_FILE], blob=blob, mapping=mapping, by=by)
        audit.record(by=by, action="import.begun", object_type="import", object_key=str(number), file=name)
    return made


def import_map(*, one: Import, mapping: ListMap, keep_as: str = "", by: Any) -> bool:
    """Another way to read the table: the dry run and its doubts are made anew. Of a long one by the worker: False.

    Raises
    ------
    QuestionRefused
        ``register.import_state``, ``register.busy``; or as ``read_list``.
    """
    one.mapping = mapping.dumped()
    later = is_long(one)
    if one.blob_id is not None and not later:
        lines_of(one.blob_id, one.name, one.mapping)
    with transaction.atomic():
        held = held_at(one, Import.State.PROPOSED)
        held.mapping = mapping.dumped()
        if keep_as.strip():
            ImportMapping.objects.update_or_create(
                name=keep_as.strip()[:MOST_NAME],
                defaults={"headers": mapping.digest, "mapping": mapping.dumped(), "by": by, "at": clock.now()},
            )
        if later:
            begin(held, Import.Doing.LOOK)
        else:
            looked(held, plan_import(held), by=by)
    return not later


def begin(held: Import, doing: str) -> None:
    """From now on the worker is at it."""
    held.doing, held.done, held.fault = doing, 0, ""
    held.lines = size_of(held.blob_id or "", held.name, held.mapping) if held.blob_id else 0
    held.row_version += 1
    held.save()


@transaction.atomic
def looked(held: Import, plan: Plan, *, by: Any) -> None:
    """Keep what a dry run found, in the caller's transaction; doubts that were settled stay so."""
    rows = Doubt.objects.filter(source=held)
    settled = {int(line) for line in rows.exclude(choice="").values_list("line", flat=True)}
    rows.filter(choice="").delete()
    add_rows(
        Doubt,
        ("kind", "line", "uscc", "name", "enterprise_id", "candidate"),
        (
            (d.kind, str(d.line), d.uscc[:40], d.name, d.enterprise, d.candidate)
            for d in plan.doubts
            if d.line not in settled
        ),
        {"source_id": held.pk, "choice": "", "by_id": None, "at": None},
    )
    finished(held, plan)
    audit.record(by=by, action="import.mapped", object_type="import", object_key=str(held.number), **plan.counts)


def finished(held: Import, plan: Plan, before: Mapping[str, Any] | None = None) -> None:
    """The table and what it would do, or did in all, as it is kept."""
    held.result = json.dumps(_with_before(before or {}, _result(plan)), ensure_ascii=False)
    held.doing = Import.Doing.NOTHING
    held.row_version += 1
    held.save()


def held_at(one: Import, *states: str) -> Import:
    """The import, held until the transaction ends.

    Raises
    ------
    QuestionRefused
        ``register.import_state``; ``register.busy``: the worker is at it.
    """
    held = in_state(one, *states)
    if held.doing:
        raise QuestionRefused(Problem("register.busy", {"number": held.number, "done": held.done, "all": held.lines}))
    return held


def in_state(one: Import, *states: str) -> Import:
    """The same, whether the worker is at it or not."""
    held = Import.objects.select_for_update().get(pk=one.pk)
    if held.state not in states:
        raise QuestionRefused(Problem("register.import_state", {"number": held.number, "import_state": held.state}))
    return held


def _result(plan: Plan) -> Mapping[str, Any]:
    """What of a plan is shown; where more is refused than a page shows, ``every`` names a file with it."""
    refused = [problem_kept(p) for p in plan.refused]
    found: dict[str, Any] = {
        "counts": dict(plan.counts),
        "new": [list(n) for n in plan.new],
        "changes": [asdict(c) for c in plan.changes],
        "refused": refused[:MOST_SHOWN],
    }
    if len(refused) > MOST_SHOWN:
        found["kept"] = len(refused)
        found["every"] = blobs.put(json.dumps(refused, ensure_ascii=False).encode(), "application/json").sha256
    return found


def problem_kept(p: Problem) -> Mapping[str, Any]:
    """A problem as it can be kept and said later, in any language."""
    params = {k: _plain(v) for k, v in p.params.items()}
    return {"code": p.code, "params": params, "line": p.line, "column": p.column}


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


def import_confirm(*, one: Import, by: Any) -> bool:
    """Record what the dry run showed, as known from now on; what waits for somebody stays out, and can be taken in by
    confirming again once it is settled. A long list is recorded by the worker: False.

    Raises
    ------
    QuestionRefused
        ``register.import_state``; ``register.busy``; ``register.nothing_new``: every line is in the register as it
        stands.
    """
    later = is_long(one)
    if one.blob_id is not None and not later:
        lines_of(one.blob_id, one.name, one.mapping)
    with transaction.atomic():
        held = held_at(one, Import.State.PROPOSED, Import.State.CONFIRMED)
        if later:
            held.began_at = held.began_at or clock.now()
            begin(held, Import.Doing.RECORD)
            return False
        plan = plan_import(held)
        if plan.empty:
            raise QuestionRefused(Problem("register.nothing_new", {"number": held.number}))
        record_all(said_of(plan), source=held, by=by)
        confirmed(held, plan, by=by)
    return True


def said_of(plan: Plan) -> Said:
    """What a plan records."""
    return Said(
        [Name(*row) for row in plan.names],
        [Address(code, place, since, text) for code, place, since, text in plan.addresses],
        [Fact(*row) for row in plan.facts],
        [Status(code, key, since, until, batch=batch) for code, key, since, until, batch in plan.statuses],
    )


@transaction.atomic
def confirmed(held: Import, plan: Plan, *, by: Any) -> None:
    """What the table says counts from now on; in the caller's transaction."""
    again = held.state == Import.State.CONFIRMED
    before = json.loads(held.result) if again else {}
    held.state, held.confirmed_at = Import.State.CONFIRMED, clock.now()
    finished(held, plan, before)
    number = str(held.number)
    audit.record(
        by=by, action="import.confirmed", object_type="import", object_key=number, again=again, **dict(plan.counts)
    )


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
    """A table that is not to be brought in after all, whatever the worker is at: rows that are there never count."""
    held = in_state(one, Import.State.PROPOSED)
    Doubt.objects.filter(source=held).delete()
    held.state, held.doing = Import.State.DROPPED, Import.Doing.NOTHING
    held.save()
    audit.record(by=by, action="import.dropped", object_type="import", object_key=str(held.number))


@transaction.atomic
def import_undo(*, one: Import, by: Any) -> bool:
    """The register is as if the table had not come, from now on; what was known before stays as it was known then.
    What lists show of very many firms is drawn anew by the worker: False.

    Raises
    ------
    QuestionRefused
        ``register.import_state``; ``register.stands_on_it``: firms it brought have been written about since.
    """
    held = held_at(one, Import.State.CONFIRMED)
    own = EnterpriseName.objects.filter(enterprise=OuterRef("pk"), source=held)
    others = EnterpriseName.objects.filter(standing(), enterprise=OuterRef("pk")).exclude(source=held)
    brought = Enterprise.objects.filter(Exists(own)).exclude(Exists(others))
    stands: set[int] = set()
    for model in (*_RECORDED, EnterpriseMerge):
        rows = model.objects.filter(standing()).exclude(source=held).filter(enterprise__in=brought)
        stands |= set(rows.values_list("enterprise_id", flat=True))
    if stands:
        names = Enterprise.objects.filter(pk__among=sorted(stands)).order_by("uscc").values_list("name", flat=True)
        raise QuestionRefused(
            Problem("register.stands_on_it", {"number": held.number, "count": len(stands), "first": names[0]})
        )
    firms = touched(held)
    held.state, held.undone_at = Import.State.UNDONE, clock.now()
    audit.record(by=by, action="import.undone", object_type="import", object_key=str(held.number), firms=len(firms))
    if later := len(firms) > settings.IMPORT_AT_ONCE:
        begin(held, Import.Doing.DRAW)
    else:
        held.row_version += 1
        held.save()
        draw(firms)
    return not later


def touched(held: Import) -> list[int]:
    """Firms a table says something of, in the order they came in."""
    found: set[int] = set()
    for model in _RECORDED:
        found |= set(model.objects.filter(source=held).values_list("enterprise_id", flat=True))
    return sorted(found)


@transaction.atomic
def doubts_settle(*, one: Import, choice: str, by: Any, pk: int | None = None, kind: str = "") -> int:
    """Settle one doubt, or all open ones of a kind; how many. The same firm, another one, or the line left out.

    Raises
    ------
    QuestionRefused
        ``register.choice``; ``register.import_state``.
    """
    held = held_at(one, Import.State.PROPOSED, Import.State.CONFIRMED)
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
