"""Whether the installation does its work: the database answers, files can be kept, scheduler and worker are alive."""

import tempfile
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from saima.server.kit import clock, tasks, tick
from saima.server.kit.models import Lease

log = structlog.get_logger("saima.health")


def checks() -> dict[str, bool]:
    """By name, whether it is well. Nothing is asked of a database that does not answer."""
    database = database_answers()
    return {
        "database": database,
        "blobs": blobs_writable(),
        "tick": database and alive(tick.HEARTBEAT),
        "worker": database and alive(tasks.ALIVE),
    }


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        log.exception("database")
        return False


def blobs_writable() -> bool:
    try:
        folder = Path(settings.BLOBS)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError:
        log.exception("blobs")
        return False
    return True


def alive(name: str) -> bool:
    """Whether somebody's heartbeat, a lease that is renewed all the time, has not run out."""
    return Lease.objects.filter(name=name, until__gt=clock.real()).exists()


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; names of checks, nothing about people or figures."""
    del request
    found = checks()
    well = all(found.values())
    return JsonResponse({"status": "ok" if well else "failing", "checks": found}, status=200 if well else 503)
