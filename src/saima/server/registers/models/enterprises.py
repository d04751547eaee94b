"""Enterprises in two clocks: what held when (since, until, period), and from when on we knew it (recorded_at).

What is said of a firm is only added to. ``Enterprise`` carries beside its code what is known today, for lists.
"""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly

UNKNOWN: Final = ""  # the period of a mark that belongs to no time


class Import(models.Model):
    """One table brought in: the file, how it was read, what it would do, and whether it was done or undone."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        UNDONE = "undone"
        DROPPED = "dropped"

    class Doing(models.TextChoices):
        """What the worker is at, of a long list."""

        NOTHING = ""
        LOOK = "look"
        RECORD = "record"
        DRAW = "draw"  # recorded or undone: what lists show of its firms is drawn anew

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=200)  # of the file
    blob = models.ForeignKey("kit.Blob", null=True, on_delete=models.PROTECT, related_name="+")
    mapping = models.TextField(blank=True)  # JSON: sheet, header, columns, form
    result = models.TextField(blank=True)  # JSON: counts of what it would do, or did
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    doing = models.CharField(max_length=10, choices=Doing.choices, default=Doing.NOTHING, blank=True)
    done = models.PositiveIntegerField(default=0)  # lines it is through with, of
    lines = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)  # JSON: why the worker stopped
    began_at = models.DateTimeField(null=True)  # rows are added part by part; none counts before confirmed_at
    row_version = models.PositiveIntegerField(default=0)


class ImportMapping(models.Model):
    """A way of reading a table that is kept by a name, to be offered where the headers are the same."""

    name = models.CharField(max_length=100, unique=True)
    headers = models.CharField(max_length=64, db_index=True)  # digest of the header texts
    mapping = models.TextField()  # JSON
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Enterprise(models.Model):
    """A firm by its unified social credit code. All but ``uuid`` and ``uscc`` is drawn from what was recorded."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=200, blank=True, db_index=True)  # as names are compared
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(max_length=200, blank=True)
    size_class = models.CharField(max_length=20, blank=True)
    founded = models.DateField(null=True)
    closed = models.DateField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    listed = models.BooleanField(default=True)  # has a name that stands, and is not merged into another

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["listed", "uscc"], name="enterprise_by_code"),
            models.Index(fields=["place", "uscc"], name="enterprise_by_place"),
            models.Index(fields=["industry", "uscc"], name="enterprise_by_industry"),
            models.Index(fields=["size_class", "uscc"], name="enterprise_by_size"),
        ]

    def __str__(self) -> str:
        return self.name or self.uscc


class Recorded(AppendOnly):
    """Something said of a firm: from when on we knew it, from which table or by whom, and why."""

    recorded_at = models.DateTimeField(default=clock.now)
    source = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class EnterpriseName(Recorded):
    """A name from a day on. An alias is another way it is written, and never shown as its name."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)  # as names are compared
    since = models.DateField(null=True)
    alias = models.BooleanField(default=False)


class EnterpriseAddress(Recorded):
    """Where a firm is, from a day on; without a day, always until another. A relocation is another row."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="addresses")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True)


class EnterpriseFact(Recorded):
    """A figure or mark of a period: canonical decimal text, 1 or 0, a day, a word. Empty: taken back."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="facts")
    item = models.CharField(max_length=60)  # models.firm_items, or any key a rule asks for
    period = models.CharField(max_length=10, blank=True)  # 2025, 2025-04, or nothing where it belongs to no time
    value = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["enterprise", "item", "period"], name="fact_of_firm"),
            models.Index(fields=["item", "period"], name="fact_by_item"),
        ]


class EnterpriseStatus(Recorded):
    """A status held from a day on. Of rows with one status and first day the last recorded counts; ``void``: it was
    never held. A withdrawal is another row with its last day."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True)  # the first day it is no longer held
    void = models.BooleanField(default=False)
    batch = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "since"], name="status_by_day"),
        ]


class EnterpriseMerge(Recorded):
    """That two records are one firm, or (``into`` empty) that they are not after all."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="+")


class Spell(models.Model):
    """A status with its days as known today, drawn from ``EnterpriseStatus`` for lists."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="spells")
    status = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enterprise", "status", "since"], name="spell_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "enterprise"], name="spell_by_status")]


class Doubt(models.Model):
    """A line of an import that may mean a firm already there: settled by a person, one by one or all of a kind."""

    class Kind(models.TextChoices):
        RENAMED = "renamed"  # the code is known under another name
        NO_CODE = "no_code"  # no code, and a name that is known
        NEAR_NAME = "near_name"  # another code, and the same or nearly the same name
        WRONG_CODE = "wrong_code"  # the code cannot be right, and one other fits

    class Choice(models.TextChoices):
        OPEN = ""
        SAME = "same"
        OTHER = "other"
        LEFT = "left"  # the line is left out

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="doubts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    line = models.CharField(max_length=40)  # as people find it: row 12, line 12
    uscc = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="+")
    candidate = models.CharField(max_length=18, blank=True)  # the code that would fit
    choice = models.CharField(max_length=10, choices=Choice.choices, default=Choice.OPEN, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "kind", "choice"], name="doubt_of_import")]


class SavedView(models.Model):
    """A filtered list a person keeps under a name."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once")]
