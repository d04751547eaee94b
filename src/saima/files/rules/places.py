"""Where each key and value of a TOML text stands, so that what is wrong is reported at its line and column.

The text has been read by ``tomllib`` before: this scan believes that it is well formed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from saima.files.checking import Loc

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN: Final = re.compile(r"[^,\]}#\n\r]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets of a key and of its value; ``inner`` is where a text begins behind its quotation marks."""

    key: int
    value: int
    inner: int


class Places:
    """Places by path, and offsets as lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[Loc, Place] = {}
        self._at = 0
        self._scan()

    def line_and_column(self, offset: int) -> tuple[int, int]:
        return self._text.count("\n", 0, offset) + 1, offset - (self._text.rfind("\n", 0, offset) + 1) + 1

    def of(self, loc: Loc) -> tuple[int, int]:
        """Line and column of a key, or of the nearest thing around it."""
        place = self._nearest(loc)
        return self.line_and_column(0 if place is None else place.key)

    def within(self, loc: Loc, value: str, start: int) -> tuple[int, int]:
        """Line and column of a character of a text; of the text itself where it is written with escapes."""
        place = self._places.get(loc) or self._places.get((*loc, "expr"))
        if place is None:
            return self.of(loc)
        exact = self._text.startswith(value, place.inner)
        return self.line_and_column(place.inner + start if exact else place.value)

    def _nearest(self, loc: Loc) -> Place | None:
        return next((p for n in range(len(loc), 0, -1) if (p := self._places.get(loc[:n])) is not None), None)

    def _scan(self) -> None:
        text = self._text
        table: Loc = ()
        counts: dict[Loc, int] = {}
        self._skip(_BLANK)
        while self._at < len(text):
            start = self._at
            if text.startswith("[[", start):
                self._at += 2
                name = self._absolute(self._keys(), counts)
                counts[name] = counts.get(name, 0) + 1
                table = (*name, counts[name] - 1)
                self._at = text.index("]]", self._at) + 2
                self._places.setdefault(table, Place(start, start, start))
            elif text[start] == "[":
                self._at += 1
                table = self._absolute(self._keys(), counts)
                self._at = text.index("]", self._at) + 1
                self._places.setdefault(table, Place(start, start, start))
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _absolute(self, name: Loc, counts: Mapping[Loc, int]) -> Loc:
        """``[[points.group.item]]`` speaks of the last group."""
        whole: Loc = ()
        for part in name[:-1]:
            whole = (*whole, part)
            if whole in counts:
                whole = (*whole, counts[whole] - 1)
        return (*whole, name[-1])

    def _pair(self, table: Loc) -> None:
        start = self._at
        loc = (*table, *self._keys())
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(loc, start)

    def _keys(self) -> Loc:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            if self._text[self._at] in "\"'":
                start = self._at
                self._string()
                parts.append(self._text[start + 1 : self._at - 1])
            else:
                found = _BARE.match(self._text, self._at)
                if found is None:
                    raise RuntimeError(f"no key at {self._at}")
                parts.append(found[0])
                self._at = found.end()
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return tuple(parts)
            self._at += 1

    def _value(self, loc: Loc, key: int) -> None:
        start = self._at
        inner = start
        match self._text[start]:
            case "[":
                self._at += 1
                self._skip(_BLANK)
                n = 0
                while self._text[self._at] != "]":
                    self._value((*loc, n), self._at)
                    n += 1
                    self._comma()
                self._at += 1
            case "{":
                self._at += 1
                self._skip(_BLANK)
                while self._text[self._at] != "}":
                    self._pair(loc)
                    self._comma()
                self._at += 1
            case '"' | "'":
                inner = self._string()
            case _:
                self._skip(_PLAIN)
        self._places.setdefault(loc, Place(key, start, inner))

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK)

    def _string(self) -> int:
        """Goes past a text; answers where its first character stands."""
        text, start = self._text, self._at
        quote = text[start]
        if text.startswith(quote * 3, start):
            at = start + 3
            while not text.startswith(quote * 3, at):
                at += 2 if quote == '"' and text[at] == "\\" else 1
            while text.startswith(quote, at + 3):  # quotation marks that belong to the text
                at += 1
            self._at = at + 3
            return start + 4 if text[start + 3 : start + 4] == "\n" else start + 3
        at = start + 1
        while text[at] != quote:
            at += 2 if quote == '"' and text[at] == "\\" else 1
        self._at = at + 1
        return start + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
