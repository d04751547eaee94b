"""What one source holds together: the season, what is known beside it, and what was published before."""

from dataclasses import dataclass, field

from saima.engine.model.history import History
from saima.engine.model.inputs import Projects, Readings
from saima.engine.model.season import Season


@dataclass(frozen=True)
class Bundle:
    """Everything ``evaluate`` asks for but the question itself."""

    season: Season
    readings: Readings = field(default_factory=Readings)
    projects: Projects = field(default_factory=Projects)
    history: History = field(default_factory=History)
