"""The tables of the registers, one file per topic."""

from saima.server.registers.models.enterprises import (
    Doubt,
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseName,
    EnterpriseStatus,
    Import,
    ImportMapping,
    SavedView,
    Spell,
)

__all__ = [
    "Doubt",
    "Enterprise",
    "EnterpriseAddress",
    "EnterpriseFact",
    "EnterpriseMerge",
    "EnterpriseName",
    "EnterpriseStatus",
    "Import",
    "ImportMapping",
    "SavedView",
    "Spell",
]
