"""Reads who carries which part of a season's targets, as the engine adds them up."""

from functools import lru_cache

from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.breakdown import Breakdown, breakdown
from saima.server.race.models import Season, SeasonVersion
from saima.server.race.queries.documents import newest, season_of


def targets_broken_down(season: Season) -> tuple[EngineSeason, tuple[Breakdown, ...]]:
    """The newest published season and its targets, indicator by indicator.

    Raises
    ------
    QuestionRefused
        ``setup.nothing_published``.
    """
    version = newest(season)
    return season_of(version), _broken_down(version)


@lru_cache(maxsize=16)
def _broken_down(version: SeasonVersion) -> tuple[Breakdown, ...]:
    return breakdown(season_of(version))
