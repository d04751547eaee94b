"""How messages leave: by mail and by robots, held back in their person's quiet hours; and the one mail a day."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.kit.mail import send_mail
from saima.server.kit.models import Outbox
from saima.server.kit.outbox import Later, NeverTaken, channel
from saima.server.kit.robots import robot_says
from saima.server.response.actions.messages import BY_MAIL, BY_ROBOT, Said, mailed
from saima.server.response.models import Delivery, Message, Robot
from saima.server.response.queries.messages import Wanted, wanted_by
from saima.words import LANGS, Text, say


@channel(BY_MAIL)
def leave_by_mail(row: Outbox) -> str:
    _hold_in_quiet_hours(Delivery.objects.select_related("person").get(outbox=row).person)
    return send_mail(row)


@channel(BY_ROBOT)
def leave_by_robot(row: Outbox) -> str:
    delivery = Delivery.objects.select_related("person", "robot").get(outbox=row)
    robot = delivery.robot
    if robot is None or robot.withdrawn_at is not None:
        raise NeverTaken("the robot was withdrawn")
    _hold_in_quiet_hours(delivery.person)
    said = json.loads(row.payload)
    return said_by(robot, f"{said['subject']}\n{said['body']}")


def said_by(robot: Robot, text: str) -> str:
    """Post by a robot now. This machine itself is open to the bureau's robots only."""
    return robot_says(
        kind=robot.kind,
        url=robot.url,
        secret=robot.secret,
        text=text,
        now=clock.real(),  # the services compare it with their own clock
        local=robot.person_id is None,
    )


def _hold_in_quiet_hours(person: Person | None) -> None:
    if person is not None:
        wait = wanted_by([person])[person.pk].quiet_for(clock.now())
        if wait:
            raise Later(wait, f"quiet hours of its person, {int(wait.total_seconds() // 60)} minutes more")


def daily_mails() -> int:
    """Put what waits for somebody's one mail a day into it, once its hour has come; how many mails."""
    waiting = Message.objects.filter(waits=True).select_related("person").order_by("id")
    by_person: dict[int, list[Message]] = {}
    for message in waiting:
        by_person.setdefault(message.person_id, []).append(message)
    people = [found[0].person for found in by_person.values()]
    wanted, there = wanted_by(people), clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    count = 0
    for person in people:
        if _due(person, wanted[person.pk], there):
            with transaction.atomic():
                _daily_mail(person, by_person[person.pk], there)
            count += 1
    return count


def _due(person: Person, wanted: Wanted, there: datetime) -> bool:
    if not wanted.daily or not wanted.mail:
        return True  # chosen otherwise meanwhile: what waits leaves now, or not at all
    return there.hour >= wanted.daily_hour and not Outbox.objects.filter(dedupe=_key(person, there)).exists()


def _key(person: Person, there: datetime) -> str:
    return f"daily:{person.pk}:{there.date().isoformat()}"


def _daily_mail(person: Person, messages: list[Message], there: datetime) -> None:
    Message.objects.filter(pk__in=[m.pk for m in messages]).update(waits=False)
    wanted = wanted_by([person])[person.pk]
    if not (wanted.mail and person.email and settings.EMAIL_HOST):
        return
    subject = Text(*(say("message.daily", lang, count=len(messages)) for lang in LANGS))
    body = Text(*("\n\n".join(f"{m.subject.of(lang)}\n{m.body.of(lang)}" for m in messages) for lang in LANGS))
    dedupe = _key(person, there)
    if Outbox.objects.filter(dedupe=dedupe).exists():  # a second one on a day on which they chose otherwise
        dedupe += f":{messages[-1].pk}"
    mailed(person, Said("daily", subject, body, reverse("messages")), dedupe)
