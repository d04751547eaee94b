"""Which firms somebody may see: a zone's people those of their zone. What is not theirs is not found."""

from typing import Any

from django.db.models import QuerySet

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
