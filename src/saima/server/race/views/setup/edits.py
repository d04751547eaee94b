"""Saves of the draft: one row, the single choices of a group, a grid, a pasted block; undo, redo and the way back."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from saima.feeds import Offered
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.actions.drafts import (
    DraftConflict,
    draft_change,
    draft_discard,
    draft_return,
    draft_row_add,
    draft_row_remove,
    draft_step,
)
from saima.server.race.actions.seasons import season_due_days
from saima.server.race.models import Season
from saima.server.race.queries.feeds import feeds_offered
from saima.server.race.queries.setup import readings_of, setup_of
from saima.server.race.queries.setup_fields import GROUPS, SECTIONS, TABLES, VALUES, section_of, table_of
from saima.server.race.queries.setup_plain import Edit, Key
from saima.server.race.queries.setup_shown import fields_for, fields_shown, label_of, value_text
from saima.server.race.queries.setup_targets import pasted, posted_edits
from saima.server.race.views.setup.common import frame, person, said, season_to_edit, to_section
from saima.server.race.views.setup.pages import shown_title
from saima.words import say


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, key: str, table: str) -> HttpResponse:
    """One row: looked at, changed, taken away. Without ``k`` in the address: a new one."""
    season = season_to_edit(request, key)
    if table not in TABLES:
        raise Http404
    at: Key = tuple(request.GET.getlist("k"))
    setup = setup_of(season)
    cells = setup.plain.row(table, at) if at else {}
    if cells is None and request.method == "GET":
        raise Http404
    if request.method == "POST":
        return _row_posted(request, season, table, at)
    around = frame(request, setup)
    errors: dict[str, list[str]] = {}
    for p in around["problems"]:
        if at and p.table == table and p.key == at:
            errors.setdefault(p.field, []).append(p.sentence)
    preset = {f: request.GET[f] for f in ("race", "code", "parent", "node", "curve") if f in request.GET}
    shown = cells or preset
    wanted = fields_for(table, shown)
    known = {f.name for f in wanted}
    return render(
        request,
        "race/setup/row.html",
        around
        | {
            "table": table,
            "section": section_of(table),
            "title": shown_title(shown, lang()) or " ".join(at) or say("setup.new_row", lang()),
            "part_title": say(f"setup.part.{table}", lang()),
            "fields": fields_shown(setup.plain, table, shown, lang(), wanted=wanted, errors=errors),
            "others": [e for f, found in errors.items() if f not in known for e in found],
            "is_new": not at,
            "here": f"{request.path}?{urlencode([('k', part) for part in at])}" if at else request.path,
            "readings": readings_of(season, table, at) if at else 0,
            "feeds": _feeds(table, shown),
        },
    )


def _feeds(table: str, cells: Mapping[str, str | None]) -> Sequence[Offered]:
    """The sources a row may name."""
    if table == "races" and cells.get("race") == "projects":
        return feeds_offered(projects=True)
    return feeds_offered() if table == "indicators" else ()


def _row_posted(request: HttpRequest, season: Season, table: str, at: Key) -> HttpResponse:
    seen = request.POST.get("seen", "")
    if "remove" in request.POST and at:
        draft_row_remove(season=season, seen=seen, table=table, key=at, by=person(request))
        said(request, "setup.removed", key=" ".join(at))
        return to_section(season, section_of(table), table)
    names = {f.name for f in table_of(table).fields}
    cells = {n: v.strip() for n, v in _joined(request).items() if n in names}
    if not at:
        at = draft_row_add(season=season, seen=seen, table=table, cells=cells, by=person(request))
        said(request, "setup.added", key=" ".join(at))
    else:
        answer = _saved(request, season, seen, [Edit(table, at, cells)])
        if answer is not None:
            return answer
    if "stay" in request.POST:
        page = reverse("season-row", args=[season.key, table])
        return redirect(f"{page}?{urlencode([('k', part) for part in at])}")
    return to_section(season, section_of(table), table)


def _joined(request: HttpRequest) -> Mapping[str, str]:
    """The entries of the form; one that comes several times (ticked codes) as a list in one text."""
    return {n: "; ".join(request.POST.getlist(n)) for n in request.POST}


@require_POST
def values(request: HttpRequest, key: str, group: str) -> HttpResponse:
    season = season_to_edit(request, key)
    if group not in GROUPS:
        raise Http404
    names = {f.name for f in GROUPS[group]}
    cells = {n: v.strip() for n, v in _joined(request).items() if n in names}
    answer = _saved(request, season, request.POST.get("seen", ""), [Edit(VALUES, (), cells)])
    return answer or to_section(season, request.POST.get("section") or section_of(group), group)


@require_POST
def grid(request: HttpRequest, key: str, section: str) -> HttpResponse:
    """Targets, weights or shares of a curve, all that stand in one form."""
    season = season_to_edit(request, key)
    if section not in SECTIONS:
        raise Http404
    edits = posted_edits({n: request.POST[n] for n in request.POST})
    answer = _saved(request, season, request.POST.get("seen", ""), edits, code="setup.did_grid") if edits else None
    return answer or to_section(season, section)


@require_POST
def paste(request: HttpRequest, key: str) -> HttpResponse:
    season = season_to_edit(request, key)
    edits = pasted(setup_of(season).plain, request.POST.get("block", ""))
    if edits:
        answer = _saved(request, season, request.POST.get("seen", ""), edits, code="setup.did_paste")
        if answer is not None:
            return answer
    said(request, "setup.pasted", count=len(edits))
    return to_section(season, "targets")


def _saved(
    request: HttpRequest, season: Season, seen: str, edits: Sequence[Edit], code: str = "setup.did_edit"
) -> HttpResponse | None:
    """Save; where somebody was faster, a page with both values, from which either can be taken."""
    try:
        draft_change(season=season, seen=seen, edits=edits, by=person(request), code=code)
    except DraftConflict as conflict:
        return conflict_page(request, season, conflict)
    said(request, "setup.saved")
    return None


def conflict_page(request: HttpRequest, season: Season, conflict: DraftConflict) -> HttpResponse:
    setup = setup_of(season)
    rows: list[dict[str, Any]] = [
        {
            "key": " ".join(c.key) or say(f"setup.part.{VALUES}", lang()),
            "label": label_of(c.field, lang()),
            "theirs": value_text(c.table, c.field, c.theirs, setup.plain, lang()),
            "mine": value_text(c.table, c.field, c.mine, setup.plain, lang()),
        }
        for c in conflict.clashes
    ]
    kept = [(n, v) for n in request.POST for v in request.POST.getlist(n) if n not in ("csrfmiddlewaretoken", "seen")]
    context = frame(request, setup) | {
        "rows": rows,
        "kept": kept,
        "seen": conflict.seen,
        "by": setup.draft.updated_by if setup.draft else None,
        "at": setup.draft.updated_at if setup.draft else None,
        "action": request.get_full_path(),
    }
    return render(request, "race/setup/conflict.html", context, status=conflict.status)


@require_POST
def step(request: HttpRequest, key: str, way: str) -> HttpResponse:
    season = season_to_edit(request, key)
    draft_step(season=season, back=way == "undo", by=person(request))
    said(request, "setup.undone" if way == "undo" else "setup.redone")
    return _back(request, season)


@require_POST
def step_to(request: HttpRequest, key: str, number: int) -> HttpResponse:
    season = season_to_edit(request, key)
    draft_return(season=season, to=number, by=person(request))
    said(request, "setup.returned", state=number)
    return redirect("season-saves", key=season.key)


@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    season = season_to_edit(request, key)
    draft_discard(season=season, seen=request.POST.get("seen", ""), by=person(request))
    said(request, "setup.discarded")
    return redirect("season-setup", key=season.key)


@require_POST
def due_days(request: HttpRequest, key: str) -> HttpResponse:
    season = season_to_edit(request, key)
    day, late, seen_day, seen_late = (
        whole(request.POST.get(n)) for n in ("due_day", "late_until_day", "seen_due_day", "seen_late_until_day")
    )
    season_due_days(season=season, due_day=day, late_until_day=late, seen=(seen_day, seen_late), by=person(request))
    said(request, "setup.saved")
    return to_section(season, "calendar", "due-days")


def _back(request: HttpRequest, season: Season) -> HttpResponse:
    section = request.POST.get("section", "")
    return to_section(season, section) if section in SECTIONS else redirect("season-setup", key=season.key)
