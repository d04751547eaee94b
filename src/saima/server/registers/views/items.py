"""Pages of items: the kinds, the list of one kind, one item with all that may be done with it, a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.files.kinds import Field, Figure, Kind
from saima.server.kit import clock, downloads, idempotency
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.places.queries import titles_by_key
from saima.server.registers.actions.items import (
    Entry,
    Step,
    item_add,
    item_change,
    item_figures,
    item_line,
    item_move,
    item_move_undo,
)
from saima.server.registers.models import Item
from saima.server.registers.queries.item_import import columns_of
from saima.server.registers.queries.items import ItemAt, history_of, item_at, items_at, kinds_counted
from saima.server.registers.queries.kinds import kind_of, kinds
from saima.server.registers.queries.seeing import enterprises_visible_to, firms_named
from saima.server.registers.views.item_shown import Firms, cell, drawn, funnel, proofs, said, shares, shown, way
from saima.server.registers.views.within import (
    allowed,
    asked,
    day_needed,
    day_typed,
    days_asked,
    file_typed,
    may_ask,
    own_places,
    person,
    place_id,
    typed,
)
from saima.words import Text, say

PER_PAGE: Final = 50
DOING: Final = ("move", "undo", "change", "figures", "line")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The kinds of items, and how many stand where."""
    asked(request, "items.see")
    return render(request, "registers/items/overview.html", {"counted": kinds_counted(kinds().values())})


def _kind(kind: str) -> Kind:
    found = kind_of(kind)
    if found is None:
        raise Http404
    return found


def _item(kind: Kind, code: str, on: date | None = None, known: Any = None) -> ItemAt:
    found = item_at(kind.id, code, on=on, known=known)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A list as somebody narrowed it."""

    place: str
    stage: str
    wanted: str
    fields: Mapping[str, str]

    @classmethod
    def of(cls, kind: Kind, given: Mapping[str, str]) -> "Narrowed":
        fields = {f.id: given.get(f"f-{f.id}", "")[:120] for f in kind.fields if f.filter}
        return cls(
            given.get("place", "")[:80], given.get("stage", "")[:60], given.get("wanted", "").strip()[:80], fields
        )

    def keeps(self, item: ItemAt) -> bool:
        if self.place and item.place != self.place:
            return False
        if self.stage and (item.stage is None or item.stage.id != self.stage):
            return False
        if any(v and item.values.get(f, "") != v for f, v in self.fields.items()):
            return False
        words = self.wanted.lower()
        return not words or any(words in v.lower() for v in (item.code, *item.values.values()))

    @property
    def any(self) -> bool:
        return bool(self.place or self.stage or self.wanted or any(self.fields.values()))


def _found(request: HttpRequest, kind: Kind) -> tuple[list[ItemAt], list[ItemAt], Narrowed]:
    """All items of that day, those the list is narrowed to, and how."""
    on, known = days_asked(request)
    every = items_at(kind.id, on=on, known=known)
    narrowed = Narrowed.of(kind, request.GET)
    return every, [i for i in every if narrowed.keeps(i)], narrowed


@require_safe
def listed(request: HttpRequest, kind: str) -> HttpResponse:
    """The items of a kind, narrowed by place, stage, its fields and words; on any day."""
    asked(request, "items.see")
    defined = _kind(kind)
    every, found, narrowed = _found(request, defined)
    places = titles_by_key()
    columns = [f for f in defined.fields if f.shown]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    figure = next(iter(defined.figures), None)
    rows = [_row(i, columns, figure, places) for i in page]
    kept = {k: v for k, v in request.GET.items() if k != "page"}
    filters = [(f, _options(f, every), narrowed.fields.get(f.id, "")) for f in defined.fields if f.filter]
    context = {
        "kind": defined,
        "columns": columns,
        "figure": figure,
        "rows": rows,
        "page": page,
        "narrowed": narrowed,
        "filters": filters,
        "stages": [(s, sum(i.stage is not None and i.stage.id == s.id for i in every)) for s in defined.stages],
        "places": [(k, places[k]) for k in places if any(i.place == k for i in every)],
        "on": request.GET.get("on", ""),
        "known": request.GET.get("known", ""),
        "file_url": f"{reverse('item-list-file', args=[kind])}?{urlencode(kept)}",
        "may_write": allowed(request, "item.write") or bool(own_places(request, "item.write")),
        "may_import": allowed(request, "item.import"),
        "total": len(every),
        "funnel": funnel(defined, found) if len(defined.stages) > 3 else [],
    }
    return render(request, "registers/items/list.html", context)


def _options(field: Field, items: Sequence[ItemAt]) -> list[tuple[str, str]]:
    if field.type == "choice":
        return [(c.id, c.text.of(lang())) for c in field.choices]
    return [(v, v) for v in sorted({i.values.get(field.id, "") for i in items} - {""})]


@dataclass(frozen=True, slots=True)
class Row:
    item: ItemAt
    place: str
    cells: Sequence[tuple[Field, str]]
    done: float | None
    share: float | None
    due: float | None
    late: int  # problems and milestones that are past their day


def _row(item: ItemAt, columns: Sequence[Field], figure: Figure | None, places: Mapping[str, Text]) -> Row:
    cells = [(f, said(f, item.values.get(f.id, ""), places)) for f in columns]
    place = places[item.place].of(lang()) if item.place in places else item.place
    done, share, due = shares(item, figure) if figure else (None, None, None)
    return Row(item, place, cells, done, share, due, sum(bool(n.late) for rows in item.lines.values() for n in rows))


@require_safe
def listed_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as it is narrowed, in the columns an import takes again."""
    asked(request, "items.see")
    defined = _kind(kind)
    _, found, _ = _found(request, defined)
    columns = columns_of(defined)
    figures = sorted({(f, str(p), s) for i in found for (f, s), by in i.figures.items() for p in by})
    heads = [t.of(lang()) for _, t in columns] + [_heading(defined, f, p, s) for f, p, s in figures]
    rows = ([*_cells(i, [c for c, _ in columns]), *_figure_cells(i, figures)] for i in found)
    return downloads.csv_file(f"{defined.plural.of(lang())}.csv", heads, rows)


