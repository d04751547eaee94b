"""Writes places: made when a season names them, renamed from a day on, moved from one parent to another."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit import audit
from saima.server.places.models import Membership, Place, PlaceName
from saima.words import LANGS, Text


@transaction.atomic
def place_ensure(*, key: str, title: Text, kind: str = "zone", order: int = 0, by: object = None) -> Place:
    """The place of that key; made with these names if nobody has named it before."""
    place, made = Place.objects.get_or_create(key=key, defaults={"kind": kind, "display_order": order})
    if made:
        PlaceName.objects.bulk_create(PlaceName(place=place, lang=code, name=title.of(code)) for code in LANGS)
        audit.record(by=by, action="place.made", object_type="place", object_key=key, kind=kind)
    return place


@transaction.atomic
def place_rename(*, place: Place, lang: str, name: str, since: date, by: object) -> None:
    """From a day on the place has another name in one language; earlier days keep the earlier one."""
    PlaceName.objects.filter(place=place, lang=lang, since__gte=since).delete()
    PlaceName.objects.filter(place=place, lang=lang).filter(Q(until=None) | Q(until__gt=since)).update(until=since)
    PlaceName.objects.create(place=place, lang=lang, name=name, since=since)
    audit.record(by=by, action="place.renamed", object_type="place", object_key=place.key, name=name, since=since)


@transaction.atomic
def place_join(*, place: Place, parent: Place, since: date, until: date | None = None, by: object) -> Membership:
    """Membership in a parent from a day on.

    Raises
    ------
    QuestionRefused
        ``place.overlap``: it already belongs to that parent on some of these days; ``place.itself``.
    """
    if place.pk == parent.pk:
        raise QuestionRefused(Problem("place.itself", {"place": place.key}))
    same = Membership.objects.filter(place=place, parent=parent).filter(Q(until=None) | Q(until__gt=since))
    if until is not None:
        same = same.filter(since__lt=until)
    if found := same.first():
        raise QuestionRefused(
            Problem("place.overlap", {"place": place.key, "parent": parent.key, "since": found.since.isoformat()})
        )
    made = Membership.objects.create(place=place, parent=parent, since=since, until=until)
    audit.record(
        by=by, action="place.joined", object_type="place", object_key=place.key, parent=parent.key, since=since
    )
    return made
