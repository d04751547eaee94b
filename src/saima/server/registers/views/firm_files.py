"""Files beside a firm: add, take back, and show without ever running what is in them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import require
from saima.server.kit.downloads import serve_blob
from saima.server.kit.uploads import received_all
from saima.server.registers.actions.firm_files import firm_file_withdraw, firm_files_add
from saima.server.registers.queries.firm_files import files_visible_to
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.rules import RULES
from saima.server.registers.views.common import person, said, typed


@require_POST
def add(request: HttpRequest, uscc: str) -> HttpResponse:
    require(RULES, "enterprise.list", request.user)
    firm = get_object_or_404(enterprises_visible_to(request.user), uscc=uscc)
    require(RULES, "enterprise.file", request.user, place=firm.place_id)
    sent = received_all(request)
    if not sent:
        raise QuestionRefused(Problem("upload.missing"))
    firm_files_add(
        enterprise=firm,
        files=[(one.keep(), one.name) for one in sent],
        kind=typed(request, "kind"),
        about=typed(request, "about"),
        by=person(request),
    )
    said(request, "enterprise.files_added", count=len(sent), name=firm.name)
    return redirect(f"{reverse('enterprise', args=[uscc])}#files")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    require(RULES, "enterprise.list", request.user)
    file = get_object_or_404(files_visible_to(request.user), pk=pk)
    firm_file_withdraw(file=file, reason=typed(request, "reason"), by=person(request))
    said(request, "enterprise.file_taken_back", name=file.name)
    return redirect(f"{reverse('enterprise', args=[file.enterprise.uscc])}#files")


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself: PDF and pictures inside a sandbox, everything else only as a download."""
    require(RULES, "enterprise.list", request.user)
    file = get_object_or_404(files_visible_to(request.user), pk=pk)
    return serve_blob(file.blob, name=file.name, inline=True)
