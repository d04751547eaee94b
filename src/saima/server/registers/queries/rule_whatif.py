"""What would change over the whole register if a draft counted: who gains, who loses, who stays open, and money."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from saima.engine.rules import Rule, plan_bulk
from saima.server.registers.queries.columns import Register, register_at

CHANGES: Final = ("gains", "loses", "open", "money", "same")


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm under both rules: True eligible, False not, None not to be told. Money in fen, None where it is not known.

    ``lacks``: inputs without a figure, where the new rule cannot tell.
    """

    id: int
    uscc: str
    name: str
    place: int | None
    before: bool | None
    after: bool | None
    money_before: int | None
    money_after: int | None
    lacks: Sequence[str]

    @property
    def change(self) -> str:
        """What becomes of it; who is not told by the new rule stays open, whatever the old one said."""
        if self.after is None:
            return "open"
        if self.after and not self.before:
            return "gains"
        if self.before and not self.after:
            return "loses"
        return "money" if self.money_before != self.money_after else "same"

    @property
    def difference(self) -> int:
        return (self.money_after or 0) - (self.money_before or 0)

    @property
    def difference_yuan(self) -> float:
        return self.difference / 100


@dataclass(frozen=True, slots=True)
class AtPlace:
    """One place's counts and money; the place is None for firms without an address, or for all together."""

    place: int | None
    firms: int
    before: int
    after: int
    gains: int
    loses: int
    open: int
    money_before: int
    money_after: int

    @property
    def difference(self) -> int:
        return self.money_after - self.money_before

    @property
    def difference_yuan(self) -> float:
        return self.difference / 100


@dataclass(frozen=True)
class WhatIf:
    on: date
    firms: Sequence[Firm]
    awards: bool

    def those(self, change: str) -> list[Firm]:
        return [f for f in self.firms if f.change == change]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        return Counter(f.change for f in self.firms)

    @cached_property
    def places(self) -> list[AtPlace]:
        """By place, those with most firms first."""
        grouped: dict[int | None, list[Firm]] = {}
        for firm in self.firms:
            grouped.setdefault(firm.place, []).append(firm)
        return sorted((_at(p, of) for p, of in grouped.items()), key=lambda a: (-a.firms, a.place or 0))

    @cached_property
    def whole(self) -> AtPlace:
        return _at(None, self.firms)

    @cached_property
    def lacking(self) -> list[tuple[str, int]]:
        """Inputs without which firms stay open, those of most firms first."""
        return Counter(key for f in self.firms for key in f.lacks).most_common()


def whatif(old: Rule | None, new: Rule, on: date, known: datetime | None = None) -> WhatIf:
    """Both rules over every firm there is on a day, as known at an instant (now).

    Raises
    ------
    RuleRefused
        The new rule is not in force on the day.
    """
    asked = dict.fromkeys((*(old.inputs if old else ()), *new.inputs))
    register = register_at(on, known, asked)
    after = _answers(new, register, on)
    before = _answers(old, register, on) if old is not None and _counts(old, on) else None
    return WhatIf(on, list(_firms(register, new, before, after)), new.award is not None or bool(old and old.award))


def _counts(rule: Rule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


def _answers(rule: Rule, register: Register, on: date) -> Mapping[str, Sequence[Any]]:
    plan = plan_bulk(rule, on=on)
    found = plan.columns(register.frame(), ())
    wanted = ["eligible", *(["amount"] if rule.award else [])]
    columns = found.select(wanted).collect()
    return {key: columns[key].to_list() for key in wanted} | {"asked": plan.inputs}


def _firms(
    register: Register, new: Rule, before: Mapping[str, Sequence[Any]] | None, after: Mapping[str, Sequence[Any]]
) -> Iterable[Firm]:
    nobody: list[Any] = [None] * len(register)
    eligible = (before or {}).get("eligible", [False] * len(register))
    money = (before or {}).get("amount", nobody), after.get("amount", nobody)
    asked = [key for key in after["asked"] if key in new.inputs or key.startswith("given.")]
    for n, firm in enumerate(register.ids):
        told = after["eligible"][n]
        lacks = [k for k in asked if told is None and (k not in register.columns or register.columns[k][n] is None)]
        yield Firm(
            firm,
            register.usccs[n],
            register.names[n],
            register.places[n],
            eligible[n],
            told,
            money[0][n],
            money[1][n],
            tuple(lacks),
        )


def _at(place: int | None, firms: Sequence[Firm]) -> AtPlace:
    changes = Counter(f.change for f in firms)
    return AtPlace(
        place,
        len(firms),
        sum(f.before is True for f in firms),
        sum(f.after is True for f in firms),
        changes["gains"],
        changes["loses"],
        changes["open"],
        sum(f.money_before or 0 for f in firms),
        sum(f.money_after or 0 for f in firms),
    )
