"""Actions and battles: campaigns with units that lead, do and supervise, their milestones, progress and lights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Campaign(models.Model):
    """One action or battle of a season. ``supervising`` None: the bureau confirms."""

    class Kind(models.TextChoices):
        ACTION = "action"
        BATTLE = "battle"

    class State(models.TextChoices):
        RUNNING = "running"
        ENDED = "ended"

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="campaigns")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    goal = models.TextField()
    lead = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    supervising = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    closing_words = models.TextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "title"], name="campaign_title_once"),
        ]


class CampaignStep(models.Model):
    """A task or a milestone of a campaign. It counts as done once confirmed, from the day it was done on."""

    class Kind(models.TextChoices):
        TASK = "task"
        MILESTONE = "milestone"

    class State(models.TextChoices):
        PLANNED = "planned"
        MOVING = "moving"
        REPORTED = "reported"  # done, as the unit says; waits for who supervises
        CONFIRMED = "confirmed"
        DROPPED = "dropped"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MILESTONE)
    title = models.CharField(max_length=200)
    unit = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    done_on = models.DateField(null=True)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="campaign_step_once")]


_S = CampaignStep.State
LIVING: Final = frozenset({_S.PLANNED, _S.MOVING, _S.REPORTED})


@dataclass(frozen=True, slots=True)
class Turn:
    """What may be done with a step: in which states, what it becomes, whose turn it is, what it needs."""

    of: frozenset[CampaignStep.State]
    to: CampaignStep.State | None  # None: the state stays
    whose: Literal["unit", "supervisor", "bureau", "side"]
    words: bool = True
    needs: frozenset[str] = frozenset()  # of: proof, done_on, due


TURNS: Final[Mapping[str, Turn]] = {
    "begin": Turn(frozenset({_S.PLANNED}), _S.MOVING, "unit", words=False),
    "report": Turn(frozenset({_S.PLANNED, _S.MOVING}), _S.REPORTED, "unit", needs=frozenset({"proof", "done_on"})),
    "confirm": Turn(frozenset({_S.REPORTED}), _S.CONFIRMED, "supervisor", words=False),
    "send_back": Turn(frozenset({_S.REPORTED}), _S.MOVING, "supervisor"),
    "move_due": Turn(frozenset({_S.PLANNED, _S.MOVING}), None, "bureau", needs=frozenset({"due"})),
    "drop": Turn(frozenset({_S.PLANNED, _S.MOVING}), _S.DROPPED, "bureau"),
    "note": Turn(LIVING, None, "side"),
}


class Progress(AppendOnly):
    """What somebody said of a campaign or one of its steps, with what it became."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="progress")
    step = models.ForeignKey(CampaignStep, null=True, on_delete=models.PROTECT, related_name="progress")
    kind = models.CharField(max_length=12)  # a key of TURNS; draw_up, change, add, end, go_on
    words = models.TextField(blank=True)
    due = models.DateField(null=True)  # of a step, after this
    done_on = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)


class ProgressFile(AppendOnly):
    """Evidence beside a progress entry."""

    progress = models.ForeignKey(Progress, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)


class CampaignLight(AppendOnly):
    """The light a campaign was issued for a month, once. ``missing``: numbers of the steps it was red for."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="lights")
    period = models.CharField(max_length=10)
    colour = models.CharField(max_length=10)
    due = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    missing = models.CharField(max_length=1000, blank=True)  # blank-separated
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "period"], name="campaign_light_once")]
