"""/seasons/new/: the ways to begin a season, and the look at what an uploaded season holds before it comes in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from saima import examples
from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files import Bundle, load_season
from saima.server.accounts.rules import require
from saima.server.kit import clock
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.actions.seasons import season_begin, season_import
from saima.server.race.models import Season
from saima.server.race.queries.home import published, seasons_by_use
from saima.server.race.queries.setup import newest_or_none, setup_of
from saima.server.race.queries.setup_carry import blank, carried
from saima.server.race.queries.setup_import import bundle_of_upload, figures_per_period, problems_with, what_of
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.setup.common import person, said, stage, staged_name
from saima.words import Text


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Five ways to begin; a file is looked at first, the others begin a draft at once."""
    require(RULES, "season.import", request.user)
    if request.method == "POST":
        return _begun(request)
    seasons = [s for s in seasons_by_use(request.user) if published(s)]
    context = {
        "seasons": seasons,
        "examples": [(n, Season.objects.filter(key=n).exists()) for n in examples.names()],
        "next_year": clock.today().year + 1,
        "year": clock.today().year,
    }
    return render(request, "race/setup/new.html", context)


def _begun(request: HttpRequest) -> HttpResponse:
    how = request.POST.get("how", "")
    if how == "file":
        sha256, sent = stage(request)
        kind = what_of(sent.content, sent.name)
        return redirect("season-import-look" if kind == "season" else "season-import-table", sha256=sha256)
    code = request.POST.get("code", "").strip()
    title = Text(request.POST.get("title_en", "").strip(), request.POST.get("title_zh", "").strip())
    if not title:
        raise QuestionRefused(Problem("setup.title_needed"))
    if how == "carry":
        last: Season = get_object_or_404(seasons_visible_to(request.user), key=request.POST.get("season", ""))
        if newest_or_none(last) is None:
            raise QuestionRefused(Problem("setup.nothing_published", {"season": last.key}))
        files = carried(
            setup_of(last, with_draft=False).files, code=code, title=title, years=_whole(request.POST.get("years", "1"))
        )
        season = season_begin(files=files, by=person(request), source=last.key, like=last)
    elif how == "empty":
        files = blank(lang(), code=code, title=title, year=_whole(request.POST.get("year", "")))
        season = season_begin(files=files, by=person(request))
    else:
        raise Http404
    said(request, "setup.begun", season=title)
    return redirect("season-setup", key=season.key)


def _whole(text: str) -> int:
    found = whole(text, -1)
    if not 0 <= found <= 9000:
        raise QuestionRefused(Problem("setup.whole_number", {"seen": text[:40] or "-"}))
    return found


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, sha256: str) -> HttpResponse:
    """What a season's zip, package or workbook holds; it comes in when somebody confirms."""
    require(RULES, "season.import", request.user)
    name = staged_name(request, sha256)
    try:
        bundle = bundle_of_upload(sha256, name)
    except Refused as refused:
        context = {"file_name": name, "refused": refused.sentences(lang())}
        return render(request, "race/setup/look.html", context, status=422)
    return _looked_at(request, bundle, name)


@require_http_methods(["GET", "POST"])
def example(request: HttpRequest, name: str) -> HttpResponse:
    require(RULES, "season.import", request.user)
    if name not in examples.names():
        raise Http404
    return _looked_at(request, load_season(name), name)


def _looked_at(request: HttpRequest, bundle: Bundle, source: str) -> HttpResponse:
    if request.method == "POST":
        version = season_import(bundle=bundle, by=person(request), source=source)
        said(request, "setup.imported", season=bundle.season.title, count=len(bundle.readings.table))
        return redirect("season-setup", key=version.season.key)
    spec = bundle.season
    problems = problems_with(bundle)
    context: dict[str, Any] = {
        "file_name": source,
        "spec": spec,
        "refused": [p.sentence(lang()) for p in problems],
        "figures": len(bundle.readings.table),
        "periods": figures_per_period(bundle.readings.table),
        "published": [str(p.period) for p in bundle.history.published],
        "projects": len(bundle.projects.projects),
    }
    return render(request, "race/setup/look.html", context, status=422 if problems else 200)
