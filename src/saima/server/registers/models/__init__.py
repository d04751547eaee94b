"""Tables of the registers, one file per register."""

from saima.server.registers.models.items import Item, ItemFact, ItemFigure, ItemLine, ItemStage

__all__ = ["Item", "ItemFact", "ItemFigure", "ItemLine", "ItemStage"]
