"""Units as tables write them (万元, 亿元, %, 家, million yuan), as an exact factor to a base and what is counted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final, Literal

from saima.engine.model.decimals import MOST_DIGITS, canonical
from saima.engine.model.season import Indicator
from saima.files.importing.words_of_tables import narrow

Family = Literal["money", "share", "count", "other", "none"]

_POWERS: Final = {
    "": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8,
    "十亿": 9, "百亿": 10, "万亿": 12, "10k": 4, "thousand": 3, "million": 6, "mn": 6, "billion": 9,
    "bn": 9, "10,000": 4, "10000": 4, "100 million": 8,
}  # fmt: skip
_MONEY: Final = frozenset(
    {
        "元",
        "圆",
        "人民币",
        "元人民币",
        "美元",
        "欧元",
        "港元",
        "yuan",
        "cny",
        "rmb",
        "usd",
        "eur",
        "dollars",
        "euro",
        "euros",
    }
)
_FOREIGN: Final = {
    "美元": "usd",
    "usd": "usd",
    "dollars": "usd",
    "欧元": "eur",
    "eur": "eur",
    "euro": "eur",
    "euros": "eur",
    "港元": "hkd",
}
_COUNTED: Final = frozenset(
    [
        "家",
        "项",
        "个",
        "人",
        "名",
        "件",
        "户",
        "次",
        "人次",
        "篇",
        "所",
        "支",
        "只",
        "台",
        "套",
        "座",
        "场",
        "张",
        "份",
        "条",
        "位",
        "批",
        "宗",
        "户次",
        "家次",
        "人数",
        "天",
        "firms",
        "firm",
        "companies",
        "enterprises",
        "projects",
        "project",
        "people",
        "persons",
        "person",
        "items",
        "item",
        "teams",
        "team",
        "patents",
        "patent",
        "platforms",
        "platform",
        "pieces",
        "times",
        "days",
        "units",
    ]
)
_OTHERS: Final = frozenset(
    [
        "亩",
        "平方米",
        "平方公里",
        "公顷",
        "吨",
        "吨标煤",
        "吨标准煤",
        "公里",
        "千瓦时",
        "千瓦",
        "度",
        "分",
        "倍",
        "元/亩",
        "m2",
        "km2",
        "ha",
        "t",
        "tce",
        "kwh",
        "km",
        "points",
        "point",
        "index",
    ]
)
_SCALED: Final = re.compile(
    r"(?P<power>万亿|百亿|十亿|千万|百万|十万|亿|万|千|百|十|"
    r"10k|10,000|10000|100 million|thousand|million|billion|bn|mn)?"
    r"\s*(?P<base>.*)",
    re.IGNORECASE,
)
_SHARES: Final = {
    "%": Decimal("0.01"), "percent": Decimal("0.01"), "per cent": Decimal("0.01"), "pct": Decimal("0.01"),
    "个百分点": Decimal("0.01"), "百分点": Decimal("0.01"), "百分比": Decimal("0.01"), "pp": Decimal("0.01"),
    "‰": Decimal("0.001"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its text, ``factor`` base units in one of it, and the family that must agree to convert."""

    text: str
    factor: Decimal
    family: Family
    base: str = ""

    def fits(self, other: "Unit") -> bool:
        if "none" in (self.family, other.family):
            return "share" not in (self.family, other.family) or self.factor == other.factor == 1
        if self.family != other.family:
            return False
        return self.family in {"share", "count"} or self.base == other.base


PERCENT: Final = Unit("%", Decimal("0.01"), "share", "1")


def parse_unit(text: str, own: Mapping[str, Decimal] | None = None) -> Unit | None:
    """A unit, or None when the text is none. ``own``: factors a mapping adds for units of its own.

    Examples
    --------
    >>> parse_unit("亿元"), parse_unit("10k CNY").factor, parse_unit("园区")
    (Unit(text='亿元', factor=Decimal('1E+8'), family='money', base='cny'), Decimal('1E+4'), None)
    """
    text = narrow(text).strip(" ():").removeprefix("单位:").strip()
    if not text:
        return None
    low = text.casefold()
    if own and text in own:
        rest = _split(low)
        return Unit(text, own[text], rest.family if rest else "other", rest.base if rest else low)
    found = _split(low)
    return Unit(text, found.factor, found.family, found.base) if found else None


