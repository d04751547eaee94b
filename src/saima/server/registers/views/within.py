"""What the pages of this room share: what was typed, the days asked for, places by name."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by, may, require
from saima.server.kit import clock
from saima.server.kit.uploads import received_all
from saima.server.places.queries import keys_of, places_by_key
from saima.server.registers.rules import RULES


def asked(request: HttpRequest, action: str) -> None:
    """Refuse whoever may not do this anywhere."""
    held = held_by(request.user)
    if not held.has(*RULES[action].roles):
        require(RULES, action, request.user)


def allowed(request: HttpRequest, action: str, place: int | None = None) -> bool:
    return may(RULES[action], held_by(request.user), place=place)


def own_places(request: HttpRequest, action: str) -> set[str]:
    """Keys of the places somebody may do this for by a role held there."""
    held = held_by(request.user)
    reach = [held.roles[r] for r, how in RULES[action].roles.items() if how == "own" and r in held.roles]
    return keys_of(frozenset().union(*reach)) if reach else set()


def may_ask(request: HttpRequest) -> bool:
    """Whether a ticket may be offered: the room of tickets, above this one, opens them to these roles."""
    return held_by(request.user).has(Role.STEWARD, Role.REPORTER, Role.DATA_OWNER)


def person(request: HttpRequest) -> Any:
    return request.user


def typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def day_typed(request: HttpRequest, name: str) -> date | None:
    """A day as the browser sends it; None when left empty.

    Raises
    ------
    QuestionRefused
        ``items.bad_day``.
    """
    return _day(typed(request, name))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionRefused(Problem("items.bad_day", {"text": text[:40]})) from None


def day_needed(request: HttpRequest, name: str) -> date:
    found = day_typed(request, name)
    if found is None:
        raise QuestionRefused(Problem("items.bad_day", {"text": "-"}))
    return found


def days_asked(request: HttpRequest) -> tuple[date | None, datetime | None]:
    """``?on=`` the day that is looked at, ``?known=`` the day whose knowledge counts, to its end; None: today, now.

    What is no day is left aside: an address somebody kept still opens.
    """
    on, known = _lenient(request.GET.get("on", "")), _lenient(request.GET.get("known", ""))
    if known is None:
        return on, None
    end = datetime.combine(known, time(), ZoneInfo("Asia/Shanghai")) + timedelta(days=1, seconds=-1)
    return on, min(end, clock.now())


def _lenient(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(1949, 1, 1) <= found <= date(2200, 1, 1) else None


def file_typed(request: HttpRequest, name: str = "file") -> Any:
    """The one file of a field, kept, with its name; None where none was sent."""
    found = received_all(request, name)
    return (found[0].keep(), found[0].name) if found else None


def place_id(key: str) -> int | None:
    found = places_by_key([key]) if key else {}
    return found[key].pk if key in found else None
