"""What every request passes: an id and a log line, the content policy, and refusals turned into an answer."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from saima.engine.errors import Refused
from saima.server.kit import metrics
from saima.server.kit.context import lang, set_request_id

log = structlog.get_logger("saima.request")
Answer = Callable[[HttpRequest], HttpResponse]

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "manifest-src 'self'; object-src 'self'"
)
# The back office and the API's own documentation pages bring inline scripts of their packages.
PACKAGED = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
OWN_BODIES: Final = ("/api/",)  # programs' bodies are read and checked by the API itself
PACKAGED_PATHS = ("/office/", "/api/docs")


def _with_nul(request: HttpRequest) -> bool:
    texts = [request.path, *_texts(request.GET)]
    if request.method == "POST" and not request.path.startswith(OWN_BODIES):
        texts += _texts(request.POST)
    return any("\0" in text for text in texts)


def _texts(sent: QueryDict) -> list[str]:
    return [text for name, values in sent.lists() for text in (name, *values)]


class PlainText:
    """No NUL reaches a view: no key on a keyboard writes it, PostgreSQL keeps none, and C code ends its texts there."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        if _with_nul(request):
            raise BadRequest("NUL")


class RequestLog:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        set_request_id(request_id)
        structlog.contextvars.bind_contextvars(request=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            seconds = time.perf_counter() - started
            metrics.request_done(request, response.status_code, seconds)
            # The route, not the path: a path may be a one-time link, and logs are read by more people than links.
            log.info(
                "request",
                method=request.method,
                route=metrics.route_of(request),
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
            return response
        finally:
            structlog.contextvars.clear_contextvars()
            set_request_id("")


class ContentPolicy:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = PACKAGED if request.path.startswith(PACKAGED_PATHS) else STRICT
        response.setdefault("Content-Security-Policy", policy)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # On the next person's screen nothing of this one's is left; style sheets and pictures of ours say otherwise.
        response.setdefault("Cache-Control", "private, no-store")
        return response


class Refusals:
    """A ``Refused`` that a view lets through is shown as a page (or a fragment) with its sentences, status 422."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = getattr(exception, "status", 422)
        if status == 403 and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        page = "kit/refused_part.html" if getattr(request, "htmx", False) else "kit/refused.html"
        return render(request, page, {"sentences": exception.sentences(lang()), "status": status}, status=status)
