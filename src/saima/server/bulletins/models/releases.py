"""Released bulletins: one of each period, its versions in a chain of the installation, their files."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class Bulletin(models.Model):
    """What was published of a season's period. Version 2 and up are errata; all of them stay."""

    class Visibility(models.TextChoices):
        CIRCLE = "circle"  # people of the season
        PUBLIC = "public"  # anybody, without an account

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="bulletins")
    period = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()  # of its date: numbers begin anew each year
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.CIRCLE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "period"], name="bulletin_of_period_once"),
            models.UniqueConstraint(fields=["season", "year", "number"], name="bulletin_number_once"),
        ]


class BulletinVersion(AppendOnly):
    """One released version. ``chain_digest`` covers the manifest and the release before it, of whatever season."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    evaluated = models.ForeignKey("race.Evaluated", on_delete=models.PROTECT, related_name="+")
    draft = models.OneToOneField("bulletins.Draft", on_delete=models.PROTECT, related_name="release")
    dated = models.DateField()
    reason = models.TextField(blank=True)  # of an erratum
    manifest_digest = models.CharField(max_length=64)
    chain_previous = models.CharField(max_length=64, blank=True)
    chain_digest = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=64, blank=True)  # of the signature; empty: not signed
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    solo = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletin_version_once"),
            models.UniqueConstraint(fields=["chain_previous"], name="bulletin_chain_never_forks"),
        ]


class StampedScan(AppendOnly):
    """The printed bulletin as it was stamped, bound to its version. A better scan stands beside the one before."""

    version = models.ForeignKey(BulletinVersion, on_delete=models.PROTECT, related_name="scans")
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "blob"], name="stamped_scan_once")]


class ReleasedFile(AppendOnly):
    """One file of a released version, by its path in the package."""

    version = models.ForeignKey(BulletinVersion, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=200)
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "path"], name="released_file_once")]
