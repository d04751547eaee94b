"""What the engine answers when somebody asks: two contestants compared, what a place would take. Kept by cut."""

from functools import lru_cache

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import explain, whatif
from saima.engine.race.explain import Explanation
from saima.engine.race.whatif import WhatIf
from saima.engine.race.world import Rivals
from saima.server.race.models import Cut
from saima.server.race.queries.cuts import bundle_of_cut


class _Asked:
    """A cut as a key: what was frozen, not which row says so."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, str]:
        return self.cut.bundle_id, self.cut.period

    @property
    def as_of(self) -> AsOf:
        return AsOf(Period.parse(self.cut.period), self.cut.known_at)


def compared(cut: Cut, contestant: str, against: str | None = None) -> Explanation:
    """The gap between two contestants as parts that add up; without ``against``, to the next one above.

    Raises
    ------
    QuestionRefused
        As ``engine.race.explain``.
    """
    return _compared(_Asked(cut), contestant, against)


@lru_cache(maxsize=256)
def _compared(asked: _Asked, contestant: str, against: str | None) -> Explanation:
    b = bundle_of_cut(asked.cut)
    return explain(b.season, b.readings, b.projects, b.history, asked.as_of, contestant, against)


def would_take(cut: Cut, contestant: str, place: int, rivals: Rivals) -> WhatIf:
    """What it would take to reach a place.

    Raises
    ------
    QuestionRefused
        As ``engine.race.whatif``.
    """
    return _would_take(_Asked(cut), contestant, place, rivals)


@lru_cache(maxsize=128)
def _would_take(asked: _Asked, contestant: str, place: int, rivals: Rivals) -> WhatIf:
    b = bundle_of_cut(asked.cut)
    return whatif(b.season, b.readings, b.projects, b.history, asked.as_of, contestant, place, rivals)
