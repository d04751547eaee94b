"""Who may do what with the registers: one table, as in race/rules.py."""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Reach, Rule

STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR = (
    Role.STEWARD,
    Role.REPORTER,
    Role.DATA_OWNER,
    Role.VERIFIER,
    Role.LEADER,
    Role.AUDITOR,
)


def _any(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, "any")


_INSIDE: Final = _any(STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR)

RULES: Final[Mapping[str, Rule]] = {}
