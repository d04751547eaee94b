"""What a zone or an office is asked for in a period: its draft cells, what it submitted, questions and answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly
from saima.server.race.enums import CellKind, MessageKind, ReportState


class Report(models.Model):
    """One season, place and period. A zone reports its own figures; an office its indicators for every contestant."""

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="reports")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.OPEN, db_index=True)
    due_at = models.DateTimeField()
    late_until = models.DateTimeField()
    due_again_at = models.DateTimeField(null=True, blank=True)  # after a return: by when it is to be sent again
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verifier = models.ForeignKey(  # who took it up; the assignee is who reports
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    row_version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)  # first time: on time or late
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "place", "period"], name="report_once"),
        ]
        ordering: ClassVar = ["due_at", "id"]


class ReportCell(models.Model):
    """A draft entry. ``text`` is kept as typed, even when no number; ``row_version`` guards against overwriting."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="cells")
    contestant = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=CellKind.choices, default=CellKind.EMPTY, blank=True)
    text = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=40, blank=True)  # canonical decimal text; empty while text is no number
    note = models.TextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    saved_by_name = models.CharField(max_length=150, blank=True)  # who used a one-time link
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "contestant", "indicator"], name="report_cell_once"),
        ]


class Submission(AppendOnly):
    """What was sent at once: frozen text, signer, receipt number."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    receipt = models.CharField(max_length=40, unique=True)
    signer = models.CharField(max_length=150)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False)  # entered by the bureau, with proof
    proof = models.ForeignKey("kit.Blob", null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, default="page")  # page, excel, link, bulk, api, behalf
    content = models.TextField()  # canonical JSON of the cells
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "number"], name="submission_number_once"),
        ]


class CellMessage(AppendOnly):
    """A question on a cell, its answer, a note: a thread bound to one cell."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    contestant = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)  # of a question: by when an answer is asked for


class EntryLink(models.Model):
    """A link (or QR code) that opens one report without an account, until it is used up, over or withdrawn."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="links")
    sha256 = models.CharField(max_length=64, unique=True)  # the address itself is shown once and not kept
    for_whom = models.CharField(max_length=150)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)  # submitted: the link is spent
    revoked_at = models.DateTimeField(null=True, blank=True)
