"""Who may do what with walls: one table, as in race/rules.py."""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Rule

RULES: Final[Mapping[str, Rule]] = {
    "wall.manage": Rule({Role.STEWARD: "any"}),
}
