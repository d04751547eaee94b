"""Writes items: made, changed from a day on or corrected, moved to a stage with its proof, figures, rows of lists."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.kinds import Kind, Listing, Stage, value_of
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by, may
from saima.server.kit import audit, clock, locks
from saima.server.kit.context import lang
from saima.server.kit.models import Blob
from saima.server.places.queries import places_by_key
from saima.server.registers.models import Item, ItemFact, ItemFigure, ItemLine, ItemStage
from saima.server.registers.queries.item_checks import Entry, checked_entry, checked_values
from saima.server.registers.queries.items import ItemAt, item_at
from saima.server.registers.queries.kinds import kind_of
from saima.server.registers.rules import RULES
from saima.words import Text

__all__ = [
    "Entry",
    "Step",
    "item_add",
    "item_change",
    "item_figures",
    "item_line",
    "item_move",
    "item_move_undo",
]

CODE_MOST: Final = 60
FAR: Final = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as somebody gives it: since when, what proves each thing it asks, a file."""

    stage: str
    since: date
    proof: Mapping[str, str] = field(default_factory=dict)
    file: tuple[Blob, str] | None = None


@transaction.atomic
def item_add(
    *,
    kind: str,
    code: str,
    values: Mapping[str, str],
    step: Step,
    by: Person | None,
    reason: str = "",
    since: date | None = None,
) -> Item:
    """A new item with its fields and the stage it is in. Without a code it gets the next of its kind.

    Raises
    ------
    NotAllowed
        Its place is not the person's.
    QuestionRefused
        ``items.no_kind``, ``items.code_taken``, ``items.code_odd``, what ``checked_values`` and a stage refuse.
    """
    defined = _kind(kind)
    found = checked_values(defined, values, whole=True)
    _may_keep(by, found.get("place", ""))
    code = code.strip() or _next_code(defined)
    if len(code) > CODE_MOST or not all(c.isalnum() or c in "-_." for c in code):
        raise QuestionRefused(Problem("items.code_odd", {"code": code[:80], "most": CODE_MOST}))
    if Item.objects.filter(kind=kind, code=code).exists():
        raise QuestionRefused(Problem("items.code_taken", {"code": code, "kind": defined.text}))
    item = Item.objects.create(kind=kind, code=code, made_at=clock.now())
    _facts(item, found, since, by, reason)
    _stage(item, defined, None, step, by, reason)
    _told(item, "added", by, stage=step.stage, reason=reason)
    return item


def _kind(kind: str) -> Kind:
    defined = kind_of(kind)
    if defined is None:
        raise QuestionRefused(Problem("items.no_kind", {"kind": kind[:40]}))
    return defined


def _next_code(kind: Kind) -> str:
    head = f"{kind.prefix}-"
    codes = Item.objects.filter(kind=kind.id, code__startswith=head).values_list("code", flat=True)
    numbers = [int(n) for c in codes if (n := c.removeprefix(head)).isascii() and n.isdigit() and len(n) < 9]
    return f"{head}{max(numbers, default=0) + 1:03d}"


def _may_keep(by: Person | None, *places: str) -> None:
    """``by`` None is the program itself. An item without a place is the bureau's."""
    if by is None:
        return
    held = held_by(by)
    found = places_by_key([p for p in places if p])
    for key in places:
        if not may(RULES["item.write"], held, place=found[key].pk if key in found else None):
            raise NotAllowed(Problem("accounts.not_allowed"))


def _told(item: Item, did: str, by: Person | None, **detail: object) -> None:
    audit.record(by=by, action=f"item.{did}", object_type="item", object_key=f"{item.kind} {item.code}", **detail)


def _locked(item: Item, by: Person | None) -> tuple[Item, Kind, ItemAt]:
    """The row held until the transaction ends, and the item as it is known now."""
    row = locks.locked(Item.objects.filter(pk=item.pk)).get()
    here = item_at(row.kind, row.code, on=clock.today() + FAR)
    defined = _kind(row.kind)
    if here is None:
        raise QuestionRefused(Problem("items.no_kind", {"kind": row.kind}))
    _may_keep(by, here.place)
    return row, defined, here


def _advance(row: Item) -> None:
    row.row_version += 1
    row.save(update_fields=["row_version"])


def _reasoned(reason: str) -> str:
    plain = reason.strip()[:2000]
    if not plain:
        raise QuestionRefused(Problem("items.no_reason"))
    return plain


