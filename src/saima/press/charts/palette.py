"""Colour tokens: one name, a hex for light surfaces and print, a hex for dark ones. Page and charts share them.

The light hexes are all different, so that a chart drawn with them can be given back to the page's tokens.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Token:
    light: str
    dark: str


TOKENS: Final = MappingProxyType(
    {
        "paper": Token("#f3f6fa", "#0a121d"),
        "card": Token("#ffffff", "#121e2e"),
        "raised": Token("#f8fafc", "#17263a"),
        "line": Token("#dbe2ec", "#2b3c55"),
        "line-strong": Token("#76869c", "#7f93b0"),
        "track": Token("#e5eaf1", "#26374f"),
        "ink": Token("#14233a", "#e9eff8"),
        "muted": Token("#52617a", "#a8b6cb"),
        "brand": Token("#0b4f94", "#86bdf7"),
        "brand-soft": Token("#e4eefa", "#15304f"),
        "head": Token("#0a2a52", "#0d2a4d"),
        "head-end": Token("#145ea8", "#134a83"),
        "on-head": Token("#fefefe", "#fdfdfd"),
        "on-head-soft": Token("#cfe0f4", "#cde0f6"),
        "green": Token("#13815d", "#37b98b"),
        "green-ink": Token("#0a6246", "#83e2c0"),
        "green-soft": Token("#e1f3eb", "#11352a"),
        "yellow": Token("#b67a16", "#dba83b"),
        "yellow-ink": Token("#744a06", "#f3cf80"),
        "yellow-soft": Token("#fcf0d8", "#3a2d10"),
        "red": Token("#bf3b2b", "#ea7565"),
        "red-ink": Token("#992619", "#ffaca0"),
        "red-soft": Token("#fbe7e4", "#451d19"),
        "none": Token("#9aa7b8", "#8090a8"),
        "gold": Token("#e6b450", "#e6b451"),
        "silver": Token("#c6d0db", "#c6d0dc"),
        "bronze": Token("#dba373", "#dba374"),
        "on-medal": Token("#2b2013", "#2b2014"),
        "band": Token("#edf3fa", "#1a2a40"),
        "lane-1": Token("#0f5aa6", "#6fb2f5"),
        "lane-2": Token("#c0561d", "#f09a63"),
        "lane-3": Token("#0d7a74", "#4fc7bf"),
        "lane-4": Token("#8a3d8f", "#d78fdc"),
        "lane-5": Token("#6b6a12", "#c7c45a"),
        "lane-6": Token("#a62c52", "#f58bab"),
        "lane-7": Token("#3f51a3", "#9fb0f7"),
        "lane-8": Token("#4f6270", "#a9bccb"),
    }
)
LANES: Final = 8


def ink(name: str) -> str:
    """The hex charts are drawn with, which is also the one printed."""
    return TOKENS[name].light


def lane_ink(place: int) -> str:
    """Colour of the ``place``-th line, from 0; they come round again after eight."""
    return ink(f"lane-{place % LANES + 1}")


LIGHT_MARKS: Final = MappingProxyType({"green": "●", "yellow": "▲", "red": "■", "none": "–"})  # shape says it too
