"""Numbers that stand in the conditions of a rule, which could be parameters with dates of their own."""

from dataclasses import dataclass
from fractions import Fraction

from saima.engine.rules import Prose, Rule
from saima.engine.rules.rule import Condition, Unit
from saima.engine.rules.tree import Compare, Number, walk
from saima.words import Text, say


@dataclass(frozen=True, slots=True)
class Standing:
    """A number of a condition: where it stands, and what a parameter made of it would be called."""

    condition: str
    text: str  # the whole expression
    start: int
    end: int
    value: Fraction
    unit: Unit | None
    title: Text
    name: str

    @property
    def at(self) -> str:
        return f"{self.condition}:{self.start}"

    @property
    def seen(self) -> str:
        return self.text[self.start : self.end]

    def put(self, key: str) -> str:
        """The expression with the name of a parameter in the number's place."""
        return self.text[: self.start] + key + self.text[self.end :]


def standing_numbers(rule: Rule) -> list[Standing]:
    """Every number that stands on one side of a comparison of a condition, in the order of the text."""
    prose = Prose(rule, "en", rule.usual_day)
    taken = set(rule.scope)
    found = []
    for condition in rule.conditions:
        for node in walk(condition.expression.tree):
            if not isinstance(node, Compare):
                continue
            for side, other in ((node.right, node.left), (node.left, node.right)):
                if isinstance(side, Number) and not isinstance(other, Number):
                    name = _name(condition, taken)
                    taken.add(name)
                    unit = prose.unit(side) or prose.unit(other)
                    said = condition.say
                    title = Text(*(say("rulebook.limit_of", lang, what=said.of(lang)) for lang in ("en", "zh")))
                    found.append(
                        Standing(
                            condition.id,
                            condition.expression.text,
                            side.start,
                            side.end,
                            side.value,
                            None if unit in {"flag", "code", "day"} else unit,
                            title,
                            name,
                        )
                    )
    return found


def _name(condition: Condition, taken: set[str]) -> str:
    base = f"limit_{condition.id}".replace("-", "_").replace(".", "_")
    return next(n for n in (base, *(f"{base}_{k}" for k in range(2, 100))) if n not in taken)