@transaction.atomic
def item_change(
    *,
    item: Item,
    values: Mapping[str, str],
    since: date | None,
    reason: str,
    by: Person | None,
    seen: int | None = None,
) -> list[str]:
    """Change fields; which. From ``since`` on for dated fields, else a correction of what was always so.

    Raises
    ------
    Conflict
        Somebody changed the item since it was ``seen``.
    NotAllowed, QuestionRefused
        As ``item_add``; ``items.no_reason``; ``items.day_far``.
    """
    row, kind, here = _locked(item, by)
    found = checked_values(kind, values, whole=False)
    told = _reasoned(reason)
    if since is not None:
        _bearable(since)
    as_was = here if since is None else item_at(row.kind, row.code, on=since) or here
    changed = {f: v for f, v in found.items() if v != as_was.values.get(f, "")}
    if "place" in changed:
        _may_keep(by, here.place, changed["place"])
    if not changed:
        return []
    if seen is not None and seen != row.row_version:
        raise locks.Conflict(
            *(
                locks.Both(f.text.of(lang()), changed[f.id], here.values.get(f.id, ""))
                for f in kind.all_fields
                if f.id in changed
            )
        )
    _facts(row, changed, since, by, told)
    _advance(row)
    _told(row, "changed", by, fields=sorted(changed), since=since, reason=told)
    return sorted(changed)


def _facts(item: Item, values: Mapping[str, str], since: date | None, by: Person | None, reason: str) -> None:
    kind = _kind(item.kind)
    for name, value in values.items():
        defined = kind.field(name)
        from_day = since if defined is not None and defined.dated else None
        ItemFact.objects.create(
            item=item, field=name, value=value, since=from_day, recorded_at=clock.now(), by=by, reason=reason
        )


def _bearable(day: date) -> None:
    today = clock.today()
    if not date(1949, 1, 1) <= day <= today + FAR:
        raise QuestionRefused(Problem("items.day_far", {"day": day.isoformat()}))


@transaction.atomic
def item_move(*, item: Item, step: Step, by: Person | None, reason: str = "", seen: int | None = None) -> None:
    """To another stage, allowed from the one it is in, with what proves it.

    Raises
    ------
    QuestionRefused
        ``items.no_step``, ``items.stage_before``, ``items.stage_ahead``, ``items.needs_proof``, ``items.moved``.
    """
    row, kind, here = _locked(item, by)
    if seen is not None and seen != row.row_version:
        raise QuestionRefused(Problem("items.moved", {"code": row.code}))
    _stage(row, kind, here, step, by, reason.strip()[:2000])
    _advance(row)
    _told(row, "moved", by, stage=step.stage, since=step.since, reason=reason)


def _stage(item: Item, kind: Kind, here: ItemAt | None, step: Step, by: Person | None, reason: str) -> None:
    wanted = kind.stage(step.stage)
    last = here.reached if here else None
    open_ = kind.steps_from(last.stage if last else "")
    if wanted is None or wanted.id not in {s.id for s in open_}:
        now_in = here.stage.text if here and here.stage else Text("–", "–")
        raise QuestionRefused(
            Problem(
                "items.no_step",
                {
                    "stage": wanted.text if wanted else step.stage[:40],
                    "here": now_in,
                    "open": tuple(s.text for s in open_),
                },
            )
        )
    _bearable(step.since)
    if step.since > clock.today():
        raise QuestionRefused(Problem("items.stage_ahead", {"day": step.since.isoformat()}))
    if last is not None and step.since < last.since:
        raise QuestionRefused(
            Problem("items.stage_before", {"day": step.since.isoformat(), "last": last.since.isoformat()})
        )
    proof = _proof(wanted, step)
    ItemStage.objects.create(
        item=item,
        stage=wanted.id,
        since=step.since,
        proof=json.dumps(proof, ensure_ascii=False, sort_keys=True) if proof else "",
        blob=step.file[0] if step.file else None,
        file_name=step.file[1][:200] if step.file else "",
        recorded_at=clock.now(),
        by=by,
        reason=reason,
    )


def _proof(stage: Stage, step: Step) -> dict[str, str]:
    """What is given for each thing the stage asks; each must be answered."""
    given = {a.id: " ".join(step.proof.get(a.id, "").split())[:400] for a in stage.asks}
    missing = [a for a in stage.asks if not given[a.id]]
    if missing:
        raise QuestionRefused(Problem("items.needs_proof", {"stage": stage.text, "ask": a.text}) for a in missing)
    return given


