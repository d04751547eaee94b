"""Rule files: TOML in, a checked rule out, and back again as the same text; tables run through a rule."""

from saima.files.rules.frames import register_frame
from saima.files.rules.reading import Drafted, parse_draft, parse_rule, read_rule
from saima.files.rules.register import Outcome, evaluate_table
from saima.files.rules.writing import write_rule

__all__ = [
    "Drafted",
    "Outcome",
    "evaluate_table",
    "parse_draft",
    "parse_rule",
    "read_rule",
    "register_frame",
    "write_rule",
]
