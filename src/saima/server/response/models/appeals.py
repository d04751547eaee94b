"""Appeals: what a contestant objects to, with its files, and everything that was said of it."""

from collections.abc import Mapping
from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly


class AppealState(models.TextChoices):
    """An appeal's way, and what is recorded of it."""

    OPEN = "open"
    HEARD = "heard"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


UNDECIDED: Final = frozenset({AppealState.OPEN, AppealState.HEARD})
FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    AppealState.OPEN: frozenset({AppealState.HEARD, AppealState.WITHDRAWN}),
    AppealState.HEARD: frozenset({AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN}),
    AppealState.UPHELD: frozenset(),
    AppealState.REJECTED: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
}


class Appeal(AppendOnly):
    """An objection to one figure, place or card of a released version; each as it was frozen then."""

    class About(models.TextChoices):
        READING = "reading"
        STANDING = "standing"
        CARD = "card"

    season = models.ForeignKey("race.Season", on_delete=models.PROTECT, related_name="appeals")
    number = models.PositiveIntegerField()
    version = models.ForeignKey("bulletins.BulletinVersion", on_delete=models.PROTECT, related_name="appeals")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    contestant = models.CharField(max_length=80)
    about = models.CharField(max_length=10, choices=About.choices)
    indicator = models.CharField(max_length=80, blank=True)  # of a reading
    reading = models.ForeignKey("race.Reading", null=True, on_delete=models.PROTECT, related_name="+")  # as frozen
    scope = models.CharField(max_length=100, blank=True)  # of a standing: overall, race:x, group:y, indicator:z
    card = models.ForeignKey("response.Card", null=True, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField()
    value = models.CharField(max_length=40, blank=True)  # what the figure should be: canonical decimal text
    until = models.DateTimeField()  # by when it could be made
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["season", "number"], name="appeal_number_once")]


class AppealEvent(AppendOnly):
    """A step of an appeal; the last one is its state. ``solo``: decided by somebody who had a part in it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=15, choices=AppealState.choices)
    text = models.TextField()
    solo = models.BooleanField(default=False)
    reading = models.ForeignKey("race.Reading", null=True, on_delete=models.PROTECT, related_name="+")  # that follows
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class AppealDraft(AppendOnly):
    """A draft that follows from an appeal: the erratum, then the later months computed anew."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="drafts")
    draft = models.ForeignKey("bulletins.Draft", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["appeal", "draft"], name="appeal_draft_once")]


class AppealFile(AppendOnly):
    """Evidence of an appeal, for its parties alone."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey("kit.Blob", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["appeal", "blob"], name="appeal_file_once")]
