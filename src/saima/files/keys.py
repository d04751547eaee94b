"""Finds the line on which a key of season.toml stands, so that a wrong value is reported where it was typed."""

import re
from collections.abc import Mapping
from typing import Final

from saima.files.checking import Loc, path_text

_LONGEST: Final = 200
_TABLE: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_ARRAY: Final = re.compile(r"\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(#.*)?$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_\-\"'.\s]+?)\s*=")


def key_lines(text: str) -> Mapping[str, int]:
    """Dotted path -> line. A simple scan: keys inside inline tables are found at the key that holds the table.

    Examples
    --------
    >>> dict(key_lines('code = "a"\\n[[races]]\\nweight = 3\\n'))
    {'code': 1, 'races[0]': 2, 'races[0].weight': 3}
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    at = ""
    inside = ""  # the quotes of a text that runs over several lines
    for number, whole in enumerate(text.split("\n"), start=1):
        line = whole.strip()[:_LONGEST]  # the patterns below take long over long blanks
        if inside:
            inside = "" if inside in whole else inside
            continue
        if found := _ARRAY.match(line):
            name = _absolute(_plain(found[1]), counts)
            at = f"{name}[{counts.get(name, 0)}]"
            counts[name] = counts.get(name, 0) + 1
            lines.setdefault(at, number)
        elif found := _TABLE.match(line):
            at = _absolute(_plain(found[1]), counts)
            lines.setdefault(at, number)
        elif found := _KEY.match(line):
            name = _plain(found[1])
            lines.setdefault(f"{at}.{name}" if at else name, number)
        for quotes in ('"""', "'''"):
            if whole.count(quotes) % 2:
                inside = quotes
    return lines


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _absolute(name: str, counts: Mapping[str, int]) -> str:
    """``[races.params]`` below ``[[races]]`` speaks of the last race."""
    whole = ""
    parts = name.split(".")
    for n, part in enumerate(parts):
        whole = f"{whole}.{part}" if whole else part
        if n < len(parts) - 1 and whole in counts:
            whole += f"[{counts[whole] - 1}]"
    return whole


def line_of(lines: Mapping[str, int], loc: Loc) -> int:
    """The line of a place, or of the nearest thing around it; 0 when nothing of it is written."""
    for n in range(len(loc), 0, -1):
        if (line := lines.get(path_text(loc[:n]))) is not None:
            return line
    return 0
