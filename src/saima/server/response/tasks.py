"""What the worker does for what follows."""

from django_tasks import task

from saima.server.race.queries.looked_up import season_known
from saima.server.response.actions.close import close_month


@task()
def close_go_on(season_id: int, period: str) -> None:
    """Do what a month's close waits for; repeated without harm."""
    close_month(season=season_known(season_id), period=period)
