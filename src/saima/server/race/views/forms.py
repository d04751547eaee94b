"""The form of a report as a workbook: down, filled in, up again, looked at cell by cell, taken over."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from saima.engine.errors import Problem, QuestionRefused
from saima.files.entry_form import form_bytes, read_form
from saima.server.kit import blobs, clock
from saima.server.kit.context import lang
from saima.server.kit.downloads import serve
from saima.server.kit.uploads import MEDIA_TYPES, Kind, received
from saima.server.race.actions.forms import form_take
from saima.server.race.actions.reports import Conflict
from saima.server.race.models import Report
from saima.server.race.queries.forms import Diff, diff_of, form_of
from saima.server.race.queries.reports import page_of
from saima.server.race.views.reports import by_name, person, require_way_in, visible_report
from saima.words import say

CAME_BY: Final = "came_by_form"  # in the session: ids of reports whose figures came with a form
_STAGED: Final = "forms"
_MOST_STAGED: Final = 8


@require_GET
def form_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with what the report says now."""
    one = visible_report(request, pk)
    page = page_of(one)
    name = f"{page.place.of(lang())} {one.period}.xlsx"
    content = form_bytes(form_of(page, lang()), lang(), made=clock.now())
    return serve(content, name=name, media_type=MEDIA_TYPES[Kind.XLSX])


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the form is handed in; a file that is no form of this report is refused at once."""
    one = visible_report(request, pk)
    if request.method == "POST":
        require_way_in(request, one)
        sent = received(request, allowed={Kind.XLSX})
        diff_of(page_of(one), read_form(sent.content, sent.name))
        blob = sent.keep()
        waiting: dict[str, str] = request.session.get(_STAGED, {})
        waiting.pop(blob.sha256, None)
        waiting[blob.sha256] = sent.name
        request.session[_STAGED] = dict(list(waiting.items())[-_MOST_STAGED:])
        return redirect("report-form-look", pk=pk, sha256=blob.sha256)
    page = page_of(one)
    return render(request, "race/forms/form.html", {"report": one, "season": one.season, "page": page})


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pk: int, sha256: str) -> HttpResponse:
    """GET: old and new cell by cell; POST: take over what is plain, and of the conflicts what was chosen."""
    one = visible_report(request, pk)
    behalf = require_way_in(request, one)
    waiting: Mapping[str, str] = request.session.get(_STAGED, {})
    if sha256 not in waiting:
        raise Http404
    filled = read_form(blobs.get(sha256), waiting[sha256])
    diff = diff_of(page_of(one), filled)
    if request.method == "GET":
        return _shown(request, one, diff, waiting[sha256])
    seen = {c.row.cell.pk: _count(request.POST.get(f"v{c.row.cell.pk}", "")) for c in diff.changes}
    changed = [c for c in diff.changes if c.does != "same"]
    if any(seen[c.row.cell.pk] != c.row.cell.row_version for c in changed):
        return _shown(request, one, diff, waiting[sha256], moved=True)
    wanted = [c for c in changed if c.does != "conflict" or request.POST.get(f"take{c.row.cell.pk}") == "form"]
    answers = form_take(
        report=one, changes=wanted, seen=seen, by=person(request), by_name=by_name(request), on_behalf=behalf
    )
    if any(isinstance(a, Conflict) for a in answers):
        return _shown(request, one, diff_of(page_of(one), filled), waiting[sha256], moved=True)
    request.session[CAME_BY] = [*request.session.get(CAME_BY, []), pk][-_MOST_STAGED:]
    messages.success(request, say("forms.taken", lang(), count=len(wanted)))
    return redirect(f"{reverse('report', args=[pk])}?check=1")


def _shown(request: HttpRequest, one: Report, diff: Diff, name: str, *, moved: bool = False) -> HttpResponse:
    """``moved``: the page changed between looking and taking over, so nothing was saved."""
    context = {
        "report": one,
        "season": one.season,
        "page": page_of(one),
        "diff": diff,
        "file_name": name,
        "moved": moved,
        "text": [c for c in diff.changes if c.does != "same" and c.kept_as_text],
    }
    return render(request, "race/forms/look.html", context, status=409 if moved else 200)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise QuestionRefused(Problem("forms.look_again"))
    return int(text)
