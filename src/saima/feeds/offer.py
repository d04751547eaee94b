"""The list of feeds on offer: filled while the program starts, then closed."""

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.feeds.feed import Feed

ENTRY_POINTS: Final = "saima.feeds"


class Feeds:
    """Feeds by name. A name is offered once, so nobody can put another source behind a published figure.

    Examples
    --------
    >>> Feeds(()).names
    ()
    """

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._feeds: dict[str, Feed] = {}
        for feed in feeds:
            if feed.name in self._feeds:
                raise ValueError(f"the feed {feed.name!r} is offered twice")
            self._feeds[feed.name] = feed

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._feeds))

    def feed(self, name: str) -> Feed:
        """The feed of that name.

        Raises
        ------
        ReadingsRefused
            ``feed.unknown``, with the list of those on offer.
        """
        if name not in self._feeds:
            raise ReadingsRefused(Problem("feed.unknown", {"feed": name, "offered": self.names or ("-",)}))
        return self._feeds[name]


def installed() -> Feeds:
    """Feeds of every installed package, by the entry point group ``saima.feeds``: each names a Feed."""
    return Feeds(point.load() for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda p: p.name))
