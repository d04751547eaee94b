"""A season, its published versions (canonical documents) and its one draft."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Season(models.Model):
    """Identity only; everything a season says is in its versions."""

    key = models.CharField(max_length=80, unique=True)
    title_en = models.CharField(max_length=200, blank=True)  # of the newest version, for lists
    title_zh = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    illustrative = models.BooleanField(default=False)
    due_day = models.PositiveSmallIntegerField(default=5)  # of the month after a period: reports are due, 18:00
    late_until_day = models.PositiveSmallIntegerField(default=8)  # until then late, afterwards locked
    closed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-created_at", "key"]

    def __str__(self) -> str:
        return self.key


class SeasonVersion(AppendOnly):
    """A published definition: season.toml and the CSV files that define it, as canonical text by file name."""

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    files = models.TextField()  # JSON: file name -> canonical text
    digest = models.CharField(max_length=64)  # the engine's spec_digest
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    solo = models.BooleanField(default=False)  # one person did both, as the installation declares itself
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "number"], name="season_version_once"),
        ]


class SeasonDraft(models.Model):
    """The definition being edited: the same files. ``row_version`` is what an editor must have seen."""

    season = models.OneToOneField(Season, on_delete=models.CASCADE, related_name="draft")
    base = models.ForeignKey(SeasonVersion, null=True, on_delete=models.PROTECT, related_name="+")
    files = models.TextField()
    row_version = models.PositiveIntegerField(default=1)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_reason = models.TextField(blank=True)  # not empty: waits for a second person
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=clock.now)


class DraftSave(AppendOnly):
    """Every saved state of a draft: who changed what, and the way back."""

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="draft_saves")
    row_version = models.PositiveIntegerField()
    what = models.CharField(max_length=200)
    files = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
