"""What a source of numbers looks like, and the list of those on offer. Sources themselves live in the rooms above."""

from saima.feeds.feed import Feed, read
from saima.feeds.offer import Feeds, installed

__all__ = ["Feed", "Feeds", "installed", "read"]
