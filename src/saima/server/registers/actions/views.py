"""Lists somebody keeps under a name."""

from typing import Any, Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit import audit, clock
from saima.server.registers.models import SavedView

MOST: Final = 50


@transaction.atomic
def view_keep(*, name: str, query: str, by: Any) -> SavedView:
    """Keep the filters of a list; the same name again replaces them.

    Raises
    ------
    QuestionRefused
        ``register.view_name``, ``register.views_full``.
    """
    called = name.strip()[:60]
    if not called:
        raise QuestionRefused(Problem("register.view_name"))
    if SavedView.objects.filter(person=by).exclude(name=called).count() >= MOST:
        raise QuestionRefused(Problem("register.views_full", {"most": MOST}))
    kept, _ = SavedView.objects.update_or_create(
        person=by, name=called, defaults={"query": query[:1000], "at": clock.now()}
    )
    audit.record(by=by, action="view.kept", object_type="view", object_key=called, query=kept.query)
    return kept


@transaction.atomic
def view_drop(*, pk: int, by: Any) -> None:
    """Somebody's own view is no longer kept."""
    found = SavedView.objects.filter(person=by, pk=pk).first()
    if found is not None:
        audit.record(by=by, action="view.dropped", object_type="view", object_key=found.name)
        found.delete()