def _heading(kind: Kind, figure: str, period: str, side: str) -> str:
    defined = kind.figure(figure)
    title = defined.text.of(lang()) if defined else figure
    return f"{title} {period} {say('items.side', lang(), items_side=side)}"


def _cells(item: ItemAt, columns: Sequence[str]) -> list[str]:
    last = item.reached
    own = {
        "code": item.code,
        "stage": item.stage.text.of(lang()) if item.stage else "",
        "stage since": last.since.isoformat() if last else "",
        "proof": "; ".join(last.proof.values()) if last else "",
    }
    found = []
    for column in columns:
        field, value = item.kind.field(column), item.values.get(column, "")
        choice = field.choice(value) if field is not None else None
        found.append(own[column] if column in own else choice.text.of(lang()) if choice else value)
    return found


def _figure_cells(item: ItemAt, figures: Sequence[tuple[str, str, str]]) -> list[str]:
    by: dict[tuple[str, str, str], str] = {
        (f, str(p), s): f"{v:f}" for (f, s), rows in item.figures.items() for p, v in rows.items()
    }
    return [by.get(key, "") for key in figures]


def _firms(request: HttpRequest, item: ItemAt) -> Firms:
    """The firms an item names, one query."""
    named = [item.values.get(f.id, "") for f in item.kind.all_fields if f.type == "enterprise"]
    for listing in item.kind.lists:
        columns = [c.id for c in listing.columns if c.type == "enterprise"]
        named += [r.of(c) for r in item.lines.get(listing.id, ()) for c in columns]
    return firms_named(enterprises_visible_to(request.user), named)


