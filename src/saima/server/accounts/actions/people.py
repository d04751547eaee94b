"""Writes people and the roles they hold."""

import secrets
from datetime import date
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.enums import PLACED, Role
from saima.server.accounts.models import Assignment, Person, Token
from saima.server.kit import audit, clock

_PARTS: Final = 4
_MOST: Final = {"username": 80, "name": 150, "email": 254, "phone": 40}  # characters, as the columns hold them


@transaction.atomic
def person_add(
    *,
    username: str,
    name: str,
    password: str | None,
    by: Person | None,
    lang: str = "zh",
    is_staff: bool = False,
    email: str = "",
    phone: str = "",
    must_change_password: bool = False,
) -> Person:
    """A new account.

    Raises
    ------
    QuestionRefused
        ``accounts.name_taken``, ``accounts.name_missing``, ``accounts.too_long``.
    """
    username, name = username.strip(), name.strip()
    if not username or not name:
        raise QuestionRefused(Problem("accounts.name_missing"))
    _refuse_long(username=username, name=name, email=email, phone=phone)
    if Person.objects.filter(username=username).exists():
        raise QuestionRefused(Problem("accounts.name_taken", {"username": username}))
    person = Person.objects.create_user(
        username,
        password,
        name=name,
        lang=lang,
        is_staff=is_staff,
        email=email,
        phone=phone,
        must_change_password=must_change_password,
    )
    audit.record(by=by, action="person.added", object_type="person", object_key=username)
    return person


@transaction.atomic
def person_change(*, person: Person, name: str, email: str, phone: str, lang: str, by: Person | None) -> None:
    """Another name, address, telephone number or language.

    Raises
    ------
    QuestionRefused
        ``accounts.name_missing``, ``accounts.too_long``.
    """
    if not name.strip():
        raise QuestionRefused(Problem("accounts.name_missing"))
    _refuse_long(name=name.strip(), email=email, phone=phone)
    changed = {
        field: value
        for field, value in {"name": name.strip(), "email": email, "phone": phone, "lang": lang}.items()
        if getattr(person, field) != value
    }
    if not changed:
        return
    for field, value in changed.items():
        setattr(person, field, value)
    person.save(update_fields=list(changed))
    audit.record(
        by=by, action="person.changed", object_type="person", object_key=person.username, fields=sorted(changed)
    )


@transaction.atomic
def person_close(*, person: Person, by: Person | None) -> None:
    """No more sign-in: roles end today, tokens stop. What the person did stays. Twice is once.

    Raises
    ------
    QuestionRefused
        ``accounts.not_yourself``; ``accounts.last_keeper``: nobody else could manage people.
    """
    _not_yourself(person, by)
    person = _current(person)
    if not person.is_active:
        return
    keepers = Q(assignments__role__in=[Role.ADMIN, Role.STEWARD], assignments__until=None, is_active=True)
    if not Person.objects.filter(keepers).exclude(pk=person.pk).exists():
        raise QuestionRefused(Problem("accounts.last_keeper", {"name": person.name}))
    person.is_active = False
    person.save(update_fields=["is_active"])
    today = clock.today()
    Assignment.objects.filter(person=person).filter(Q(until=None) | Q(until__gt=today)).update(until=today)
    Token.objects.filter(person=person, revoked_at=None).update(revoked_at=clock.now())
    audit.record(by=by, action="person.closed", object_type="person", object_key=person.username)


@transaction.atomic
def person_reopen(*, person: Person, by: Person | None) -> None:
    """Sign-in again, without the roles of before. Twice is once."""
    _not_yourself(person, by)
    person = _current(person)
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(by=by, action="person.reopened", object_type="person", object_key=person.username)


@transaction.atomic
def password_set(*, person: Person, by: Person | None, password: str | None = None) -> str:
    """A password to be changed at the next sign-in; made up when none is given. Returned to be told once.

    Set by somebody else, it ends the person's tokens too: whoever held the old password may have made one.

    Raises
    ------
    QuestionRefused
        ``accounts.password_weak``, with what the password rules say.
    """
    if password is None:
        password = "-".join(secrets.token_hex(2) for _ in range(_PARTS))
    else:
        try:
            validate_password(password, person)
        except ValidationError as fault:
            raise QuestionRefused(Problem("accounts.password_weak", {"why": " ".join(fault.messages)})) from None
    person.set_password(password)
    person.must_change_password = person != by
    person.save(update_fields=["password", "must_change_password"])
    if person != by:
        Token.objects.filter(person=person, revoked_at=None).update(revoked_at=clock.now())
    audit.record(by=by, action="person.password_set", object_type="person", object_key=person.username)
    return password


