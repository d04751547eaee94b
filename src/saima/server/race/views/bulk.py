"""Many figures at once: a file in, looked at line by line before it counts, and every figure somebody may see out."""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.digest import instant_text
from saima.files.rows import READING_COLUMNS
from saima.server.accounts.rules import held_by, may, require
from saima.server.kit import blobs, clock
from saima.server.kit.context import lang
from saima.server.kit.downloads import csv_file, disposition, xlsx_file
from saima.server.kit.uploads import READINGS, received
from saima.server.race.actions.bulk import figures_bring
from saima.server.race.models import Season
from saima.server.race.queries.bulk import Dry, try_out
from saima.server.race.queries.bulk_reading import lines_of, lines_read, shielded
from saima.server.race.queries.visible import readings_visible_to, seasons_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.reports import person
from saima.words import say

_STAGED: Final = "figures"
_MOST_STAGED: Final = 8
_SHOWN: Final = 200
_MOST_ROWS: Final = 200_000  # of a workbook, which is kept whole until it is sent
_BATCH: Final = 5_000


@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest, key: str) -> HttpResponse:
    """Where a file is handed in and figures are fetched, each for who may."""
    season = _season(request, key)
    held = held_by(request.user, season=season.key)
    brings = may(RULES["data.import"], held)
    require(RULES, "data.export_own", request.user, season=season.key)
    if request.method == "POST":
        require(RULES, "data.import", request.user, season=season.key)
        sent = received(request, allowed=READINGS)
        is_json = sent.media_type == "application/json"
        next(islice(lines_of(sent.content, is_json=is_json), 1), None)  # what is none of ours is refused here
        blob = sent.keep()
        waiting: dict[str, list[Any]] = request.session.get(_STAGED, {})
        waiting.pop(blob.sha256, None)
        waiting[blob.sha256] = [season.key, sent.name, is_json]
        request.session[_STAGED] = dict(list(waiting.items())[-_MOST_STAGED:])
        return redirect("figures-look", key=key, sha256=blob.sha256)
    rows = readings_visible_to(request.user, season)
    context = {
        "season": season,
        "brings": brings,
        "count": rows.count(),
        "columns": READING_COLUMNS,
        "all": may(RULES["data.export"], held),
    }
    return render(request, "race/forms/figures.html", context)


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, key: str, sha256: str) -> HttpResponse:
    """GET: what the file would do; POST: do it, all of it or, when chosen, the lines that can be taken."""
    season, name, is_json = _staged(request, key, sha256)
    if request.method == "GET":
        lines = lines_read(blobs.get(sha256), is_json=is_json)
        return _shown(request, season, try_out(season=season, lines=lines, by=request.user), name, sha256)
    read = lines_read(blobs.get(sha256), is_json=is_json)  # before the transaction: nobody waits for a file to be read
    dry = figures_bring(
        season=season, lines=read, by=person(request), source=name, partial=request.POST.get("partial") == "1"
    )
    taken = sum(dry.count(does) for does in ("new", "changed", "withdrawn"))
    messages.success(request, say("bulk.taken", lang(), count=taken, left=len(dry.objections), file_name=name))
    waiting = request.session.get(_STAGED, {})
    waiting.pop(sha256, None)
    request.session[_STAGED] = waiting
    return redirect("figures", key=key)


def _shown(request: HttpRequest, season: Season, dry: Dry, name: str, sha256: str) -> HttpResponse:
    context = {
        "season": season,
        "file_name": name,
        "sha256": sha256,
        "counts": {does: dry.count(does) for does in ("new", "changed", "withdrawn", "same")},
        "taken": sum(p.does != "same" for p in dry.placed),
        "refused": len(dry.objections),
        "objections": [(o.line.number, o.problem.sentence(lang())) for o in dry.objections[:_SHOWN]],
        "changed": list(islice((p for p in dry.placed if p.does == "changed"), 20)),
    }
    return render(request, "race/forms/figures_look.html", context)


@require_GET
def objections(request: HttpRequest, key: str, sha256: str) -> HttpResponse:
    """Every objection as a table, by line of the file."""
    season, name, is_json = _staged(request, key, sha256)
    dry = try_out(season=season, lines=lines_of(blobs.get(sha256), is_json=is_json), by=request.user)
    rows = (
        (
            o.line.number,
            shielded(o.line.contestant),
            shielded(o.line.indicator),
            shielded(o.line.period),
            shielded(o.line.value),
            o.problem.sentence(lang()),
        )
        for o in dry.objections
    )
    heads = [say(f"bulk.column.{c}", lang()) for c in ("line", "contestant", "indicator", "period", "value", "why")]
    return csv_file(f"{name.rpartition('.')[0] or name} - {say('bulk.objections', lang())}.csv", heads, rows)


@require_GET
def out(request: HttpRequest, key: str, form: str) -> Any:
    """The newest revision of every figure somebody may see, in the columns that come in again."""
    season = _season(request, key)
    require(RULES, "data.export_own", request.user, season=season.key)
    rows = readings_visible_to(request.user, season).order_by("period", "contestant", "indicator")
    if period := request.GET.get("period", ""):
        rows = rows.filter(period=period)
    cells = (
        [shielded(v) if isinstance(v, str) else instant_text(v) if hasattr(v, "year") else v for v in row]
        for row in rows.values_list(*READING_COLUMNS).iterator(chunk_size=_BATCH)
    )
    if form == "xlsx":
        count = rows.count()
        if count > _MOST_ROWS:
            raise QuestionRefused(Problem("bulk.sheet_large", {"count": count, "most": _MOST_ROWS}))
        return xlsx_file(f"{season.key} readings.xlsx", READING_COLUMNS, cells, made=clock.now())
    if form != "csv":
        raise Http404
    response = StreamingHttpResponse(_csv(cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{season.key} readings.csv")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _csv(rows: Iterator[list[Any]]) -> Iterator[bytes]:
    """CSV in pieces, so that a million lines are never kept whole; with the mark Excel needs to read Chinese."""
    yield "\ufeff".encode()
    head: list[list[Any]] = [list(READING_COLUMNS)]
    while batch := head or list(islice(rows, _BATCH)):
        piece = io.StringIO(newline="")
        csv.writer(piece).writerows(batch)
        yield piece.getvalue().encode()
        head = []


def _season(request: HttpRequest, key: str) -> Season:
    found: Season = get_object_or_404(seasons_visible_to(request.user), key=key)
    return found


def _staged(request: HttpRequest, key: str, sha256: str) -> tuple[Season, str, bool]:
    """A file this session uploaded for this season; any other address is not there."""
    season = _season(request, key)
    require(RULES, "data.import", request.user, season=season.key)
    waiting: Mapping[str, list[Any]] = request.session.get(_STAGED, {})
    of, name, is_json = waiting.get(sha256, ["", "", False])
    if of != season.key:
        raise Http404
    return season, str(name), bool(is_json)
