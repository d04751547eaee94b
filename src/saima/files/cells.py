"""What one cell may hold: text in, a value of the season out, or the sentence that says what would do.

Used for CSV cells and for the leaves of season.toml. Every refusal is a ``PydanticCustomError`` whose type is a
catalogue code; ``checking`` turns it into a Problem.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from saima.engine.errors import QuestionRefused
from saima.engine.model.decimals import canonical, canonical_float
from saima.engine.model.inputs import ALWAYS_KNOWN
from saima.engine.model.periods import Period
from saima.files.problems import shown

LONGEST_CODE: Final = 80
_NO_END: Final = 1e15  # the highest a number may be anywhere; no bound that helps anybody
LONGEST_TITLE: Final = 200
# Line ends, tabs and other controls, and the marks that reverse the direction of what follows
_NOT_IN_A_LINE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CODE: Final = re.compile(r"[\w.+-]+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class Unread(str):
    """A TOML number kept as its text, because no float of at most 15 digits says the same."""

    __slots__ = ()


def wrong(code: str, value: object = "", **params: object) -> PydanticCustomError:
    return PydanticCustomError(code, "{value}", {"value": shown(value), **params})


def tidy(text: str) -> str:
    """Text without blanks at its ends and with one kind of line end."""
    return text.strip().replace("\r\n", "\n").replace("\r", "\n")


def text_of(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("files.needs_text", value)
    return tidy(value)


def is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and len(text) <= LONGEST_CODE


def heading_of(value: object) -> str:
    """A title or unit: one line of bearable length, which nothing in it turns around."""
    text = text_of(value)
    if _NOT_IN_A_LINE.search(text):
        raise wrong("files.title_lines", text)
    if len(text) > LONGEST_TITLE:
        raise wrong("files.title_long", text, count=len(text), most=LONGEST_TITLE)
    return text


def code_of(value: object) -> str:
    text = text_of(value)
    if text and not is_code(text):
        raise wrong("files.bad_code", text, most=LONGEST_CODE)
    return text


def codes_of(value: object) -> tuple[str, ...]:
    """A list of codes: ``a;b`` in a cell, an array in season.toml."""
    items = value.split(";") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise wrong("files.needs_list", value)
    codes = (code_of(v) for v in items)
    return tuple(c for c in codes if c)


def pairs_of(value: object) -> tuple[tuple[str, str], ...]:
    """Names and what they are set to, ``status=gazelle;year=2026``, sorted by name; each name once."""
    found: dict[str, str] = {}
    for part in text_of(value).split(";"):
        name, sign, said = (p.strip() for p in part.partition("="))
        if not part.strip():
            continue
        if not sign or not said or not is_code(name) or _NOT_IN_A_LINE.search(said) or len(said) > LONGEST_TITLE:
            raise wrong("files.needs_pairs", part)
        if name in found:
            raise wrong("files.pair_twice", value, name=name)
        found[name] = said
    return tuple(sorted(found.items()))


def pairs_text(pairs: tuple[tuple[str, str], ...]) -> str:
    return ";".join(f"{name}={said}" for name, said in pairs)


def decimal_of(value: object) -> str:
    """Canonical decimal text, or the reason why there is none."""
    text = text_of(value)
    found = canonical(text)
    if found is None:
        raise wrong(why_no_number(text), text)
    return found


def why_no_number(text: str) -> str:
    """The catalogue code that says what is wrong with a text that is no number."""
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text, re.ASCII):
        return "files.number_with_thousands"
    if re.fullmatch(r"[+-]?\d+,\d+", text, re.ASCII):
        return "files.number_with_comma"
    if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        return "files.number_too_long"
    if re.fullmatch(r"[+-]?[\d.,]+\s*[万亿千百%％‰]+", text):
        return "files.number_with_unit"
    if re.search(r"[０-９．－＋]", text):
        return "files.number_fullwidth"
    return "files.not_a_number"


def number_of(value: object, info: ValidationInfo) -> float:
    """A finite number of at most 15 digits: text in cells, TOML numbers in season.toml."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise wrong("files.needs_number", value)
    if isinstance(value, str):
        if info.context is not None and info.context.get("typed") and not isinstance(value, Unread):
            raise wrong("files.needs_number", value)
        return float(decimal_of(value))
    text = canonical(str(value))
    if text is None:
        raise wrong("files.number_too_long", value)
    return float(text)


def whole_of(value: object, info: ValidationInfo) -> int:
    number = number_of(value, info)
    if not number.is_integer():
        raise wrong("files.needs_whole_number", value)
    return int(number)


