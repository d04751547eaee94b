"""Lists of firms brought in: handed over, read by a mapping, looked at, doubts settled, confirmed, undone."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.registers import ListMap, samples
from saima.files.registers.listing import IGNORE, OF_LINE, STATUS
from saima.server.accounts.rules import require
from saima.server.kit import blobs, written
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.downloads import csv_file
from saima.server.kit.uploads import TABLES, received
from saima.server.places.queries import places_titled
from saima.server.registers.actions.importing import (
    doubts_settle,
    import_begin,
    import_confirm,
    import_drop,
    import_map,
    import_undo,
)
from saima.server.registers.models import Doubt, Import
from saima.server.registers.models.firm_items import Item, items, statuses
from saima.server.registers.queries.importing import doubts_settled, doubts_waiting, mapping_of, top_of
from saima.server.registers.rules import RULES
from saima.server.registers.tasks import import_parts
from saima.server.registers.views.common import allowed, person, said, typed
from saima.words import Lang, Text, number, say

_LISTED = 100
_PERIOD = 10


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Every table that came in; a new one is handed over here."""
    if request.method == "POST":
        require(RULES, "enterprise.import", request.user)
        sent = received(request, allowed=TABLES)
        made = import_begin(blob=sent.keep(), name=sent.name, by=person(request))
        _later(request, made, ready=import_map(one=made, mapping=mapping_of(made), by=person(request)))
        return redirect("register-import", number=made.number)
    require(RULES, "enterprise.imports", request.user)
    rows = Import.objects.select_related("by").order_by("-number")[:_LISTED]
    context = {
        "rows": [(r, json.loads(r.result or "{}").get("counts", {})) for r in rows],
        "may_import": allowed(request, "enterprise.import"),
    }
    return render(request, "registers/enterprises/imports.html", context)


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """``do``: again (another mapping, looked at), confirm, drop, undo."""
    require(RULES, "enterprise.imports", request.user)
    found: Import = get_object_or_404(Import.objects.select_related("by", "blob"), number=number)
    if request.method == "POST":
        require(RULES, "enterprise.import", request.user)
        return _done(request, found)
    if getattr(request, "htmx", False):
        return _progress(request, found)
    return render(request, "registers/enterprises/import.html", _context(request, found))


def _progress(request: HttpRequest, found: Import) -> HttpResponse:
    """How far the worker is; the whole page again once it is through."""
    if not found.doing:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "registers/enterprises/import_progress.html", _context(request, found))


def _later(request: HttpRequest, found: Import, *, ready: bool) -> bool:
    """Leave to the worker what takes long."""
    if not ready:
        import_parts.enqueue(found.pk, person(request).pk)
    return ready


def _done(request: HttpRequest, found: Import) -> HttpResponse:
    by = person(request)
    match typed(request, "do"):
        case "again":
            mapping, keep_as = _corrected(request, found), typed(request, "keep_as")
            _later(request, found, ready=import_map(one=found, mapping=mapping, keep_as=keep_as, by=by))
        case "confirm":
            if found.state == Import.State.PROPOSED and (mapping := _corrected(request, found)) != mapping_of(found):
                _later(request, found, ready=import_map(one=found, mapping=mapping, by=by))
                said(request, "register.looked_again")
                return redirect("register-import", number=found.number)
            if _later(request, found, ready=import_confirm(one=found, by=by)):
                said(request, "register.confirmed", number=found.number)
        case "drop":
            import_drop(one=found, by=by)
            return redirect("register-imports")
        case "undo":
            _later(request, found, ready=import_undo(one=found, by=by))
            said(request, "register.undone", number=found.number)
        case _:
            raise QuestionRefused(Problem("register.no_step"))
    return redirect("register-import", number=found.number)


def _corrected(request: HttpRequest, found: Import) -> ListMap:
    """The mapping with what was chosen on the page; what the page did not send stays."""
    mapping = mapping_of(found)
    known = _meanings()
    columns = []
    for c in mapping.columns:
        meaning = request.POST.get(f"c.{c.at}.meaning", c.meaning)
        columns.append(
            replace(
                c,
                meaning=meaning if meaning in known else c.meaning,
                unit=request.POST.get(f"c.{c.at}.unit", c.unit).strip()[:20],
                period=_period(request.POST.get(f"c.{c.at}.period", c.period)),
                sure=1.0 if f"c.{c.at}.meaning" in request.POST else c.sure,
            )
        )
    status = request.POST.get("status", mapping.status)
    return replace(
        mapping,
        columns=tuple(columns),
        period=_period(request.POST.get("period", mapping.period)),
        status=status if status in statuses() else "",
        since=_day(request.POST.get("since", mapping.since)),
        until=_day(request.POST.get("until", mapping.until)),
        batch=request.POST.get("batch", mapping.batch).strip()[:100],
    )


def _period(text: str) -> str:
    year, dash, month = text.strip()[:_PERIOD].partition("-")
    whole_year = year.isascii() and year.isdigit() and len(year) == 4
    if not text.strip() or (whole_year and not dash):
        return text.strip()
    if whole_year and month.isascii() and month.isdigit() and len(month) == 2 and 1 <= int(month) <= 12:
        return text.strip()
    raise QuestionRefused(Problem("register.period_typed", {"text": text.strip()[:20]}))