@transaction.atomic
def role_give(
    *,
    person: Person,
    role: Role,
    by: Person | None,
    place_id: int | None = None,
    season: str = "",
    since: date | None = None,
    until: date | None = None,
    standing_in_for: Person | None = None,
) -> Assignment:
    """Give somebody a role from a day to the day before another; for the same days, twice is once. Nobody gives
    themselves one.

    Raises
    ------
    QuestionRefused
        ``accounts.role_needs_place``, ``accounts.role_has_no_place``, ``accounts.until_before_since``,
        ``accounts.not_yourself``, ``accounts.role_held``.
    """
    _not_yourself(person, by)
    if (role in PLACED) != (place_id is not None):
        code = "accounts.role_needs_place" if role in PLACED else "accounts.role_has_no_place"
        raise QuestionRefused(Problem(code, {"role": role.value}))
    if since and until and until <= since:
        raise QuestionRefused(
            Problem("accounts.until_before_since", {"since": since.isoformat(), "until": until.isoformat()})
        )
    _current(person)
    same = Assignment.objects.filter(person=person, role=role, season=season)
    same = same.filter(place=None) if place_id is None else same.filter(place_id=place_id)
    twin = same.filter(since=since, until=until, standing_in_for=standing_in_for).first()
    if twin is not None and (since, until) != (None, None):
        return twin
    if since is None and until is None and same.filter(until=None).exists():
        raise QuestionRefused(Problem("accounts.role_held", {"name": person.name, "role": role.value}))
    made = Assignment.objects.create(
        person=person,
        role=role,
        place_id=place_id,
        season=season,
        since=since,
        until=until,
        standing_in_for=standing_in_for,
        given_by=by,
    )
    audit.record(
        by=by,
        action="role.given",
        object_type="person",
        object_key=person.username,
        role=role,
        place=place_id,
        since=since,
        until=until,
        standing_in_for=standing_in_for and standing_in_for.username,
    )
    return made


@transaction.atomic
def role_end(*, assignment: Assignment, by: Person | None) -> None:
    """The role ends with yesterday; one that is over stays over since the day it ended.

    Raises
    ------
    QuestionRefused
        ``accounts.not_yourself``.
    """
    _not_yourself(assignment.person, by)
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("person").get(pk=assignment.pk)
    if assignment.until is not None and assignment.until <= clock.today():
        return
    assignment.until = clock.today()
    assignment.save(update_fields=["until"])
    audit.record(
        by=by,
        action="role.ended",
        object_type="person",
        object_key=assignment.person.username,
        role=assignment.role,
        place=assignment.place_id,
    )


@transaction.atomic
def deputy_appoint(*, person: Person, deputy: Person, since: date, until: date, by: Person | None) -> list[Assignment]:
    """While ``person`` is on leave ``deputy`` holds the same roles, and loses them on ``until``.

    Raises
    ------
    QuestionRefused
        ``accounts.deputy_himself``, ``accounts.nothing_to_deputise``, ``accounts.until_before_since``,
        ``accounts.deputy_would_verify_own``: a deputy may not come to report and verify at once.
    """
    if person == deputy:
        raise QuestionRefused(Problem("accounts.deputy_himself", {"name": person.name}))
    roles = [
        a for a in Assignment.objects.filter(person=person, standing_in_for=None) if a.until is None or a.until > since
    ]
    if not roles:
        raise QuestionRefused(Problem("accounts.nothing_to_deputise", {"name": person.name}))
    held = {a.role for a in Assignment.objects.filter(person=deputy, until=None)} | {a.role for a in roles}
    if Role.VERIFIER in held and held & PLACED:
        raise QuestionRefused(Problem("accounts.deputy_would_verify_own", {"name": deputy.name}))
    return [
        role_give(
            person=deputy,
            role=Role(a.role),
            by=by,
            place_id=a.place_id,
            season=a.season,
            since=since,
            until=until,
            standing_in_for=person,
        )
        for a in roles
    ]


def _current(person: Person) -> Person:
    """The person as they are now, locked until the end of the transaction: two clicks come one after the other."""
    return Person.objects.select_for_update().get(pk=person.pk)


def _refuse_long(**texts: str) -> None:
    for field, text in texts.items():
        most = _MOST[field]
        if len(text) > most:
            raise QuestionRefused(Problem("accounts.too_long", {"seen": text[:20], "length": len(text), "most": most}))


def _not_yourself(person: Person, by: Person | None) -> None:
    if by is not None and person.pk == by.pk:
        raise QuestionRefused(Problem("accounts.not_yourself"))
