"""Lights as issued: one row of each subject and released version, never changed by what comes later."""

from typing import ClassVar

from django.db import models

from saima.server.kit.models import AppendOnly


class Light(AppendOnly):
    """A colour as a bulletin said it. What it has become by now is asked of the engine: ``queries.lights``."""

    class Subject(models.TextChoices):
        INDICATOR = "indicator"  # of a contestant
        PROJECT = "project"
        ACTION = "action"  # a campaign's month; its room issues it

    class Colour(models.TextChoices):
        GREEN = "green"
        RED = "red"
        NONE = "none"

    version = models.ForeignKey("bulletins.BulletinVersion", on_delete=models.PROTECT, related_name="lights")
    subject_type = models.CharField(max_length=10, choices=Subject.choices)
    subject = models.CharField(max_length=80)
    contestant = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=10)
    colour = models.CharField(max_length=10, choices=Colour.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "subject_type", "contestant", "subject"], name="light_issued_once"
            ),
        ]
