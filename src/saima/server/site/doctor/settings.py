"""Checks of how the installation is set up: key, names, encryption, file modes, versions."""

import os
import sqlite3
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from saima.engine.errors import QuestionRefused
from saima.files.sealing import ring_of
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.registers.queries.sealing import key_path, sealed_by_key
from saima.server.site.doctor.check import Kind, Severity, check
from saima.server.site.secret import key_weakness

LOCAL: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
OLDEST_SQLITE: Final = (3, 37, 0)
OLDEST_POSTGRES: Final = 140_000
# Until when each Python gets security fixes (the language's own calendar).
PYTHON_ENDS: Final = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}


@check("secret_weak", Kind.CONTROL, Severity.ERROR)
def secret_weak() -> Iterable[str]:
    if key_weakness(settings.SECRET_KEY):
        yield "SAIMA_SECRET_KEY"


@check("debug_on", Kind.CONTROL, Severity.ERROR)
def debug_on() -> Iterable[str]:
    if settings.DEBUG:
        yield "SAIMA_DEBUG"


@check("hosts_open", Kind.CONTROL, Severity.ERROR)
def hosts_open() -> Iterable[str]:
    if not [h for h in settings.ALLOWED_HOSTS if h.strip()]:
        yield "SAIMA_HOSTS"
    yield from (h for h in settings.ALLOWED_HOSTS if h.strip() in {"*", "."})


@check("https_off", Kind.CONTROL, Severity.ERROR)
def https_off() -> Iterable[str]:
    """Reached by names of other machines, and nothing says that the way there is encrypted."""
    if not settings.HTTPS:
        yield from (h for h in settings.ALLOWED_HOSTS if h.strip() not in LOCAL)


@check("cookies_bare", Kind.CONTROL, Severity.ERROR)
def cookies_bare() -> Iterable[str]:
    if settings.HTTPS:
        names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
        yield from (name for name in names if not getattr(settings, name))
    if not settings.SESSION_COOKIE_HTTPONLY:
        yield "SESSION_COOKIE_HTTPONLY"


@check("home_open", Kind.CONTROL, Severity.ERROR)
def home_open() -> Iterable[str]:
    """What others of the machine may read: password hashes, evidence, the secret key."""
    if sys.platform == "win32":
        return
    home = Path(settings.HOME)
    if home.is_dir() and not home.stat().st_mode & 0o077:
        return  # nobody else gets in
    for path in (home, home / "secret.key", home / "saima.sqlite3", Path(settings.BLOBS)):
        if path.exists() and path.stat().st_mode & 0o077:
            yield f"{path.name} {path.stat().st_mode & 0o777:o}"


@check("personal_key", Kind.CONTROL, Severity.ERROR)
def personal_key() -> Iterable[str]:
    """Sealed data whose key is not there, and a key others of the machine may read."""
    path = key_path()
    try:
        known = ring_of(path).names if path.exists() else ()
    except QuestionRefused:
        known = ()
    yield from (f"{key} ({count})" for key, count in sealed_by_key().items() if key not in known)
    if sys.platform != "win32" and path.exists() and path.stat().st_mode & 0o077:
        yield f"{path.name} {path.stat().st_mode & 0o777:o}"


@check("home_foreign", Kind.CONTROL, Severity.WARNING)
def home_foreign() -> Iterable[str]:
    """Run as root: a fault in the program would be one of the whole machine."""
    if sys.platform != "win32" and os.geteuid() == 0:
        yield "root"


@check("versions_old", Kind.CONTROL, Severity.WARNING)
def versions_old() -> Iterable[str]:
    ends = PYTHON_ENDS.get(sys.version_info[:2])
    if ends is not None and clock.real().date() > ends:
        yield f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield f"SQLite {sqlite3.sqlite_version}"
    if connection.vendor == "postgresql" and connection.cursor().connection.info.server_version < OLDEST_POSTGRES:
        yield f"PostgreSQL {connection.cursor().connection.info.server_version // 10_000}"


@check("mail_unnamed", Kind.CONTROL, Severity.WARNING)
def mail_unnamed() -> Iterable[str]:
    """Some would get mail, and none leaves."""
    if not settings.EMAIL_HOST and Person.objects.filter(is_active=True).exclude(email="").exists():
        yield "SAIMA_MAIL"
