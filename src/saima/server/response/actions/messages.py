"""Tells people things: in the desk at once, and by mail and robots as each of them chose, through the outbox."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.actions import person_change
from saima.server.accounts.models import Person
from saima.server.bulletins.models import BulletinVersion
from saima.server.kit import audit, clock, outbox
from saima.server.kit.models import Outbox
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.models import Choices, Delivery, Message, Robot
from saima.server.response.queries.message_kinds import TOPICS, words_of
from saima.server.response.queries.messages import (
    Wanted,
    failures_untold,
    people_of,
    robots_for,
    stewards_of,
    wanted_by,
)
from saima.words import Lang, Text, say

BY_MAIL, BY_ROBOT = "message", "robot"  # kinds of the outbox
SUBJECTS_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What is said, to whomever it then goes."""

    kind: str
    subject: Text
    body: Text
    about: str
    season: Season | None = None
    by: Person | None = None


def tell(
    *,
    people: Iterable[Person],
    kind: str,
    params: Mapping[str, object],
    about: str,
    dedupe: str,
    season: Season | None = None,
    by: Person | None = None,
) -> int:
    """Write one message to each of these people, inside the caller's transaction; how many are new.

    It is in the desk at once; by mail and through a person's own robots it leaves once the transaction is there, in
    their language and as they chose. Told again with the same ``dedupe``, nothing is written.

    Parameters
    ----------
    params : those of the kind (queries.message_kinds.KINDS), values as ``words_of`` takes them.
    about : the page it is about, from the root of this server; may be empty.
    by : who learns of it when the message cannot be delivered; else the bureau does.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"message {dedupe} outside the transaction it tells of")
    subject, body = words_of(kind, params, season.time_zone if season else "")
    said = Said(kind, subject, body, about, season, by)
    open_ = list({p.pk: p for p in people if p.is_active}.values())
    wanted = wanted_by(open_)
    keys = {p.pk: f"{dedupe}:{p.pk}" for p in open_ if wanted[p.pk].reach(kind) != "off"}
    there = set(Message.objects.filter(dedupe__in=keys.values()).values_list("dedupe", flat=True))
    new = {p.pk: p for p in open_ if p.pk in keys and keys[p.pk] not in there}
    Message.objects.bulk_create(
        [
            Message(
                dedupe=keys[n],
                person=person,
                sender=by,
                season=season,
                kind=kind,
                subject_en=subject.en,
                subject_zh=subject.zh,
                body_en=body.en,
                body_zh=body.zh,
                about=about,
                waits=wanted[n].daily and by_mail(person, wanted[n], kind),
            )
            for n, person in new.items()
        ],
        ignore_conflicts=True,  # two at once: one message, no fault
    )
    own = _own_robots(new)
    for message in Message.objects.filter(dedupe__in=[keys[n] for n in new]).order_by("id"):
        person = new[message.person_id]
        if by_mail(person, wanted[person.pk], kind) and not wanted[person.pk].daily:
            mailed(person, said, f"message:{message.pk}", message)
        if wanted[person.pk].reach(kind) == "all":
            for robot in own.get(person.pk, ()):
                _spoken(robot, said, f"message:{message.pk}:{robot.pk}", message)
    return len(new)


def announce(
    *,
    season: Season,
    kind: str,
    params: Mapping[str, object],
    about: str,
    dedupe: str,
    by: Person | None = None,
) -> int:
    """Say something in the groups of a season, through the bureau's robots; how many. As ``tell``, but to no person."""
    said = Said(kind, *words_of(kind, params, season.time_zone), about, season, by)
    robots = robots_for(season, kind)
    for robot in robots:
        _spoken(robot, said, f"group:{robot.pk}:{dedupe}")
    return len(robots)


def by_mail(person: Person, wanted: Wanted, kind: str) -> bool:
    """Whether a message goes by mail too: it is wanted, there is an address, and a server to take it."""
    return bool(settings.EMAIL_HOST and person.email and wanted.mail and wanted.reach(kind) == "all")


def mailed(person: Person, said: Said, dedupe: str, message: Message | None = None) -> None:
    lang: Lang = "en" if person.lang == "en" else "zh"
    _leaves(BY_MAIL, person.email, said, lang, dedupe, message=message, person=person)


def _own_robots(people: Mapping[int, Person]) -> Mapping[int, Sequence[Robot]]:
    found: dict[int, list[Robot]] = {}
    for robot in Robot.objects.filter(person__in=list(people), withdrawn_at=None):
        found.setdefault(robot.person_id or 0, []).append(robot)
    return found


def _spoken(robot: Robot, said: Said, dedupe: str, message: Message | None = None) -> None:
    lang: Lang = "en" if robot.lang == "en" else "zh"
    _leaves(BY_ROBOT, robot.title, said, lang, dedupe, message=message, person=robot.person, robot=robot)


def _leaves(way: str, to: str, said: Said, lang: Lang, dedupe: str, **whose: Any) -> None:
    payload = {
        "subject": said.subject.of(lang),
        "body": written_out(said.body, said.about, lang, foot=way == BY_MAIL),
    }
    outbox.put(dedupe=dedupe, kind=way, to=to, payload=payload)
    whose |= {"season": said.season, "sender": said.by, "kind": said.kind}
    whose |= {"subject_en": said.subject.en, "subject_zh": said.subject.zh}
    Delivery.objects.get_or_create(outbox=Outbox.objects.get(dedupe=dedupe), defaults=whose)


