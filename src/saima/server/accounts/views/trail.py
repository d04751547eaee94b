"""The audit trail as a page and as a file, with the state of its chain."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saima.server.accounts.permissions import RULES
from saima.server.accounts.rules import require
from saima.server.kit.audit import first_broken
from saima.server.kit.trail import Wanted, actions_seen, as_csv, details, trail

_PER_PAGE = 50


@require_GET
def audit(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    require(RULES, "audit.see", request.user)
    wanted = Wanted(
        person=request.GET.get("person", "").strip(),
        action=request.GET.get("action", "").strip(),
        thing=request.GET.get("thing", "").strip(),
        since=_day(request.GET.get("since", "")),
        until=_day(request.GET.get("until", "")),
    )
    rows = trail(wanted)
    if request.GET.get("format") == "csv":
        answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return answer
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/audit.html",
        {
            "page": page,
            "rows": [(row, details(row)) for row in page],
            "wanted": wanted,
            "actions": actions_seen(),
            "checked": "check" in request.GET,
            "broken": first_broken() if "check" in request.GET else None,
        },
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
