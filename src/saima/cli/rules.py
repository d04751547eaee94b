"""Which rule, day and figures are asked about."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from saima.cli.answers import day
from saima.cli.grammar import Given
from saima.engine.errors import Problem, QuestionRefused
from saima.engine.rules import Rule
from saima.engine.rules.rule import Input
from saima.files.rules import read_rule
from saima.presets import presets

Figure = Decimal | int | bool | str | date | None


def rule_asked(given: Given) -> Rule:
    """The rule in a file, or one that comes with Saima. A file that exists wins."""
    typed = given.text("rule")
    if Path(typed).is_file() or typed.endswith(".toml"):
        return read_rule(typed)
    known = presets()
    if typed not in known:
        raise QuestionRefused(Problem("rules.say.no_such_rule", {"name": typed, "known": tuple(known)}))
    return known[typed]


def day_asked(given: Given, rule: Rule) -> date:
    typed = given.maybe("on")
    return rule.usual_day if typed is None else day(typed, "--on")


def figures_asked(given: Given, rule: Rule) -> dict[str, Figure]:
    """What was typed as KEY=VALUE, as figures of the rule's inputs."""
    return dict(_figure(text, rule) for text in given.every("given"))


def _figure(text: str, rule: Rule) -> tuple[str, Figure]:
    key, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not key:
        raise QuestionRefused(Problem("rules.say.given_form", {"text": text}))
    thing = rule.scope.get(key)
    if not isinstance(thing, Input):
        return key, _number(value)
    if not value:
        return thing.key, None
    match thing.type:
        case "truth":
            return thing.key, {"true": True, "false": False}.get(value.lower(), value)
        case "number":
            return thing.key, _number(value)
    return thing.key, value


def _number(text: str) -> Figure:
    """A decimal, or the text as it stands for the rule to refuse."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