def written_out(body: Text, about: str, lang: Lang, *, foot: bool) -> str:
    """The text of a message outside the desk: with the way to the page, where this server's address is known."""
    said = [body.of(lang)]
    if settings.ADDRESS and about:
        said.append(say("message.link", lang, address=settings.ADDRESS + about))
    if foot:
        said.append(say("message.foot", lang, address=settings.ADDRESS + reverse("message-choices")))
    return "\n\n".join(said)


@transaction.atomic
def bulletin_told(*, version: BulletinVersion) -> int:
    """Tell a season's people and groups of a released bulletin, or of its erratum; told again, nothing happens."""
    bulletin = version.bulletin
    season = bulletin.season
    params: dict[str, object] = {
        "season": season_of(newest(season)).title,
        "period": bulletin.period,
        "number": bulletin.number,
    }
    kind = "bulletin_released" if version.number == 1 else "erratum_released"
    if version.number > 1:
        params |= {"version": version.number, "reason": version.reason}
    dedupe, about = f"{kind}:{version.pk}", page_of(season, bulletin.period)
    announce(season=season, kind=kind, params=params, about=about, dedupe=dedupe, by=version.released_by)
    return tell(
        people=people_of(season),
        kind=kind,
        params=params,
        about=about,
        dedupe=dedupe,
        season=season,
        by=version.released_by,
    )


def page_of(season: Season, period: str) -> str:
    """The page of a period's bulletin; the standings where there is none."""
    try:
        return reverse("bulletin", kwargs={"key": season.key, "period": period})
    except NoReverseMatch:
        return reverse("leaderboard", kwargs={"key": season.key})


@transaction.atomic
def message_read(*, person: Person, message: Message | None = None) -> int:
    """Note that somebody read a message, or all of theirs."""
    found = Message.objects.filter(person=person, read_at=None)
    if message is not None:
        found = found.filter(pk=message.pk)
    return found.update(read_at=clock.now())


@transaction.atomic
def choices_save(
    *,
    person: Person,
    lang: Lang,
    mail: bool,
    daily: bool,
    daily_hour: int,
    quiet_from: time | None,
    quiet_until: time | None,
    topics: Mapping[str, str],
) -> None:
    """How somebody wants to be told from now on; what already waits for their daily mail goes with the next.

    Raises
    ------
    QuestionRefused
        ``message.quiet_half``: a beginning without an end, or the other way round; ``message.hour``.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise QuestionRefused(Problem("message.quiet_half"))
    if not 0 <= daily_hour <= 23:
        raise QuestionRefused(Problem("message.hour", {"hour": daily_hour}))
    chosen = {
        name: topics[name]
        for name, topic in TOPICS.items()
        if topics.get(name) in ({"here"} if topic.must else {"here", "off"})
    }
    fields = {
        "mail": mail,
        "daily": daily,
        "daily_hour": daily_hour,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "topics": json.dumps(chosen, sort_keys=True),
    }
    Choices.objects.update_or_create(person=person, defaults=fields)
    if lang != person.lang:
        person_change(
            person=person, name=person.name, email=person.email, phone=person.phone, lang=lang, by=person
        )  # fmt: skip
    audit.record(
        by=person, action="message.choices", object_type="person", object_key=person.username, **fields
    )  # fmt: skip


@transaction.atomic
def deliveries_again(*, rows: Iterable[Delivery], by: Person) -> int:
    """Try once more what was given up, at the address its person has by now; how many wait again."""
    count = 0
    for row in rows:
        to = row.person.email if row.robot is None and row.person is not None else ""
        if outbox.again(row.outbox, to=to):
            count += 1
            audit.record(by=by, action="delivery.again", object_type="delivery", object_key=str(row.pk), to=to)
    return count


def failures_tell() -> int:
    """Tell who sent them, else the bureau, of messages that were given up; how many were. One message to each."""
    groups: dict[tuple[int | None, int | None], list[Delivery]] = {}
    for row in failures_untold():
        sender = row.sender if row.sender is not None and row.sender.is_active else None
        groups.setdefault((sender.pk if sender else None, None if sender else row.season_id), []).append(row)
    for rows in groups.values():
        with transaction.atomic():
            _failure_told(rows)
    return sum(len(rows) for rows in groups.values())


def _failure_told(rows: Sequence[Delivery]) -> None:
    sender = rows[0].sender
    people = [sender] if sender is not None and sender.is_active else stewards_of(rows[0].season) or stewards_of(None)
    named = list(dict.fromkeys(row.subject for row in rows))
    last = rows[-1]
    tell(
        people=people,
        kind="delivery_failed",
        params={"count": len(rows), "named": named[:SUBJECTS_NAMED]},
        about=reverse("deliveries") + "?state=failed",
        dedupe=f"delivery_failed:{last.pk}:{last.outbox.tries}",
        season=last.season,
    )
    for row in rows:
        Delivery.objects.filter(pk=row.pk).update(alarmed_tries=row.outbox.tries)
