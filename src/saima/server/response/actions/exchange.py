"""Writes notes on what worked, marks on them, and takes notes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, clock, locks
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.models import ExchangeIndicator, ExchangeMark, ExchangeNote
from saima.server.response.rules import RULES

MOST_INDICATORS: Final = 5


@dataclass(frozen=True, slots=True)
class Written:
    """A note as somebody writes it. ``contestant``: whose figures stand beside it; empty for none."""

    title: str
    what: str
    started: date
    indicators: Sequence[str]
    advice: str = ""
    contestant: str = ""


@transaction.atomic
def note_write(*, season: Season, place: Place, written: Written, by: Person | None) -> ExchangeNote:
    """A note of a place. ``by`` None is the program itself.

    Raises
    ------
    NotAllowed
        It is somebody else's place; the bureau writes for any.
    QuestionRefused
        ``exchange.no_title``, ``exchange.no_words``, ``exchange.indicators``, ``exchange.started``,
        ``exchange.contestant``.
    """
    if by is not None:
        require(RULES, "ticket.act", by, place=place.pk, season=season.key)
    spec = season_of(newest(season))
    title, what = " ".join(written.title.split())[:200], written.what.strip()[:8000]
    codes = list(dict.fromkeys(written.indicators))
    today = clock.today(season.time_zone)
    if not title:
        raise QuestionRefused(Problem("exchange.no_title"))
    if not what:
        raise QuestionRefused(Problem("exchange.no_words"))
    if not 1 <= len(codes) <= MOST_INDICATORS or any(c not in spec.indicator for c in codes):
        raise QuestionRefused(Problem("exchange.indicators", {"most": MOST_INDICATORS, "count": len(codes)}))
    if written.started > today:
        days = {"started": written.started.isoformat(), "today": today.isoformat()}
        raise QuestionRefused(Problem("exchange.started", days))
    if written.contestant and written.contestant not in spec.contestant:
        raise QuestionRefused(Problem("exchange.contestant", {"code_typed": written.contestant[:80]}))
    note = ExchangeNote.objects.create(
        season=season,
        place=place,
        contestant=written.contestant,
        title=title,
        what=what,
        advice=written.advice.strip()[:8000],
        started=written.started,
        by=by,
        at=clock.now(),
    )
    ExchangeIndicator.objects.bulk_create(ExchangeIndicator(note=note, indicator=code) for code in codes)
    audit.record(
        by=by,
        action="exchange.written",
        object_type="exchange",
        object_key=f"{season.key} {note.pk}",
        title=title,
        place=place.key,
        indicators=codes,
    )
    return note


@transaction.atomic
def note_mark(*, note: ExchangeNote, place: Place, kind: str, words: str = "", by: Person) -> ExchangeMark:
    """A place thanks for a note, or says it adopted it; once each, a second time changes nothing.

    Raises
    ------
    NotAllowed
        It is not a place of this person.
    QuestionRefused
        ``exchange.own``: a place thanks itself; ``exchange.gone``: the note was taken back.
    """
    require(RULES, "ticket.act", by, place=place.pk, season=note.season.key)
    current = locks.locked(ExchangeNote.objects.select_related("season")).get(pk=note.pk)
    if current.withdrawn_at is not None:
        raise QuestionRefused(Problem("exchange.gone"))
    if place.pk == current.place_id or kind not in ExchangeMark.Kind.values:
        raise QuestionRefused(Problem("exchange.own"))
    there = ExchangeMark.objects.filter(note=current, place=place, kind=kind).first()
    if there is not None:
        return there
    made = ExchangeMark.objects.create(
        note=current, place=place, kind=kind, words=words.strip()[:2000], by=by, at=clock.now()
    )
    audit.record(
        by=by,
        action=f"exchange.{kind}",
        object_type="exchange",
        object_key=f"{current.season.key} {current.pk}",
        place=place.key,
    )
    return made


@transaction.atomic
def note_withdraw(*, note: ExchangeNote, by: Person) -> ExchangeNote:
    """Take a note back from the list; it stays on record. Twice is once.

    Raises
    ------
    NotAllowed
        It is somebody else's note.
    """
    require(RULES, "ticket.act", by, place=note.place_id, season=note.season.key)
    current = locks.locked(ExchangeNote.objects.select_related("season")).get(pk=note.pk)
    if current.withdrawn_at is None:
        current.withdrawn_at = clock.now()
        current.save(update_fields=["withdrawn_at"])
        audit.record(
            by=by,
            action="exchange.withdrawn",
            object_type="exchange",
            object_key=f"{current.season.key} {current.pk}",
            title=current.title,
        )
    return current
