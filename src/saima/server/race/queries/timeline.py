"""What happened in a season, newest first: audit rows somebody may see, and bulletins published before."""

from typing import Any

from django.db.models import Q, QuerySet

from saima.server.accounts.rules import held_by, may
from saima.server.kit.models import Audit
from saima.server.race.models import Season
from saima.server.race.queries.visible import reports_visible_to
from saima.server.race.rules import RULES

UNTOLD = ("draft.", "figures.brought")  # what the bureau prepares, and who of the others sent what when
QUIET = ("report.cells_saved", "draft.saved")  # every few seconds while somebody types


def happened(person: Any, season: Season) -> QuerySet[Audit]:
    """Rows about the season, its cuts and drafts, and the reports this person may see.

    Who races is not told what the bureau prepares, nor what others sent before it counts.
    """
    reports = [str(pk) for pk in reports_visible_to(person).filter(season=season).values_list("pk", flat=True)]
    about = (
        Q(object_type="season", object_key=season.key)
        | Q(object_type__in=("cut", "draft"), object_key__startswith=f"{season.key} ")
        | Q(object_type="report", object_key__in=reports)
    )
    held = held_by(person, season=season.key)
    if not may(RULES["completeness.see"], held):
        others = ~Q(actor_id=person.pk)
        for begun in UNTOLD:
            about &= ~(Q(action__startswith=begun) & others)
    return Audit.objects.filter(about).exclude(action__in=QUIET).order_by("-id")
