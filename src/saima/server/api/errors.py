"""Refusals as JSON: code, sentence, field, and what the sentence was made of."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from saima.engine.errors import Problem, Refused
from saima.server.kit.context import lang


def said(problem: Problem) -> dict[str, Any]:
    """One problem as the API writes it."""
    return {
        "code": problem.code,
        "message": problem.sentence(lang()),
        "field": problem.column or None,
        "line": problem.line or None,
        "extra": {k: v if isinstance(v, str | int | float | bool) else str(v) for k, v in problem.params.items()},
    }


def install(api: NinjaAPI) -> None:
    """Every refusal of the house, and of the framework, in that one form."""

    def refused(request: HttpRequest, fault: Any) -> HttpResponse:
        problems = fault.problems if isinstance(fault, Refused) else ()
        status = getattr(fault, "status", 422)
        body = said(problems[0]) | {"problems": [said(p) for p in problems]}
        return api.create_response(request, body, status=status)

    def missing(request: HttpRequest, fault: Any) -> HttpResponse:
        del fault
        return api.create_response(request, said(Problem("api.nothing_there")), status=404)

    def malformed(request: HttpRequest, fault: Any) -> HttpResponse:
        found = fault.errors if isinstance(fault, ValidationError) else []
        where = ".".join(str(part) for part in found[0]["loc"]) if found else ""
        why = str(found[0]["msg"]) if found else ""
        body = said(Problem("api.malformed", {"why": why}, column=where))
        return api.create_response(request, body, status=422)

    def other(request: HttpRequest, fault: Any) -> HttpResponse:
        status = fault.status_code if isinstance(fault, HttpError) else 400
        code = {401: "api.no_token", 403: "api.no_scope"}.get(status, "api.unreadable")
        return api.create_response(request, said(Problem(code, {"why": str(fault)})), status=status)

    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(Http404, missing)
    api.add_exception_handler(ValidationError, malformed)
    api.add_exception_handler(HttpError, other)
