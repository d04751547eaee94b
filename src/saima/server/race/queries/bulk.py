"""Figures that come many at once (a file, another program): placed and checked line by line; nothing is written.

One reader for every door: the page, the API's own form, and the DHIS2 form.
"""

import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.kit import clock
from saima.server.places.queries import keys_of
from saima.server.race.enums import EDITABLE, ReportState
from saima.server.race.models import Reading, Report, ReportCell, Season
from saima.server.race.queries.asked import applies, office_key
from saima.server.race.queries.documents import newest, season_of

MOST_NOTE: Final = 5_000
_TAKES: Final = EDITABLE - {ReportState.REOPENED_NOTES}
Does = Literal["new", "changed", "same", "withdrawn"]


class Line(NamedTuple):
    """One figure as somebody sent it; ``number`` is its line in the file or its place in the list, from 1."""

    number: int
    contestant: str
    indicator: str
    period: str
    value: str = ""
    note: str = ""
    deleted: bool = False
    state: str = ""  # what a file of readings says it is; of these only not_applicable and withdrawn can be taken


class Placed(NamedTuple):
    """A line that can be taken: its value canonical, the revision it would be, and what it does."""

    line: Line
    value: str
    revision: int
    does: Does
    before: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a line cannot be taken."""

    line: Line
    problem: Problem


@dataclass(frozen=True)
class Dry:
    """What would happen."""

    placed: Sequence[Placed]
    objections: Sequence[Objection]
    reports: Mapping[tuple[str, str], Report] = field(default_factory=dict)  # (place key, period) -> open report
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (contestant, indicator) -> place key

    def count(self, does: Does) -> int:
        return sum(p.does == does for p in self.placed)


def try_out(*, season: Season, lines: Iterable[Line], by: Any) -> Dry:
    """Place every line, in a fixed number of queries however many there are.

    A line is refused when its contestant, indicator or period is unknown, its value is no number of at most 15
    digits, it stands twice, its figure is not due or not the person's to report, or its report is not open.
    """
    spec = season_of(newest(season))
    held = held_by(by, season=season.key)
    steward = held.has(Role.STEWARD)
    own = keys_of(held.places)
    given, now = lines if isinstance(lines, list) else list(lines), clock.now()
    periods, wrong_periods = _periods(spec, {line.period for line in given})
    reports = {
        (r.place.key, r.period): r
        for r in Report.objects.filter(season=season, period__in=[str(p) for p in periods.values()]).select_related(
            "place"
        )
    }
    names = {text: sys.intern(str(period)) for text, period in periods.items()}
    latest = _latest(season, set(names.values()))
    offices = _offices(season, reports)
    seen: dict[tuple[str, str, str], int] = {}
    placed: list[Placed] = []
    objections: list[Objection] = []
    places: dict[tuple[str, str], str] = {}
    racing = {(c.code, text): c.races_in(period) for text, period in periods.items() for c in spec.contestant.values()}
    for line in given:
        problem = _misplaced(spec, line, racing, wrong_periods, places)
        if problem is None:
            period = names[line.period]
            if line.period != period:
                line = line._replace(period=period)  # noqa: PLW2901 - blanks around it
            pair = (line.contestant, line.indicator)
            key = (*pair, period)
            place = places.get(pair) or _place(spec, pair, offices, places)
            report = reports.get((place, period)) if reports else None
            empty = line.deleted or line.state == "not_applicable"
            value = "" if empty else canonical(line.value)
            if key in seen:
                problem = Problem("bulk.twice", {"first": str(seen[key]), **_names(spec, line)})
            elif not steward and place not in own:
                problem = Problem("bulk.not_yours", _names(spec, line))
            elif report is not None and ReportState(report.state) not in _TAKES:
                problem = Problem("bulk.report_closed", {"state": report.state, **_names(spec, line)})
            elif report is not None and not steward and locked_at(report, now):
                problem = Problem("bulk.report_locked", _names(spec, line))
            elif value is None or (not value and not empty):
                problem = Problem("bulk.no_number", {"value": line.value[:40], **_names(spec, line)})
            elif len(line.note) > MOST_NOTE:
                problem = Problem("bulk.note_long", {"length": str(len(line.note)), "most": str(MOST_NOTE)})
            else:
                placed.append(_placed(line, value, latest.get(key)))
            seen.setdefault(key, line.number)
        if problem is not None:
            objections.append(Objection(line, problem))
    return Dry(placed, objections, reports, places)


def locked_at(report: Report, instant: datetime) -> bool:
    """Never submitted, and its last day is over: only the bureau may still enter figures."""
    return report.state == ReportState.OPEN and instant > report.late_until


def _placed(line: Line, value: str, before: tuple[int, str, str, str] | None) -> Placed:
    revision, said, state, note = before or (0, "", "", "")
    there = state in ("reported", "verified", "not_applicable")
    no_figure = (state == "not_applicable") == (line.state == "not_applicable")
    does: Does
    if line.deleted:
        does = "withdrawn" if there else "same"
    elif (there or line.state == state) and no_figure and said == value and note == line.note:
        does = "same"
    else:
        does = "changed" if revision else "new"
    return Placed(line, value, revision + 1, does, said)


def _place(
    spec: EngineSeason,
    pair: tuple[str, str],
    offices: Mapping[tuple[str, str], str],
    places: dict[tuple[str, str], str],
) -> str:
    """Who reports a figure, found once for each pair."""
    contestant, indicator = pair
    places[pair] = offices.get(pair) or (office_key(spec.indicator[indicator]) or contestant)
    return places[pair]


def _misplaced(
    spec: EngineSeason,
    line: Line,
    racing: Mapping[tuple[str, str], bool],
    wrong: Mapping[str, Problem],
    known: Container[tuple[str, str]],
) -> Problem | None:
    """``known``: pairs of which a figure was placed before."""
    if racing.get((line.contestant, line.period)) and (line.contestant, line.indicator) in known:
        return None
    if line.contestant not in spec.contestant:
        return Problem("bulk.no_contestant", {"code": line.contestant[:80] or "-"})
    if line.indicator not in spec.indicator:
        return Problem("bulk.no_indicator", {"code": line.indicator[:80] or "-"})
    if line.period in wrong:
        return wrong[line.period]
    contestant, indicator = spec.contestant[line.contestant], spec.indicator[line.indicator]
    if not racing[line.contestant, line.period] or not applies(indicator, contestant):
        return Problem("bulk.not_racing", _names(spec, line))
    return None


def _names(spec: EngineSeason, line: Line) -> dict[str, object]:
    return {
        "contestant": spec.contestant[line.contestant].title,
        "indicator": spec.indicator[line.indicator].title,
        "period": line.period,
    }


def _periods(spec: EngineSeason, texts: set[str]) -> tuple[dict[str, Period], dict[str, Problem]]:
    found: dict[str, Period] = {}
    wrong: dict[str, Problem] = {}
    for text in sorted(texts):
        try:
            period = Period.parse(text)
        except QuestionRefused as refusal:
            wrong[text] = refusal.problems[0]
            continue
        if period.frequency != spec.frequency:
            wrong[text] = Problem("bulk.frequency", {"period": text, "frequency": spec.frequency})
        elif period > spec.window.last:
            wrong[text] = Problem("bulk.after_window", {"period": text, "last": str(spec.window.last)})
        else:
            found[text] = period
    return found, wrong


def _latest(season: Season, periods: set[str]) -> dict[tuple[str, str, str], tuple[int, str, str, str]]:
    rows = Reading.objects.filter(season=season, period__in=periods).order_by("revision")
    same = sys.intern  # a million rows share few texts
    return {
        (same(c), same(i), same(p)): (revision, value, same(state), note)
        for c, i, p, revision, value, state, note in rows.values_list(
            "contestant", "indicator", "period", "revision", "value", "state", "note"
        ).iterator(chunk_size=20_000)
    }


def _offices(season: Season, reports: Mapping[tuple[str, str], Report]) -> dict[tuple[str, str], str]:
    """Who was asked for a figure where reports are open: (contestant, indicator) -> place key."""
    if not reports:
        return {}
    rows = ReportCell.objects.filter(report__season=season, report__in=list(reports.values()))
    return {(c, i): key for c, i, key in rows.values_list("contestant", "indicator", "report__place__key")}
