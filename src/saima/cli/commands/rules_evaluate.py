"""``saima rules evaluate RULE TABLE --out FILE``: a whole register through one rule."""

from fractions import Fraction
from pathlib import Path

from saima.cli.answers import existing_file
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.rules import day_asked, rule_asked
from saima.engine.rules import Prose
from saima.files.rules import evaluate_table


def run(given: Given, out: Output) -> int:
    rule = rule_asked(given)
    day = day_asked(given, rule)
    found = evaluate_table(rule, existing_file(given.text("table"), "TABLE"), Path(given.text("out")), on=day)
    counts = {"entities": found.entities, "eligible": found.eligible, "not_eligible": found.not_eligible}
    out.say("rules.say.counts", **counts, not_evaluable=found.not_evaluable)
    if found.refused:
        out.say("rules.say.refused", count=found.refused)
    if found.absent:
        out.say("rules.say.absent", absent=found.absent)
    if found.amount is not None:
        out.say("rules.say.total_amount", amount=Prose(rule, out.lang, day).figure(Fraction(found.amount), "yuan"))
    return 0
