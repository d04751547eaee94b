"""What a month's page shows of feeds: which give a figure, when they were last asked, and what they could not say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saima.engine.model.periods import Period
from saima.server.race.models import Season
from saima.server.race.queries.feeds import FeedLine, feed_lines, published
from saima.words import Lang


@dataclass(frozen=True, slots=True)
class FeedRow:
    title: str
    feed: str
    parameters: str
    figures: int
    changed: int
    problem: str
    asked_at: datetime | None


def feeds_shown(season: Season, period: Period, lang: Lang) -> dict[str, Any]:
    """The lines of ``race/standing/parts/feeds.html``; empty where no feed gives anything."""
    lines = [_row(line, lang) for line in feed_lines(season, period)]
    return {"feeds": lines, "released": bool(lines) and published(season, period)}


def _row(line: FeedLine, lang: Lang) -> FeedRow:
    answer = line.answer
    return FeedRow(
        line.title.of(lang),
        line.feed.of(lang),
        line.parameters,
        0 if answer is None else answer.figures,
        0 if answer is None else answer.changed,
        line.problem(lang),
        None if answer is None else answer.at,
    )
