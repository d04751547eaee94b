"""Numbers as they stand in addresses and forms: plain digits of a bearable size, or what stands for none."""

import re
from typing import Final

MOST_DIGITS: Final = 18  # fits every integer column
_ODD: Final = re.compile("[\\0\ud800-\udfff]")


def storable(found: object) -> bool:
    """Whether every text in what JSON gave can be kept: no NUL, and no half of a character (a lone surrogate).

    >>> storable({"a": ["x", 1]}), storable(["\\ud800"]), storable({"\\0": 1})
    (True, False, False)
    """
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _ODD.search(one):
            return False
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return True


def whole(text: str | None, otherwise: int = 0) -> int:
    """The number that is typed, without sign; ``otherwise`` for anything that is none.

    >>> whole("42"), whole(" 7 "), whole("²"), whole("-1"), whole("9" * 5000), whole(None)
    (42, 7, 0, 0, 0, 0)
    """
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= MOST_DIGITS else otherwise


def order(text: str | None) -> int:
    """A place in a sequence as somebody typed it, with or without sign; 0 for anything that is no number.

    >>> order("-3"), order("12"), order("--3"), order("9" * 5000)
    (-3, 12, 0, 0)
    """
    plain = (text or "").strip()
    return -whole(plain[1:]) if plain.startswith("-") else whole(plain)
