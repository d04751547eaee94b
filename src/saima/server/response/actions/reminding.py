"""Reminds people of reports and of tasks of plans unasked, tells them of reports given back, and of their week."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from saima.server.kit import audit, clock
from saima.server.kit.models import Audit, Step
from saima.server.kit.steps import run_step
from saima.server.places.queries import places_by_key, title_of
from saima.server.race.enums import EDITABLE
from saima.server.race.models import Report, Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.reminders import REMINDED, rounds_of
from saima.server.race.queries.waited import report_held, seasons_at_work
from saima.server.response.actions.messages import announce, tell
from saima.server.response.actions.telling import plan_due_told
from saima.server.response.queries.message_ladder import GIVEN_BACK, Rung, due_of, rungs_due
from saima.server.response.queries.message_weekly import said_of
from saima.server.response.queries.messages import people_of, reporters_of, robots_for, stewards_of
from saima.server.response.queries.plans import listed, open_plans

NEAR: Final = timedelta(days=3)  # before the latest day of a plan's task
FOLLOWED: Final = timedelta(days=2)  # what happened longer ago is no news
_KIND: Final = {"report.returned": "report_returned", "report.reopened": "report_reopened"}


def ladder_climb() -> int:
    """Remind of every report whose rung has come, each once; how many. One that was sent meanwhile is left alone."""
    rungs = rungs_due()
    for rung in rungs:
        run_step(rung.run_key, rung.step, lambda rung=rung: _remind(rung))  # type: ignore[misc]
    _say_in_groups(rungs)
    return len(rungs)


def _remind(rung: Rung) -> str:
    report = report_held(rung.report.pk)
    if report.state not in EDITABLE or due_of(report) != rung.due:
        return "no longer waited for"
    people = reporters_of(report)
    dedupe = f"{rung.run_key}:{rung.step}"
    shared: dict[str, object] = {"place": rung.place, "period": report.period}
    if not people:
        tell(
            people=stewards_of(report.season) or stewards_of(None),
            kind="nobody_to_remind",
            params=shared | {"due": rung.due},
            about=reverse("reminders", kwargs={"key": report.season.key}),
            dedupe=f"{dedupe}:nobody",
            season=report.season,
        )
        return "nobody"
    dates: dict[str, object] = {"due": rung.due}
    if rung.kind == "report_overdue":
        dates["late"] = report.late_until
    if rung.kind == "report_locked":
        dates = {"late": report.late_until}
    tell(
        people=people,
        kind=rung.kind,
        params=shared | dates | {"filled": rung.filled, "asked": rung.asked},
        about=reverse("report", args=[report.pk]),
        dedupe=dedupe,
        season=report.season,
    )
    audit.record(
        by=None,
        action=REMINDED,
        object_type="report",
        object_key=str(report.pk),
        place=report.place.key,
        period=report.period,
        rung=rung.days,
        people=len(people),
    )
    return f"{len(people)} people"


def _say_in_groups(rungs: Sequence[Rung]) -> None:
    """One message for all places in the groups of a season, on a day on which somebody was reminded."""
    days = {(r.report.season, r.report.period, r.days) for r in rungs if not r.again}
    for season, period, rung in sorted(days, key=lambda d: (d[0].pk, d[1], d[2])):
        if robots_for(season, "reports_waited"):
            round_ = next((r for r in rounds_of(season, _address) if r.period == period), None)
            if round_ is not None:
                params: dict[str, object] = {
                    "season": season_of(newest(season)).title,
                    "period": period,
                    "said": round_.text,
                }
                run_step(
                    f"remind:group:{season.pk}:{period}",
                    f"{rung:+d}",
                    lambda season=season, params=params, period=period, rung=rung: _announced(  # type: ignore[misc]
                        season, params, f"waited:{season.pk}:{period}:{rung:+d}"
                    ),
                )


def _announced(season: Season, params: dict[str, object], dedupe: str) -> str:
    about = reverse("reports", kwargs={"key": season.key})
    said = announce(season=season, kind="reports_waited", params=params, about=about, dedupe=dedupe)
    return f"{said} groups"


def _address(report: Report) -> str:
    return settings.ADDRESS + reverse("report", args=[report.pk])


def given_back_tell() -> int:
    """Tell who reports that a report was returned or opened again; how many were. The trail says which."""
    rows = list(
        Audit.objects.filter(
            action__in=GIVEN_BACK, object_type="report", at__gte=clock.now() - FOLLOWED
        ).select_related("actor")
    )
    done = set(Step.objects.filter(run_key__in=[_key(row) for row in rows]).values_list("run_key", flat=True))
    news = [row for row in rows if _key(row) not in done]
    for row in news:
        run_step(_key(row), "told", lambda row=row: _given_back(row))  # type: ignore[misc]
    return len(news)


def _key(row: Audit) -> str:
    return f"given back:{row.pk}"


def _given_back(row: Audit) -> str:
    report = report_held(int(row.object_key))
    if report.state not in EDITABLE:
        return "sent again meanwhile"
    told = tell(
        people=reporters_of(report),
        kind=_KIND[row.action],
        params={"place": title_of(report.place), "period": report.period, "due": due_of(report)},
        about=reverse("report", args=[report.pk]),
        dedupe=_key(row),
        season=report.season,
        by=row.actor,
    )
    return f"{told} people"


def plans_due_tell() -> int:
    """Tell a contestant's people, and the office a task is given to, of tasks whose latest day is near, each once."""
    count = 0
    for season in seasons_at_work():
        spec = season_of(newest(season))
        for state in listed(open_plans(season), spec):
            near = [s for s in state.planned.tasks if state.today <= s.late_finish <= state.today + NEAR]
            open_ = [s for s in near if state.done.get(s.task.code, 0.0) < 1]
            owners = {t.code: t.owner[:80] for t in state.content.tasks}
            offices = places_by_key({owners[s.task.code] for s in open_})
            for one in open_:
                owner = offices.get(owners[one.task.code])
                with transaction.atomic():
                    count += plan_due_told(plan=state.plan, task=one.task, due=one.late_finish, owner=owner)
    return count


def week_tell() -> int:
    """Once a week, what is due and what was published: to each what concerns them; how many seasons were told."""
    week = clock.today(settings.TIME_ZONE).isocalendar()
    seasons = seasons_at_work()
    for season in seasons:
        run_step(f"week:{season.pk}", f"{week.year}-W{week.week:02d}", lambda season=season: _week_of(season))  # type: ignore[misc]
    return len(seasons)


def _week_of(season: Season) -> str:
    since = clock.now() - timedelta(days=7)
    title = season_of(newest(season)).title
    week = clock.today(settings.TIME_ZONE).isoformat()
    about = reverse("leaderboard", kwargs={"key": season.key})
    count = 0
    for person in people_of(season):
        said = said_of(season, person, since)
        if said:
            count += tell(
                people=[person],
                kind="weekly_digest",
                params={"season": title, "said": said},
                about=about,
                dedupe=f"week:{season.pk}:{week}",
                season=season,
            )
    said = said_of(season, None, since)
    if said:
        params: dict[str, object] = {"season": title, "said": said}
        announce(season=season, kind="weekly_digest", params=params, about=about, dedupe=f"week:{season.pk}:{week}")
    return f"{count} people"
