"""Puts the holder of a lent link in the place of the person, for the pages of that one report and nowhere else."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saima.server.race.guest import LENT, Guest
from saima.server.race.queries.links import guest_of

RECEIPTS: Final = frozenset({"report_receipt", "report-receipt-pdf"})
PAGES: Final = RECEIPTS | {
    "report",
    "report_save",
    "report_cell",
    "report_paste",
    "report_submit",
    "report_evidence",
    "evidence_file",
    "evidence_withdraw",
    "report-form",
    "report-form-upload",
    "report-form-look",
    "report-print",
}
ALWAYS: Final = frozenset({"entry-link", "language", "theme", "account_login", "healthz"})


class Lent:
    """Stands after the sign-in: who has an account is never a guest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        link = request.session.get(LENT)
        if link is not None:
            found = None if request.user.is_authenticated else guest_of(int(link))
            if isinstance(found, Guest):
                request.user = found
            else:
                del request.session[LENT]
                request.lent_over = found  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        page = match.url_name if match and not match.namespaces else None
        over = getattr(request, "lent_over", None)
        if over and page in PAGES:
            return render(request, "race/forms/link_over.html", {"state": over}, status=410)
        user = request.user
        if not isinstance(user, Guest) or page in ALWAYS:
            return None
        allowed = RECEIPTS if user.spent else PAGES
        return None if page in allowed else redirect_to_login(request.get_full_path())
