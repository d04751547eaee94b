"""Who may do what, as data: each room has one table of ``Rule``; ``may`` reads it, tests and pages are made from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, cast

from django.http import HttpRequest

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Assignment, Person
from saima.server.kit import clock

Reach = Literal["any", "own"]  # every place, or the place the role is held for


@dataclass(frozen=True, slots=True)
class Rule:
    """One action: which roles may do it and how far, in which states of the thing; ``public`` needs no account."""

    roles: Mapping[Role, Reach] = field(default_factory=dict)
    states: frozenset[str] = frozenset()  # empty: in every state
    public: bool = False


class Thing(Protocol):
    """What is acted upon: its place and state, as far as it has them."""

    place_id: int | None
    state: str


@dataclass(frozen=True)
class Held:
    """The roles somebody holds on a day."""

    person: Any
    roles: Mapping[Role, frozenset[int]]  # role -> place ids; empty for a role without a place

    def has(self, *roles: Role) -> bool:
        return any(r in self.roles for r in roles)

    @property
    def places(self) -> frozenset[int]:
        """Places of all placed roles."""
        return frozenset().union(*self.roles.values()) if self.roles else frozenset()


def held_by(person: Any, *, season: str = "", on: date | None = None) -> Held:
    """What somebody may act as today. An account that is closed, or nobody, holds nothing; a guest what was lent.

    Asked again for one request's person, the answer is the one given before.
    """
    lent = getattr(person, "lent", None)
    if isinstance(lent, Held):
        return lent
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return Held(person, {})
    day = on or clock.today()
    kept: dict[Any, Held] = person.__dict__.setdefault("_held", {})
    if (season, day) not in kept:
        found: dict[Role, set[int]] = {}
        for role, place, of, since, until in _assigned(person):
            holds = (since is None or since <= day) and (until is None or until > day)
            if holds and (of in ("", season) or not season):
                found.setdefault(Role(role), set()).update([place] if place else [])
        kept[season, day] = Held(person, {r: frozenset(p) for r, p in found.items()})
    return kept[season, day]


def _assigned(person: Any) -> Sequence[tuple[Any, ...]]:
    """A person's assignments of any day, read once for each request's person."""
    rows = person.__dict__.get("_assigned")
    if rows is None:
        found = Assignment.objects.filter(person=person).order_by()
        rows = person.__dict__["_assigned"] = list(found.values_list("role", "place_id", "season", "since", "until"))
    return cast("Sequence[tuple[Any, ...]]", rows)


def may(rule: Rule, held: Held, *, place: int | None = None, state: str | None = None) -> bool:
    """Whether the rule lets somebody act on a thing of that place (id) and state."""
    if rule.states and state is not None and state not in rule.states:
        return False
    if rule.public:
        return True
    for role, reach in rule.roles.items():
        if role in held.roles and (reach == "any" or (place is not None and place in held.roles[role])):
            return True
    return False


def require(
    rules: Mapping[str, Rule],
    action: str,
    person: Person | Any,
    *,
    place: int | None = None,
    state: str | None = None,
    season: str = "",
) -> None:
    """Raise unless the person may.

    Raises
    ------
    NotAllowed
        ``accounts.not_allowed``, or ``accounts.not_in_state`` when only the state stands in the way.
    """
    held = held_by(person, season=season)
    rule = rules[action]
    if may(rule, held, place=place, state=state):
        return
    if state is not None and may(rule, held, place=place):
        raise QuestionRefused(Problem("accounts.not_in_state", {"state": state}))
    raise NotAllowed(Problem("accounts.not_allowed"))


def person_of(request: HttpRequest) -> Person:
    """Who asks.

    Raises
    ------
    NotAllowed
        Nobody is signed in.
    """
    if not isinstance(request.user, Person):
        raise NotAllowed(Problem("accounts.not_allowed"))
    return request.user


class NotAllowed(QuestionRefused):
    """Who asks may not do this: 403, or the sign-in page for nobody in particular."""

    status = 403
