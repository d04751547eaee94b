"""What registers and other sources said when they were asked, and the rows behind a cut's figures."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class FeedAnswer(AppendOnly):
    """One feed, asked once for one indicator and period: its figures with their rows, or why there are none."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="feed_answers")
    period = models.CharField(max_length=10)
    indicator = models.CharField(max_length=80)
    feed = models.CharField(max_length=80)
    feed_version = models.CharField(max_length=40, blank=True)
    parameters = models.TextField(blank=True)  # as the season's definition writes them
    known_at = models.DateTimeField()
    figures = models.PositiveIntegerField(default=0)  # contestants it gave a figure for
    changed = models.PositiveIntegerField(default=0)  # of them, those whose figure or rows are others than before
    rows = models.ForeignKey("kit.Blob", null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.TextField(blank=True)  # JSON: language -> sentence; empty when it answered
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "period", "indicator"], name="feed_answer_of")]


class CutRows(AppendOnly):
    """The rows behind every figure of a cut that came from a feed, in one blob."""

    cut = models.OneToOneField("race.Cut", on_delete=models.PROTECT, related_name="fed")
    rows = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
