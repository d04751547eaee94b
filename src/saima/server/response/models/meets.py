"""Meets: the agenda, who judges, marks that stay sealed until the chair closes, and the sheet that is then fixed."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Meet(models.Model):
    """One meeting of a season. ``trim``: how many of the highest and lowest marks a trimmed mean leaves out."""

    class State(models.TextChoices):
        PLANNED = "planned"
        LIVE = "live"
        CLOSED = "closed"

    class Rule(models.TextChoices):
        MEAN = "mean"
        TRIMMED = "trimmed"

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="meets")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    where = models.CharField(max_length=200, blank=True)
    held_on = models.DateField()
    period = models.CharField(max_length=10)  # the period its marks count in
    rule = models.CharField(max_length=10, choices=Rule.choices)
    trim = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.TextField(blank=True)
    fed_at = models.DateTimeField(null=True)  # its marks went to the project race
    closed_at = models.DateTimeField(null=True)
    row_version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["season", "number"], name="meet_number_once")]


class MeetCriterion(models.Model):
    """What is marked from 0 to 100, with its weight in percent."""

    meet = models.ForeignKey(Meet, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["meet", "number"], name="meet_criterion_once")]


class MeetItem(models.Model):
    """A presentation: of a contestant, or of one of its projects."""

    meet = models.ForeignKey(Meet, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    unit = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    project = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["meet", "number"], name="meet_item_once")]


class MeetJudge(models.Model):
    """Somebody with an account, or with a link of which only the hash is kept."""

    meet = models.ForeignKey(Meet, on_delete=models.CASCADE, related_name="judges")
    name = models.CharField(max_length=150)
    unit = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)


class MeetMark(models.Model):
    """A mark while the meet is live; nobody but its judge reads it before the meet is closed."""

    judge = models.ForeignKey(MeetJudge, on_delete=models.CASCADE, related_name="marks")
    item = models.ForeignKey(MeetItem, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(MeetCriterion, on_delete=models.CASCADE, related_name="marks")
    value = models.CharField(max_length=10)  # canonical decimal text, 0 to 100
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judge", "item", "criterion"], name="meet_mark_once"),
        ]


class MeetSheet(AppendOnly):
    """What a closed meet fixed: every mark as given and every result, as canonical JSON."""

    meet = models.OneToOneField(Meet, on_delete=models.PROTECT, related_name="sheet")
    content = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
