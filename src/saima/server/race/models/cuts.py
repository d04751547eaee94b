"""Frozen months: the cut, what the engine said of it, and what was published before."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Cut(AppendOnly):
    """Everything known of a period at an instant, as the canonical files of a season folder in one blob."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="cuts")
    version = models.ForeignKey("race.SeasonVersion", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    known_at = models.DateTimeField()
    spec_digest = models.CharField(max_length=64)
    data_digest = models.CharField(max_length=64)
    history_digest = models.CharField(max_length=64)
    bundle = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")  # zip with season/
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "period", "number"], name="cut_number_once"),
        ]


class Evaluated(AppendOnly):
    """What ``engine.evaluate`` said of a cut; ``result`` reads back as the same Evaluation."""

    cut = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="evaluations")
    engine_version = models.CharField(max_length=20)
    seed = models.BigIntegerField()
    result = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cut", "engine_version", "seed"], name="evaluated_once"),
        ]


class History(AppendOnly):
    """What a bulletin fixed: one file of published/, as it is."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="history")
    period = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=60)  # published/2026-04.csv
    content = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "period", "version"], name="published_once"),
        ]
