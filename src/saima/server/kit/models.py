"""Tables of the ground floor. Append-only ones refuse UPDATE and DELETE in the database itself (triggers.py)."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from saima.server.kit import clock


class AppendOnly(models.Model):
    """A table that only grows. Its migration adds the triggers; ``save`` and ``delete`` refuse before they would."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} only grows: record a new row instead")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Any:
        raise TypeError(f"{type(self).__name__} only grows")


class Blob(AppendOnly):
    """A file somebody sent or the program made, known by its content; the bytes lie in the home folder (blobs.py)."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)


class Audit(AppendOnly):
    """Who did what to which thing, when; each row carries the hash of the row before it."""

    at = models.DateTimeField(default=clock.now, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=40, db_index=True)
    object_key = models.CharField(max_length=200, db_index=True)
    detail = models.TextField(blank=True)  # canonical JSON text
    request_id = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)


class AuditHead(models.Model):
    """One row: the digest of the last audit row. Locked while a row is added, so the chain never forks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64, blank=True)


class Outbox(models.Model):
    """A message to be sent once the transaction that wrote it is there. ``dedupe`` keeps it single."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    dedupe = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    to = models.CharField(max_length=254)  # as long as a mail address may be
    payload = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    outcome = models.TextField(blank=True)
    sending = models.BooleanField(default=False)  # handed over, answer not yet recorded
    doubtful = models.PositiveSmallIntegerField(default=0)  # times the program ended while it was sending


class Attempt(AppendOnly):
    """One try to send a message of the outbox, and how it went."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        FAILED = "failed"
        DOUBTFUL = "doubtful"  # the program ended between handing over and writing down

    message = models.ForeignKey(Outbox, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    said = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.real)  # on the wall, as are the pauses between tries

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "number"], name="attempt_once")]


class Step(AppendOnly):
    """One step of a longer job that is done: a run killed and started again skips it."""

    run_key = models.CharField(max_length=150)
    step = models.CharField(max_length=60)
    result = models.TextField(blank=True)
    done_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run_key", "step"], name="step_done_once")]


class Lease(models.Model):
    """Who may do a job at present; it falls back when its time is over."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()


class JobRun(models.Model):
    """One run of a job of the scheduler (tick.py) and how it ended. Of each job the newest runs are kept."""

    class Outcome(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    job = models.CharField(max_length=60)
    slot = models.DateTimeField()  # the instant it was due
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()  # on the wall, as is ended_at
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    detail = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "slot"], name="job_slot_once")]


class Idempotency(models.Model):
    """An answer already given to a request that carries the same key: sent twice, done once."""

    key = models.CharField(max_length=100)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=60)
    answer = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "actor", "action"], name="idempotency_once"),
            # Two rows without an actor differ in SQL, so a link's requests need a rule of their own.
            models.UniqueConstraint(
                fields=["key", "action"], condition=models.Q(actor=None), name="idempotency_once_without_account"
            ),
        ]


class Installation(models.Model):
    """One row about this installation, made at its first start."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    uuid = models.UUIDField(default=uuid.uuid4)
    demo = models.BooleanField(default=False)
    solo = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=clock.now)
