"""Who was given a password changes it before anything else."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

_OPEN: Final = ("/accounts/", "/static/", "/language/", "/theme/", "/healthz")


class OwnPasswordFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not request.path.startswith(_OPEN):
            return HttpResponseRedirect(reverse("account_change_password"))
        return self.get_response(request)
