"""Reads notes on what worked, with the published pace before and after, and the digest of a week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from saima.engine.model.history import History
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.around import Around, Point, pace_around
from saima.press.sentences import date_text
from saima.server.accounts.rules import held_by, may
from saima.server.kit.written import local
from saima.server.race.models import Season
from saima.server.race.queries.cuts import history_of
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.models import ExchangeIndicator, ExchangeMark, ExchangeNote
from saima.server.response.queries.circle import named
from saima.server.response.rules import RULES
from saima.words import LANGS, Lang, Text, percent, say

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """An indicator of a note, with the contestant's published pace around the day it began; None without figures."""

    code: str
    title: Text
    around: Around | None
    paces: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Row:
    note: ExchangeNote
    place: Text
    contestant: Text | None
    indicators: Sequence[Beside]
    thanks: Sequence[Text]
    adopted: Sequence[Text]


def notes_visible_to(person: Any, season: Season) -> QuerySet[ExchangeNote]:
    """Everybody inside reads what was not withdrawn; the bureau and its own place see that, too."""
    rows = ExchangeNote.objects.filter(season=season)
    held = held_by(person, season=season.key)
    if may(RULES["campaign.make"], held):
        return rows
    return rows.filter(withdrawn_at=None) | rows.filter(place__in=held.places)


def notes_listed(person: Any, season: Season, indicator: str = "", place: str = "") -> QuerySet[ExchangeNote]:
    """Newest first; tied to an indicator, or by a place, where asked."""
    rows = notes_visible_to(person, season).filter(withdrawn_at=None)
    if indicator:
        rows = rows.filter(indicators__indicator=indicator)
    if place:
        rows = rows.filter(place__key=place)
    return rows.order_by("-at", "-id")


def rows_of(notes: QuerySet[ExchangeNote], season: Season) -> list[Row]:
    """Six queries however many notes."""
    found = list(
        notes.select_related("place", "by").prefetch_related(
            Prefetch("indicators", ExchangeIndicator.objects.order_by("id")),
            Prefetch("marks", ExchangeMark.objects.select_related("place").order_by("id")),
        )[:MOST]
    )
    if not found:
        return []
    titles = named([n.place for n in found] + [m.place for n in found for m in n.marks.all()])
    spec, history = season_of(newest(season)), history_of(season)
    return [_row(n, titles, spec, history) for n in found]


def _row(note: ExchangeNote, titles: Mapping[int, Text], spec: EngineSeason, history: History) -> Row:
    marks = list(note.marks.all())
    return Row(
        note=note,
        place=titles[note.place_id],
        contestant=spec.contestant[note.contestant].title if note.contestant in spec.contestant else None,
        indicators=[_beside(note, i.indicator, spec, history) for i in note.indicators.all()],
        thanks=[titles[m.place_id] for m in marks if m.kind == ExchangeMark.Kind.THANKS],
        adopted=[titles[m.place_id] for m in marks if m.kind == ExchangeMark.Kind.ADOPTED],
    )


def _beside(note: ExchangeNote, code: str, spec: EngineSeason, history: History) -> Beside:
    title = spec.indicator[code].title if code in spec.indicator else Text(code, code)
    points = [
        Point(period, cell.completion, cell.due)
        for period, record in sorted(history.by_period.items())
        if (cell := record.cells.get((note.contestant, code))) is not None
    ]
    if not any(p.pace is not None for p in points):
        return Beside(code, title, None, ())
    return Beside(code, title, pace_around(points, note.started), [p.pace for p in points])


def notes_since(season: Season, since: datetime) -> Sequence[ExchangeNote]:
    """Notes that came in since an instant and were not taken back, the oldest first."""
    found = ExchangeNote.objects.filter(season=season, withdrawn_at=None, at__gte=since)
    return list(found.select_related("place").order_by("at", "id"))


def exchange_digest(season: Season, since: date, until: date) -> dict[Lang, str]:
    """The notes that came in from one day to the day before another, as a text to send, in each language."""
    zone = season.time_zone
    notes = ExchangeNote.objects.filter(season=season, withdrawn_at=None).order_by("at", "id")
    ids = [n.pk for n in notes if since <= _day(n, zone) < until]
    rows = rows_of(ExchangeNote.objects.filter(pk__in=ids).order_by("at", "id"), season)
    title = Text(season.title_en, season.title_zh) or Text(season.key, season.key)
    return {lang: _digest(rows, title, since, until, lang) for lang in LANGS}


def _day(note: ExchangeNote, zone: str) -> date:
    there = local(note.at, zone)
    return date(there.year, there.month, there.day)


def _digest(rows: Sequence[Row], season: Text, since: date, until: date, lang: Lang) -> str:
    days = {"since": date_text(since, lang), "until": date_text(until, lang)}
    if not rows:
        return say("exchange.digest_none", lang, season=season, **days)
    lines = [say("exchange.digest_head", lang, season=season, count=len(rows), **days)]
    for n, row in enumerate(rows, 1):
        lines.append(say("exchange.digest_line", lang, n=n, place=row.place, title=row.note.title))
        lines += [f"   {said}" for one in row.indicators if (said := pace_said(one, lang)) is not None]
    lines.append(say("exchange.no_proof", lang))
    return "\n".join(lines)


def pace_said(one: Beside, lang: Lang) -> str | None:
    """Pace before and after in a sentence; None where one side has no figure."""
    around = one.around
    if around is None or around.change is None or around.before is None or around.after is None:
        return None
    before, after = around.before.pace, around.after.pace
    if before is None or after is None:
        return None
    figures = {"before": percent(before, lang, 0), "after": percent(after, lang, 0)}
    return say("exchange.pace", lang, indicator=one.title, **figures)
