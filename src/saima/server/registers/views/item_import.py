"""Pages that bring a table of items in: the file, what each line would do, and taking it."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from saima.files.kinds import Kind
from saima.server.kit.context import lang
from saima.server.kit.uploads import TABLES, received
from saima.server.registers.actions.item_import import items_import
from saima.server.registers.queries.item_import import columns_of, dry_run, grid_of
from saima.server.registers.queries.kinds import kind_of
from saima.server.registers.views.within import asked, day_typed, person, typed
from saima.words import say

_STAGED: Final = "item-tables"
_MOST_STAGED: Final = 8
_SHOWN: Final = 200


def _kind(kind: str) -> Kind:
    found = kind_of(kind)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def bringing(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: what a table needs; POST: the file, which is looked at next."""
    asked(request, "item.import")
    defined = _kind(kind)
    if request.method == "POST":
        sent = received(request, allowed=TABLES)
        dry_run(defined, _grid(sent.keep().sha256, sent.name))  # what is no table of ours is refused here
        blob = sent.keep()
        waiting: dict[str, list[Any]] = request.session.get(_STAGED, {})
        waiting.pop(blob.sha256, None)
        waiting[blob.sha256] = [kind, sent.name]
        request.session[_STAGED] = dict(list(waiting.items())[-_MOST_STAGED:])
        return redirect("item-import-look", kind=kind, sha256=blob.sha256)
    context = {"kind": defined, "columns": columns_of(defined), "figure": next(iter(defined.figures), None)}
    return render(request, "registers/items/import.html", context)


def _grid(sha256: str, name: str) -> Any:
    return grid_of(sha256, name)


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, kind: str, sha256: str) -> HttpResponse:
    """GET: what every line would do; POST: do it, all lines or, when chosen, those that can be taken."""
    asked(request, "item.import")
    defined = _kind(kind)
    waiting: dict[str, list[Any]] = request.session.get(_STAGED, {})
    if waiting.get(sha256, ["", ""])[0] != kind:
        raise Http404
    name = str(waiting[sha256][1])
    dry = dry_run(defined, _grid(sha256, name))
    if request.method == "POST":
        taken = items_import(
            kind=defined,
            dry=dry,
            source=name,
            by=person(request),
            partial=typed(request, "partial") == "1",
            since=day_typed(request, "since"),
        )
        waiting.pop(sha256, None)
        request.session[_STAGED] = waiting
        messages.success(request, say("items.brought", lang(), count=taken, file_name=name))
        return redirect("item-list", kind=kind)
    context = {
        "kind": defined,
        "file_name": name,
        "sha256": sha256,
        "counts": [(does, dry.count(does)) for does in ("new", "changed", "same")],
        "bad": [(r, [p.sentence(lang()) for p in r.problems]) for r in dry.bad[:_SHOWN]],
        "bad_count": len(dry.bad),
        "good": dry.good[:_SHOWN],
        "takes": any(r.does != "same" for r in dry.good),
        "unknown": dry.unknown,
    }
    return render(request, "registers/items/look.html", context)
