"""People, the roles they hold for a time, who stands in for whom, and tokens for programs."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from saima.server.accounts.enums import ASSIGNED
from saima.server.kit import clock

ROLES = [(r.value, r.value) for r in ASSIGNED]


class People(BaseUserManager["Person"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. Nobody is ever deleted: an account is closed (is_active)."""

    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    lang = models.CharField(max_length=2, default="zh", choices=[("zh", "中文"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may open the back office
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.username


class Assignment(models.Model):
    """A role somebody holds from one day to the day before another; for a place where the role needs one.

    ``season`` is the key of a season, empty for all. ``standing_in_for`` marks a deputy's share of another's role.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=ROLES)
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    season = models.CharField(max_length=80, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    standing_in_for = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="deputies"
    )
    given_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)


class Token(models.Model):
    """A program's key to the API: only its hash is kept. Never makes a session."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    title = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)  # the first letters, to tell tokens apart
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=200)  # blank-separated: read, readings, seasons
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
