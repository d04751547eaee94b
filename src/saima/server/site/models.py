"""The one table of the site: addresses of wall screens, each signed with a version that a new one makes void."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock


class Wall(models.Model):
    """A screen somewhere that shows a season without anybody signed in. Its address carries ``version``."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="walls")
    title = models.CharField(max_length=100)  # where it hangs
    networks = models.CharField(max_length=500, blank=True)  # of screens that may ask, with commas; empty: any
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["revoked_at", "-id"]
