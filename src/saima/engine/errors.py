"""What the engine refuses, and how a refusal reads.

::

    Exception
    └── Refused                  input that cannot be used: exit code 2, nothing written
        ├── SeasonRefused        the season's own definition does not hold together
        ├── ReadingsRefused      a reading, correction or project cannot stand beside the season
        ├── HistoryRefused       what was published before does not fit
        ├── QuestionRefused      an explain or whatif that has no answer (unknown contestant, place 0, ...)
        └── RuleRefused          a rule that does not hold together, or a figure a rule cannot be asked with

Programming faults stay ordinary exceptions and are never dressed as advice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from saima.words import Lang, say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a catalogue code, its parameters, and where it stands.

    The catalogue sentence names the thing, the rule, the number and the way out.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    file: str = ""
    line: int = 0
    column: str = ""

    def sentence(self, lang: Lang) -> str:
        """The whole sentence, led by file, line and column where they are known."""
        where = ":".join(p for p in (self.file, str(self.line) if self.line else "", self.column) if p)
        said = say(self.code, lang, **self.params)
        return f"{where}: {said}" if where else said


class Refused(Exception):  # noqa: N818 - a refusal is not an error of the program
    """Input that cannot be used, with every problem found."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("a refusal needs at least one problem")
        super().__init__("\n".join(p.sentence("en") for p in self.problems))

    def sentences(self, lang: Lang) -> tuple[str, ...]:
        return tuple(p.sentence(lang) for p in self.problems)


class SeasonRefused(Refused):
    """The season's own definition does not hold together."""


class ReadingsRefused(Refused):
    """A reading, correction or project cannot stand beside the season."""


class HistoryRefused(Refused):
    """What was published before does not fit the season."""


class QuestionRefused(Refused):
    """A question about an evaluation that has no answer."""


class RuleRefused(Refused):
    """A rule that does not hold together, or a figure that a rule cannot be asked with."""