def yes_no_of(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        match tidy(value).lower():
            case "yes" | "true":
                return True
            case "no" | "false":
                return False
    raise wrong("files.needs_yes_or_no", value)


def zone_of(value: object) -> str:
    """The name of a time zone, as the IANA database has it."""
    text = text_of(value)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise wrong("files.no_time_zone", text) from None
    return text


def period_of(value: object, info: ValidationInfo) -> Period:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)
    frequency = info.context.get("frequency") if info.context else None
    return parse_period(text, frequency)


def parse_period(text: str, frequency: str | None) -> Period:
    """A period in the season's frequency; ``None`` where the season does not say one."""
    try:
        period = Period.parse(text)
    except QuestionRefused:
        month = re.fullmatch(r"\d{4}-(\d{1,2})", text, re.ASCII)
        raise wrong("files.no_such_month" if month and int(month[1]) > 12 else "files.no_period", text) from None
    if frequency is not None and period.frequency != frequency:
        raise wrong("files.other_frequency", text, frequency=frequency, example=_EXAMPLES[frequency])
    return period


_EXAMPLES: Final = {"month": "2026-04", "quarter": "2026Q1", "half": "2026H1", "year": "2026"}


def day_of(value: object) -> date:
    text = value.isoformat() if type(value) is date else text_of(value)
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise wrong("files.no_date", text) from None


def instant_of(value: object) -> datetime:
    """An instant in UTC. The offset must be written: 9 o'clock is another instant in another place."""
    text = value.isoformat() if isinstance(value, datetime) else text_of(value)
    found = _INSTANT.fullmatch(text)
    if found and not found[2]:
        raise wrong("files.instant_without_offset", text)
    try:
        return datetime.fromisoformat(text if found else "").astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong("files.no_instant", text) from None


def months_of(value: object, info: ValidationInfo) -> tuple[int, ...]:
    """Calendar months, ``3;6;9;12``, sorted."""
    months = {whole_of(v, info) for v in text_of(value).split(";") if v.strip()}
    if bad := [m for m in sorted(months) if not 1 <= m <= 12]:
        raise wrong("files.no_calendar_month", bad[0])
    return tuple(sorted(months))


def _between(low: float, high: float) -> Callable[[object, ValidationInfo], float]:
    def check(value: object, info: ValidationInfo) -> float:
        number = number_of(value, info)
        if number < low and high == _NO_END:
            raise wrong("files.too_low", value, low=low)
        if not low <= number <= high:
            raise wrong("files.out_of_range", value, low=low, high=high)
        return number

    return check


def _whole_between(low: int, high: int) -> Callable[[object, ValidationInfo], int]:
    def check(value: object, info: ValidationInfo) -> int:
        number = whole_of(value, info)
        if not low <= number <= high:
            raise wrong("files.out_of_range", value, low=low, high=high)
        return number

    return check


def instant_text(at: datetime) -> str:
    """Canonical text of an instant; empty for what was always known."""
    return "" if at == ALWAYS_KNOWN else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def number_text(value: float | None) -> str:
    """Canonical text of a number, which reads back as the same number when it has at most 15 digits."""
    if value is None or abs(value) < 1e-30:
        return "" if value is None else "0"
    return canonical_float(value)


Words = Annotated[str, BeforeValidator(text_of)]
Heading = Annotated[str, BeforeValidator(heading_of)]
Code = Annotated[str, BeforeValidator(code_of)]
Codes = Annotated[tuple[str, ...], BeforeValidator(codes_of)]
Pairs = Annotated[tuple[tuple[str, str], ...], BeforeValidator(pairs_of)]
Number = Annotated[float, BeforeValidator(number_of)]
DecimalText = Annotated[str, BeforeValidator(decimal_of)]
Whole = Annotated[int, BeforeValidator(_whole_between(-1_000_000_000, 1_000_000_000))]
Counted = Annotated[int, BeforeValidator(_whole_between(1, 1_000_000_000))]
Places = Annotated[int, BeforeValidator(_whole_between(0, 9))]
DayOfMonth = Annotated[int, BeforeValidator(_whole_between(0, 31))]
Draws = Annotated[int, BeforeValidator(_whole_between(100, 1_000_000))]
Share = Annotated[float, BeforeValidator(_between(0, 1))]
NotNegative = Annotated[float, BeforeValidator(_between(0, _NO_END))]
Zone = Annotated[str, BeforeValidator(zone_of)]
YesNo = Annotated[bool, BeforeValidator(yes_no_of)]
PeriodCell = Annotated[Period, BeforeValidator(period_of)]
Day = Annotated[date, BeforeValidator(day_of)]
Instant = Annotated[datetime, BeforeValidator(instant_of)]
Months = Annotated[tuple[int, ...], BeforeValidator(months_of)]
