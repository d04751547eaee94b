"""Tables of the registers, one file per register."""

from saima.server.registers.models.rulebook import BookRule, RuleDraft, RuleSave, RuleVersion

__all__ = [
    "BookRule",
    "RuleDraft",
    "RuleSave",
    "RuleVersion",
]
