"""One table of the draft down as CSV or Excel, and up again: what it would change first, then confirmed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit import clock, downloads
from saima.server.kit.context import lang
from saima.server.race.actions.drafts import DraftConflict, draft_change
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_fields import TABLES, section_of
from saima.server.race.queries.setup_import import grid_of
from saima.server.race.queries.setup_shown import label_of, value_text
from saima.server.race.queries.setup_tables import changes_from, columns_shown, rows_shown
from saima.server.race.views.setup.common import (
    frame,
    person,
    said,
    season_here,
    season_to_edit,
    setup_here,
    stage,
    staged_name,
    to_section,
)
from saima.server.race.views.setup.edits import conflict_page
from saima.words import say

_MOST_LISTED = 200


@require_GET
def download(request: HttpRequest, key: str, table: str, form: str) -> HttpResponse:
    season = season_here(request, key)
    if table not in TABLES or form not in ("csv", "xlsx"):
        raise Http404
    setup = setup_here(request, season)
    name = f"{season.key}-{table}.{form}"
    columns, rows = columns_shown(table), rows_shown(setup.plain, table)
    if form == "csv":
        return downloads.csv_file(name, columns, rows)
    return downloads.xlsx_file(name, columns, rows, made=clock.now())


@require_POST
def upload(request: HttpRequest, key: str, table: str) -> HttpResponse:
    season = season_to_edit(request, key)
    if table not in TABLES:
        raise Http404
    sha256, _ = stage(request)
    return redirect("season-table-look", key=season.key, table=table, sha256=sha256)


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, key: str, table: str, sha256: str) -> HttpResponse:
    """What an uploaded table would change, row by row; nothing is written until it is confirmed."""
    season = season_to_edit(request, key)
    if table not in TABLES:
        raise Http404
    name = staged_name(request, sha256)
    if not name.lower().endswith((".csv", ".tsv", ".txt", ".xlsx", ".xls")):
        raise QuestionRefused(Problem("setup.table_kind", {"file_name": name}))
    setup = setup_of(season)
    found = changes_from(grid_of(sha256, name), setup.plain, table)
    if request.method == "POST":
        edits = found.edits(remove="remove" in request.POST)
        try:
            if edits:
                seen = request.POST.get("seen", "")
                draft_change(season=season, seen=seen, edits=edits, by=person(request), code="setup.did_upload")
        except DraftConflict as conflict:
            return conflict_page(request, season, conflict)
        said(request, "setup.uploaded", count=len(edits))
        return to_section(season, section_of(table), table)
    changed = [
        {
            "key": " ".join(edit.key),
            "cells": [
                (
                    label_of(n, lang()),
                    value_text(table, n, row.get(n) or "", setup.plain, lang()),
                    value_text(table, n, v, setup.plain, lang()),
                )
                for n, v in (edit.cells or {}).items()
            ],
        }
        for edit, row in found.changed[:_MOST_LISTED]
    ]
    context = frame(request, setup) | {
        "table": table,
        "section": section_of(table),
        "part_title": say(f"setup.part.{table}", lang()),
        "file_name": name,
        "found": found,
        "added": [" ".join(e.key) for e in found.added[:_MOST_LISTED]],
        "gone": [" ".join(k) for k in found.gone[:_MOST_LISTED]],
        "changed": changed,
    }
    return render(request, "race/setup/table_look.html", context)
