"""Which firms somebody may see: a zone's people those of their zone. What is not theirs is not found."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from saima.server.accounts.rules import held_by
from saima.server.places.queries import within
from saima.server.registers.models import Enterprise
from saima.server.registers.rules import RULES


def enterprises_visible_to(person: Any) -> QuerySet[Enterprise]:
    """Firms that stand in the register, as far as somebody may see them."""
    rows = Enterprise.objects.filter(listed=True)
    places = places_seen(person)
    if places is None:
        return rows
    return rows.filter(place__in=places) if places else rows.none()


def places_seen(person: Any) -> frozenset[int] | None:
    """Places whose firms somebody may see, with those that belong to them; None: of every place and of none."""
    held, roles = held_by(person), RULES["enterprise.see"].roles
    if any(reach == "any" and held.has(role) for role, reach in roles.items()):
        return None
    own = [held.roles[role] for role, reach in roles.items() if reach == "own" and held.has(role)]
    return within(frozenset().union(*own)) if own else frozenset()


def firms_named(rows: QuerySet[Enterprise], said: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of what was written, by code or by whole name, the firms that are among ``rows``: code and name of today."""
    wanted = {s for s in said if s}
    if not wanted:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for uscc, name in rows.filter(Q(uscc__in=wanted) | Q(name__in=wanted)).values_list("uscc", "name"):
        found[uscc] = found[name] = (uscc, name)
    return {s: found[s] for s in wanted if s in found}
