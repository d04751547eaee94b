"""Writes talents: programmes, arrivals and what follows, and what names a person: sealed, shown, taken out, erased.

No text of an event or of the audit trail names anybody: reasons are refused where they hold the person's name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.sealing import seal, unseal
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by, may
from saima.server.kit import audit, clock, locks
from saima.server.places.models import Place
from saima.server.places.queries import places_by_key
from saima.server.registers.actions.sealing import ring_there
from saima.server.registers.models import Talent, TalentEvent, TalentProgramme, TalentSecret
from saima.server.registers.queries.sealing import ring
from saima.server.registers.queries.talent_checks import names_nobody, personal_checked
from saima.server.registers.queries.talents import talents_at
from saima.server.registers.rules import RULES

_KEY_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Campaign:
    """A programme as users fill it in; everything but the title may stay empty."""

    title: str
    about: str = ""
    source: str = ""
    office: Place | None = None
    since: date | None = None
    until: date | None = None
    goal: int | None = None


@transaction.atomic
def programme_keep(*, key: str, campaign: Campaign, by: Person | None) -> TalentProgramme:
    """A programme, new or changed.

    Raises
    ------
    NotAllowed
        Not the bureau's, nor of the person's office, nor given to it.
    QuestionRefused
        ``talents.no_title``, ``talents.key_odd``, ``talents.days_crossed``.
    """
    office = campaign.office.pk if campaign.office else None
    found = TalentProgramme.objects.filter(key=key).first()
    _may("talent.write", by, office)
    if found is not None:
        _may("talent.write", by, found.office_id)
    title = " ".join(campaign.title.split())[:120]
    if not title:
        raise QuestionRefused(Problem("talents.no_title"))
    if not key or len(key) > _KEY_MOST or not all(c.isalnum() or c in "-_" for c in key):
        raise QuestionRefused(Problem("talents.key_odd", {"key": key[:80], "most": _KEY_MOST}))
    if campaign.since and campaign.until and campaign.until < campaign.since:
        raise QuestionRefused(
            Problem("talents.days_crossed", {"since": campaign.since.isoformat(), "until": campaign.until.isoformat()})
        )
    programme = found or TalentProgramme(key=key)
    programme.title, programme.about, programme.source = title, campaign.about.strip()[:4000], campaign.source[:300]
    programme.office, programme.since, programme.until = campaign.office, campaign.since, campaign.until
    programme.goal = campaign.goal
    programme.row_version += found is not None
    programme.save()
    audit.record(
        by=by,
        action="talent.programme",
        object_type="talent_programme",
        object_key=key,
        title=title,
        goal=campaign.goal,
    )
    return programme


def _may(action: str, by: Person | None, place: int | None) -> None:
    if by is not None and not may(RULES[action], held_by(by), place=place):
        raise NotAllowed(Problem("accounts.not_allowed"))


@transaction.atomic
def talent_add(
    *,
    programme: TalentProgramme,
    arrived: date,
    personal: Mapping[str, str],
    employer: str = "",
    place: str = "",
    level: str = "",
    by: Person | None,
) -> Talent:
    """Somebody who arrived. What names them is sealed; the code is the next free one.

    Raises
    ------
    NotAllowed
        The programme is not the person's office's.
    QuestionRefused
        ``talents.not_yet``, ``talents.needs_name``, ``talents.names_somebody``, ``items.no_place``.
    """
    _may("talent.write", by, programme.office_id)
    if arrived > clock.today():
        raise QuestionRefused(Problem("talents.not_yet", {"day": arrived.isoformat()}))
    kept = personal_checked(personal)
    facts = {"employer": employer, "place": place, "level": level}
    names_nobody(kept, *facts.values())
    numbers = [int(c[2:]) for c in Talent.objects.values_list("code", flat=True) if c[2:].isdigit()]
    talent = Talent.objects.create(
        code=f"T-{max(numbers, default=0) + 1:04d}", programme=programme, made_at=clock.now()
    )
    TalentSecret.objects.create(talent=talent, changed_at=clock.now(), **_sealed(talent, kept))
    _event(talent, "arrived", arrived, "", by, "")
    for what, value in facts.items():
        if value.strip():
            _event(talent, what, arrived, value, by, "")
    audit.record(
        by=by, action="talent.added", object_type="talent", object_key=talent.code, programme=programme.key, on=arrived
    )
    return talent


def _sealed(talent: Talent, personal: Mapping[str, str]) -> dict[str, str]:
    keys = ring_there()
    content = json.dumps(personal, ensure_ascii=False, sort_keys=True).encode()
    return {"sealed": seal(keys, content, f"talent {talent.uuid}"), "key": keys.names[0]}


def _event(talent: Talent, what: str, on: date, value: str, by: Person | None, reason: str) -> None:
    text = " ".join(value.split())[:200]
    if what == "place" and text and text not in places_by_key([text]):
        raise QuestionRefused(Problem("items.no_place", {"value": text[:80]}))
    TalentEvent.objects.create(
        talent=talent, what=what, on=on, value=text, recorded_at=clock.now(), by=by, reason=reason.strip()[:400]
    )


@transaction.atomic
def talent_event(*, talent: Talent, what: str, on: date, value: str = "", reason: str = "", by: Person | None) -> None:
    """Another employer, place or level from a day on; left, or not left after all; another day of arrival.

    Raises
    ------
    QuestionRefused
        ``talents.no_event``, ``talents.not_yet``, ``talents.before_arrival``, ``talents.names_somebody``.
    """
    row = locks.locked(Talent.objects.select_related("programme").filter(pk=talent.pk)).get()
    _may("talent.write", by, row.programme.office_id)
    if what not in ("arrived", "employer", "place", "level", "left", "back"):
        raise QuestionRefused(Problem("talents.no_event", {"what": what[:40]}))
    if on > clock.today():
        raise QuestionRefused(Problem("talents.not_yet", {"day": on.isoformat()}))
    here = talents_at(codes=[row.code])
    if what != "arrived" and here and on < here[0].arrived:
        raise QuestionRefused(
            Problem("talents.before_arrival", {"day": on.isoformat(), "arrived": here[0].arrived.isoformat()})
        )
    secret = TalentSecret.objects.get(talent=row)
    if secret.sealed:
        names_nobody(json.loads(unseal(ring(), secret.sealed, f"talent {row.uuid}")), value, reason)
    _event(row, what, on, value, by, reason)
    row.row_version += 1
    row.save(update_fields=["row_version"])
    audit.record(by=by, action=f"talent.{what}", object_type="talent", object_key=row.code, on=on, value=value[:200])


@transaction.atomic
def personal_show(*, talent: Talent, purpose: str, by: Person) -> dict[str, str]:
    """What names somebody, for who may see it and says what for. The view is in the trail before anything is shown.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``talents.needs_purpose``, ``talents.is_erased``, as ``ring_of`` and ``unseal``.
    """
    return _opened(talent, purpose, by, "seen")


@transaction.atomic
def personal_export(*, talent: Talent, purpose: str, by: Person) -> bytes:
    """Everything kept of one person, as JSON for that person. Raises as ``personal_show``."""
    opened = _opened(talent, purpose, by, "exported")
    events = TalentEvent.objects.filter(talent=talent).order_by("on", "id")
    content = {
        "code": talent.code,
        "programme": talent.programme.title,
        "personal": opened,
        "events": [
            {"what": e.what, "on": e.on.isoformat(), "value": e.value, "recorded_at": e.recorded_at.isoformat()}
            for e in events
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _opened(talent: Talent, purpose: str, by: Person, did: str) -> dict[str, str]:
    _may("talent.personal", by, talent.programme.office_id)
    told = _purpose(purpose)
    secret = TalentSecret.objects.get(talent=talent)
    if not secret.sealed:
        raise QuestionRefused(Problem("talents.is_erased", {"code": talent.code}))
    found: dict[str, str] = json.loads(unseal(ring(), secret.sealed, f"talent {talent.uuid}"))
    names_nobody(found, told)
    audit.record(by=by, action=f"talent.{did}", object_type="talent", object_key=talent.code, purpose=told)
    return found


def _purpose(purpose: str) -> str:
    told = " ".join(purpose.split())[:200]
    if not told:
        raise QuestionRefused(Problem("talents.needs_purpose"))
    return told


@transaction.atomic
def personal_change(*, talent: Talent, personal: Mapping[str, str], by: Person) -> None:
    """Put what names somebody anew. Raises as ``talent_add``; ``talents.is_erased``."""
    _may("talent.personal", by, talent.programme.office_id)
    secret = locks.locked(TalentSecret.objects.filter(talent=talent)).get()
    if not secret.sealed:
        raise QuestionRefused(Problem("talents.is_erased", {"code": talent.code}))
    for name, value in _sealed(talent, personal_checked(personal)).items():
        setattr(secret, name, value)
    secret.changed_at = clock.now()
    secret.save()
    audit.record(by=by, action="talent.personal", object_type="talent", object_key=talent.code)


@transaction.atomic
def talent_erase(*, talent: Talent, purpose: str, by: Person) -> None:
    """Delete what names somebody. Counts keep: that somebody arrived, where, when, and left or stayed.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``talents.needs_purpose``, ``talents.is_erased``.
    """
    _may("talent.erase", by, talent.programme.office_id)
    told = _purpose(purpose)
    secret = locks.locked(TalentSecret.objects.filter(talent=talent)).get()
    if not secret.sealed:
        raise QuestionRefused(Problem("talents.is_erased", {"code": talent.code}))
    try:
        names_nobody(json.loads(unseal(ring(), secret.sealed, f"talent {talent.uuid}")), told)
    except Refused as refused:
        if any(p.code == "talents.names_somebody" for p in refused.problems):
            raise
        # Without its key nobody can read what is erased, and it is erased all the same.
    secret.sealed, secret.key, secret.erased_at, secret.erased_by = "", "", clock.now(), by
    secret.changed_at = clock.now()
    secret.save()
    _event(talent, "erased", clock.today(), "", by, "")
    audit.record(by=by, action="talent.erased", object_type="talent", object_key=talent.code, purpose=told)
