"""The race: from a season and what is known at a cut to everything a bulletin says, and answers to what is asked."""

from saima.engine.race.check import check_season
from saima.engine.race.evaluate import evaluate
from saima.engine.race.explain import explain
from saima.engine.race.record import changed_figures, changed_places, published_of
from saima.engine.race.whatif import whatif

__all__ = ["changed_figures", "changed_places", "check_season", "evaluate", "explain", "published_of", "whatif"]
