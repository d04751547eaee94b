"""What the scheduler does for the race: asks the registers before a deadline."""

from datetime import timedelta

from saima.server.kit.tick import job
from saima.server.race.actions.feeds import feeds_read
from saima.server.race.queries.feeds import period_before_deadline
from saima.server.race.queries.waited import seasons_at_work


@job("feeds.read", every=timedelta(minutes=10))
def read_feeds() -> str:
    """Once in the day before reports are due."""
    read = []
    for season in seasons_at_work():
        period = period_before_deadline(season)
        if period is not None:
            feeds_read(season=season, period=period, by=None)
            read.append(f"{season.key} {period}")
    return ", ".join(read)
