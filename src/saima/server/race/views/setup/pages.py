"""The overview of a season being set up, its sections, and the list of what was saved."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saima.server.kit.asked import order, whole
from saima.server.kit.context import lang
from saima.server.race.models import SideRow
from saima.server.race.queries.setup import Setup, did_sentence, saves_of, steps_of
from saima.server.race.queries.setup_fields import GROUPS, SECTIONS, TABLES, VALUES
from saima.server.race.queries.setup_plain import Cells, key_of
from saima.server.race.queries.setup_shown import fields_shown, label_of, nested, row_href, value_text
from saima.server.race.queries.setup_targets import grid_of, tree_of
from saima.server.race.views.setup.common import frame, season_here, season_to_edit, setup_here
from saima.words import Lang, codes, say

LISTED: dict[str, tuple[str, ...]] = {
    "contestants": ("kind", "class", "tags", "since", "until", "ranked"),
    "classes": ("order",),
    "indicators": ("node", "measure", "better", "unit", "due_months", "owner", "evidence", "curve", "score"),
    "scores": ("rule", "numbers", "on"),
    "races": ("race", "weight", "aggregate"),
    "groups": ("parent", "weight", "aggregate"),
    "tiers": ("at_least",),
    "constraints": ("action", "when", "indicators", "threshold", "consecutive"),
    "alternatives": ("node", "aggregate", "missing"),
    "relations": ("kind", "whole", "parts", "tolerance"),
    "project_stages": ("points",),
}
"""The columns of each list; a row's own page shows everything."""
ALWAYS = frozenset({"contestants", "indicators", "scores", "races"})


@require_GET
def overview(request: HttpRequest, key: str) -> HttpResponse:
    season = season_here(request, key)
    setup = setup_here(request, season)
    around = frame(request, setup)
    cards = [
        {"name": name, "title": title, "problems": count, "lines": _lines(setup, name, lang())}
        for name, title, count in around["sections"]
    ]
    unused = [n for n in ("classes", "curves", "tiers", "constraints") if not setup.plain.rows(n)]
    return render(
        request,
        "race/setup/overview.html",
        around
        | {
            "cards": cards,
            "unused": [(n, say(f"setup.part.{n}", lang())) for n in unused] if around["editable"] else [],
            "no_projects": around["editable"] and not any(n == "projects" for n, _, _ in around["sections"]),
            "projects_there": SideRow.objects.filter(season=season, table="projects").exists(),
        },
    )


def _lines(setup: Setup, section: str, lang: Lang) -> list[str]:
    """What a section holds, counted."""
    counts = [
        (part, len({r.get(TABLES[part].keys[0]) for r in rows} if part == "curves" else rows))
        for part in SECTIONS[section]
        if part in TABLES and (rows := setup.plain.rows(part)) is not None
    ]
    if section == "calendar":
        row = setup.plain.rows(VALUES)[0]
        return [say("setup.window_line", lang, first=row.get("window_first", "-"), last=row.get("window_last", "-"))]
    if section == "masthead":
        row = setup.plain.rows(VALUES)[0]
        return [row.get(f"organisation_{lang}") or row.get("organisation_en") or say("setup.nothing_yet", lang)]
    return [
        say("setup.count_line", lang, part_name=say(f"setup.part.{part}", lang), count=count)
        for part, count in counts
        if count or part in ALWAYS
    ]


@require_GET
def section(request: HttpRequest, key: str, name: str) -> HttpResponse:
    season = season_here(request, key)
    if name not in SECTIONS:
        raise Http404
    setup = setup_here(request, season)
    around = frame(request, setup)
    context = around | {"section": name, "title": say(f"setup.section.{name}", lang())}
    if name == "targets":
        grid = grid_of(setup.plain, lang(), request.GET.get("indicator", ""))
        return render(request, "race/setup/targets.html", context | {"grid": grid})
    parts = [part_shown(setup, part, around) for part in SECTIONS[name]]
    if name == "weights":
        context["tree"] = tree_of(setup.plain, lang())
        context["overall"] = part_shown(setup, "scoring", around, only=("overall", "weights", "overall_aggregate"))
    if name == "who":
        context["crosscuts"] = crosscuts_of(setup, lang())
    if name == "calendar":
        context["expected"] = expected_of(setup, lang())
    return render(request, "race/setup/section.html", context | {"parts": parts})


def crosscuts_of(setup: Setup, lang: Lang) -> list[tuple[str, list[str]]]:
    """Tags with the contestants that carry them; one contestant may stand in several."""
    found: dict[str, list[str]] = {}
    for row in sorted(setup.plain.rows("contestants"), key=_order):
        for tag in (row.get("tags") or "").split(";"):
            if tag.strip():
                found.setdefault(tag.strip(), []).append(shown_title(row, lang))
    return sorted(found.items())


