"""The unified social credit code of an enterprise, GB 32100-2015: its 18 characters, its check digit, its repair.

No check asks anybody: a code that fits may still belong to nobody.
"""

import unicodedata
from collections.abc import Iterable
from operator import mul
from typing import Final, Literal

SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # I, O, S, V and Z are left out for their likeness to digits
LENGTH: Final = 18
_VALUE: Final = {sign: n for n, sign in enumerate(SIGNS)}
WEIGHTS: Final = tuple(pow(3, n, 31) for n in range(LENGTH - 1))
_ALIKE: Final = str.maketrans({"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"})

Fault = Literal["", "empty", "length", "sign", "check"]


def check_sign(first: str) -> str:
    """The 18th character that belongs to 17 others.

    Examples
    --------
    >>> check_sign("91350100M000100Y4")  # the standard's own example
    '3'
    """
    total = sum(map(mul, map(_VALUE.__getitem__, first), WEIGHTS))
    return SIGNS[-total % 31]


def cleaned(text: str) -> str:
    """A code as typed, without width, case, spaces and dashes.

    Examples
    --------
    >>> cleaned(" 9135 0100-ｍ000100y43 ")
    '91350100M000100Y43'
    """
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in narrow if sign.isalnum())


def fault_of(code: str) -> Fault:
    """What is wrong with a cleaned code, or nothing.

    Examples
    --------
    >>> fault_of("91350100M000100Y43"), fault_of("91350100M000100Y44"), fault_of("9135"), fault_of("91350100M000100Y4I")
    ('', 'check', 'length', 'sign')
    """
    if not code:
        return "empty"
    if len(code) != LENGTH:
        return "length"
    if not _VALUE.keys() >= {*code}:
        return "sign"
    return "" if check_sign(code[:-1]) == code[-1] else "check"


def repairs_of(code: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """What a wrong code may have been meant for: codes that fit and differ by letters easily mistaken, by two
    neighbours exchanged, or by one sign from a code that is ``known``.

    Examples
    --------
    >>> repairs_of("9135O1OOMOOO1OOY43"), repairs_of("91350100M00010Y043")
    (('91350100M000100Y43',), ('91350100M000100Y43',))
    """
    found: dict[str, None] = {}
    if len(code) == LENGTH:
        trials = [code.translate(_ALIKE)]
        trials += [code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(LENGTH - 1)]
        found.update(dict.fromkeys(t for t in trials if t != code and not fault_of(t)))
        found.update(dict.fromkeys(k for k in known if sum(a != b for a, b in zip(k, code, strict=True)) == 1))
    return tuple(found)
