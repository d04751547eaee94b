"""Drafts of bulletins: what was asked for, how far the making is, and the files made."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock


class Draft(models.Model):
    """A bulletin being made from an evaluated cut. Every form in both languages, or the reason why not."""

    class State(models.TextChoices):
        WAITING = "waiting"
        MAKING = "making"
        READY = "ready"
        FAILED = "failed"
        RELEASING = "releasing"  # ready, and being released

    evaluated = models.ForeignKey("race.Evaluated", on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    dated = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)  # 2 and up: an erratum of a period already published
    reason = models.TextField(blank=True)  # of an erratum, in the language it was typed in
    reason_zh = models.TextField(blank=True)  # the same in Chinese, where both were written
    words = models.TextField(blank=True)  # JSON: field of press.Words -> language -> text
    row_version = models.PositiveIntegerField(default=1)  # what an editor of the words must have seen
    hand = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=10, blank=True)  # asked for with the release
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made = models.PositiveSmallIntegerField(default=0)
    whole = models.PositiveSmallIntegerField(default=0)
    fault = models.TextField(blank=True)  # JSON: language -> sentences
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluated", "number", "dated"], name="draft_once"),
        ]

    @property
    def last_hand_id(self) -> int | None:
        """Who asked for it, wrote its words or checked it, the last of them; a second person releases."""
        return self.hand_id or self.by_id

    @property
    def last_hand(self) -> Any:
        return self.hand or self.by


class Artefact(models.Model):
    """One file of a draft, by its path in the package."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="artefacts")
    path = models.CharField(max_length=200)
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "path"], name="artefact_once")]
