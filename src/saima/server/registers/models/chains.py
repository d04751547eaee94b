"""Industry chains: their files by version, who stands on their nodes in two clocks, what is done about a gap."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly
from saima.server.registers.models.items import Known


class Chain(models.Model):
    """A chain by the id its file gives it."""

    key = models.CharField(max_length=80, unique=True)
    row_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=clock.now)


class ChainVersion(AppendOnly):
    """The file of a chain as it was kept; the newest counts."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "number"], name="chain_version_once")]


class ChainMember(Known):
    """That somebody stands on a node from a day on, or (``gone``) no longer does. ``key``: a firm's code, else its
    name; a platform's code."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="members")
    node = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=[("firm", "firm"), ("platform", "platform")])
    key = models.CharField(max_length=200)
    since = models.DateField()
    gone = models.BooleanField(default=False)


class ChainTask(Known):
    """What is done about a node by whom by when. The newest row of a number counts."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField()
    node = models.CharField(max_length=80)
    what = models.CharField(max_length=300)
    owner = models.CharField(max_length=80)  # key of a place
    due = models.DateField()
    done = models.DateField(null=True)
    project = models.CharField(max_length=120, blank=True)  # code of an item, or words
