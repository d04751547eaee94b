"""When a report is reminded of: the rungs of the ladder before and after its deadline, on the season's own clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max

from saima.server.kit import clock
from saima.server.kit.models import Audit, Step
from saima.server.places.queries import titles_of
from saima.server.race.enums import ReportState
from saima.server.race.models import Report
from saima.server.race.queries.waited import reports_waited_for
from saima.words import Text

RUNGS: Final = (-7, -3, -1, 0, 1)  # days from the deadline
MORNING: Final = time(9)
STALE: Final = timedelta(days=3)  # a rung that nobody was there to climb for so long is left out
GIVEN_BACK: Final = ("report.returned", "report.reopened")


@dataclass(frozen=True, slots=True)
class Rung:
    """A report that is to be reminded of now. ``days`` from its deadline ``due``."""

    report: Report
    place: Text
    due: datetime
    days: int
    filled: int
    asked: int

    @property
    def run_key(self) -> str:
        return f"remind:{self.report.pk}:{self.due.isoformat()}"

    @property
    def step(self) -> str:
        return f"{self.days:+d}"

    @property
    def again(self) -> bool:
        """Whether it was sent before and came back."""
        return self.report.state != ReportState.OPEN

    @property
    def kind(self) -> str:
        now = clock.now()
        if now <= self.due:
            return "report_due_again" if self.again else "report_due"
        return "report_locked" if now > self.report.late_until else "report_overdue"


def due_of(report: Report) -> datetime:
    """By when it is waited for: a report that was given back has a day of its own."""
    given_back = report.state != ReportState.OPEN and report.due_again_at
    return given_back or report.due_at


def rung_at(due: datetime, zone: str, now: datetime, since: datetime) -> int | None:
    """The last rung that has come, if it came after ``since`` and not too long ago.

    >>> from datetime import UTC
    >>> due = datetime(2026, 6, 5, 10, tzinfo=UTC)  # 18:00 in Shanghai
    >>> long_ago = datetime(2026, 5, 1, tzinfo=UTC)
    >>> [rung_at(due, "Asia/Shanghai", datetime(2026, 6, day, 1, tzinfo=UTC), long_ago) for day in (1, 2, 4, 5, 6, 10)]
    [-7, -3, -1, 0, 1, None]
    >>> rung_at(due, "Asia/Shanghai", datetime(2026, 6, 2, 0, 59, tzinfo=UTC), long_ago)  # a minute before nine
    -7
    """
    there = ZoneInfo(zone)
    day = due.astimezone(there).date()
    found = None
    for days in RUNGS:
        at = datetime.combine(day + timedelta(days=days), MORNING, there)
        if at <= now:
            found = days if since < at and now - at <= _kept(days) else None
    return found


def _kept(days: int) -> timedelta:
    after = [r for r in RUNGS if r > days]
    return max(STALE, timedelta(days=after[0] - days)) if after else STALE


def rungs_due() -> Sequence[Rung]:
    """Reports to remind of now and not reminded of yet at this rung; four queries however many reports."""
    now = clock.now()
    reports = list(reports_waited_for())
    back = given_back_at(reports)
    titles = titles_of({r.place for r in reports})
    found = []
    for report in reports:
        due = due_of(report)
        days = rung_at(due, report.season.time_zone, now, back.get(report.pk, report.opened_at))
        if days is not None:
            counts = getattr(report, "filled", 0), getattr(report, "asked", 0)
            found.append(Rung(report, titles[report.place_id], due, days, *counts))
    done = set(Step.objects.filter(run_key__in=[r.run_key for r in found]).values_list("run_key", "step"))
    return [r for r in found if (r.run_key, r.step) not in done]


def given_back_at(reports: Sequence[Report]) -> Mapping[int, datetime]:
    """When reports that may be edited again were last returned or opened again: what came before is no news."""
    keys = [str(r.pk) for r in reports if r.state != ReportState.OPEN]
    rows = Audit.objects.filter(action__in=GIVEN_BACK, object_type="report", object_key__in=keys)
    return {int(key): at for key, at in rows.order_by().values_list("object_key").annotate(Max("at"))}
