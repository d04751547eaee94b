"""The rule book: rules in force here as versions with two clocks, and the drafts of their next versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class BookRule(AppendOnly):
    """A rule this installation keeps, by the id of its file. ``origin``: the preset it began with, if any."""

    key = models.CharField(max_length=80, unique=True)
    origin = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class RuleDraft(models.Model):
    """A next version on its way; what it says is its newest save. Of a rule one is open at a time."""

    class State(models.TextChoices):
        OPEN = "open"
        PUBLISHED = "published"
        DISCARDED = "discarded"

    rule = models.ForeignKey(BookRule, on_delete=models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule"], condition=models.Q(state="open"), name="registers_one_open_draft"),
        ]


class RuleSave(AppendOnly):
    """One state of a draft: the whole text of the rule's file, who wrote it, why, and after what."""

    draft = models.ForeignKey(RuleDraft, on_delete=models.PROTECT, related_name="saves")
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)  # of the text as it stands
    reason = models.TextField(blank=True)
    source = models.TextField(blank=True)  # the document it follows
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "number"], name="registers_save_once")]


class RuleOffer(AppendOnly):
    """One state of a draft, sent to whoever may publish it and has not written in it. Written on, it is sent again."""

    sent = models.OneToOneField(RuleSave, on_delete=models.PROTECT, related_name="offer")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now, db_index=True)


class RuleVersion(AppendOnly):
    """What was published. It counts for days from ``since`` to ``until`` (valid time), for who asks what was known at
    ``recorded_at`` or later. Of versions that count for a day the one with the highest number does."""

    rule = models.ForeignKey(BookRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()  # as write_rule gives it
    digest = models.CharField(max_length=64)  # the rule's own
    since = models.DateField()
    until = models.DateField(null=True)
    draft = models.OneToOneField(RuleDraft, on_delete=models.PROTECT, related_name="version")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    solo = models.BooleanField(default=False)  # published by somebody who had drafted it
    reason = models.TextField()
    recorded_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "number"], name="registers_version_once")]
