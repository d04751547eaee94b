"""The board of reports: who has sent what, on time or late, what is verified, and who is to be reminded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.model.periods import Period
from saima.press.sentences import period_name, period_short
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.race.queries.completeness import Board, Entry, Line, State, board_of
from saima.server.race.views.standing.common import allowed, season_for
from saima.words import say

TONES: Final[Mapping[State, str]] = {
    "verified": "green",
    "on_time": "blue",
    "late": "amber",
    "returned": "amber",
    "open": "grey",
    "overdue": "amber",
    "locked": "red",
    "none": "grey",
}


@dataclass(frozen=True, slots=True)
class Square:
    tone: str
    said: str
    filled: str
    report: int | None
    late: bool
    title: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """One line with three stretches: on time until due, late until locked; and where now is. Percentages."""

    due: datetime
    locked: datetime
    due_x: str
    locked_x: str
    now_x: str


@require_safe
def completeness(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "completeness.see")
    board = board_of(season)
    periods = [(str(p), period_short(p, lang()), period_name(p, lang())) for p in board.periods]
    context = {
        "season": season,
        "periods": periods,
        "groups": [
            (say(f"standing.completeness.{name}", lang()), _rows(lines))
            for name, lines in (("zones", board.zones), ("offices", board.offices))
            if lines
        ],
        "counts": _counts(board),
        "deadline": _deadline(board),
        "newest": periods[0][2] if periods else "",
        "waiting": [
            (line.title.of(lang()), period_name(Period.parse(report.period), lang()), report,
             _square_said(next(e for e in line.entries if e.report is report)))
            for line, report in board.waiting[:60]
        ],
        "may_remind": allowed(request, season, "report.remind"),
        "may_open": allowed(request, season, "report.open"),
        "may_see_reports": allowed(request, season, "report.see"),
        "legend": [(tone, say(f"standing.completeness.{state}", lang())) for state, tone in TONES.items()],
    }  # fmt: skip
    return render(request, "race/standing/completeness.html", context)


def _rows(lines: Sequence[Line]) -> list[tuple[str, list[Square]]]:
    return [(line.title.of(lang()), [_square(e) for e in line.entries]) for line in lines]


def _square(entry: Entry) -> Square:
    filled = f"{entry.filled}/{entry.asked}" if entry.report is not None and entry.state != "verified" else ""
    return Square(
        TONES[entry.state],
        _square_said(entry),
        filled,
        None if entry.report is None else entry.report.pk,
        entry.late,
        say("standing.completeness.was_late", lang()) if entry.late and entry.state == "verified" else "",
    )


def _square_said(entry: Entry) -> str:
    return say(f"standing.completeness.{entry.state}", lang())


def _counts(board: Board) -> list[tuple[str, str, int]]:
    """Of the newest period: how many reports are in which state."""
    if not board.periods:
        return []
    counts = board.counts(0)
    return [
        (TONES[state], say(f"standing.completeness.{state}", lang()), counts[state]) for state in TONES
        if state != "none" and counts.get(state)
    ]  # fmt: skip


def _deadline(board: Board) -> Deadline | None:
    if not board.periods:
        return None
    due, locked = board.deadlines[board.periods[0]]
    start = datetime.combine(board.periods[0].last_day + timedelta(days=1), datetime.min.time(), due.tzinfo)
    end = locked + (locked - start) / 4
    span = (end - start).total_seconds()

    def at(instant: datetime) -> str:
        return f"{min(100.0, max(0.0, (instant - start).total_seconds() / span * 100)):.2f}%"

    return Deadline(due, locked, at(due), at(locked), at(clock.now()))
