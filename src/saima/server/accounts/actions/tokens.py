"""Makes and revokes the keys of programs. The key itself is returned once and never kept."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person, Token
from saima.server.kit import audit, clock

SCOPES: Final = ("read", "readings", "seasons")  # look; send readings; bring in seasons and targets
MOST_DAYS: Final = 366
_HINT: Final = 10
_TITLE_MOST: Final = 100


@transaction.atomic
def token_make(
    *, person: Person, title: str, scopes: tuple[str, ...], days: int, by: Person | None
) -> tuple[Token, str]:
    """A key of a program that acts for ``person``, with no more rights than the person and its scopes.

    Raises
    ------
    QuestionRefused
        ``accounts.token_title``, ``accounts.too_long``, ``accounts.token_scope``, ``accounts.token_days``.
    """
    if not title.strip():
        raise QuestionRefused(Problem("accounts.token_title"))
    if len(title.strip()) > _TITLE_MOST:
        said = {"seen": title[:20], "length": len(title), "most": _TITLE_MOST}
        raise QuestionRefused(Problem("accounts.too_long", said))
    if not scopes or set(scopes) - set(SCOPES):
        raise QuestionRefused(Problem("accounts.token_scope", {"scopes": SCOPES}))
    if not 1 <= days <= MOST_DAYS:
        raise QuestionRefused(Problem("accounts.token_days", {"days": str(days), "most": str(MOST_DAYS)}))
    key = "saima_" + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        title=title.strip(),
        hint=key[:_HINT],
        sha256=sha256(key.encode()).hexdigest(),
        scopes=" ".join(s for s in SCOPES if s in scopes),
        expires_at=clock.now() + timedelta(days=days),
    )
    audit.record(
        by=by, action="token.made", object_type="token", object_key=token.hint, title=token.title, scopes=token.scopes
    )
    return token, key


@transaction.atomic
def token_revoke(*, token: Token, by: Person | None) -> None:
    """The key stops at once. Revoked twice is revoked once."""
    if token.revoked_at is not None:
        return
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    audit.record(by=by, action="token.revoked", object_type="token", object_key=token.hint, title=token.title)


def token_used(*, token: Token) -> None:
    """Remember that a token was used; to the minute, so that a busy program writes little. No row of the audit."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
