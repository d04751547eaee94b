"""Numbers as each language writes them. Never uses the machine's locale."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from saima.words.text import Lang, Text

MINUS = "\N{MINUS SIGN}"
_WIDE: Final = Context(prec=400, rounding=ROUND_HALF_UP)  # any finite float with all its decimals


def number(value: float, lang: Lang, decimals: int | None = None) -> str:
    """A number with thousands separators; ``decimals`` fixed, or the shortest that reads back the same (at most 6).

    Rounds half up on the decimal text, so 0.125 at two decimals is 0.13 everywhere.

    Examples
    --------
    >>> number(1234567.5, "en")
    '1,234,567.5'
    >>> number(-0.125, "zh", 2)
    '−0.13'
    """
    del lang  # both languages group by thousands; kept so callers need not know
    exact = Decimal(repr(float(value)))
    places = min(6, max(0, -int(exact.normalize().as_tuple().exponent))) if decimals is None else decimals
    rounded = exact.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    text = f"{abs(rounded):,.{places}f}"
    return (MINUS + text) if rounded < 0 else text


def signed(value: float, lang: Lang, decimals: int | None = None) -> str:
    """The same with a plus sign where it is positive.

    Examples
    --------
    >>> signed(2.5, "en", 1), signed(0.0, "en", 1)
    ('+2.5', '0.0')
    """
    text = number(value, lang, decimals)
    return f"+{text}" if not text.startswith(MINUS) and text.strip("0.,") else text


def percent(share: float, lang: Lang, decimals: int = 1) -> str:
    """A share of 1 as a percentage: 0.649 is 64.9 %.

    Examples
    --------
    >>> percent(0.649, "en"), percent(0.649, "zh")
    ('64.9\xa0%', '64.9%')
    """
    sign = "%" if lang == "zh" else "\N{NO-BREAK SPACE}%"
    return number(share * 100, lang, decimals) + sign


def measured(figure: str, unit: Text, lang: Lang) -> str:
    """A written figure with its unit. A unit that begins with a number is a factor, or two numbers would run together.

    Examples
    --------
    >>> measured("12", Text("firms", "家"), "en"), measured("12", Text("firms", "家"), "zh")
    ('12\xa0firms', '12家')
    >>> measured("12,206", Text("10,000 yuan", "万元"), "en")
    '12,206\xa0×\xa010,000 yuan'
    """
    said = unit.of(lang)
    if not said:
        return figure
    if said[0].isdigit():
        return f"{figure}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{said}"
    close = lang == "zh" and (said[0] == "%" or not said[0].isascii())
    return f"{figure}{said}" if close else f"{figure}\N{NO-BREAK SPACE}{said}"
