"""A person's own keys for programs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from saima.server.accounts import actions
from saima.server.accounts.actions.tokens import MOST_DAYS, SCOPES
from saima.server.accounts.models import Token
from saima.server.accounts.permissions import RULES
from saima.server.accounts.rules import person_of, require
from saima.server.kit import clock
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.words import say


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    require(RULES, "token.own", request.user)
    me, key = person_of(request), ""
    if request.method == "POST":
        _, key = actions.token_make(
            person=me,
            title=request.POST.get("title", ""),
            scopes=tuple(request.POST.getlist("scope")),
            days=whole(request.POST.get("days")),
            by=me,
        )
    return render(
        request,
        "accounts/tokens.html",
        {
            "tokens": me.tokens.order_by("revoked_at", "-created_at"),
            "key": key,
            "scopes": SCOPES,
            "most": MOST_DAYS,
            "now": clock.now(),
        },
    )


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    require(RULES, "token.own", request.user)
    token = get_object_or_404(Token, pk=pk, person=person_of(request))
    actions.token_revoke(token=token, by=person_of(request))
    messages.success(request, say("accounts.token_revoked", lang()))
    return redirect("tokens")
