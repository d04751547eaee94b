"""Pages of walls: the screen itself, the JSON it asks for, and the steward's list of addresses."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.server.accounts.rules import person_of, require
from saima.server.kit.asked import whole
from saima.server.race.models import Season
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.site.actions import wall_make, wall_renew, wall_revoke
from saima.server.site.models import Wall
from saima.server.site.rules import RULES
from saima.server.site.wall import seconds_to_reload, tag_of, wall_of
from saima.server.site.walls import came_from, signed, wall_by, walls_of
from saima.words import LANGS

EVERY: Final = 25  # seconds a scene stays, unless the address says otherwise
MOST_EVERY: Final = 600
LANGUAGES: Final = {"en": "en", "zh": "zh-hans"}
THEMES: Final = ("dark", "light")


def _wall(request: HttpRequest, text: str) -> Wall:
    found = wall_by(text, came_from(request))
    if found is None:
        raise Http404
    return found


def _spoken(request: HttpRequest) -> str:
    """The language the address names, else that of the browser."""
    return LANGUAGES.get(request.GET.get("lang", ""), translation.get_language() or "zh-hans")


@require_safe
def wall(request: HttpRequest, text: str) -> HttpResponse:
    """The screen: whole with its first scene, also without JavaScript."""
    found = _wall(request, text)
    with translation.override(_spoken(request)):
        shown = wall_of(found.season, first_only=True)
        theme = request.GET.get("theme", "")
        context = {
            "shown": shown,
            "scene": shown.scenes[0],
            "theme": theme if theme in THEMES else "dark",
            "every": min(MOST_EVERY, max(1, whole(request.GET.get("every"), EVERY))),
            "reload_in": seconds_to_reload(shown.zone),
            "source": f"{reverse('wall-data', args=[text])}?lang={'en' if _spoken(request) == 'en' else 'zh'}",
        }
        return render(request, "site/wall.html", context)


@require_safe
def wall_data(request: HttpRequest, text: str) -> HttpResponse:
    """Everything the screen shows as one JSON; 304 while nothing has changed."""
    found = _wall(request, text)
    with translation.override(_spoken(request)):
        content = wall_of(found.season).as_json()
    tag = tag_of(content)
    if tag in request.headers.get("If-None-Match", "").replace(",", " ").split():
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="application/json")
    answer["ETag"] = tag
    return answer


def _season(request: HttpRequest, key: str) -> Season:
    require(RULES, "wall.manage", request.user, season=key)
    found: Season = get_object_or_404(seasons_visible_to(request.user), key=key)
    return found


@require_http_methods(["GET", "POST"])
def walls(request: HttpRequest, key: str) -> HttpResponse:
    """GET: every address of the season; POST: a new one."""
    season = _season(request, key)
    if request.method == "POST":
        wall_make(
            season=season,
            title=request.POST.get("title", ""),
            networks=request.POST.get("networks", ""),
            by=person_of(request),
        )
        return redirect("walls", key=key)
    rows: list[tuple[Wall, Any]] = []
    for one in walls_of(season):
        path = "" if one.revoked_at else reverse("wall", args=[signed(one)])
        rows.append(
            (one, [(code, request.build_absolute_uri(f"{path}?lang={code}")) for code in LANGS] if path else [])
        )
    return render(request, "site/walls.html", {"season": season, "walls": rows, "every": EVERY})


@require_POST
def wall_change(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A new address for the screen, or none any more."""
    season = _season(request, key)
    found = get_object_or_404(Wall, season=season, pk=pk)
    if request.POST.get("do") == "renew":
        wall_renew(wall=found, by=person_of(request))
    else:
        wall_revoke(wall=found, by=person_of(request))
    return redirect("walls", key=key)
