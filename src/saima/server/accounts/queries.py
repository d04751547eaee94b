"""Reads people, their roles and tokens: who may be asked, who sleeps, who holds more than one should."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet

from saima.server.accounts.enums import PLACED, Role
from saima.server.accounts.models import Assignment, Person, Token
from saima.server.kit import clock

DORMANT_DAYS: Final = 90
_POWERFUL: Final = frozenset({Role.ADMIN, Role.STEWARD, Role.VERIFIER})


def current(at_place: int | None = None) -> Q:
    """Assignments that hold today."""
    day = clock.today()
    holds = Q(since=None) | Q(since__lte=day)
    holds &= Q(until=None) | Q(until__gt=day)
    return holds if at_place is None else holds & Q(place_id=at_place)


def people_with(role: Role, *, place_id: int | None = None) -> Sequence[Person]:
    """Open accounts that hold a role today, by name."""
    holding = Assignment.objects.filter(current(place_id), role=role).values("person_id")
    return list(Person.objects.filter(is_active=True, pk__in=holding).order_by("name"))


def people_holding(roles: Iterable[Role], *, season: str = "", place_id: int | None = None) -> Sequence[Person]:
    """Open accounts that hold one of these roles today, for all seasons or the one of that key."""
    rows = Assignment.objects.filter(current(place_id), role__in=[r.value for r in roles])
    if season:
        rows = rows.filter(season__in=["", season])
    return list(Person.objects.filter(is_active=True, pk__in=rows.values("person_id")).order_by("id"))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people. ``warnings`` are catalogue codes."""

    person: Person
    roles: Sequence[Assignment]
    two_factor: bool
    warnings: tuple[str, ...]


def people_listed(*, closed: bool = False, wanted: str = "") -> list[PersonRow]:
    """Everybody with roles of today and what an administrator should look at; three queries however many."""
    people: QuerySet[Person] = Person.objects.filter(is_active=not closed)
    if wanted:
        people = people.filter(Q(name__icontains=wanted) | Q(username__icontains=wanted))
    roles = Assignment.objects.filter(current()).select_related("place", "standing_in_for").order_by("role", "id")
    found = list(people.order_by("name", "id").prefetch_related(Prefetch("assignments", roles, to_attr="roles_now")))
    second = set(Authenticator.objects.filter(type="totp").values_list("user_id", flat=True))
    return [PersonRow(p, p.roles_now, p.pk in second, warnings_of(p, p.roles_now, p.pk in second)) for p in found]


def warnings_of(person: Person, roles: Sequence[Assignment], two_factor: bool) -> tuple[str, ...]:
    """Dormant, never seen, over-powered, without a second factor: as catalogue codes."""
    held = {Role(a.role) for a in roles}
    found = []
    if person.is_active:
        if person.last_login is None:
            found.append("accounts.warn_never")
        elif person.last_login < clock.now() - timedelta(days=DORMANT_DAYS):
            found.append("accounts.warn_dormant")
    if Role.VERIFIER in held and held & (PLACED | {Role.STEWARD}):
        found.append("accounts.warn_verifies_own")
    if Role.ADMIN in held and held - {Role.ADMIN, Role.AUDITOR}:
        found.append("accounts.warn_admin_and_more")
    if person.is_superuser:
        found.append("accounts.warn_superuser")
    if held & _POWERFUL and not two_factor:
        found.append("accounts.warn_one_factor")
    if person.is_active and not held and not person.is_superuser:
        found.append("accounts.warn_no_role")
    return tuple(found)


def person_by_id(pk: int | None) -> Person | None:
    """Who a task is done for; None where it is nobody."""
    return Person.objects.filter(pk=pk).first() if pk else None


def people_open() -> QuerySet[Person]:
    """Everybody whose account is open, by name."""
    return Person.objects.filter(is_active=True).order_by("name")


def token_by_key(key: str) -> Token | None:
    """The token of a key if it is alive: not over, not revoked, its person's account open."""
    return (
        Token.objects.select_related("person")
        .filter(
            sha256=sha256(key.encode()).hexdigest(),
            revoked_at=None,
            expires_at__gt=clock.now(),
            person__is_active=True,
        )
        .first()
    )
