"""Robots of group chats: put up, tried, withdrawn. The bureau's by who may, one's own by oneself."""

import json
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.kit.posting import way_to
from saima.server.kit.robots import APPRISE, KINDS, SIGNED, apprise_here
from saima.server.race.models import Season
from saima.server.response.actions.leaving import said_by
from saima.server.response.models import Robot
from saima.server.response.queries.message_kinds import TOPICS
from saima.words import Lang, say

MOST: Final = {"title": 100, "url": 1_000, "secret": 200}


def robot_add(
    *,
    title: str,
    kind: str,
    url: str,
    secret: str,
    lang: Lang,
    topics: Collection[str],
    season: Season | None,
    own: bool,
    by: Person,
) -> Robot:
    """A robot that speaks from now on. ``own``: for the messages of ``by`` alone.

    Raises
    ------
    QuestionRefused
        ``robot.title_missing``, ``robot.which_kind``, ``robot.too_long``, ``robot.no_apprise_of_ones_own``,
        ``posting.no_apprise``, and as ``saima.server.kit.posting.way_to``.
    """
    title, url, secret = title.strip(), url.strip(), secret.strip()
    if not title:
        raise QuestionRefused(Problem("robot.title_missing"))
    if kind not in KINDS:
        raise QuestionRefused(Problem("robot.which_kind"))
    for name, text in {"title": title, "url": url, "secret": secret}.items():
        if len(text) > MOST[name]:
            raise QuestionRefused(Problem("robot.too_long", {"length": len(text), "most": MOST[name]}))
    if kind == APPRISE:
        # Its addresses reach whatever the library can reach, this network included: for who keeps the desk only.
        if own:
            raise QuestionRefused(Problem("robot.no_apprise_of_ones_own"))
        if not apprise_here():
            raise QuestionRefused(Problem("posting.no_apprise"))
        host = urlsplit(url).scheme
    else:
        host = way_to(url, local=not own).host
    with transaction.atomic():
        made = Robot.objects.create(
            title=title,
            kind=kind,
            url=url,
            secret=secret if kind in SIGNED else "",
            lang=lang,
            season=season,
            person=by if own else None,
            topics=json.dumps([t for t in TOPICS if t in topics and TOPICS[t].group]),
            made_by=by,
        )
        _told(made, "robot.added", by, host=host, season=season.key if season else "")
    return made


def robot_try(*, robot: Robot, by: Person) -> str:
    """Say a sentence in the group now; what its service answered.

    Raises
    ------
    QuestionRefused
        ``robot.did_not_speak`` with the reason; and as ``robot_add``.
    """
    lang: Lang = "en" if robot.lang == "en" else "zh"
    try:
        said = said_by(robot, say("robot.trial", lang, title=robot.title, name=by.name))
        fault = ""
    except ConnectionError as refused:
        said, fault = "", str(refused)
    with transaction.atomic():
        _told(robot, "robot.tried", by, outcome=said or fault)
    if fault:
        raise QuestionRefused(Problem("robot.did_not_speak", {"title": robot.title, "fault": fault}))
    return said


@transaction.atomic
def robot_withdraw(*, robot: Robot, by: Person) -> None:
    """It says nothing any more, and its address and secret are forgotten."""
    if Robot.objects.filter(pk=robot.pk, withdrawn_at=None).update(withdrawn_at=clock.now(), url="", secret="") == 1:
        _told(robot, "robot.withdrawn", by)


def _told(robot: Robot, action: str, by: Person, **detail: object) -> None:
    audit.record(by=by, action=action, object_type="robot", object_key=robot.title, kind=robot.kind, **detail)