def _split(low: str) -> Unit | None:
    if low in _SHARES:
        return Unit(low, _SHARES[low], "share", "1")
    for candidate in (low, ""):
        found = _SCALED.fullmatch(low)
        if not found:
            return None
        power, base = (
            ("", candidate)
            if candidate in _MONEY | _COUNTED | _OTHERS
            else (found["power"] or "", found["base"].strip())
        )
        if power.casefold() not in _POWERS:
            return None
        factor = Decimal(1).scaleb(_POWERS[power.casefold()])
        if base in _MONEY:
            return Unit(low, factor, "money", _FOREIGN.get(base, "cny"))
        if base in _COUNTED:
            return Unit(low, factor, "count", base)
        if base in _OTHERS:
            return Unit(low, factor, "other", base)
        if not base and power:
            return Unit(low, factor, "none")
        return None
    return None


def unit_of(indicator: Indicator) -> Unit:
    """The unit the season keeps an indicator in: its scale where one is given, else what its unit says."""
    for text in (indicator.unit.zh, indicator.unit.en):
        if found := parse_unit(text):
            factor = (
                Decimal(repr(indicator.scale)) if indicator.scale != 1 and found.family != "share" else found.factor
            )
            return Unit(text, factor.normalize(), found.family, found.base)
    if "%" in indicator.unit.zh + indicator.unit.en:
        return Unit("%", PERCENT.factor, "share", "1")  # "% of the year's task"
    factor = Decimal(repr(indicator.scale)).normalize()
    return Unit(
        indicator.unit.zh or indicator.unit.en,
        factor,
        "other" if indicator.unit else "none",
        narrow(indicator.unit.zh).casefold(),
    )


def convert(value: Decimal, source: Unit, target: Unit) -> str | None:
    """The value in the target unit as canonical decimal text; None when it has more than 15 significant digits.

    Factors of ten convert exactly. Others (a unit the mapping adds) are rounded to 15 digits.

    Examples
    --------
    >>> small, large = parse_unit("万元"), parse_unit("亿元")
    >>> convert(Decimal("65.5"), small, large), convert(Decimal("0.1"), large, small)
    ('0.00655', '1000')
    """
    with localcontext() as context:
        context.prec = 60
        exact = value * source.factor
        turned = exact / target.factor
        if turned * target.factor != exact:
            context.prec = MOST_DIGITS
            turned = +turned
    return canonical(f"{turned:f}")


_BRACKETED: Final = re.compile(r"[(\[【]\s*(?:单位\s*:?\s*)?([^()\[\]【】]{1,16}?)\s*[)\]】]")
_LABELLED: Final = re.compile(
    r"(?:计量单位|单位|unit)\s*:\s*([^\s,;。，;()]+(?: (?:yuan|cny|usd|million|thousand))?)", re.IGNORECASE
)
_AFTER_COMMA: Final = re.compile(r"[,;]\s*([^,;]{1,18})$")


def find_unit(text: str, own: Mapping[str, Decimal] | None = None) -> tuple[Unit, str] | None:
    """A unit that a header or title names, and the text without it: 研发投入（亿元） or 单位：万元.

    Examples
    --------
    >>> find_unit("研发投入（亿元）")[1], find_unit("单位：万元、%")
    ('研发投入', None)
    """
    text = narrow(text)
    for shape in (_LABELLED, _BRACKETED, _AFTER_COMMA):
        for found in shape.finditer(text):
            if unit := parse_unit(found[1], own):
                return unit, " ".join((text[: found.start()] + " " + text[found.end() :]).split())
    return None
