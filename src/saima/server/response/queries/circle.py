"""The places of a season: its contestants and the offices that own indicators, with today's names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from saima.server.accounts.rules import held_by
from saima.server.kit.models import Installation
from saima.server.places.models import Place
from saima.server.places.queries import places_by_key, titles_of
from saima.server.race.models import Season
from saima.server.race.queries.asked import office_key
from saima.server.race.queries.documents import newest, season_of
from saima.words import Text

BUREAU: Final = ""  # in forms: no place, the bureau itself


@dataclass(frozen=True)
class Circle:
    """``contestants`` and ``offices`` in the season's order."""

    contestants: Sequence[Place]
    offices: Sequence[Place]
    titles: Mapping[int, Text]

    @property
    def places(self) -> Sequence[Place]:
        return (*self.contestants, *self.offices)

    @cached_property
    def by_key(self) -> Mapping[str, Place]:
        return {p.key: p for p in self.places}

    def choices(self, *, first: str = "offices") -> list[tuple[str, list[tuple[str, Text]]]]:
        """Groups of (key, title) for a select, offices or contestants first."""
        groups = [("offices", self.offices), ("contestants", self.contestants)]
        if first != "offices":
            groups.reverse()
        return [(name, [(p.key, self.titles[p.pk]) for p in places]) for name, places in groups if places]


def circle_of(season: Season) -> Circle:
    """Three queries however many places."""
    spec = season_of(newest(season))
    offices = sorted({office_key(i) for i in spec.indicators} - {""})
    codes = [c.code for c in spec.contestants]
    known = places_by_key([*codes, *offices])
    places = [known[c] for c in codes if c in known], [known[o] for o in offices if o in known]
    return Circle(*places, titles_of(known.values()))


def own_places(person: Any, season: Season, circle: Circle) -> list[Place]:
    """Places of the season somebody acts for."""
    mine = held_by(person, season=season.key).places
    return [p for p in circle.places if p.pk in mine]


def named(places: Iterable[Place | None]) -> Mapping[int, Text]:
    """Names of today by id, one query; None is left out."""
    return titles_of({p.pk: p for p in places if p is not None}.values())


def one_at_a_time() -> None:
    """Inside a transaction: whoever numbers something waits for who numbers something else."""
    Installation.objects.get_or_create(id=1)
    Installation.objects.select_for_update().get(id=1)
