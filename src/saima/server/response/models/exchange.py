"""Notes on what worked, the indicators they are tied to, and thanks."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class ExchangeNote(models.Model):
    """What a place did and since when. ``contestant``: whose figures stand beside it; empty for none."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="exchange_notes")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    contestant = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    what = models.TextField()
    advice = models.TextField(blank=True)  # what others should know before they try it
    started = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class ExchangeIndicator(AppendOnly):
    """An indicator a note is tied to."""

    note = models.ForeignKey(ExchangeNote, on_delete=models.PROTECT, related_name="indicators")
    indicator = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "indicator"], name="exchange_indicator_once")]


class ExchangeMark(AppendOnly):
    """A place says thanks for a note, or that it adopted what the note says."""

    class Kind(models.TextChoices):
        THANKS = "thanks"
        ADOPTED = "adopted"

    note = models.ForeignKey(ExchangeNote, on_delete=models.PROTECT, related_name="marks")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "place", "kind"], name="exchange_mark_once")]
