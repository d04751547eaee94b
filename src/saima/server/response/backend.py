"""Who asks, with how many messages they have not read: counted in the query that fetches them, so no page pays more."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_open
from saima.server.response.models.messages import Message


class Counted(ModelBackend):
    """``user.unread`` and ``user.alarms``: unread messages, and those of them that say a delivery failed."""

    def get_user(self, user_id: Any) -> Person | None:
        unread = Message.objects.filter(person=OuterRef("pk"), read_at=None)
        alarms = unread.filter(kind="delivery_failed")
        return people_open().annotate(unread=_count(unread), alarms=_count(alarms)).filter(pk=user_id).first()


def _count(rows: QuerySet[Message]) -> Coalesce:
    counted = rows.order_by().values("person").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
