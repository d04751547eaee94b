"""What somebody was told, how they want to be told, the robots of group chats, and the ways a message leaves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from saima.server.kit import clock
from saima.words import Text


class Message(models.Model):
    """What one person was told, in both languages as it was said then. Only ``read_at`` and ``waits`` change."""

    dedupe = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    season = models.ForeignKey("race.Season", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject_en = models.CharField(max_length=300)
    subject_zh = models.CharField(max_length=300)
    body_en = models.TextField()
    body_zh = models.TextField()
    about = models.CharField(max_length=300, blank=True)  # the page it is about, from the root of this server
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    waits = models.BooleanField(default=False)  # for its person's daily mail

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="message_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="message_unread"),
            models.Index(fields=["person"], condition=Q(waits=True), name="message_waiting"),
        ]

    @property
    def subject(self) -> Text:
        return Text(self.subject_en, self.subject_zh)

    @property
    def body(self) -> Text:
        return Text(self.body_en, self.body_zh)


class Choices(models.Model):
    """How somebody wants to be told outside the desk. Nobody has a row before they choose."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="message_choices"
    )
    mail = models.BooleanField(default=True)
    daily = models.BooleanField(default=False)  # one mail a day instead of one for each message
    daily_hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    topics = models.TextField(default="{}")  # JSON: topic -> here | off; what is not named goes everywhere


class Robot(models.Model):
    """A group chat's robot: the bureau's, for all seasons or one, or somebody's own. Never deleted, but withdrawn."""

    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    url = models.TextField()  # its path or query is a key: shown to nobody again
    secret = models.CharField(max_length=200, blank=True)
    lang = models.CharField(max_length=2, default="zh")
    season = models.ForeignKey("race.Season", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="robots"
    )
    topics = models.TextField(default="[]")  # JSON: what it says in its group; a person's own says what they are told
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]


class Delivery(models.Model):
    """One way a message leaves: by mail or by a robot. The outbox tries, and keeps each try (kit.Attempt)."""

    outbox = models.OneToOneField("kit.Outbox", on_delete=models.PROTECT, related_name="delivery")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    robot = models.ForeignKey(Robot, null=True, on_delete=models.PROTECT, related_name="deliveries")
    season = models.ForeignKey("race.Season", null=True, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject_en = models.CharField(max_length=300)
    subject_zh = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    alarmed_tries = models.PositiveSmallIntegerField(default=0)  # tries after which its failure was told

    class Meta:
        ordering: ClassVar = ["-id"]

    @property
    def subject(self) -> Text:
        return Text(self.subject_en, self.subject_zh)
