"""Items of any kind: what is known of them, since when it is true and since when it is known.

What a kind has stands in its file (saima.presets.kinds); these tables hold whatever that is. Every table but ``Item``
only grows: a change is a new row, a correction too, and what was known on a day can be asked again.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Item(models.Model):
    """One thing of a kind, by a code that never changes."""

    kind = models.CharField(max_length=40, db_index=True)
    code = models.CharField(max_length=60)
    row_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="item_code_once")]


class Known(AppendOnly):
    """What every row says beside its content: when it was recorded, by whom, why."""

    recorded_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True


class ItemFact(Known):
    """The value of a field, true from a day on (None: always); the newest that is known counts."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="facts")
    field = models.CharField(max_length=60)
    value = models.TextField(blank=True)
    since = models.DateField(null=True)


class ItemStage(Known):
    """A stage reached on a day, with the proof it asks. ``undoes``: that row was a mistake."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=60)
    since = models.DateField()
    proof = models.TextField(blank=True)  # JSON: what is asked -> what proves it
    blob = models.ForeignKey("kit.Blob", null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class ItemFigure(Known):
    """A number of a period, planned or done, as exact decimal text; empty takes it back."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="figures")
    figure = models.CharField(max_length=60)
    period = models.CharField(max_length=7)
    side = models.CharField(max_length=4, choices=[("plan", "plan"), ("done", "done")])
    value = models.CharField(max_length=40, blank=True)


class ItemLine(Known):
    """A row of one of an item's lists: a partner, a tenant, a milestone, a problem. The newest of a number counts."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lines")
    listing = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    values = models.TextField()  # JSON: column -> value
    gone = models.BooleanField(default=False)
