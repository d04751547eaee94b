"""What a bulletin adds to an evaluation: its number, its date and, for an erratum, its version and reason."""

from dataclasses import dataclass, field
from datetime import date

from saima.words import Text


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a bulletin. ``dated`` is an input, never read from a clock; version 2 and up are errata."""

    number: int
    dated: date
    version: int = 1
    reason: Text = field(default_factory=Text)
