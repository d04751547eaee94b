"""The list of feeds on offer: filled while the program starts, by its own rooms and by installed packages."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from saima.engine.errors import Problem, ReadingsRefused
from saima.feeds.feed import Feed, Offered, ProjectFeed

ENTRY_POINTS: Final = "saima.feeds"


class Feeds:
    """Feeds by name. A name is offered once, so nobody can put another source behind a published figure.

    Examples
    --------
    >>> Feeds(()).names
    ()
    """

    def __init__(self, feeds: Iterable[Offered]) -> None:
        self._feeds: dict[str, Offered] = {}
        for feed in feeds:
            if feed.name in self._feeds:
                raise ValueError(f"the feed {feed.name!r} is offered twice")
            self._feeds[feed.name] = feed

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that give figures."""
        return tuple(sorted(name for name, feed in self._feeds.items() if isinstance(feed, Feed)))

    @property
    def all(self) -> tuple[Offered, ...]:
        return tuple(self._feeds[name] for name in sorted(self._feeds))

    def feed(self, name: str) -> Feed:
        """The feed of that name.

        Raises
        ------
        ReadingsRefused
            ``feed.unknown``, with the list of those on offer.
        """
        found = self._feeds.get(name)
        if not isinstance(found, Feed):
            raise ReadingsRefused(Problem("feed.unknown", {"feed": name, "offered": self.names or ("-",)}))
        return found

    @property
    def of_projects(self) -> tuple[ProjectFeed, ...]:
        return tuple(feed for feed in self.all if isinstance(feed, ProjectFeed))

    def project_feed(self, name: str) -> ProjectFeed:
        """The source of that name that says where projects stand.

        Raises
        ------
        ReadingsRefused
            ``feed.unknown``, with the list of those on offer.
        """
        for feed in self.of_projects:
            if feed.name == name:
                return feed
        offered = tuple(feed.name for feed in self.of_projects) or ("-",)
        raise ReadingsRefused(Problem("feed.unknown", {"feed": name, "offered": offered}))


_rooms: list[Callable[[], Iterable[Offered]]] = []


def offer(feeds: Callable[[], Iterable[Offered]]) -> None:
    """Put feeds of a room of the program on offer while it starts; ``feeds`` is asked when somebody wants one."""
    _rooms.append(feeds)


@contextmanager
def offering(*feeds: Offered) -> Iterator[None]:
    """On offer inside the block only: to try a source out.

    Raises
    ------
    ValueError
        A name is on offer already, from another source.
    """
    before = list(_rooms)
    offer(lambda: feeds)
    try:
        on_offer()
        yield
    finally:
        _rooms[:] = before


@cache
def _installed() -> tuple[Offered, ...]:
    return tuple(point.load() for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda p: p.name))


def on_offer() -> Feeds:
    """Feeds of the program's rooms, and of every installed package by the entry point group ``saima.feeds``."""
    return Feeds((*(feed for room in _rooms for feed in room()), *_installed()))
