"""Who may do what with people, tokens and the audit trail."""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Rule

RULES: Final[Mapping[str, Rule]] = {
    "people.see": Rule({Role.ADMIN: "any", Role.STEWARD: "any", Role.AUDITOR: "any"}),
    "people.manage": Rule({Role.ADMIN: "any", Role.STEWARD: "any"}),
    "people.hand_over": Rule({Role.ADMIN: "any", Role.STEWARD: "any"}),
    "audit.see": Rule({Role.AUDITOR: "any", Role.ADMIN: "any", Role.STEWARD: "any"}),
    "token.own": Rule(dict.fromkeys(Role, "any")),
}
