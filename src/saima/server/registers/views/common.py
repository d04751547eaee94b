"""What the pages of the registers share: who may, what was typed, places to choose from."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import held_by, may
from saima.server.kit.context import lang
from saima.server.places.models import Place
from saima.server.places.queries import places_by_key, places_titled, zones_listed
from saima.server.registers.rules import RULES
from saima.words import Text, say


def allowed(request: HttpRequest, action: str, place: int | None = None) -> bool:
    return may(RULES[action], held_by(request.user), place=place)


def person(request: HttpRequest) -> Any:
    return request.user


def typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def day_typed(request: HttpRequest, name: str) -> date | None:
    """A day as the browser sends it; None when left empty.

    Raises
    ------
    QuestionRefused
        ``register.no_day``.
    """
    text = typed(request, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionRefused(Problem("register.no_day", {"text": text[:40]})) from None


def day_needed(request: HttpRequest, name: str) -> date:
    found = day_typed(request, name)
    if found is None:
        raise QuestionRefused(Problem("register.no_day", {"text": "-"}))
    return found


def place_typed(request: HttpRequest, name: str) -> Place | None:
    """A place by its key; None when left empty.

    Raises
    ------
    QuestionRefused
        ``register.no_place``.
    """
    key = typed(request, name)
    if not key:
        return None
    found = places_by_key([key]).get(key)
    if found is None:
        raise QuestionRefused(Problem("register.no_place", {"text": key[:80]}))
    return found


def places_offered() -> list[tuple[str, Text]]:
    """Zones by key, to choose from."""
    titles = places_titled()
    return [(p.key, titles[p.pk]) for p in zones_listed()]


def said(request: HttpRequest, code: str, **params: object) -> None:
    messages.success(request, say(code, lang(), **params))
