"""The last two steps of a report: the review with its changes and the signature, and the receipt."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from saima.engine.errors import Refused
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.uploads import Kind, received_all
from saima.server.places.queries import title_of
from saima.server.race.actions.links import link_spend
from saima.server.race.actions.submitting import report_submit
from saima.server.race.guest import Guest
from saima.server.race.models import Report
from saima.server.race.queries.changes import changes_shown
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.reports import page_of
from saima.server.race.views.forms import CAME_BY
from saima.server.race.views.reports import person, require_way_in, visible_report
from saima.words import say

PROOF = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG, Kind.WEBP})  # the stamped sheet as somebody photographed it


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what is about to be sent; POST: send it. A doubled POST gives the receipt that is there."""
    one = visible_report(request, pk)
    if request.method == "POST" and (sent := _already_sent(request, one)) is not None:
        return sent
    behalf = require_way_in(request, one)
    if request.method == "GET":
        return _review(request, one, behalf=behalf)
    try:
        proofs = received_all(request, "proof", allowed=PROOF) if behalf else []
        made = report_submit(
            report=one,
            signer=request.POST.get("signer", ""),
            by=person(request),
            on_behalf=behalf,
            proof=proofs[0].keep() if proofs else None,
            channel=_channel(request, one, behalf=behalf),
        )
        if isinstance(request.user, Guest):
            link_spend(link_id=request.user.link_id)
    except Refused as refused:
        return _review(request, one, behalf=behalf, sentences=refused.sentences(lang()), status=422)
    return redirect("report_receipt", pk=pk, number=made.number)


def _channel(request: HttpRequest, one: Report, *, behalf: bool) -> str:
    if behalf:
        return "behalf"
    if isinstance(request.user, Guest):
        return "link"
    return "excel" if one.pk in request.session.get(CAME_BY, ()) else "page"


def _already_sent(request: HttpRequest, one: Report) -> HttpResponse | None:
    """The receipt of the second click: the review that was sent is the one already submitted."""
    last = one.submissions.order_by("-number").first()
    seen = request.POST.get("row_version", "")
    if last is None or one.state != "submitted" or seen != str(one.row_version - 1):
        return None
    return redirect("report_receipt", pk=one.pk, number=last.number)


def _review(
    request: HttpRequest, one: Report, *, behalf: bool, sentences: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    page = page_of(one, missing=True)
    context: dict[str, Any] = {
        "page": page,
        "report": one,
        "behalf": behalf,
        "changes": changes_shown(page),
        "signer": request.POST.get("signer") or getattr(request.user, "name", ""),
        "sentences": [] if page.problems else sentences,
        "now": clock.now(),
        "most_megabytes": settings.UPLOAD_MOST_BYTES // (1024 * 1024),
    }
    return render(request, "race/reports/review.html", context, status=status)


@require_GET
def receipt(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    one = visible_report(request, pk)
    submission = get_object_or_404(one.submissions.select_related("by"), number=number)
    spec = season_of(newest(one.season))
    return render(
        request,
        "race/reports/receipt.html",
        {
            "report": one,
            "submission": submission,
            "place": title_of(one.place),
            "spec": spec,
            "late": submission.at > one.due_at,
            "guest": isinstance(request.user, Guest),
            "heading": say("report.receipt_title", lang(), receipt=submission.receipt),
        },
    )
