"""What somebody confirmed a table to mean, kept to be offered when a table like it comes again."""

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class ImportMap(AppendOnly):
    """A mapping file of a confirmed import, for the table of that name; without a season when it began one."""

    season = models.ForeignKey("race.Season", null=True, on_delete=models.PROTECT, related_name="import_maps")
    name = models.CharField(max_length=200)  # of the table it was made for
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")  # the mapping as TOML
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
