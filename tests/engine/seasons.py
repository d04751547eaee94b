"""Small fictional seasons for the tests of the engine."""

from dataclasses import replace
from datetime import UTC, datetime

from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Reading, Readings, ReadingTable
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Indicator, Node, ScoreRule, Season, Target
from saima.engine.race.evaluate import evaluate
from saima.words import Text

YEAR = Span(Period.parse("2026-01"), Period.parse("2026-12"))


def month(number):
    return Period.of("month", 2026, number)


def on(day, number=5):
    return datetime(2026, number, day, tzinfo=UTC)


def indicator(code, **changes):
    known = {"better": "higher", "measure": "cumulative", "node": "race", "weight": 1.0, "score": "capped"}
    return Indicator(code, Text(code.title()), **{**known, **changes})


def season(*indicators, contestants=("ash", "birch", "cedar"), **changes):
    """One race, no groups, relative weights, target 100 for everybody, completion up to 120 %."""
    indicators = indicators or (indicator("jobs"),)
    known = {
        "code": "test",
        "title": Text("Test season", "测试赛季"),
        "frequency": "month",
        "window": YEAR,
        "targets_cover": YEAR,
        "missing": "floor",
        "weights": "relative",
        "contestants": tuple(Contestant(c, Text(c.title())) if isinstance(c, str) else c for c in contestants),
        "indicators": indicators,
        "nodes": (Node("overall", Text("Overall"), "overall"), Node("race", Text("Race"), "race", "overall")),
        "score_rules": (ScoreRule("capped", "completion", {"cap": 1.2}), ScoreRule("given", "given")),
        "targets": tuple(Target("*", i.code, 100.0) for i in indicators),
    }
    return Season(**{**known, **changes})


def readings(figures, period=None, **changes):
    """From {contestant: {indicator: value}} for one period."""
    period = period or month(4)
    return [
        replace(Reading(c, i, period, str(value)), **changes) for c, row in figures.items() for i, value in row.items()
    ]


def run(of, rows, number=4, *, history=None, known_at=None, projects=None, seed=1, **more):
    table = Readings(ReadingTable.of(rows), **more)
    as_of = AsOf(Period.of(of.frequency, 2026, number), known_at)
    return evaluate(of, table, projects or Projects(), history or History(), as_of, seed)


def places(evaluation, scope="overall", kind="level"):
    return {s.contestant: s.rank for s in evaluation.standing(scope, kind)}


def scores(evaluation, scope="overall", kind="level"):
    return {s.contestant: s.score for s in evaluation.standing(scope, kind)}
