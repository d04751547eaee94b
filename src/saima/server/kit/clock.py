"""Now. All time in the server comes from here, so that a demonstration can stand on one day and tests on an instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings

_STARTED = monotonic()
_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """The present instant in UTC, to the second: what is recorded carries no finer time.

    With SAIMA_CLOCK (an ISO instant) the clock starts there and never leaves that day.
    """
    if (held := _held.get()) is not None:
        return held
    if settings.SAIMA_CLOCK:
        start = datetime.fromisoformat(settings.SAIMA_CLOCK)
        end = datetime.combine(start.date(), time(23, 59, 59), start.tzinfo)
        return min(start + timedelta(seconds=int(monotonic() - _STARTED)), end).astimezone(UTC)
    return datetime.now(UTC).replace(microsecond=0)


def real() -> datetime:
    """The instant on the wall, however the clock of the installation stands.

    For leases, back-off and heartbeats only: they must run out while a demonstration stays on its day.
    """
    return datetime.now(UTC)


def today(zone: str = "Asia/Shanghai") -> date:
    return now().astimezone(ZoneInfo(zone)).date()


def local_day(instant: datetime, zone: str = "Asia/Shanghai") -> date:
    """The day an instant falls on, in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str = "Asia/Shanghai") -> datetime:
    """The last instant of a day, in a zone: what was known on that day."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def stands_still() -> bool:
    """Whether this installation shows a day that is not today."""
    return bool(settings.SAIMA_CLOCK)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Everything inside happens at ``instant``: for imports of dated records, and tests."""
    token = _held.set(instant.astimezone(UTC).replace(microsecond=0))
    try:
        yield
    finally:
        _held.reset(token)
