"""Writes people, roles, deputies and tokens."""

from saima.server.accounts.actions.people import (
    deputy_appoint,
    password_set,
    person_add,
    person_change,
    person_close,
    person_reopen,
    role_end,
    role_give,
)
from saima.server.accounts.actions.tokens import token_make, token_revoke

__all__ = [
    "deputy_appoint",
    "password_set",
    "person_add",
    "person_change",
    "person_close",
    "person_reopen",
    "role_end",
    "role_give",
    "token_make",
    "token_revoke",
]
