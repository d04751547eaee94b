"""Reads what the next season's targets could be: the engine's proposals from the newest figures of a season."""

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.targets import Proposal, proposals
from saima.server.race.models import Cut, Season
from saima.server.race.queries.cuts import bundle_of_cut
from saima.server.race.queries.standing import shown


def targets_proposed(season: Season) -> tuple[Cut, EngineSeason, tuple[Proposal, ...]]:
    """The newest cut, its season, and a target for everybody and everything that has one or years to make one from.

    Raises
    ------
    QuestionRefused
        ``standing.nothing_frozen``.
    """
    found = shown(season)
    if found is None or found.cut is None:
        raise QuestionRefused(Problem("standing.nothing_frozen", {}))
    b = bundle_of_cut(found.cut)
    as_of = AsOf(Period.parse(found.cut.period), found.cut.known_at)
    return found.cut, b.season, proposals(b.season, b.readings, b.projects, b.history, as_of)
