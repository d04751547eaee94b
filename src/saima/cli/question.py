"""Which period of a season is asked about, and as of when."""

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from saima.cli.answers import day, instant, whole_number
from saima.cli.grammar import Given
from saima.engine.errors import Problem, QuestionRefused, SeasonRefused
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import check_season, evaluate
from saima.files import Bundle

SEED: Final = 2026


def filled(bundle: Bundle, known_at: datetime | None = None) -> tuple[Period, ...]:
    """Periods inside the window with at least one reading known at the instant, ascending."""
    table = bundle.readings.table
    rows = table.period if known_at is None else table.period[table.recorded_at <= int(known_at.timestamp())]
    found = {table.periods[n] for n in set(rows.tolist())}
    found |= {r.period for r in bundle.projects.readings if known_at is None or r.recorded_at <= known_at}
    return tuple(sorted(p for p in found if p in bundle.season.window))


def period_asked(bundle: Bundle, typed: str | None, known_at: datetime | None = None) -> Period:
    """The period typed, or the latest that has readings.

    Raises
    ------
    QuestionRefused
        No period, not of the season's frequency, outside its window, or without readings: each names what would do.
    """
    season = bundle.season
    there = filled(bundle, known_at)
    if not there and (problems := check_season(season)):
        raise SeasonRefused(problems)  # that nobody races comes before that nobody has reported
    if typed is None:
        if not there:
            named = {"season": season.title, "first": season.window.first, "last": season.window.last}
            if known_at is None:
                raise QuestionRefused(Problem("cli.period.none", named))
            raise QuestionRefused(
                Problem("cli.period.none_known", {**named, "known_at": known_at.isoformat().replace("+00:00", "Z")})
            )
        return there[-1]
    period = Period.parse(typed)
    named = {"season": season.title, "period": period}
    if period.frequency != season.frequency:
        raise QuestionRefused(Problem(f"cli.period.by_{season.frequency}", {**named, "example": season.window.first}))
    if period not in season.window:
        raise QuestionRefused(
            Problem("cli.period.outside", {**named, "first": season.window.first, "last": season.window.last})
        )
    if period not in there:
        if there:
            raise QuestionRefused(Problem("cli.period.empty", {**named, "latest": there[-1]}))
        raise QuestionRefused(Problem("cli.period.empty_all", named))
    return period


def as_of(bundle: Bundle, typed_period: str | None, typed_instant: str | None) -> AsOf:
    """The question: a published period is asked as of its publication, unless another instant is named."""
    known_at = None if typed_instant is None else instant(typed_instant, "--known-at")
    period = period_asked(bundle, typed_period, known_at)
    published = bundle.history.by_period.get(period)
    if known_at is None and published is not None:
        known_at = published.known_at
    return AsOf(period, known_at)


def end_of_day(bundle: Bundle, text: str) -> datetime:
    """The last second of a day in the season's time zone: what a bulletin of that date can have known."""
    return datetime.combine(day(text, "--date"), time(23, 59, 59), ZoneInfo(bundle.season.time_zone))


def evaluated(bundle: Bundle, question: AsOf, seed: int = SEED) -> Evaluation:
    """The evaluation; its instant is told in the season's time zone, however it was typed or recorded."""
    if question.known_at is not None:
        question = AsOf(question.period, question.known_at.astimezone(ZoneInfo(bundle.season.time_zone)))
    return evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, question, seed)


def seed_asked(given: Given) -> int:
    return whole_number(given.text("seed"), "--seed", least=0, most=2**31 - 1)
