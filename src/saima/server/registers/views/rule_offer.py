"""Sends a draft to the second person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from saima.server.accounts.rules import person_of
from saima.server.registers.actions.rule_offer import draft_offer
from saima.server.registers.views.common import said
from saima.server.registers.views.rulebook import draft_found


@require_POST
def send(request: HttpRequest, key: str) -> HttpResponse:
    found = draft_found(request, key)
    draft_offer(
        draft=found,
        seen=request.POST.get("seen", ""),
        note=request.POST.get("note", ""),
        by=person_of(request),
    )
    said(request, "rulebook.sent")
    return redirect("rule-draft", key=key)
