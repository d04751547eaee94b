"""How long a text is in columns of a fixed font, and the text cut to so many."""

from unicodedata import east_asian_width


def columns(text: str) -> int:
    """A Han character takes two.

    >>> columns("赛马 6")
    6
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than ``most`` columns.

    >>> cut("High-tech enterprises", 10), cut("高新技术企业", 9), cut("高新技术企业", 12)
    ('High-tech…', '高新技术…', '高新技术企业')
    """
    if columns(text) <= most:
        return text
    while columns(text) > most - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"
