"""Figures as revisions that are only added to, their evidence, verdicts, and the other tables of a season."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.engine.model.inputs import ORIGINS, STATES
from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Reading(AppendOnly):
    """One revision of one figure, field by field what the engine calls a Reading.

    Verifying adds a revision with the state verified; the highest revision known at a cut counts.
    """

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="readings")
    contestant = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    period = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    value = models.CharField(max_length=40, blank=True)  # canonical decimal text
    state = models.CharField(max_length=20, choices=[(s, s) for s in STATES])
    origin = models.CharField(max_length=20, choices=[(o, o) for o in ORIGINS])
    note = models.TextField(blank=True)
    evidence = models.TextField(blank=True)  # what the canonical file says of it
    recorded_at = models.DateTimeField(default=clock.now)
    submission = models.ForeignKey("race.Submission", null=True, on_delete=models.PROTECT, related_name="readings")
    reason = models.TextField(blank=True)  # why this revision, when somebody changed or rejected the figure
    source = models.CharField(max_length=200, blank=True)  # file, cell or link it was read from
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["season", "period", "contestant", "indicator", "revision"], name="reading_revision_once"
            ),
        ]


class Evidence(AppendOnly):
    """A file beside figures of one report; one file may support several cells."""

    report = models.ForeignKey("race.Report", on_delete=models.PROTECT, related_name="evidence")
    contestant = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=clock.now)


class EvidenceWithdrawn(AppendOnly):
    """Evidence somebody took back, with the reason; the file stays for the audit."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawn")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Verdict(AppendOnly):
    """What a verifier said of one revision. ``reading`` is the revision looked at."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="verdicts")
    kind = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    # Decimal text of a change or proposal. Nullable, or SQLite would rebuild the table and drop its triggers.
    value = models.CharField(max_length=40, blank=True, null=True)  # noqa: DJ001
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class SideRow(AppendOnly):
    """A row of another table of the season folder (corrections, waivers, received, projects, ...), canonical cells.

    ``key`` tells rows of one table apart; a later row of the same key replaces the earlier one.
    """

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="side_rows")
    table = models.CharField(max_length=30)
    key = models.CharField(max_length=300)
    cells = models.TextField()  # JSON: column -> canonical text
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "table"])]
