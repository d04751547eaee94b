"""Numbers as people write them, as one canonical text, and as floats. 1, 1.0 and 1e0 are one value."""

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_DIGITS: Final = 15
_WIDE: Final = Context(prec=400, rounding=ROUND_HALF_UP)  # any finite float with all its decimals
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


_CANONICAL: Final = re.compile(r"(0|[1-9]\d{0,8})(\.\d{0,5}[1-9])?", re.ASCII)  # what is written so, nothing changes


def canonical(text: str) -> str | None:
    """The one text of a decimal number, or None when it is not a finite number of at most 15 significant digits.

    Examples
    --------
    >>> canonical("1e0"), canonical("-0.50"), canonical("1200"), canonical("0.0000001"), canonical("12,3")
    ('1', '-0.5', '1200', '0.0000001', None)
    """
    if _CANONICAL.fullmatch(text):
        return text
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    if value == 0:
        return "0"
    value = value.normalize()
    sign, digits, exponent = value.as_tuple()
    del sign
    if len(digits) > MOST_DIGITS or not isinstance(exponent, int) or abs(value.adjusted()) > MOST_DIGITS * 2:
        return None
    return f"{value:f}"


def canonical_float(value: float) -> str:
    """The canonical text of a float at 15 significant digits, for digests of computed or configured numbers.

    Examples
    --------
    >>> canonical_float(0.1 + 0.2), canonical_float(1e-7)
    ('0.3', '0.0000001')
    """
    if not math.isfinite(value):
        raise ValueError("only finite numbers have a canonical text")
    short = Decimal(f"{value:.15g}")
    return "0" if short == 0 else f"{short.normalize():f}"


def rounded(value: float, decimals: int) -> float:
    """Half up on the decimal text of the float cleaned to 15 digits, so 0.1 + 0.2 and 0.3 are equal at any decimals.

    Examples
    --------
    >>> rounded(0.1 + 0.2, 12) == rounded(0.3, 12), rounded(2.675, 2)
    (True, 2.68)
    """
    exact = Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    return float(exact) + 0.0


def all_rounded(values: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """``rounded`` of every finite figure of an array.

    Examples
    --------
    >>> all_rounded(np.array([0.1 + 0.2, 2.675, -0.5]), 2).tolist()
    [0.3, 2.68, -0.5]
    """
    scale = 10.0**decimals
    scaled = values * scale
    whole = np.floor(scaled)
    past = scaled - whole
    found = (whole + (past > 0.5)) / scale
    # Arithmetic decides where neither the product nor a cleaning to 15 digits can cross the half; the text elsewhere.
    doubtful = (np.abs(past - 0.5) <= 1e-14 * np.abs(scaled) + 1e-9) | (np.abs(scaled) > 1e12)
    for k in np.flatnonzero(doubtful):
        found.flat[k] = rounded(float(values.flat[k]), decimals)
    return found
