"""Accounts are given by the bureau: nobody signs up. Signing in, and failing to, is written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from saima.server.accounts.models import Person
from saima.server.kit import audit, clock


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's behaviour where the bureau wants another."""

    def is_open_for_signup(self, request: Any) -> bool:
        del request
        return False

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> Any:
        with transaction.atomic():
            Person.objects.filter(pk=user.pk).update(last_seen_at=clock.now(), last_login=clock.now())
            audit.record(by=user, action="person.signed_in", object_type="person", object_key=user.username)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        with transaction.atomic():
            audit.record(
                by=None,
                action="person.sign_in_failed",
                object_type="person",
                object_key=str(credentials.get("username", ""))[:80],
            )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if getattr(request.user, "must_change_password", False):
            return reverse("account_change_password")
        target: str = super().get_login_redirect_url(request)
        return target

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        del request
        return reverse("home")

    def set_password(self, user: Person, password: str) -> None:
        user.must_change_password = False
        user.set_password(password)
        user.save()
        with transaction.atomic():
            audit.record(by=user, action="person.password_set", object_type="person", object_key=user.username)
