"""Places and offices with dated names and dated memberships, so that a re-drawn park does not rewrite last year."""

import uuid
from typing import ClassVar

from django.db import models

from saima.words import LANGS


class Place(models.Model):
    """A zone, county, town, department or office. ``key`` is what seasons and people call it; it never changes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40, default="zone")
    display_order = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["display_order", "key"]

    def __str__(self) -> str:
        return self.key


class PlaceName(models.Model):
    """What a place is called in one language, from one day to the day before another."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    lang = models.CharField(max_length=2, choices=[(code, code) for code in LANGS])
    name = models.CharField(max_length=200)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # the first day it no longer has this name

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "lang", "since"], name="place_name_once")]


class Membership(models.Model):
    """A place belongs to another for a time; memberships of one place in one parent do not overlap (actions)."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="memberships")
    parent = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="members")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
