"""What the pages of this room share: the season, what was typed into forms, which parts of the room are near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import Held, held_by, may, require
from saima.server.kit.context import lang
from saima.server.kit.uploads import received_all
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.response.actions.tickets import Files
from saima.server.response.queries.circle import Circle
from saima.server.response.rules import RULES
from saima.words import say

# Lists that stand side by side, and the rule of each.
NEAR: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "cards": (("lights", "light.see"), ("cards", "card.see"), ("appeals", "appeal.list"), ("card-rules", "card.rules")),
    "deeds": (
        ("tickets", "tickets.see"),
        ("campaigns", "campaigns.see"),
        ("exchange", "exchange.see"),
        ("meets", "meets.see"),
    ),
}


def season_for(request: HttpRequest, key: str, action: str) -> Season:
    """The season, for somebody who may do this with it; whoever may not learns nothing of which there are."""
    require(RULES, action, request.user, season=key)
    found: Season = get_object_or_404(seasons_visible_to(request.user), key=key)
    return found


def held_in(request: HttpRequest, season: Season) -> Held:
    return held_by(request.user, season=season.key)


def allowed(request: HttpRequest, season: Season, action: str, place: int | None = None, state: str = "") -> bool:
    return may(RULES[action], held_in(request, season), place=place, state=state or None)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    href: str
    current: bool


def near(request: HttpRequest, season: Season, group: str, here: str = "") -> Sequence[Tab]:
    """The lists beside this one that somebody may open; ``group`` is a key of NEAR."""
    held = held_in(request, season)
    return [
        Tab(say("within.tab", lang(), within_tab=name), reverse(name, args=[season.key]), name == here)
        for name, action in NEAR[group]
        if may(RULES[action], held)
    ]


def typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def day_typed(request: HttpRequest, name: str) -> date | None:
    """A day as the browser sends it; None when left empty.

    Raises
    ------
    QuestionRefused
        ``within.no_day``.
    """
    text = typed(request, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionRefused(Problem("within.no_day", {"text": text[:40]})) from None


def day_needed(request: HttpRequest, name: str) -> date:
    found = day_typed(request, name)
    if found is None:
        raise QuestionRefused(Problem("within.no_day", {"text": "-"}))
    return found


def place_typed(request: HttpRequest, name: str, circle: Circle) -> Place | None:
    """A place of the season by its key; None when left empty.

    Raises
    ------
    QuestionRefused
        ``within.no_place``.
    """
    key = typed(request, name)
    if not key:
        return None
    if key not in circle.by_key:
        raise QuestionRefused(Problem("within.no_place", {"text": key[:80]}))
    return circle.by_key[key]


def place_needed(request: HttpRequest, name: str, circle: Circle) -> Place:
    found = place_typed(request, name, circle)
    if found is None:
        raise QuestionRefused(Problem("within.no_place", {"text": "-"}))
    return found


def files_typed(request: HttpRequest, name: str = "file") -> Files:
    return [(sent.keep(), sent.name) for sent in received_all(request, name)]


def person(request: HttpRequest) -> Any:
    return request.user
