"""Talents: programmes people are counted under, and people by a code, without a name.

What names a person (``TalentSecret``) is sealed with a key that lies in no backup, and can be deleted. Everything else
says what happened and when; it only grows and names nobody: arrival, employer, place, stay.
"""

import uuid

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.registers.models.items import Known


class TalentProgramme(models.Model):
    """A campaign under a name. What it offers and to whom is filled in by users; ``goal`` is never an achievement."""

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    office = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    goal = models.PositiveIntegerField(null=True)
    row_version = models.PositiveIntegerField(default=1)


class Talent(models.Model):
    """Somebody, by a code."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.CharField(max_length=20, unique=True)
    programme = models.ForeignKey(TalentProgramme, on_delete=models.PROTECT, related_name="talents")
    row_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=clock.now)


class TalentEvent(Known):
    """What happened on a day: arrived, another employer, place or class, left, erased. The newest known counts."""

    class What(models.TextChoices):
        ARRIVED = "arrived"
        EMPLOYER = "employer"
        PLACE = "place"
        LEVEL = "level"
        LEFT = "left"
        BACK = "back"  # the leaving was a mistake
        ERASED = "erased"

    talent = models.ForeignKey(Talent, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=What.choices)
    on = models.DateField()
    value = models.CharField(max_length=200, blank=True)


class TalentTable(models.Model):
    """A table that was brought and not taken yet: sealed as it came in, gone once it is taken, dropped or a day old."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    programme = models.ForeignKey(TalentProgramme, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class TalentSecret(models.Model):
    """What names somebody, sealed. ``key`` is the name of the key; erased: nothing is left but the day."""

    talent = models.OneToOneField(Talent, on_delete=models.CASCADE, related_name="secret")
    sealed = models.TextField(blank=True)
    key = models.CharField(max_length=16, blank=True, db_index=True)
    changed_at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