@transaction.atomic
def item_move_undo(*, item: Item, row_number: int, reason: str, by: Person | None) -> None:
    """The last stage was a mistake: it is marked so, and the one before holds again.

    Raises
    ------
    QuestionRefused
        ``items.no_undo``: another one is the last, or it is the only one; ``items.no_reason``.
    """
    row, _, here = _locked(item, by)
    told = _reasoned(reason)
    last = here.reached
    if last is None or last.row != row_number or len(here.stages) < 2:
        raise QuestionRefused(Problem("items.no_undo", {"code": row.code}))
    ItemStage.objects.create(
        item=row,
        stage=last.stage,
        since=last.since,
        recorded_at=clock.now(),
        by=by,
        reason=told,
        undoes_id=last.row,
    )
    _advance(row)
    _told(row, "move_undone", by, stage=last.stage, reason=told)


@transaction.atomic
def item_figures(*, item: Item, entries: Sequence[Entry], by: Person | None, reason: str = "") -> int:
    """Numbers of periods; how many are new. What is there already is not written again.

    Raises
    ------
    QuestionRefused
        ``items.no_figure``, ``items.no_period``, ``items.no_number``, ``items.done_ahead`` for each that is wrong.
    """
    row, kind, here = _locked(item, by)
    problems: list[Problem] = []
    fresh: list[Entry] = []
    for entry in entries:
        try:
            made = checked_entry(kind, here, entry)
        except Refused as refused:
            problems += refused.problems
            continue
        if made is not None:
            fresh.append(made)
    if problems:
        raise QuestionRefused(problems)
    for e in fresh:
        ItemFigure.objects.create(
            item=row,
            figure=e.figure,
            period=e.period,
            side=e.side,
            value=e.value,
            recorded_at=clock.now(),
            by=by,
            reason=reason.strip()[:2000],
        )
    if fresh:
        _advance(row)
        said = [f"{e.figure} {e.period} {e.side} {e.value}" for e in fresh[:20]]
        _told(row, "figures", by, count=len(fresh), figures=said, reason=reason)
    return len(fresh)


@transaction.atomic
def item_line(
    *,
    item: Item,
    listing: str,
    values: Mapping[str, str],
    by: Person | None,
    number: int | None = None,
    gone: bool = False,
    reason: str = "",
) -> int:
    """A row of one of the item's lists: new without a number, else instead of the one there; ``gone`` takes it out.

    Raises
    ------
    QuestionRefused
        ``items.no_list``, ``items.no_line``, ``items.grade_other``, what a column refuses; ``items.no_reason`` where a
        row is taken out.
    """
    row, kind, here = _locked(item, by)
    defined = kind.listing(listing)
    if defined is None:
        raise QuestionRefused(Problem("items.no_list", {"list": listing[:60]}))
    known = {
        n: json.loads(v)
        for n, v in ItemLine.objects.filter(item=row, listing=listing).order_by("id").values_list("number", "values")
    }
    if number is not None and number not in known:
        raise QuestionRefused(Problem("items.no_line", {"number": number, "list": defined.text}))
    if gone:
        _reasoned(reason)
    kept = known[number] if gone and number is not None else _columns(kind, defined, values)
    if number is not None and not gone and kept == known[number]:
        return number
    made = number or max(known, default=0) + 1
    ItemLine.objects.create(
        item=row,
        listing=listing,
        number=made,
        values=json.dumps(kept, ensure_ascii=False, sort_keys=True),
        gone=gone,
        recorded_at=clock.now(),
        by=by,
        reason=reason.strip()[:2000],
    )
    _advance(row)
    _told(row, "line", by, list=listing, number=made, gone=gone, reason=reason)
    del here
    return made


def _columns(kind: Kind, listing: Listing, typed: Mapping[str, str]) -> dict[str, str]:
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for column in listing.columns:
        try:
            found[column.id] = value_of(column, typed.get(column.id, ""))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise QuestionRefused(problems)
    if listing.scale:
        found = _graded(kind, listing, found)
    return {c: v for c, v in found.items() if v}


def _graded(kind: Kind, listing: Listing, values: dict[str, str]) -> dict[str, str]:
    """With points and a rule the grade follows; a grade that says otherwise is refused."""
    scale = kind.scale(values.get(listing.scale, ""))
    points, said = values.get(listing.points, ""), values.get(listing.grade, "")
    if scale is None:
        if not said:
            raise QuestionRefused(Problem("items.needs_grade"))
        return values
    if not points:
        raise QuestionRefused(Problem("items.needs_points", {"rule": scale.text}))
    grade = scale.grade(Decimal(points))
    if said and said != grade:
        column = listing.column(listing.grade)
        titles = {c.id: c.text for c in column.choices}
        raise QuestionRefused(
            Problem(
                "items.grade_other",
                {"points": points, "rule": scale.text, "grade": titles[grade], "said": titles.get(said, Text(said))},
            )
        )
    return {**values, listing.grade: grade}
