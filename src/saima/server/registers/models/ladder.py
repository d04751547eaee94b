"""Goals of the ladder: how many shall stand on a rung by the end of a year. A goal is never an achievement."""

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class LadderGoal(AppendOnly):
    """``times`` the number of the base year's end within ``years``; of one rung the last recorded counts."""

    rung = models.CharField(max_length=60)
    base_year = models.PositiveSmallIntegerField()
    base = models.PositiveIntegerField()  # firms at the end of the base year, as the plan's paper says
    times = models.DecimalField(max_digits=4, decimal_places=2)
    years = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
