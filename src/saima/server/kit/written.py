"""Days, moments and large amounts as each language writes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from saima.engine.model.periods import Period
from saima.press.sentences import date_text, period_name
from saima.words import Lang, number

WAN, YI = 10_000, 100_000_000


def local(value: date | datetime, zone: str = "") -> date | datetime:
    """An instant on the clock of a season's zone; a date stays what it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(ZoneInfo(zone or settings.TIME_ZONE))
    return value


def day(value: date | datetime, lang: Lang, zone: str = "") -> str:
    """A date in words.

    Examples
    --------
    >>> day(date(2026, 6, 2), "en"), day(date(2026, 6, 2), "zh")
    ('2 June 2026', '2026年6月2日')
    """
    return date_text(local(value, zone), lang)


def moment(value: datetime, lang: Lang, zone: str = "") -> str:
    """A date with the time of day in the season's zone.

    Examples
    --------
    >>> moment(datetime.fromisoformat("2026-06-05T10:00:00+00:00"), "zh", "Asia/Shanghai")
    '2026年6月5日 18:00'
    >>> moment(datetime.fromisoformat("2026-06-05T10:00:00+00:00"), "en", "Asia/Shanghai")
    '5 June 2026, 18:00'
    """
    there = local(value, zone)
    return f"{day(there, lang)}{' ' if lang == 'zh' else ', '}{there:%H:%M}"


def period(text: str, lang: Lang) -> str:
    """A period by name: a month, quarter, half or year.

    Examples
    --------
    >>> period("2026-05", "en"), period("2026-05", "zh"), period("2026", "zh")
    ('May 2026', '2026年5月', '2026年')
    """
    return period_name(Period.parse(text), lang)


def wan(value: float, lang: Lang, decimals: int = 1) -> str:
    """A large number grouped as Chinese readers do (万, 亿); with thousands separators in English.

    Examples
    --------
    >>> wan(1_234_567, "zh"), wan(250_000_000, "zh"), wan(9_800, "zh"), wan(1_234_567, "en")
    ('123.5万', '2.5亿', '9,800', '1,234,567')
    """
    if lang == "en" or abs(value) < WAN:
        return number(value, lang)
    size, letter = (YI, "亿") if abs(value) >= YI else (WAN, "万")
    text = number(value / size, lang, decimals)
    return (text.rstrip("0").rstrip(".") if "." in text else text) + letter
