"""Long lists of firms, by the worker: looked at and recorded part by part, so that nobody waits long to write and a
kill in between repeats one part at most. What is recorded counts at once, when the last part is there."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.server.kit.collecting import collector_resting
from saima.server.kit.steps import run_step
from saima.server.registers.actions.importing import (
    confirmed,
    looked,
    problem_kept,
    said_of,
)
from saima.server.registers.actions.recording import DRAWN_FROM, draw, draw_spells, record_all
from saima.server.registers.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseName,
    EnterpriseStatus,
    Import,
)
from saima.server.registers.queries.import_plan import Plan
from saima.server.registers.queries.importing import plans_of
from saima.server.registers.queries.known import standing

_FIRMS: Final = 20_000  # drawn in one transaction
_CACHE_KB: Final = 200_000  # of SQLite, while the indexes of a million names grow everywhere


class Stopped(Exception):  # noqa: N818 - no fault: somebody dropped the table
    """The table is not wanted any more."""


def import_go_on(*, pk: int, by: Any) -> bool:
    """Do what a long list waits for, from where it stands; repeated without harm. Whether the register changed."""
    one = Import.objects.get(pk=pk)
    do: Callable[[Import, Any], None] | None = {
        Import.Doing.LOOK: _look,
        Import.Doing.RECORD: _record,
        Import.Doing.DRAW: _draw,
    }.get(Import.Doing(one.doing))
    if do is None:
        return False
    try:
        with collector_resting():
            do(one, by)
    except Stopped:
        return False
    except Refused as refused:
        _fault(one, refused.problems[0])
        return False
    except Exception:
        _fault(one, Problem("register.import_broken", {"number": one.number}))
        raise
    return do is not _look


def _fault(one: Import, problem: Problem) -> None:
    kept = json.dumps(problem_kept(problem), ensure_ascii=False)
    Import.objects.filter(pk=one.pk).update(doing=Import.Doing.NOTHING, fault=kept)


def _through(one: Import, lines: int, said: Plan) -> None:
    """Tell how far it is, beside what is kept of the table."""
    rows = Import.objects.filter(pk=one.pk, doing=one.doing, row_version=one.row_version)
    shown = json.dumps(json.loads(one.result or "{}") | {"far": dict(said.counts)}, ensure_ascii=False)
    if not rows.update(done=lines, result=shown):
        raise Stopped


def _look(one: Import, by: Any) -> None:
    whole, lines = Plan(), 0
    for part in plans_of(one):
        whole.told(part)
        lines += part.counts["lines"] + part.counts["skipped"]
        _through(one, lines, whole)
    with transaction.atomic():
        looked(_still(one), whole, by=by)


def _record(one: Import, by: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
    run, whole, lines, empty = _run(one), Plan(), 0, True
    for number, part in enumerate(plans_of(one)):
        whole.told(part)
        lines += part.counts["lines"] + part.counts["skipped"]
        empty &= part.empty
        if not part.empty:
            run_step(run, f"part {number}", lambda part=part: _recorded(one, part, by))  # type: ignore[misc]
        _through(one, lines, whole)
    with transaction.atomic():
        held = _still(one)
        if empty:
            raise QuestionRefused(Problem("register.nothing_new", {"number": one.number}))
        confirmed(held, whole, by=by)
        held.doing, held.done = Import.Doing.DRAW, 0
        held.save()
    _draw(held, by)


def _recorded(one: Import, part: Plan, by: Any) -> None:
    record_all(said_of(part), source=_still(one), by=by, drawn=False)


def _draw(one: Import, by: Any) -> None:  # noqa: ARG001 - as the others
    """Lists show the firms of a table that counts, and no longer those of one that was undone."""
    run, shown = _run(one), one.state == Import.State.CONFIRMED
    rows: list[QuerySet[Any]] = [EnterpriseName.objects.all(), EnterpriseAddress.objects.all()]
    rows.append(EnterpriseFact.objects.filter(item__in=DRAWN_FROM))
    said = [r.filter(source=one).values_list("enterprise_id", flat=True) for r in rows]
    ids = sorted({*said[0]})
    own = _only_its(one, shown=shown)
    alone = set(own.values_list("id", flat=True))
    parts: list[tuple[Callable[[Sequence[int]], object], list[int]]] = [
        (
            lambda some: own.filter(id__gte=some[0], id__lte=some[-1]).update(listed=shown),
            [n for n in ids if n in alone],
        ),
        (draw, sorted({n for r in said for n in r} - alone)),
        (draw_spells, sorted({*EnterpriseStatus.objects.filter(source=one).values_list("enterprise_id", flat=True)})),
    ]
    done, lines = 0, sum(len(firms) for _, firms in parts)
    for number, (do, firms) in enumerate(parts):
        for start in range(0, len(firms), _FIRMS):
            some = firms[start : start + _FIRMS]
            run_step(run, f"{number} {start}", lambda do=do, some=some: str(do(some)))  # type: ignore[misc]
            done += len(some)
            Import.objects.filter(pk=one.pk).update(done=done, lines=lines)
    Import.objects.filter(pk=one.pk).update(doing=Import.Doing.NOTHING, row_version=F("row_version") + 1)


def _only_its(one: Import, *, shown: bool) -> QuerySet[Enterprise]:
    """Firms nobody else ever named, that look as they came in; of a table undone, those nobody else names now."""
    own = EnterpriseName.objects.filter(enterprise=OuterRef("pk"), source=one)
    others = EnterpriseName.objects.filter(enterprise=OuterRef("pk")).exclude(source=one)
    if not shown:
        others = others.filter(standing())
    return Enterprise.objects.filter(Exists(own), merged_into=None).exclude(Exists(others)).exclude(name="")


def _still(one: Import) -> Import:
    """The table, held until the transaction ends, while it is wanted."""
    held = Import.objects.select_for_update().get(pk=one.pk)
    if (held.doing, held.row_version) != (one.doing, one.row_version):
        raise Stopped
    return held


def _run(one: Import) -> str:
    return f"import {one.number} {one.doing} {one.row_version}"
