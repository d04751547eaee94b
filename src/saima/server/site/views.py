"""The home page, and the two switches every page carries: language and theme."""

from django.conf import settings
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from saima.server.site.home import landing, panels
from saima.server.site.samples import style_samples
from saima.server.site.shell import SEASON_COOKIE, THEME_COOKIE, THEMES, Shell

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    there = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if safe else "/")  # redirect() would look for a view of that name


def _kept(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    answer = _back(request)
    answer.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        return _back(request)
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, wanted)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        return _back(request)
    return _kept(request, THEME_COOKIE, wanted)


@require_POST
def season(request: HttpRequest) -> HttpResponse:
    """The season at hand on pages that are not about one."""
    wanted = request.POST.get("season", "")
    return _kept(request, SEASON_COOKIE, wanted) if slug_re.fullmatch(wanted) else _back(request)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "site/home.html", landing())
    shell = Shell(request)
    return render(request, "site/home.html", panels(shell.at(None)) | {"shell": shell})


def closed(request: HttpRequest) -> HttpResponse:
    """An address of the sign-in package that the bureau does not offer."""
    del request
    raise Http404


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "site/style.html", style_samples(request))
