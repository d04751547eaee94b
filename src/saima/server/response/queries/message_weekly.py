"""What the weekly digest says: sentences that rooms offer, each for a season and a person, or for its groups."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.accounts.rules import held_by
from saima.server.bulletins.queries import versions_of
from saima.server.kit import written
from saima.server.places.queries import titles_of
from saima.server.race.models import Season
from saima.server.race.queries.waited import reports_waited_for
from saima.server.response.queries.exchange import notes_since
from saima.server.response.queries.message_ladder import due_of
from saima.words import LANGS, Text, say

Part = Callable[[Season, Person | None, datetime], Sequence[Text]]  # None: for all, in a group chat
PARTS: Final[list[Part]] = []


def part(offer: Part) -> Part:
    """Put a function on the list; its sentences stand in the order in which rooms offered them."""
    PARTS.append(offer)
    return offer


def said_of(season: Season, person: Person | None, since: datetime) -> Text:
    """All sentences, a line each; empty where there is nothing to say."""
    said = [text for offer in PARTS for text in offer(season, person, since)]
    return Text(*("\n".join(f"- {text.of(lang)}" for text in said) for lang in LANGS))


@part
def published(season: Season, _person: Person | None, since: datetime) -> Sequence[Text]:
    """Bulletins and errata released in the week."""
    found = []
    for version in versions_of(season).filter(at__gte=since).order_by("at"):
        code = "message.week.released" if version.number == 1 else "message.week.corrected"
        found.append(
            Text(
                *(
                    say(
                        code,
                        lang,
                        period=written.period(version.bulletin.period, lang),
                        number=version.bulletin.number,
                        version=version.number,
                    )
                    for lang in LANGS
                )
            )
        )
    return found


@part
def exchanged(season: Season, _person: Person | None, since: datetime) -> Sequence[Text]:
    """Notes on what worked that came in in the week."""
    notes = notes_since(season, since)
    titles = titles_of({n.place for n in notes})
    return [
        Text(
            *(
                say("message.week.exchanged", lang, place=titles[n.place_id].of(lang), title=n.title.rstrip(".。"))
                for lang in LANGS
            )
        )
        for n in notes
    ]


@part
def waited_for(season: Season, person: Person | None, _since: datetime) -> Sequence[Text]:
    """Somebody's own reports that are waited for; to the bureau and its groups, how many are."""
    rows = reports_waited_for(season)
    held = held_by(person, season=season.key) if person is not None else None
    if held is not None and not held.has(Role.STEWARD):
        rows = rows.filter(place__in=held.places)
        titles = titles_of({r.place for r in rows})
        return [
            Text(
                *(
                    say(
                        "message.week.due",
                        lang,
                        place=titles[r.place_id].of(lang),
                        period=written.period(r.period, lang),
                        due=written.moment(due_of(r), lang, season.time_zone),
                    )
                    for lang in LANGS
                )
            )
            for r in rows
        ]
    count = len(rows)
    return [Text(*(say("message.week.waited", lang, count=count) for lang in LANGS))] if count else []
