"""Who may do what with bulletins: one table, as in race/rules.py. Drafts have their rows there."""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Reach, Rule


def _any(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, "any")


_CIRCLE: Final = (Role.STEWARD, Role.REPORTER, Role.DATA_OWNER, Role.VERIFIER, Role.LEADER, Role.AUDITOR)

RULES: Final[Mapping[str, Rule]] = {
    "bulletin.see": Rule(_any(*_CIRCLE)),
    "bulletin.words": Rule(_any(Role.STEWARD)),
    "bulletin.release": Rule(_any(Role.STEWARD)),
    "bulletin.scan": Rule(_any(Role.STEWARD)),
    "bulletin.show": Rule(_any(Role.STEWARD)),
    "bulletin.public": Rule(public=True),
}
