"""The mapped import as a page: what a table was taken for, corrected by choices, what would come of it, confirmed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files import Bundle
from saima.files.importing import Grid, Mapping, dump_map, parse_map, propose, summary
from saima.server.accounts.rules import require
from saima.server.kit.context import lang
from saima.server.race.actions.importing import figures_import, table_begin
from saima.server.race.models import ImportMap, Season
from saima.server.race.queries.documents import bundle_of
from saima.server.race.queries.setup import newest_or_none
from saima.server.race.queries.setup_carry import checked_code
from saima.server.race.queries.setup_import import (
    DryRun,
    dry_run_into,
    dry_run_new,
    figures_per_period,
    grid_of,
    kept_maps,
    with_places,
)
from saima.server.race.queries.setup_mapping import corrected, mapping_shown, title_for
from saima.server.race.rules import RULES
from saima.server.race.views.setup.common import (
    frame,
    person,
    said,
    season_here,
    setup_here,
    stage,
    staged_name,
)
from saima.words import Text

_NEW = "new"
Done = TypeVar("Done")
_MOST_LISTED = 300


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, sha256: str) -> HttpResponse:
    """A season begun from a table."""
    require(RULES, "season.import", request.user)
    name = staged_name(request, sha256)
    grid = grid_of(sha256, name)
    mapping, offered, used = _mapping(request, grid, None, None)
    code = request.POST.get("code", "").strip()
    title = Text(request.POST.get("title_en", "").strip(), request.POST.get("title_zh", "").strip())
    title = title or title_for(grid)
    stopped: tuple[str, ...] = ()
    if "confirm" in request.POST:
        version, stopped = _tried(
            lambda: table_begin(grid=grid, mapping=mapping, code=checked_code(code), title=title, by=person(request))
        )
        if version is not None:
            said(request, "setup.imported", season=title, count=version.season.readings.count())
            return redirect("season-setup", key=version.season.key)
    dry, refused = _tried(lambda: dry_run_new(grid, mapping, "new" if stopped else code or "new", title))
    refused = tuple(dict.fromkeys((*stopped, *refused)))
    context = _context(grid, mapping, None, dry, refused, offered, used)
    context |= {"code": code, "given_title": title, "is_new": True}
    return render(request, "race/setup/mapped.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest, key: str) -> HttpResponse:
    """Where a table with figures for a season that is there is handed in."""
    season = _season(request, key)
    if request.method == "POST":
        sha256, _ = stage(request)
        return redirect("season-figures-table", key=season.key, sha256=sha256)
    kept = ImportMap.objects.filter(season=season).select_related("by").order_by("-id")[:5]
    return render(request, "race/setup/figures.html", frame(request, setup_here(request, season)) | {"kept": kept})


@require_http_methods(["GET", "POST"])
def figures_table(request: HttpRequest, key: str, sha256: str) -> HttpResponse:
    """Figures of a table as reported revisions of a season, looked at first."""
    season = _season(request, key)
    name = staged_name(request, sha256)
    grid = grid_of(sha256, name)
    bundle = bundle_of(season)
    mapping, offered, used = _mapping(request, grid, season, bundle)
    stopped: tuple[str, ...] = ()
    if "confirm" in request.POST:
        done, stopped = _tried(lambda: figures_import(season=season, grid=grid, mapping=mapping, by=person(request)))
        if done is not None:
            new = len(done.merged.readings.table) - done.known
            said(request, "setup.figures_in", count=new, file_name=name)
            return redirect("season-setup", key=season.key)
    dry, refused = _tried(lambda: dry_run_into(grid, mapping, bundle))
    refused = tuple(dict.fromkeys((*stopped, *refused)))
    context = frame(request, setup_here(request, season))
    context |= _context(grid, mapping, bundle, dry, refused, offered, used) | {"is_new": False}
    return render(request, "race/setup/mapped.html", context, status=422 if refused else 200)


def _season(request: HttpRequest, key: str) -> Season:
    season = season_here(request, key)
    require(RULES, "data.import", request.user)
    if newest_or_none(season) is None:
        raise QuestionRefused(Problem("setup.nothing_published", {"season": season.key}))
    return season


def _mapping(
    request: HttpRequest, grid: Grid, season: Season | None, bundle: Bundle | None
) -> tuple[Mapping, Sequence[tuple[ImportMap, Mapping]], str]:
    """The mapping at hand: corrected on the page, chosen, kept from last time, or proposed; and which it was."""
    defined = bundle.season if bundle else None
    if "map" in request.POST:
        mapping = corrected(parse_map(request.POST["map"]), {n: request.POST[n] for n in request.POST})
        return mapping, (), request.POST.get("used", "")
    offered = kept_maps(season, grid, defined)
    wanted = request.GET.get("map", "")
    for row, mapping in offered:
        if wanted in ("", str(row.pk)):
            return mapping, offered, str(row.pk)
    return propose(grid, defined) if defined else with_places(propose(grid, None)), offered, _NEW


def _tried(run: Callable[[], Done]) -> tuple[Done | None, tuple[str, ...]]:
    """What comes of it, or why nothing does: the page stays, so that the choices can be mended."""
    try:
        return run(), ()
    except Refused as refused:
        return None, refused.sentences(lang())


def _context(
    grid: Grid,
    mapping: Mapping,
    bundle: Bundle | None,
    dry: DryRun | None,
    refused: tuple[str, ...],
    offered: Sequence[tuple[ImportMap, Mapping]],
    used: str,
) -> dict[str, Any]:
    shown = mapping_shown(mapping, grid, bundle.season if bundle else None, lang())
    context: dict[str, Any] = {
        "file_name": grid.name,
        "map": dump_map(mapping),
        "shown": shown,
        "refused": refused,
        "offered": [row for row, _ in offered],
        "used": used,
        "dry": dry,
    }
    if dry is not None:
        result = dry.result
        context |= {
            "said": summary(result, lang(), dry.counts),
            "periods": figures_per_period(result.table),
            "not_placed": [p.sentence(lang()) for p in result.refused[:_MOST_LISTED]],
            "not_placed_count": result.coverage.refused,
            "warnings": [p.sentence(lang()) for p in result.warnings[:_MOST_LISTED]],
            "skipped": [p.sentence(lang()) for p in result.skipped[:_MOST_LISTED]],
            "skipped_count": result.coverage.skipped,
            "possible": not dry.empty,
        }
    return context
