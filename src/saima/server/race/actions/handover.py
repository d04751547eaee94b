"""Hands open reports from one person to another, all at once."""

from django.db import transaction
from django.db.models import QuerySet

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit
from saima.server.race.enums import ReportState
from saima.server.race.models import Report


@transaction.atomic
def items_hand_over(*, person: Person, to: Person, by: Person | None) -> int:
    """Every report assigned to ``person`` that is not verified is ``to``'s from now on; how many there were.

    Raises
    ------
    QuestionRefused
        ``handover.same``, ``handover.closed``: the account of ``to`` is closed.
    """
    if person == to:
        raise QuestionRefused(Problem("handover.same", {"name": person.name}))
    if not to.is_active:
        raise QuestionRefused(Problem("handover.closed", {"name": to.name}))
    reports = open_items_of(person)
    count = reports.update(assignee=to)
    audit.record(
        by=by, action="items.handed_over", object_type="person", object_key=person.username, to=to.username, count=count
    )
    return count


def open_items_of(person: Person) -> QuerySet[Report]:
    """Reports assigned to somebody that are not verified yet."""
    return Report.objects.filter(assignee=person).exclude(state=ReportState.VERIFIED)
