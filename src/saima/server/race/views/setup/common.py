"""What the set-up pages share: the season somebody may see, its draft, files that wait to be confirmed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from saima.server.accounts.rules import held_by, may, require
from saima.server.kit.context import lang
from saima.server.kit.uploads import SEASONS, TABLES, Sent, received
from saima.server.race.models import Season
from saima.server.race.queries.setup import Setup, saves_of, setup_of, steps_of
from saima.server.race.queries.setup_fields import SECTIONS
from saima.server.race.queries.setup_plain import problems_of
from saima.server.race.queries.setup_shown import found_problems
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.race.rules import RULES
from saima.words import say

_STAGED = "season_files"
_MOST_STAGED = 8


def season_here(request: HttpRequest, key: str) -> Season:
    found: Season = get_object_or_404(seasons_visible_to(request.user), key=key)
    require(RULES, "season.see", request.user)
    return found


def season_to_edit(request: HttpRequest, key: str) -> Season:
    season = season_here(request, key)
    require(RULES, "season.edit", request.user)
    return season


def may_edit(request: HttpRequest) -> bool:
    return may(RULES["season.edit"], held_by(request.user))


def person(request: HttpRequest) -> Any:
    """Who is signed in, for actions."""
    return request.user


def setup_here(request: HttpRequest, season: Season) -> Setup:
    """What this person is shown: the draft if they may edit it, else the newest version."""
    return setup_of(season, with_draft=may_edit(request))


def frame(request: HttpRequest, setup: Setup) -> dict[str, Any]:
    """What every set-up page shows around its own answer."""
    editable = may_edit(request)
    problems = found_problems(setup.season.key, setup.plain, problems_of(setup.files), lang()) if editable else []
    past, future = steps_of(saves_of(setup.season)) if setup.draft else ([], [])
    counted = dict.fromkeys(SECTIONS, 0)
    for problem in problems:
        if problem.section:
            counted[problem.section] += 1
    return {
        "season": setup.season,
        "setup": setup,
        "editable": editable,
        "problems": problems,
        "may_undo": len(past) > 1,
        "may_redo": bool(future),
        "sections": [
            (name, say(f"setup.section.{name}", lang()), counted[name])
            for name in SECTIONS
            if name != "projects" or uses_projects(setup)
        ],
    }


def uses_projects(setup: Setup) -> bool:
    return bool(setup.plain.rows("project_stages")) or any(
        r.get("race") == "projects" for r in setup.plain.rows("races")
    )


def stage(request: HttpRequest) -> tuple[str, Sent]:
    """Keep an upload until somebody confirms what comes of it; gives the address part it is found by."""
    sent = received(request, allowed=SEASONS | TABLES)
    blob = sent.keep()
    waiting: dict[str, str] = request.session.get(_STAGED, {})
    waiting.pop(blob.sha256, None)
    waiting[blob.sha256] = sent.name
    request.session[_STAGED] = dict(list(waiting.items())[-_MOST_STAGED:])
    return blob.sha256, sent


def staged_name(request: HttpRequest, sha256: str) -> str:
    """The name of a file this session uploaded; any other address is not there."""
    waiting: Mapping[str, str] = request.session.get(_STAGED, {})
    if sha256 not in waiting:
        raise Http404
    return waiting[sha256]


def said(request: HttpRequest, code: str, **params: object) -> None:
    messages.success(request, say(code, lang(), **params))


def to_section(season: Season, section: str, at: str = "") -> HttpResponse:
    page = reverse("season-section", args=[season.key, section])
    return redirect(f"{page}#{at}" if at else page)
