"""Which firms somebody may see: a zone's people those of their zone. What is not theirs is not found."""

from typing import Any

from django.db.models import Q, QuerySet

from saima.server.accounts.rules import held_by
from saima.server.registers.models import Enterprise
from saima.server.registers.rules import RULES


def enterprises_visible_to(person: Any) -> QuerySet[Enterprise]:
    """Firms that stand in the register, as far as somebody may see them."""
    held = held_by(person)
    rows = Enterprise.objects.filter(listed=True)
    roles = RULES["enterprise.see"].roles
    if any(reach == "any" and held.has(role) for role, reach in roles.items()):
        return rows
    own = [held.roles[role] for role, reach in roles.items() if reach == "own" and held.has(role)]
    places = frozenset().union(*own) if own else frozenset()
    return rows.filter(Q(place__in=places)) if places else rows.none()
