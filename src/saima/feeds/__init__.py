"""What a source of numbers looks like, and the list of those on offer. Sources themselves live in the rooms above."""

from saima.feeds.feed import (
    Answer,
    Feed,
    Offered,
    Parameter,
    ProjectFeed,
    ProjectState,
    ask,
    ask_projects,
    check_parameters,
)
from saima.feeds.figures import Figure, Row, figure_of, made_of
from saima.feeds.offer import Feeds, offer, offering, on_offer

__all__ = [
    "Answer",
    "Feed",
    "Feeds",
    "Figure",
    "Offered",
    "Parameter",
    "ProjectFeed",
    "ProjectState",
    "Row",
    "ask",
    "ask_projects",
    "check_parameters",
    "figure_of",
    "made_of",
    "offer",
    "offering",
    "on_offer",
]
