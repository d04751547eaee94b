"""``saima rules check RULE``: whether a rule file holds together and its cases come out."""

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.rules import rule_asked


def run(given: Given, out: Output) -> int:
    rule = rule_asked(given)
    counts = {"conditions": len(rule.needed), "inputs": len(rule.inputs), "cases": len(rule.cases)}
    out.say("rules.say.sound", rule=rule.title, **counts)
    for missing in rule.missing:
        out.say("rules.say.not_seen", missing=missing)
    return 0
