"""What a command has to say, held back until it is whole."""

import sys
from dataclasses import dataclass, field

from saima.words import Lang, say


@dataclass
class Output:
    """Standard output of one command, in one language."""

    lang: Lang
    _held: list[str] = field(default_factory=list)

    def say(self, code: str, /, **params: object) -> None:
        """One sentence on a line of its own."""
        self._held.append(say(code, self.lang, **params) + "\n")

    def write(self, text: str) -> None:
        """Text as it stands, ended by a line break."""
        self._held.append(text if text.endswith("\n") else f"{text}\n")

    def flush(self) -> None:
        text = "".join(self._held)
        self._held.clear()
        sys.stdout.write(text)
        sys.stdout.flush()
