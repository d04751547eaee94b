"""Whom cards, tickets, appeals and meets are told to, inside the transaction of what happened."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.urls import reverse

from saima.engine.schedule import Task
from saima.server.accounts.enums import PLACED, Role
from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_holding
from saima.server.places.models import Place
from saima.server.places.queries import titles_of
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.messages import tell
from saima.server.response.models import Appeal, Card, MeetJudge, Plan, Ticket
from saima.server.response.queries.messages import stewards_of
from saima.words import Lang, Text, say

NAMED: Final = 3
DECIDES: Final = (Role.STEWARD, Role.VERIFIER, Role.LEADER)
ANSWERS: Final = ("accept", "refuse", "do")  # steps of a ticket that who asked wants to know of


def cards_told(*, season: Season, cards: Sequence[Card]) -> None:
    """One message for each place, however many cards it was given at once."""
    by_place: dict[int, list[Card]] = {}
    for card in cards:
        if card.place_id is not None:
            by_place.setdefault(card.place_id, []).append(card)
    for place, found in by_place.items():
        first = found[0]
        several = len(found) > 1
        named = _both("told.cards", {"count": len(found)}) if several else _card(season, first)
        reasons = [_why(card) for card in found[:NAMED]]
        tell(
            people=_of(season, place),
            kind="card_issued",
            params={
                "place": _name(first.place),
                "period": first.period,
                "card": named,
                "reason": Text(" ".join(r.en for r in reasons), "".join(r.zh for r in reasons)),
            },
            about=reverse("cards", kwargs={"key": season.key})
            if several
            else reverse("card", kwargs={"key": season.key, "pk": first.pk}),
            dedupe=f"cards:{first.version_id}:{place}",
            season=season,
        )


def card_answer_told(*, card: Card, event: int, by: Person | None) -> None:
    season = card.season
    tell(
        people=stewards_of(season),
        kind="card_answered",
        params={"place": _name(card.place), "period": card.period, "card": _card(season, card)},
        about=reverse("card", kwargs={"key": season.key, "pk": card.pk}),
        dedupe=f"card:{card.pk}:{event}",
        season=season,
        by=by,
    )


def ticket_told(*, ticket: Ticket, step: str, event: int, by: Person | None) -> None:
    """A ticket that was opened, handed over, answered or is overdue."""
    season = ticket.season
    params: Mapping[str, object] = {"ticket": ticket.title}
    people: Sequence[Person]
    if step in ("open", "hand_over"):
        kind, people = "ticket_opened", _of(season, ticket.owner_id)
        params = {**params, "place": _name(ticket.asked_by), "due": ticket.due}
    elif step == "escalate":
        people = [
            *_of(season, ticket.owner_id),
            *stewards_of(season),
            *people_holding([Role.LEADER], season=season.key),
        ]
        kind, params = "ticket_overdue", {**params, "due": ticket.due}
    elif step in ANSWERS:
        people = _of(season, ticket.asked_by_id) if ticket.asked_by_id else stewards_of(season)
        kind, params = "ticket_answered", {**params, "place": _name(ticket.owner)}
    else:
        return
    tell(
        people=people,
        kind=kind,
        params=params,
        about=reverse("ticket", kwargs={"key": season.key, "number": ticket.number}),
        dedupe=f"ticket:{ticket.pk}:{event}",
        season=season,
        by=by,
    )


def appeal_told(*, appeal: Appeal, state: str, text: str, by: Person | None) -> None:
    """An appeal that was made, to who may decide it; one that is decided, to who made it."""
    season = appeal.season
    named = _both("told.appeal", {"number": appeal.number, "subject": _subject(appeal)})
    place = _name(appeal.place)
    if state == "open":
        people, kind = people_holding(DECIDES, season=season.key), "appeal_opened"
        params: Mapping[str, object] = {"appeal": named, "place": place, "due": appeal.until}
    elif state in ("upheld", "rejected"):
        people, kind = _of(season, appeal.place_id), "appeal_decided"
        said = _both("told.decision", {"appeal_state": state, "text": text})
        params = {"appeal": named, "place": place, "decision": said}
    else:
        return
    tell(
        people=people,
        kind=kind,
        params=params,
        about=reverse("appeal", kwargs={"key": season.key, "pk": appeal.pk}),
        dedupe=f"appeal:{appeal.pk}:{state}",
        season=season,
        by=by,
    )


def judge_told(*, judge: MeetJudge, by: Person | None) -> None:
    """A judge with an account is invited in the desk; the others get their link from the chair."""
    if judge.person is None:
        return
    meet = judge.meet
    tell(
        people=[judge.person],
        kind="meet_invitation",
        params={"meet": meet.title, "moment": meet.held_on, "where": meet.where or "-"},
        about=reverse("meet", kwargs={"key": meet.season.key, "number": meet.number}),
        dedupe=f"judge:{judge.pk}",
        season=meet.season,
        by=by,
    )


def plan_due_told(*, plan: Plan, task: Task, due: date, owner: Place | None = None) -> int:
    """A task whose latest day is near, to the people of the plan's contestant and of the office it is given to."""
    season = plan.season
    return tell(
        people=[*_of(season, plan.place_id), *(_of(season, owner.pk) if owner and owner.pk != plan.place_id else ())],
        kind="plan_due",
        params={"plan": _both("told.plan", {"contestant": _name(plan.place)}), "task": task.title, "due": due},
        about=reverse("plan", kwargs={"key": season.key, "pk": plan.pk}),
        dedupe=f"plan:{plan.pk}:{task.code}:{due}",
        season=season,
    )


def _of(season: Season, place_id: int | None) -> Sequence[Person]:
    return people_holding(PLACED, season=season.key, place_id=place_id) if place_id is not None else ()


def _name(place: Place | None) -> Text:
    return titles_of([place])[place.pk] if place is not None else _both("told.bureau", {})


def _card(season: Season, card: Card) -> Text:
    spec = season_of(newest(season))
    about = spec.indicator[card.indicator].title if card.indicator in spec.indicator else _both("told.figures", {})
    return _both("told.card", {"card_colour": card.colour, "about": about})


def _why(card: Card) -> Text:
    said = json.loads(card.reasons)[0]["said"]
    return Text(said["en"], said["zh"])


def _subject(appeal: Appeal) -> Text:
    spec = season_of(newest(appeal.season))
    if appeal.indicator in spec.indicator:
        return spec.indicator[appeal.indicator].title
    return _both("told.appeal_about", {"appeal_about": appeal.about})


def _both(code: str, params: Mapping[str, object]) -> Text:
    return Text(say(code, "en", **_in(params, "en")), say(code, "zh", **_in(params, "zh")))


def _in(params: Mapping[str, object], lang: Lang) -> dict[str, object]:
    return {n: v.of(lang) if isinstance(v, Text) else v for n, v in params.items()}
