"""The tables of the registers, one file per topic."""

from saima.server.registers.models.chains import Chain, ChainMember, ChainTask, ChainVersion
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
from saima.server.registers.models.firm_files import EnterpriseFile, EnterpriseFileWithdrawn
from saima.server.registers.models.items import Item, ItemFact, ItemFigure, ItemLine, ItemStage
from saima.server.registers.models.ladder import LadderGoal
from saima.server.registers.models.rulebook import BookRule, RuleDraft, RuleOffer, RuleSave, RuleVersion
from saima.server.registers.models.talents import Talent, TalentEvent, TalentProgramme, TalentSecret, TalentTable

__all__ = [
    "BookRule",
    "Chain",
    "ChainMember",
    "ChainTask",
    "ChainVersion",
    "Doubt",
    "Enterprise",
    "EnterpriseAddress",
    "EnterpriseFact",
    "EnterpriseFile",
    "EnterpriseFileWithdrawn",
    "EnterpriseMerge",
    "EnterpriseName",
    "EnterpriseStatus",
    "Import",
    "ImportMapping",
    "Item",
    "ItemFact",
    "ItemFigure",
    "ItemLine",
    "ItemStage",
    "LadderGoal",
    "RuleDraft",
    "RuleOffer",
    "RuleSave",
    "RuleVersion",
    "SavedView",
    "Spell",
    "Talent",
    "TalentEvent",
    "TalentProgramme",
    "TalentSecret",
    "TalentTable",
]
