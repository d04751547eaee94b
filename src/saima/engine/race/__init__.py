"""The race: from a season and what is known at a cut to everything a bulletin says."""

from saima.engine.race.check import check_season
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of

__all__ = ["check_season", "evaluate", "published_of"]
