"""Files beside one figure: add, pick, take back, and show without ever running what is in them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saima.server.accounts.rules import require
from saima.server.kit.asked import whole
from saima.server.kit.downloads import serve_blob
from saima.server.kit.uploads import received_all
from saima.server.race.actions.evidence import evidence_add, evidence_pick, evidence_withdraw
from saima.server.race.models import ReportCell
from saima.server.race.queries.contents import evidence_of
from saima.server.race.queries.reports import page_of
from saima.server.race.queries.visible import evidence_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.report_rows import rows_as_text
from saima.server.race.views.reports import by_name, person, require_way_in, visible_report, way_in


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pk: int, cell: int) -> HttpResponse:
    """GET: the files of one figure; POST: add some (``file``) or pick one already sent (``pick``)."""
    one = visible_report(request, pk)
    here = get_object_or_404(ReportCell, report=one, pk=cell)
    if request.method == "POST":
        behalf = require_way_in(request, one)
        for sent in received_all(request):
            evidence_add(
                report=one,
                contestant=here.contestant,
                indicator=here.indicator,
                blob=sent.keep(),
                name=sent.name,
                by=person(request),
                by_name=by_name(request),
                on_behalf=behalf,
            )
        for chosen in request.POST.getlist("pick"):
            evidence_pick(
                evidence=get_object_or_404(evidence_visible_to(request.user), report=one, pk=whole(chosen)),
                contestant=here.contestant,
                indicator=here.indicator,
                by=person(request),
                by_name=by_name(request),
                on_behalf=behalf,
            )
        if request.headers.get("X-Saima-Parts"):
            page = page_of(one)
            rows = rows_as_text(page, [page.row(cell)], way=way_in(request, one), mine={})
            context = {"page": page, "report": one, "rows": rows}
            return render(request, "race/reports/parts.html", context)
        return redirect(f"{reverse('report', args=[pk])}#cell-{cell}")
    page = page_of(one)
    row = page.row(cell)
    kept = {e.blob_id for e in row.files}
    others = {e.blob_id: e for e in evidence_of(one) if e.blob_id not in kept}
    context = {"page": page, "report": one, "row": row, "others": others.values(), "way": way_in(request, one)}
    return render(request, "race/reports/evidence.html", context)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(evidence_visible_to(request.user).select_related("report__season"), pk=pk)
    behalf = require_way_in(request, one.report)
    evidence_withdraw(
        evidence=one,
        reason=request.POST.get("reason", ""),
        by=person(request),
        by_name=by_name(request),
        on_behalf=behalf,
    )
    here = get_object_or_404(ReportCell, report=one.report, contestant=one.contestant, indicator=one.indicator)
    return redirect("report_evidence", pk=one.report_id, cell=here.pk)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself: PDF and pictures inside a sandbox, everything else only as a download."""
    one = get_object_or_404(evidence_visible_to(request.user).select_related("blob", "report"), pk=pk)
    require(RULES, "evidence.see", request.user, place=one.report.place_id)
    return serve_blob(one.blob, name=one.name, inline=True)
