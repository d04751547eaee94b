"""Rules as data: what an enterprise must show to be something or be given something, read, checked and evaluated.

Pure values and exact arithmetic; files, clocks and registers live elsewhere. docs/method/rules.md.
"""

from saima.engine.rules.advice import Explanation, Line, Move, Part, explain
from saima.engine.rules.checks import answers, check, structure, tried
from saima.engine.rules.exact import evaluate_one
from saima.engine.rules.grammar import parse
from saima.engine.rules.planning import BulkPlan, plan_bulk, plan_ladder
from saima.engine.rules.prose import Prose, Sentence, prose
from saima.engine.rules.rule import Input, Param, Rule
from saima.engine.rules.verdict import Cause, Need, Verdict

__all__ = [
    "BulkPlan",
    "Cause",
    "Explanation",
    "Input",
    "Line",
    "Move",
    "Need",
    "Param",
    "Part",
    "Prose",
    "Rule",
    "Sentence",
    "Verdict",
    "answers",
    "check",
    "evaluate_one",
    "explain",
    "parse",
    "plan_bulk",
    "plan_ladder",
    "prose",
    "structure",
    "tried",
]