def _day(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise QuestionRefused(Problem("register.no_day", {"text": text.strip()[:40]})) from None


def _meanings() -> dict[str, Text]:
    """Every meaning a column may have, in words."""
    found = {IGNORE: _said("register.meaning_ignore")}
    found |= {m: _said(f"register.meaning_{m}") for m in OF_LINE}
    found |= {k: i.title for k, i in items().items()}
    return found | {STATUS + k: t for k, t in statuses().items()}


def _said(code: str) -> Text:
    return Text(say(code, "en"), say(code, "zh"))


def _context(request: HttpRequest, found: Import) -> dict[str, Any]:
    result = json.loads(found.result or "{}")
    mapping = mapping_of(found) if found.mapping else None
    open_doubts = Doubt.objects.filter(source=found, choice="").count()
    settled = Doubt.objects.filter(source=found).exclude(choice="").count()
    spoken = lang()
    if found.doing:
        may_import, most = allowed(request, "enterprise.import"), max(found.lines, found.done)
        return {"one": found, "counts": result.get("far", {}), "most": most, "may_import": may_import}
    counts = result.get("counts", {})
    context: dict[str, Any] = {
        "one": found,
        "counts": counts,
        "nothing": not any(counts.get(k) for k in ("new", "facts", "statuses", "moved", "renamed", "aliases")),
        "new": result.get("new", []),
        "changes": [_change_said(c, spoken) for c in result.get("changes", [])],
        "refused": [_refused_said(r, spoken) for r in result.get("refused", [])],
        "every": result.get("kept", 0),
        "fault": _refused_said(json.loads(found.fault), spoken)["said"] if found.fault else "",
        "open_doubts": open_doubts,
        "settled": settled,
        "may_import": allowed(request, "enterprise.import"),
        "mapping": mapping,
    }
    if mapping is not None and found.state == Import.State.PROPOSED and found.blob_id:
        try:
            shown = samples(top_of(found.blob_id, found.name), mapping)
        except Refused:
            shown = {}
        meanings = _meanings()
        groups = (
            ("firm", [(m, meanings[m]) for m in (IGNORE, *OF_LINE)]),
            ("figure", [(k, meanings[k]) for k in items()]),
            ("status", [(STATUS + k, t) for k, t in statuses().items()]),
        )
        context |= {
            "columns": [(c, shown.get(c.at, [])) for c in mapping.columns],
            "groups": groups,
            "statuses": statuses().items(),
            "guesses": sum(c.sure < 1 for c in mapping.columns),
        }
    return context


def _change_said(change: dict[str, Any], spoken: Lang) -> dict[str, Any]:
    what, before, after = change["what"], change["before"], change["after"]
    if what == "place":
        titles = places_titled()
        before, after = (titles[int(p)].of(spoken) if int(p) in titles else p for p in (before, after))
        title = say("enterprise.place", spoken)
    elif what == "name":
        title = say("enterprise.name", spoken)
    else:
        item = items().get(what)
        title = item.title.of(spoken) if item is not None else what
        before, after = (_figure(item, v, spoken) for v in (before, after))
    return change | {"title": title, "before": before, "after": after}


def _figure(item: Item | None, value: str, spoken: Lang) -> str:
    if item is None or not item.number or not value:
        return value
    return written.wan(float(value), spoken) if item.unit == "yuan" else number(float(value), spoken)


def _refused_said(row: dict[str, Any], spoken: Lang) -> dict[str, Any]:
    params = {k: Text(v["en"], v["zh"]) if isinstance(v, dict) else v for k, v in row["params"].items()}
    return {"line": row["line"], "column": row["column"], "said": say(row["code"], spoken, **params)}


@require_safe
def refused(request: HttpRequest, number: int) -> HttpResponse:
    """Every line that could not be taken, as a table."""
    require(RULES, "enterprise.imports", request.user)
    found: Import = get_object_or_404(Import, number=number)
    kept = json.loads(found.result or "{}")
    rows = json.loads(blobs.get(kept["every"])) if "every" in kept else kept.get("refused", [])
    said_ = (_refused_said(r, lang()) for r in rows)
    heads = [say(code, lang()) for code in ("register.line", "register.column", "register.why_not")]
    title = f"{found.name.rpartition('.')[0] or found.name} - {say('register.not_taken', lang())}.csv"
    return csv_file(title, heads, ((r["line"], r["column"], r["said"]) for r in said_))


@require_http_methods(["GET", "POST"])
def doubts(request: HttpRequest, number: int) -> HttpResponse:
    """Lines that may mean a firm already there, settled pair by pair or all of a kind."""
    require(RULES, "enterprise.import", request.user)
    found: Import = get_object_or_404(Import, number=number)
    if request.method == "POST":
        count = doubts_settle(
            one=found,
            choice=typed(request, "choice"),
            pk=whole(typed(request, "doubt")) or None,
            kind=typed(request, "kind"),
            by=person(request),
        )
        said(request, "register.settled", count=count)
        return redirect(reverse("register-doubts", args=[number]) + "#open")
    titles = places_titled()
    waiting = doubts_waiting(found)
    context = {
        "one": found,
        "kinds": [
            (kind, count, [(d, titles.get(d.enterprise.place_id or 0) if d.enterprise else None) for d in some])
            for kind, (count, some) in waiting.items()
        ],
        "settled": doubts_settled(found),
        "open": bool(waiting),
    }
    return render(request, "registers/enterprises/doubts.html", context)
