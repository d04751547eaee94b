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
from saima.server.registers.models.ladder import LadderGoal
from saima.server.registers.models.rulebook import BookRule, RuleDraft, RuleSave, RuleVersion

__all__ = [
    "BookRule",
    "Doubt",
    "Enterprise",
    "EnterpriseAddress",
    "EnterpriseFact",
    "EnterpriseMerge",
    "EnterpriseName",
    "EnterpriseStatus",
    "Import",
    "ImportMapping",
    "LadderGoal",
    "RuleDraft",
    "RuleSave",
    "RuleVersion",
    "SavedView",
    "Spell",
]
