"""What the scheduler does for what follows: prepares months, follows up releases, tells people."""

from datetime import time, timedelta

from saima.server.bulletins.queries import somebody_works
from saima.server.kit.tick import job
from saima.server.race.queries.waited import seasons_at_work
from saima.server.response.actions import leaving  # registers how messages leave
from saima.server.response.actions.close import follow_releases
from saima.server.response.actions.messages import failures_tell
from saima.server.response.actions.reminding import given_back_tell, ladder_climb, plans_due_tell, week_tell
from saima.server.response.actions.tickets import tickets_escalate
from saima.server.response.queries.close import PREPARED, closing_of, wanted
from saima.server.response.queries.tickets import seasons_owing
from saima.server.response.tasks import close_go_on


@job("close.prepare", every=timedelta(minutes=10))
def prepare() -> str:
    """Only prepares: a person releases."""
    asked = []
    for season in seasons_at_work():
        period = wanted(season)
        if not period:
            continue
        closing = closing_of(season, period)
        if all(step in closing.done for step in PREPARED) or closing.busy or closing.prepared.waits():
            continue
        if somebody_works():
            close_go_on.enqueue(season.pk, period)
            asked.append(f"{season.key} {period}")
    return ", ".join(asked)


@job("close.follow", every=timedelta(seconds=20))
def follow() -> str:
    return f"{len(follow_releases())} releases"


@job("tickets.escalate", daily=time(7, 30))
def escalate() -> str:
    return f"{sum(tickets_escalate(season=season) for season in seasons_owing())} escalated"


@job("plans.due", daily=time(8, 15))
def plans_due() -> str:
    return f"{plans_due_tell()} people told"


@job("messages.ladder", every=timedelta(minutes=5))
def ladder() -> str:
    return f"{ladder_climb()} reports reminded of"


@job("messages.given_back", every=timedelta(minutes=1))
def given_back() -> str:
    return f"{given_back_tell()} reports given back"


@job("messages.daily", every=timedelta(minutes=5))
def daily() -> str:
    return f"{leaving.daily_mails()} daily mails"


@job("messages.alarm", every=timedelta(minutes=1))
def alarm() -> str:
    return f"{failures_tell()} failures told"


@job("messages.week", daily=time(8, 0))
def week() -> str:
    """Every day: a week that began while nothing ran is told on the next one."""
    return f"{week_tell()} seasons"
