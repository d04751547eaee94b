"""Reads places: by key, by name in a language, and their names on a day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from saima.server.kit import clock
from saima.server.places.models import Membership, Place, PlaceName
from saima.words import Text


def place_of(key: str) -> Place:
    return Place.objects.get(key=key)


def places_by_key(keys: Iterable[str]) -> dict[str, Place]:
    """Places of these keys; keys nobody has are left out."""
    return {p.key: p for p in Place.objects.filter(key__in=list(keys))}


def titles_of(places: Iterable[Place], on: date | None = None) -> Mapping[int, Text]:
    """Names by place id on a day (today), one query however many places."""
    day = on or clock.today()
    wanted = {p.id: p for p in places}
    found: dict[int, dict[str, str]] = {n: {} for n in wanted}
    rows = PlaceName.objects.filter(place_id__in=wanted).filter(
        Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day)
    )
    for row in rows.order_by("since"):
        found[row.place_id][row.lang] = row.name
    return {
        n: Text(names.get("en", ""), names.get("zh", "")) or Text(wanted[n].key, wanted[n].key)
        for n, names in found.items()
    }


def title_of(place: Place, on: date | None = None) -> Text:
    return titles_of([place], on)[place.id]


def places_titled() -> dict[int, Text]:
    """Every place with its name of today, in display order; with its key where two have the same name."""
    found = list(Place.objects.all())
    titles = titles_of(found)
    twice = Counter(titles.values())
    return {p.id: _with_key(titles[p.id], p.key) if twice[titles[p.id]] > 1 else titles[p.id] for p in found}


def titles_by_key() -> dict[str, Text]:
    """Every place's name of today by its key, in display order."""
    titles = places_titled()
    return {p.key: titles[p.id] for p in Place.objects.all()}


def _with_key(title: Text, key: str) -> Text:
    return Text(f"{title.en} ({key})", f"{title.zh}（{key}）")


def keys_of(ids: Iterable[int]) -> set[str]:
    """Keys of places by id."""
    return set(Place.objects.filter(id__in=list(ids)).values_list("key", flat=True))


def keys_by_uuid() -> dict[str, str]:
    """Lasting identifiers, as text, to keys: what other systems may call a place."""
    return {str(u): k for u, k in Place.objects.values_list("uuid", "key")}


def names_by_key(keys: Iterable[str]) -> dict[str, set[str]]:
    """Every name, of any day and language, of the places of these keys; a key that is no place is left out."""
    found: dict[str, set[str]] = {}
    for key, name in Place.objects.filter(key__in=list(keys)).values_list("key", "names__name"):
        found.setdefault(key, set()).update([name] if name else [])
    return found


def key_by_name() -> dict[str, str]:
    """Names of today, in either language, to keys; a name that two places have is left out."""
    found: dict[str, set[str]] = {}
    places = list(Place.objects.all())
    titles = titles_of(places)
    for place in places:
        for name in {titles[place.id].en, titles[place.id].zh} - {""}:
            found.setdefault(name, set()).add(place.key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


def keys_taken(keys: Iterable[str]) -> set[str]:
    """Which of these keys are places already."""
    return set(Place.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def within(ids: Iterable[int], on: date | None = None) -> frozenset[int]:
    """These places and all that belong to them on a day (today), step by step."""
    day = on or clock.today()
    rows = Membership.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    below: dict[int, list[int]] = {}
    for place, parent in rows.values_list("place_id", "parent_id"):
        below.setdefault(parent, []).append(place)
    found, waiting = set[int](), [*ids]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return frozenset(found)


def zones_listed() -> list[Place]:
    """Zones, counties and towns in display order: where firms and projects can be."""
    return list(Place.objects.exclude(kind__in=["office", "department", "country"]))
