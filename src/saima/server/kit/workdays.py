"""China's working days as the State Council announces them, for the engine: read once from the calendar's package."""

from functools import cache

from chinese_calendar.constants import holidays, workdays

from saima.engine.schedule import WorkingDays


@cache
def working_days() -> WorkingDays:
    """Holidays and the weekend days worked instead, of every year the package knows."""
    return WorkingDays(frozenset(holidays), frozenset(workdays), frozenset(d.year for d in holidays))
