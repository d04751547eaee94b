"""What a printed bulletin is made of: head, key figures, rankings, sections and tables, as finished words."""

from dataclasses import dataclass
from typing import Final, Literal

from saima.engine.model.history import Colour
from saima.words import Lang

Align = Literal["left", "right", "centre"]
NOTHING: Final = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float = 1.0  # relative
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts, one per column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    label: str
    figure: str
    remark: str
    light: Colour = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the standings: a place, and how far along its year the contestant is. Shares are of the whole task."""

    rank: str
    name: str
    score: str
    done: float | None
    due: float | None
    done_text: str
    interval: str
    change: str
    moved: Literal["up", "down", "same", "new"]
    light: Colour
    tier: str
    band: int
    shared: bool  # the band holds more than one


@dataclass(frozen=True, slots=True)
class Ranking:
    caption: str
    places: tuple[Place, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """``key`` names it for forms that leave some out."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Head, words, tables and foot of a bulletin. Empty texts are left out of the print."""

    lang: Lang
    organisation: str
    title: str
    document_number: str
    issue_line: str
    period: str
    dated: str
    season: str
    addressees: str
    copies: str
    signatory: str
    contact: str
    notice: str
    draft: str  # the mark of a draft
    erratum: str
    opening: tuple[str, ...]  # paragraphs people wrote, before the headline
    remarks: tuple[str, ...]  # and after the figures
    key_figures: tuple[KeyFigure, ...]
    rankings: tuple[Ranking, ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    short: str  # a few digits that name the data
