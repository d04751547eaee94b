"""Files beside a firm: what a title or figure rests on. Only added to; a file taken back stays, with who and why."""

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class EnterpriseFile(AppendOnly):
    """One kept file. ``name``: as it was sent; ``about``: what it shows, in words."""

    class Kind(models.TextChoices):
        LICENCE = "licence"
        CERTIFICATE = "certificate"
        REPORT = "report"
        OTHER = "other"

    enterprise = models.ForeignKey("registers.Enterprise", on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    about = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class EnterpriseFileWithdrawn(AppendOnly):
    """That a file is taken back, and why."""

    file = models.OneToOneField(EnterpriseFile, on_delete=models.PROTECT, related_name="withdrawn")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
