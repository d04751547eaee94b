"""Which time a text speaks of: 2026年1—4月累计, 一季度, 截至4月底, Apr 2026, 2026H1."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from saima.engine.model.periods import PER_YEAR, Frequency, Period
from saima.files.importing.grid import Cell
from saima.files.importing.words_of_tables import narrow

_CHINESE: Final = {c: n for n, c in enumerate("一二三四五六七八九", start=1)} | {"十": 10}
_ENGLISH: Final = {
    m: n
    for n, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for m in names
}
_EN: Final = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_M: Final = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_Y: Final = r"(?:(?P<year>(?:19|20)\d\d|(?<!\d)\d\d(?=\s*年))\s*年?度?\s*[./-]?\s*)"
_TO: Final = r"\s*月?\s*(?:-|—|–|~|～|至|到)+\s*"
_YEAR_IN_WORDS: Final = re.compile(r"[一二][〇零○一二三四五六七八九]{3}(?=年)")
_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_SHAPES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("half", re.compile(rf"{_Y}?(?P<half>上|下)半年")),
    ("half", re.compile(r"(?P<year>(?:19|20)\d\d)\s*-?H(?P<h>[12])(?!\d)", re.IGNORECASE)),
    ("to_quarter", re.compile(rf"{_Y}?前(?P<quarter>[二两三四])(?:个)?季度")),
    ("quarter", re.compile(rf"{_Y}?第?(?P<quarter>[一二三四1-4])季度?")),
    ("quarter", re.compile(r"(?P<year>(?:19|20)\d\d)\s*-?Q(?P<q>[1-4])(?!\d)", re.IGNORECASE)),
    ("quarter", re.compile(r"(?<![A-Za-z0-9])Q(?P<q>[1-4])(?:\s*(?P<year>(?:19|20)\d\d))?(?!\d)", re.IGNORECASE)),
    ("range", re.compile(rf"{_Y}?(?<!\d)(?P<first>{_M}){_TO}(?P<last>{_M})\s*月份?")),
    (
        "english_range",
        re.compile(
            rf"(?<![a-z])(?P<first>{_EN})\.?\s*(?:-|—|–|~|to)\s*(?P<last>{_EN})(?![a-z])\.?,?\s*(?P<year>(?:19|20)\d\d)?",
            re.IGNORECASE,
        ),
    ),
    (
        "month",
        re.compile(rf"(?:截至|截止|至)?\s*{_Y}?(?<!\d)(?P<last>{_M})\s*月份?(?:\s*(?:\d{{1,2}}\s*[日号]|底|末))?"),
    ),
    (
        "month",
        re.compile(
            r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[-./](?P<last>1[0-2]|0?[1-9])|(?P<six>1[0-2]|0[1-9]))"
            r"(?:[-./](?:3[01]|[12]\d|0?[1-9]))?(?!\d)"
        ),
    ),
    (
        "english",
        re.compile(
            rf"(?<![a-z])(?P<last>{_EN})(?![a-z])\.?(?:\s+\d{{1,2}}(?!\d))?,?\s*(?P<year>(?:19|20)\d\d)?", re.IGNORECASE
        ),
    ),
    ("year", re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*(?:年度?|全年)?(?![\d-])")),
)


@dataclass(frozen=True, slots=True)
class When:
    """What a text says of time; ``span`` is where in the (narrowed) text it says it.

    ``first`` and ``last`` are calendar months; a year alone has neither.
    """

    year: int | None
    first: int | None
    last: int | None
    span: tuple[int, int] = (0, 0)

    def period(self, frequency: Frequency) -> Period | None:
        """The period of that frequency which ends with this time, if one does.

        A year alone is a period of yearly seasons only; a month that ends no quarter is no quarter.
        """
        if self.year is None:
            return None
        months = 12 // PER_YEAR[frequency]
        if self.last is None:
            return Period.of("year", self.year) if frequency == "year" else None
        if self.last % months:
            return None
        return Period.of(frequency, self.year, self.last // months)


def find_time(text: str) -> When | None:
    """The first time a text speaks of, or None.

    Examples
    --------
    >>> find_time("2026年1—4月累计")
    When(year=2026, first=1, last=4, span=(0, 9))
    >>> find_time("十二月").last, find_time("上半年").last, find_time("截至4月底").last, find_time("前三季度").last
    (12, 6, 4, 9)
    >>> find_time("二〇二六年四月").year, find_time("二零二五年").year
    (2026, 2025)
    >>> find_time("Jan-Apr 2026").period("month") == find_time("2026.04").period("month")
    True
    """
    text = _YEAR_IN_WORDS.sub(lambda y: y[0].translate(_DIGITS), narrow(text))
    for kind, shape in _SHAPES:
        for found in shape.finditer(text):
            if when := _when(kind, found):
                return when
    return None


def time_of(value: object) -> When | None:
    """The time of a cell: a date, or a text that speaks of one."""
    if isinstance(value, date):
        return When(value.year, value.month, value.month)
    return find_time(str(value)) if value is not None else None


def row_time(cell: Cell) -> When | None:
    """The time of a cell in a period column, where 4 alone is April, 2026 a year and 202604 a month."""
    text = cell.text
    if text.isdigit() and 1 <= int(text) <= 12:
        return find_time(f"{int(text)}月")
    return time_of(cell.value if isinstance(cell.value, date) else text)


def without_time(text: str, instead: str = "{period}") -> str:
    """The text with the time replaced, so that headers of April and May are one.

    Examples
    --------
    >>> without_time("高企 / 2026年4月累计"), without_time("Done, Jan-Apr 2026")
    ('高企 / {period}累计', 'Done, {period}')
    """
    text = narrow(text)
    when = find_time(text)
    if not when:
        return text
    return (text[: when.span[0]] + instead + text[when.span[1] :]).strip()


def _when(kind: str, found: re.Match[str]) -> When | None:
    parts = found.groupdict()
    text = found.group()
    span = (found.start() + len(text) - len(text.lstrip()), found.end() - (len(text) - len(text.rstrip())))
    year = int(parts["year"]) if parts.get("year") else None
    if year is not None and year < 100:
        year += 2000
    match kind:
        case "half":
            last = 6 if parts.get("half") == "上" or parts.get("h") == "1" else 12
            return When(year, last - 5, last, span)
        case "to_quarter":
            return When(year, 1, 3 * (_CHINESE.get(parts["quarter"]) or 2), span)
        case "quarter":
            n = _month(parts.get("quarter") or parts.get("q") or "")
            return When(year, 3 * n - 2, 3 * n, span)
        case "range" | "english_range":
            first, last = _month(parts["first"]), _month(parts["last"])
            return When(year, first, last, span) if first < last else None
        case "year":
            return When(year, None, None, span)
        case _:
            last = _month(parts.get("last") or parts.get("six") or "")
            return When(year, last, last, span)


def _month(text: str) -> int:
    text = text.lower()
    if text in _ENGLISH:
        return _ENGLISH[text]
    if text.isascii():
        return int(text)
    return sum(_CHINESE[c] for c in text)
