"""Plans: one open for each contestant, the cards that led to it, its versions, and what was entered as done."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Plan(models.Model):
    """A contestant's plan. What it says is in its newest version."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="plans")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="plans")
    contestant = models.CharField(max_length=80)
    cut = models.ForeignKey("race.Cut", null=True, on_delete=models.PROTECT, related_name="+")  # its gap was read here
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_why = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["season", "contestant"], condition=models.Q(state="open"), name="plan_open_once"
            ),
        ]


class PlanCard(AppendOnly):
    """A card that opened the plan or joined it later, with its reason as it was read then."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="cards")
    key = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "key"], name="plan_card_once")]


class PlanVersion(AppendOnly):
    """A state of the plan: tasks, quantities, deadline, help, as canonical JSON. ``before`` is where undo leads."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    before = models.PositiveIntegerField(null=True)
    what = models.CharField(max_length=300)  # JSON: catalogue code and its parameters
    content = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]


class PlanProgress(AppendOnly):
    """What somebody entered as done: of a task its share in percent, of a quantity the amount since the plan began."""

    class Kind(models.TextChoices):
        TASK = "task"
        QUANTITY = "quantity"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="progress")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=80)
    value = models.CharField(max_length=40)  # canonical decimal
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
