"""Tokens at the door of the API: they make no session, and allow no more than their person and their scopes do."""

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase

from saima.server.accounts.actions.tokens import token_used
from saima.server.accounts.queries import token_by_key

_SCHEMES = ("bearer ", "apitoken ")  # the second is what DHIS2 clients send


class TokenAuth(AuthBase):
    """``Authorization: Bearer KEY`` or ``ApiToken KEY``; the scope must be one of the token's."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        header = request.headers.get("Authorization", "")
        key = next((header[len(s) :].strip() for s in _SCHEMES if header.lower().startswith(s)), "")
        token = token_by_key(key) if key else None
        if token is None:
            return None
        if self.scope not in token.scopes.split():
            raise HttpError(403, f"this token lacks the scope {self.scope}")
        token_used(token=token)
        request.user = token.person
        return token.person


READ, READINGS, SEASONS = TokenAuth("read"), TokenAuth("readings"), TokenAuth("seasons")
