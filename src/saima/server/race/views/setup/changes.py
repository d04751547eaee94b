"""What would change, proposing and publishing it, the versions there are, and the whole season as a file."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.files import workbook_bytes
from saima.server.accounts.rules import require
from saima.server.kit import downloads
from saima.server.kit.context import lang
from saima.server.race.actions.drafts import draft_propose
from saima.server.race.actions.seasons import season_publish
from saima.server.race.models import SeasonVersion
from saima.server.race.queries.documents import bundle_of, read_definition
from saima.server.race.queries.setup import newest_or_none, setup_of, solo_allowed
from saima.server.race.queries.setup_changes import changes_of, effect_of
from saima.server.race.queries.setup_export import MEDIA_ZIP, season_zip
from saima.server.race.queries.setup_plain import plain_of
from saima.server.race.queries.setup_shown import changes_shown
from saima.server.race.rules import RULES
from saima.server.race.views.setup.common import frame, person, said, season_here, season_to_edit, setup_here

MEDIA_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """The draft against the newest version: its definition in words, and today's standing by both."""
    season = season_to_edit(request, key)
    setup = setup_of(season)
    around = frame(request, setup)
    context = around | {"page": "changes", "solo": solo_allowed(season), "own": False, "effect": None, "groups": []}
    if setup.draft is not None:
        context["own"] = setup.draft.proposed_by_id == person(request).pk
        if setup.version is not None:
            before = plain_of(json.loads(setup.version.files))
            context["groups"] = changes_shown(changes_of(before, setup.plain), before, setup.plain, lang())
            effect = None if around["problems"] else effect_of(season, setup.version, setup.draft.files)
            context["effect"] = effect
            if effect and effect.refused:
                context["effect_refused"] = effect.refused.sentences(lang())
            if effect and effect.titles:
                scopes: dict[str, list[object]] = {}
                for moved in effect.moved:
                    scopes.setdefault(moved.scope, []).append(moved)
                context["scopes"] = [(effect.titles.get(s.rpartition(":")[2] or s), rows) for s, rows in scopes.items()]
                context["moves"] = sum(m.differs for m in effect.moved)
    return render(request, "race/setup/changes.html", context)


@require_POST
def propose(request: HttpRequest, key: str) -> HttpResponse:
    season = season_to_edit(request, key)
    draft_propose(
        season=season,
        seen=request.POST.get("seen", ""),
        reason=request.POST.get("reason", ""),
        by=person(request),
    )
    said(request, "setup.proposed")
    return redirect("season-changes", key=season.key)


@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    season = season_here(request, key)
    require(RULES, "season.publish", request.user)
    version = season_publish(
        season=season,
        seen=request.POST.get("seen", ""),
        by=person(request),
        reason=request.POST.get("reason", ""),
    )
    said(request, "setup.published", number=version.number)
    return redirect("season-versions", key=season.key)


@require_GET
def versions(request: HttpRequest, key: str) -> HttpResponse:
    season = season_here(request, key)
    setup = setup_here(request, season)
    rows = season.versions.select_related("proposed_by", "published_by").defer("files").order_by("-number")
    return render(request, "race/setup/versions.html", frame(request, setup) | {"page": "versions", "versions": rows})


@require_GET
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version: who published it and why, and what it changed against the one before."""
    season = season_here(request, key)
    setup = setup_here(request, season)
    found = get_object_or_404(
        SeasonVersion.objects.select_related("proposed_by", "published_by"), season=season, number=number
    )
    earlier = season.versions.filter(number__lt=number).order_by("-number").first()
    groups = []
    if earlier is not None:
        before, after = plain_of(json.loads(earlier.files)), plain_of(json.loads(found.files))
        groups = changes_shown(changes_of(before, after), before, after, lang())
    context = frame(request, setup) | {"page": "versions", "version": found, "earlier": earlier, "groups": groups}
    return render(request, "race/setup/version.html", context)


@require_GET
def version_file(request: HttpRequest, key: str, number: int, form: str) -> HttpResponse:
    """The definition of one version alone, without figures."""
    season = season_here(request, key)
    found = get_object_or_404(SeasonVersion, season=season, number=number)
    bundle = read_definition(json.loads(found.files))
    name = f"{season.key}-v{number}"
    if form == "xlsx":
        return downloads.serve(workbook_bytes(bundle), name=f"{name}.xlsx", media_type=MEDIA_XLSX)
    return downloads.serve(season_zip(bundle), name=f"{name}.zip", media_type=MEDIA_ZIP)


@require_GET
def export(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The whole season, every revision of every figure included; read back it has the same digests."""
    season = season_here(request, key)
    require(RULES, "data.export", request.user)
    if newest_or_none(season) is None:
        raise QuestionRefused(Problem("setup.nothing_published", {"season": season.key}))
    bundle = bundle_of(season)
    if form == "xlsx":
        return downloads.serve(workbook_bytes(bundle), name=f"{season.key}.xlsx", media_type=MEDIA_XLSX)
    return downloads.serve(season_zip(bundle), name=f"{season.key}.zip", media_type=MEDIA_ZIP)
