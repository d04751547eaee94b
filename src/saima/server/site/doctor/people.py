"""Checks of people, their roles and tokens: who holds more than one should, who sleeps, what stands open."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher

from saima.server.accounts.enums import PLACED, Role
from saima.server.accounts.models import Assignment, Person, Token
from saima.server.accounts.queries import PersonRow, current, people_listed, people_with
from saima.server.kit import clock
from saima.server.kit.models import Installation
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.site.demo import PASSWORD, PEOPLE
from saima.server.site.doctor.check import Kind, Severity, check

MOST_POWERFUL: Final = 3  # administrators and superusers together
TOKEN_SLEEPS_DAYS: Final = 90
TOKEN_LONGEST_DAYS: Final = 366
NEEDED: Final = (Role.ADMIN, Role.STEWARD, Role.VERIFIER)
_WEAK_HASHES: Final = ("md5", "sha1", "unsalted")


def _warned(*codes: str) -> Iterator[PersonRow]:
    return (row for row in people_listed() if not set(codes).isdisjoint(row.warnings))


@check("people_too_powerful", Kind.CONTROL, Severity.WARNING)
def people_too_powerful() -> Iterable[str]:
    powerful = [r.person for r in people_listed() if r.person.is_superuser or Role.ADMIN in {a.role for a in r.roles}]
    if len(powerful) > MOST_POWERFUL:
        yield from (p.username for p in powerful)


@check("superuser", Kind.CONTROL, Severity.WARNING)
def superuser() -> Iterable[str]:
    """May change every row behind the rules of the desk."""
    yield from (r.person.username for r in _warned("accounts.warn_superuser"))


@check("one_factor", Kind.CONTROL, Severity.WARNING)
def one_factor() -> Iterable[str]:
    yield from (r.person.username for r in _warned("accounts.warn_one_factor"))


@check("dormant", Kind.CONTROL, Severity.WARNING)
def dormant() -> Iterable[str]:
    yield from (r.person.username for r in _warned("accounts.warn_never", "accounts.warn_dormant"))


@check("over_powered", Kind.CONTROL, Severity.WARNING)
def over_powered() -> Iterable[str]:
    yield from (r.person.username for r in _warned("accounts.warn_verifies_own", "accounts.warn_admin_and_more"))


@check("closed_holding", Kind.CONTROL, Severity.WARNING)
def closed_holding() -> Iterable[str]:
    held = Assignment.objects.filter(current(), person__is_active=False)
    yield from held.order_by("person__username").values_list("person__username", flat=True).distinct()


@check("role_vacant", Kind.CONTROL, Severity.WARNING)
def role_vacant() -> Iterable[str]:
    yield from (role.value for role in NEEDED if not people_with(role))


@check("role_placeless", Kind.DATA, Severity.ERROR)
def role_placeless() -> Iterable[str]:
    wrong = Assignment.objects.filter(place=None, role__in=[r.value for r in PLACED])
    for username, role in wrong.values_list("person__username", "role"):
        yield f"{username} {role}"


@check("role_season_unknown", Kind.DATA, Severity.WARNING)
def role_season_unknown() -> Iterable[str]:
    wrong = Assignment.objects.exclude(season="").exclude(season__in=Season.objects.values("key"))
    for username, season in wrong.values_list("person__username", "season"):
        yield f"{username} {season}"


@check("place_nameless", Kind.DATA, Severity.WARNING)
def place_nameless() -> Iterable[str]:
    yield from Place.objects.filter(names=None).values_list("key", flat=True)


@check("demo_password", Kind.CONTROL, Severity.ERROR)
def demo_password() -> Iterable[str]:
    """Outside a demonstration, under the names everybody can read in the program."""
    if Installation.objects.filter(demo=True).exists():
        return
    for person in Person.objects.filter(username__in=[p.username for p in PEOPLE], is_active=True):
        if person.has_usable_password() and check_password(PASSWORD, person.password):
            yield person.username


@check("password_kept_weakly", Kind.CONTROL, Severity.ERROR)
def password_kept_weakly() -> Iterable[str]:
    for person in Person.objects.filter(is_active=True):
        if not person.has_usable_password():
            continue
        try:
            weak = any(word in str(identify_hasher(person.password).algorithm) for word in _WEAK_HASHES)
        except ValueError:  # kept in no way we know
            weak = True
        if weak:
            yield person.username


def _alive() -> Iterable[Token]:
    return Token.objects.filter(revoked_at=None, expires_at__gt=clock.now()).select_related("person")


@check("token_sleeps", Kind.CONTROL, Severity.WARNING)
def token_sleeps() -> Iterable[str]:
    since = clock.now() - timedelta(days=TOKEN_SLEEPS_DAYS)
    for token in _alive():
        if (token.last_used_at or token.created_at) < since:
            yield f"{token.person.username} {token.hint}"


@check("token_long", Kind.CONTROL, Severity.WARNING)
def token_long() -> Iterable[str]:
    for token in _alive():
        if token.expires_at - token.created_at > timedelta(days=TOKEN_LONGEST_DAYS):
            yield f"{token.person.username} {token.hint}"


@check("token_of_closed", Kind.CONTROL, Severity.WARNING)
def token_of_closed() -> Iterable[str]:
    for token in _alive():
        if not token.person.is_active:
            yield f"{token.person.username} {token.hint}"


@check("second_factor_off", Kind.CONTROL, Severity.WARNING)
def second_factor_off() -> Iterable[str]:
    if "totp" not in settings.MFA_SUPPORTED_TYPES:
        yield "MFA_SUPPORTED_TYPES"
