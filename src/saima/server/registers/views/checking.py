"""The public self-check: any published rule as a form. No account, no session, nothing kept; language by address.

These pages carry no form that changes anything, so they need no token against forged requests and set no cookie but
that of the language.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from saima.engine.errors import RuleRefused
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.registers.queries.checking import (
    answered,
    asked,
    form_of,
    has_money,
    money_usual,
    problems_by_field,
)
from saima.server.registers.queries.rule_shown import holes
from saima.server.registers.queries.rulebook import grades_of, newest_at, rule_of

YEAR = 365 * 24 * 3600


def _page(template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Rendered without the request: nothing of a session, a person or a token can get in."""
    known = {
        "lang": lang(),
        "clock_now": clock.now(),
        "clock_stands": clock.stands_still(),
        "demo": settings.SAIMA_DEMO,
    }
    return HttpResponse(render_to_string(template, {**known, **context}), status=status)


def _spoken(request: HttpRequest) -> HttpResponse | None:
    """Another language by address: remembered, as everywhere, and the page without the wish."""
    wanted = request.GET.get("lang")
    if wanted is None or request.method == "POST":
        return None
    if wanted not in dict(settings.LANGUAGES):
        return redirect(request.path)
    answer = redirect(request.path)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    translation.activate(wanted)
    return answer


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every rule in force today."""
    if (other := _spoken(request)) is not None:
        return other
    today = clock.today()
    found = [(key, v, rule_of(v.text)) for key, v in newest_at(today).items()]
    kinds = [
        (k, [(key, v, r, holes(r, lang())) for key, v, r in found if r.kind == k])
        for k in ("status", "award", "evaluation")
    ]
    return _page("registers/check/index.html", {"kinds": [(k, rows) for k, rows in kinds if rows], "today": today})


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: its form, and under it what it says of the figures typed. They go as they came."""
    if (other := _spoken(request)) is not None:
        return other
    today = clock.today()
    version = newest_at(today).get(key)
    if version is None:
        raise Http404
    found, spoken = rule_of(version.text), lang()
    typed = {name: values[-1] for name, values in request.POST.lists()}
    money = typed.get("money", "") if typed.get("money") in {"yuan", "wan"} else money_usual(spoken)
    context: dict[str, Any] = {
        "key": key,
        "rule": found,
        "version": version,
        "today": today,
        "money": money,
        "has_money": has_money(found),
        "holes": holes(found, spoken),
        "grades": grades_of(found),
    }
    problems: Mapping[str, str] = {}
    status = 200
    if request.method == "POST":
        given = asked(found, typed, money, spoken)
        problems = given.problems
        if not problems:
            try:
                context["answer"] = answered(found, given.given, given.held, spoken, today)
            except RuleRefused as refused:
                problems = problems_by_field(refused, spoken)
        status = 422 if problems else 200
        context["others"] = [p for k, p in problems.items() if k not in found.inputs and not k.startswith("given.")]
    context["form"] = form_of(found, spoken, today, typed, money, problems)
    return _page("registers/check/rule.html", context, status)
