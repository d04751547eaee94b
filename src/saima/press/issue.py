"""What a bulletin adds to an evaluation: number, date, the words people wrote, and of an erratum version and reason."""

import json
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

from saima.engine.model.history import Published
from saima.words import Text

WORDS_SCHEMA: Final = "saima.words/1"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one bulletin that people wrote. They stand beside what was computed and never in its place.

    ``opening`` is the paragraph before the headline, ``remarks`` a section of its own after the figures; the others
    stand for the season's masthead where they are not empty.
    """

    opening: Text = field(default_factory=Text)
    remarks: Text = field(default_factory=Text)
    addressees: Text = field(default_factory=Text)
    copies: Text = field(default_factory=Text)
    signatory: Text = field(default_factory=Text)

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


def words_bytes(words: Words) -> bytes:
    """``words.json`` of a package: what people wrote, apart from what was computed."""
    said = {f.name: getattr(words, f.name) for f in fields(words)}
    content = {"schema": WORDS_SCHEMA} | {name: {"en": text.en, "zh": text.zh} for name, text in said.items()}
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def paragraphs(text: str) -> list[str]:
    """The paragraphs of what somebody typed: one a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a bulletin. ``dated`` is an input, never read from a clock; version 2 and up are errata.

    ``replaces`` is what the version before an erratum fixed: every form says what changed. A ``draft`` says on every
    page that it is one.
    """

    number: int
    dated: date
    version: int = 1
    reason: Text = field(default_factory=Text)
    draft: bool = False
    words: Words = field(default_factory=Words)
    replaces: Published | None = None
