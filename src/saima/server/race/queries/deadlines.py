"""When a report is due, until when it is late, and which days are working days."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from saima.engine.model.periods import Period
from saima.server.kit.workdays import working_days
from saima.server.race.models import Season

CLOSES: Final = time(18, 0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """On time until ``due_at``, late until ``late_until``, then locked for who reports (the bureau still may)."""

    due_at: datetime
    late_until: datetime


def is_working_day(day: date) -> bool:
    """By the State Council's calendar; Monday to Friday for years it has not announced."""
    return working_days().works(day)


def working_day_from(day: date) -> date:
    """The day itself, or the next working day."""
    return working_days().from_day(day)


def deadline(season: Season, period: Period) -> Deadline:
    """18:00 of the due day in the month after the period; a holiday moves both days to the next working day.

    A day a month does not have is its last.
    """
    zone = ZoneInfo(season.time_zone)
    due, until = (_day_after(period, n) for n in (season.due_day, season.late_until_day))
    return Deadline(
        datetime.combine(due, CLOSES, zone),
        datetime.combine(max(due, until), CLOSES, zone),
    )


def _day_after(period: Period, day: int) -> date:
    first = period.last_day + timedelta(days=1)
    most = calendar.monthrange(first.year, first.month)[1]
    return working_day_from(first.replace(day=min(max(1, day), most)))