@require_safe
def item(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One item: its stages as a line, plan against done, lists, what was recorded; on any day."""
    asked(request, "items.see")
    defined = _kind(kind)
    on, known = days_asked(request)
    found = _item(defined, code, on, known)
    places = titles_by_key()
    now = on is None and known is None
    writes = now and allowed(request, "item.write", place_id(found.place))
    firms = _firms(request, found)
    context = {
        "kind": defined,
        "item": found,
        "place": places.get(found.place),
        "facts": [
            (*cell(f, found.values.get(f.id, ""), places, firms), found.since.get(f.id))
            for f in defined.all_fields
            if f.id not in ("name", "place") and found.values.get(f.id)
        ],
        "way": way(found),
        "asks": {a.id: a.text for s in defined.stages for a in s.asks},
        "proofs": proofs(found),
        "figures": [drawn(found, f) for f in defined.figures],
        "lists": [shown(found, x, places, firms) for x in defined.lists],
        "history": history_of(found),
        "writes": writes,
        "on": request.GET.get("on", "") if on else "",
        "known": request.GET.get("known", "") if known else "",
        "today": clock.today().isoformat(),
        "steps": defined.steps_from(found.reached.stage) if found.reached else list(defined.stages),
        "inputs": _inputs(defined, found.values, places),
        "places": places,
        "last": found.reached,
        "can_undo": len(found.stages) > 1,
        "ask": _ask(found) if may_ask(request) else None,
    }
    return render(request, "registers/items/item.html", context)


def _ask(item: ItemAt) -> Mapping[str, str]:
    """What a ticket about an item would say: its open problems."""
    open_ = [r.of("what") for r in item.lines.get("problems", ()) if r.open]
    address = reverse("item", args=[item.kind.id, item.code])
    return {
        "title": item.name,
        "what": "\n".join(open_),
        "address": address,
        "about": f"item:{item.kind.id} {item.code}",
    }


def _inputs(kind: Kind, values: Mapping[str, str], places: Mapping[str, Text]) -> list[dict[str, Any]]:
    """Fields as a form shows them."""
    return [
        {"field": f, "value": values.get(f.id, ""), "places": places if f.type == "place" else None}
        for f in kind.all_fields
    ]


def _typed_values(request: HttpRequest, kind: Kind) -> dict[str, str]:
    return {f.id: typed(request, f"v-{f.id}") for f in kind.all_fields if f"v-{f.id}" in request.POST}


def _step(request: HttpRequest, kind: Kind) -> Step:
    stage = kind.stage(typed(request, "stage"))
    asks = stage.asks if stage else []
    proof = {a.id: typed(request, f"proof-{stage.id if stage else ''}-{a.id}") for a in asks}
    return Step(typed(request, "stage")[:60], day_needed(request, "stage_since"), proof, file_typed(request))


@require_http_methods(["GET", "POST"])
def making(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: the form; POST: the item."""
    asked(request, "item.begin")
    defined = _kind(kind)
    if request.method == "POST":
        code = idempotency.once(
            key=typed(request, "once"),
            by=person(request),
            action="item.added",
            do=lambda: (
                item_add(
                    kind=kind,
                    code=typed(request, "code")[:80],
                    values=_typed_values(request, defined),
                    step=_step(request, defined),
                    by=person(request),
                    reason=typed(request, "reason")[:2000],
                ).code
            ),
        )
        messages.success(request, say("items.added", lang(), code=code))
        return redirect("item", kind=kind, code=code)
    places = titles_by_key()
    held = own_places(request, "item.write")
    own = [k for k in places if k in held]
    choices = places if allowed(request, "item.write") else {k: places[k] for k in own}
    context = {
        "kind": defined,
        "inputs": _inputs(defined, {"place": own[0] if len(own) == 1 else ""}, choices),
        "today": clock.today().isoformat(),
        "once": f"{clock.real().timestamp():.6f}",
    }
    return render(request, "registers/items/new.html", context)


@require_POST
def do(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """What somebody does with an item: ``do`` names it."""
    asked(request, "item.begin")
    defined = _kind(kind)
    row = Item.objects.filter(kind=kind, code=code).first()
    if row is None:
        raise Http404
    wanted = typed(request, "do")
    if wanted not in DOING:
        raise QuestionRefused(Problem("items.no_deed", {"deed": wanted[:40]}))
    {"move": _move, "undo": _undo, "change": _change, "figures": _figures, "line": _line}[wanted](request, defined, row)
    messages.success(request, say("items.kept", lang(), code=code))
    return redirect("item", kind=kind, code=code)


def _move(request: HttpRequest, kind: Kind, row: Item) -> None:
    item_move(
        item=row,
        step=_step(request, kind),
        by=person(request),
        reason=typed(request, "reason"),
        seen=whole(typed(request, "seen")),
    )


def _undo(request: HttpRequest, kind: Kind, row: Item) -> None:
    del kind
    number_ = whole(typed(request, "row"))
    item_move_undo(item=row, row_number=number_, reason=typed(request, "reason"), by=person(request))


def _change(request: HttpRequest, kind: Kind, row: Item) -> None:
    item_change(
        item=row,
        values=_typed_values(request, kind),
        since=day_typed(request, "since"),
        reason=typed(request, "reason"),
        by=person(request),
        seen=whole(typed(request, "seen")),
    )


def _figures(request: HttpRequest, kind: Kind, row: Item) -> None:
    del kind
    figure, period = typed(request, "figure")[:60], typed(request, "period")[:10]
    sides = [(s, typed(request, s)[:60]) for s in ("plan", "done")]
    entries = [Entry(figure, period, "plan" if s == "plan" else "done", v) for s, v in sides if v]
    if not entries:
        raise QuestionRefused(Problem("items.no_entry"))
    item_figures(item=row, entries=entries, by=person(request), reason=typed(request, "reason"))


def _line(request: HttpRequest, kind: Kind, row: Item) -> None:
    listing = kind.listing(typed(request, "list"))
    values = {c.id: typed(request, f"c-{c.id}") for c in listing.columns} if listing else {}
    item_line(
        item=row,
        listing=typed(request, "list"),
        values=values,
        number=whole(typed(request, "number")) or None,
        gone=typed(request, "gone") == "1",
        reason=typed(request, "reason"),
        by=person(request),
    )
