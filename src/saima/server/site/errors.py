"""What is shown when a request cannot be answered: a page, or a part where only a part was asked for."""

from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from saima.server.kit.context import lang, request_id
from saima.server.site.shell import theme_of
from saima.words import say

_TOO_LARGE: Final = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def _answer(request: HttpRequest, status: int, title: str, help_text: str, *, reload: bool = False) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "kit/refused_part.html", {"sentences": [title, help_text]}, status=status)
    found = {"status": status, "error_title": title, "error_help": help_text, "reload": reload}
    return render(request, "kit/error.html", found, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, _TOO_LARGE):
        most = settings.UPLOAD_MOST_BYTES // (1024 * 1024)
        return _answer(request, 413, say("error.413", lang()), say("error.413_help", lang(), most=most))
    return _answer(request, 400, say("error.400", lang()), say("error.400_help", lang()))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    return _answer(request, 403, say("error.403", lang()), say("error.403_help", lang()))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception  # Django hands it over by this name
    return _answer(request, 404, say("error.404", lang()), say("error.404_help", lang()))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason  # for the log of Django, not for people
    return _answer(request, 403, say("error.csrf", lang()), say("error.csrf_help", lang()), reload=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the database, the session or anything else that may be what is broken."""
    help_text = say("error.500_help", lang(), number=request_id())
    if getattr(request, "htmx", False):
        return HttpResponse(help_text, status=500, content_type="text/plain; charset=utf-8")
    found = {"lang": lang(), "status": 500, "error_title": say("error.500", lang()), "error_help": help_text}
    found["theme"] = theme_of(request)
    return HttpResponse(render_to_string("kit/error.html", found), status=500)