def expected_of(setup: Setup, lang: Lang) -> list[dict[str, Any]]:
    """Indicators by the day on which their figure comes out."""
    rows = [r for r in setup.plain.rows("indicators") if r.get("expected_day", "0") not in ("", "0")]
    rows.sort(key=lambda r: (whole(r["expected_day"], 99), r.get("order", "")))
    return [
        {
            "day": r["expected_day"],
            "title": shown_title(r, lang),
            "owner": r.get("owner", ""),
            "href": row_href(setup.season.key, "indicators", key_of("indicators", r)),
        }
        for r in rows
    ]


def part_shown(setup: Setup, part: str, around: dict[str, Any], only: tuple[str, ...] = ()) -> dict[str, Any]:
    """One block of a section: a form of single choices, or a list of rows."""
    shown: dict[str, Any] = {"name": part, "title": say(f"setup.part.{part}", lang())}
    if part in GROUPS:
        errors: dict[str, list[str]] = {}
        for p in around["problems"]:
            if p.table == VALUES and p.field:
                errors.setdefault(p.field, []).append(p.sentence)
        cells = setup.plain.rows(VALUES)[0]
        fields = [f for f in GROUPS[part] if not only or f.name in only]
        shown["fields"] = fields_shown(setup.plain, VALUES, cells, lang(), wanted=fields, errors=errors)
        return shown
    if part == "curves":
        return shown | curves_shown(setup, lang())
    rows = setup.plain.rows(part)
    shown["columns"] = [label_of(c, lang()) for c in LISTED[part]]
    wrong = {p.key for p in around["problems"] if p.table == part}
    depths: list[tuple[int, Cells]]
    if part == "contestants":
        ordered = sorted(rows, key=lambda r: (_order(r), r.get("code", "")))
        depths = nested(ordered, lambda r: r.get("code") or "", lambda r: r.get("parent") or "")
    else:
        ordered = sorted(rows, key=_order) if any(r.get("order") for r in rows) else list(rows)
        depths = [(0, r) for r in ordered]
    shown["rows"] = [
        {
            "depth": depth,
            "title": shown_title(row, lang()),
            "code": "" if shown_title(row, lang()) == row.get("code") else " ".join(key_of(part, row)),
            "href": row_href(setup.season.key, part, key_of(part, row)),
            "wrong": key_of(part, row) in wrong,
            "cells": [_cell(setup, part, column, row) for column in LISTED[part]],
        }
        for depth, row in depths
    ]
    return shown


def _order(row: Cells) -> int:
    return order(row.get("order"))


def shown_title(row: Cells, lang: Lang) -> str:
    first, second = ("title_en", "title_zh") if lang == "en" else ("title_zh", "title_en")
    return row.get(first) or row.get(second) or row.get("code") or ""


def _cell(setup: Setup, part: str, column: str, row: Cells) -> str:
    if column == "unit":
        return row.get(f"unit_{lang()}") or row.get("unit_en") or row.get("unit_zh") or ""
    if column == "kind" and f"setup.kind.{row.get(column)}" in codes():
        return say(f"setup.kind.{row[column]}", lang())
    if column == "numbers":
        said = [(label_of(n, lang()), v) for n, v in row.items() if n.startswith("param_")]
        steps = row.get("steps") or ""
        return "; ".join([*(f"{label} {v}" for label, v in said), *([steps] if steps else [])])
    return value_text(part, column, row.get(column) or "", setup.plain, lang())


def curves_shown(setup: Setup, lang: Lang) -> dict[str, Any]:
    """Curves as lines of shares over the periods anything of them is said for."""
    curves: dict[str, dict[str, Cells]] = {}
    for row in setup.plain.rows("curves"):
        curves.setdefault(row.get("curve") or "", {})[row.get("period") or ""] = row
    return {
        "curves": [
            {
                "code": code,
                "title": shown_title({**next(iter(points.values())), "code": code}, lang),
                "points": [(period, row.get("share") or "") for period, row in sorted(points.items())],
            }
            for code, points in curves.items()
        ]
    }


@require_GET
def saves(request: HttpRequest, key: str) -> HttpResponse:
    season = season_to_edit(request, key)
    setup = setup_here(request, season)
    rows = saves_of(season) if setup.draft else []
    past, _ = steps_of(rows)
    now = past[-1].pk if past else None
    listed = [{"save": s, "said": did_sentence(s, lang()), "now": s.pk == now} for s in reversed(rows)]
    return render(request, "race/setup/saves.html", frame(request, setup) | {"page": "changes", "saves": listed})
