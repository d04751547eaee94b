"""A report on paper: the sheet to be signed and stamped, the receipt as PDF, and the stamped sheet somebody sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from saima.press.receipt import render_receipt
from saima.server.accounts.rules import require
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.downloads import serve, serve_blob
from saima.server.race.queries.receipts import printed_of, receipt_of
from saima.server.race.queries.reports import page_of
from saima.server.race.rules import RULES
from saima.server.race.views.links import qr
from saima.server.race.views.reports import visible_report


@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    one = visible_report(request, pk)
    page = page_of(one)
    printed = printed_of(page)
    context = {
        "report": one,
        "season": one.season,
        "page": page,
        "printed": printed,
        "qr": qr(printed.code),
        "now": clock.now(),
    }
    return render(request, "race/forms/print.html", context)


@require_GET
def receipt_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    one = visible_report(request, pk)
    submission = get_object_or_404(one.submissions.select_related("by"), number=number)
    content = render_receipt(receipt_of(one, submission, lang()), lang(), made=submission.at)
    return serve(content, name=f"{submission.receipt}.pdf", media_type="application/pdf")


@require_GET
def proof(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The stamped sheet that came with a report entered on somebody's behalf."""
    one = visible_report(request, pk)
    require(RULES, "evidence.see", request.user, place=one.place_id, season=one.season.key)
    submission = get_object_or_404(one.submissions.select_related("proof"), number=number)
    if submission.proof is None:
        raise Http404
    endings = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
    name = f"{submission.receipt}.{endings.get(submission.proof.media_type, 'bin')}"
    return serve_blob(submission.proof, name=name, inline=True)
