"""Who has not reported yet, and the words to remind them with: per place, and one message for the group chat."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from saima.server.kit import clock, written
from saima.server.kit.context import lang
from saima.server.kit.models import Audit
from saima.server.race.models import Report, Season
from saima.server.race.queries.completeness import Entry, Line, board_of
from saima.server.race.queries.documents import newest, season_of
from saima.words import Lang, Text, say

REMINDED: Final = "report.reminded"
Address = Callable[[Report], str]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A report that is waited for. ``text`` by language; ``reminded``: when and by whom, newest first."""

    report: Report
    place: Text
    state: str  # open, overdue, locked, returned
    filled: int
    asked: int
    text: Text
    reminded: Sequence[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Round:
    """All that is waited for in a period, and the message to all of them."""

    period: str
    due_at: datetime
    reminders: Sequence[Reminder]
    text: Text


def rounds_of(season: Season, address: Address) -> Sequence[Round]:
    """Newest period first; a fixed number of queries."""
    board = board_of(season)
    title = season_of(newest(season)).title
    reminded = _reminded([report for _, report in board.waiting])
    by_period: dict[str, list[Reminder]] = {}
    for line, report in board.waiting:
        entry = next(e for e in line.entries if e.report is report)
        made = _reminder(season, line, entry, report, address(report), reminded.get(str(report.pk), ()))
        by_period.setdefault(report.period, []).append(made)
    return [
        Round(
            period,
            found[0].report.due_at,
            found,
            Text(_all(season, title, period, found, "en"), _all(season, title, period, found, "zh")),
        )
        for period, found in sorted(by_period.items(), reverse=True)
    ]


def _reminder(
    season: Season,
    line: Line,
    entry: Entry,
    report: Report,
    address: str,
    reminded: Sequence[tuple[datetime, str]],
) -> Reminder:
    def words(lang: Lang) -> str:
        due = report.due_again_at if entry.state == "returned" and report.due_again_at else report.due_at
        if entry.state == "overdue":
            due = report.late_until
        return say(
            f"reminder.{entry.state}",
            lang,
            place=line.title.of(lang),
            period=written.period(report.period, lang),
            filled=entry.filled,
            asked=entry.asked,
            due=written.moment(due, lang, season.time_zone),
            address=address,
        )

    return Reminder(
        report, line.title, entry.state, entry.filled, entry.asked, Text(words("en"), words("zh")), reminded
    )


def _all(season: Season, title: Text, period: str, found: Sequence[Reminder], lang: Lang) -> str:
    """One message for everybody: a line per place."""
    lines = [
        say("reminder.group", lang, season=title.of(lang), period=written.period(period, lang), count=len(found)),
        *(
            say(
                "reminder.group_line",
                lang,
                place=r.place.of(lang),
                reminder_state=r.state,
                filled=r.filled,
                asked=r.asked,
            )
            for r in found
        ),
        say(
            "reminder.group_over" if clock.now() > found[0].report.due_at else "reminder.group_due",
            lang,
            due=written.moment(found[0].report.due_at, lang, season.time_zone),
            late=written.moment(found[0].report.late_until, lang, season.time_zone),
        ),
    ]
    return "\n".join(lines)


def _reminded(reports: Sequence[Report]) -> Mapping[str, Sequence[tuple[datetime, str]]]:
    """When each report's people were reminded, and by whom, newest first."""
    rows = Audit.objects.filter(
        action=REMINDED, object_type="report", object_key__in=[str(r.pk) for r in reports]
    ).order_by("-id")
    found: dict[str, list[tuple[datetime, str]]] = {}
    for row in rows:
        found.setdefault(row.object_key, []).append((row.at, row.actor_name or _by_itself(row)))
    return found


def _by_itself(row: Audit) -> str:
    """Nobody's name: the ladder reminded (response.actions.reminding), so many days from the deadline."""
    days = json.loads(row.detail or "{}").get("rung", 0)
    return say("reminder.by_ladder", lang(), days=f"{days:+d}" if days else "0")
