"""Reads the files beside firms: those of one, and which of them somebody may open."""

from typing import Any

from django.db.models import Q, QuerySet

from saima.server.accounts.rules import held_by, may
from saima.server.registers.models import Enterprise, EnterpriseFile
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.rules import RULES


def files_of(firm: Enterprise) -> list[EnterpriseFile]:
    """Those of a firm and of the firms merged into it, the newest first; one query."""
    rows = EnterpriseFile.objects.filter(Q(enterprise=firm) | Q(enterprise__merged_into=firm))
    return list(rows.select_related("blob", "by", "withdrawn__by").order_by("-id"))


def files_visible_to(person: Any) -> QuerySet[EnterpriseFile]:
    """Files of the firms somebody may see; those taken back only for whom the trail is for."""
    seen = enterprises_visible_to(person)
    rows = EnterpriseFile.objects.filter(Q(enterprise__in=seen) | Q(enterprise__merged_into__in=seen))
    if not may(RULES["enterprise.files_withdrawn"], held_by(person)):
        rows = rows.filter(withdrawn=None)
    return rows.select_related("blob", "enterprise")
