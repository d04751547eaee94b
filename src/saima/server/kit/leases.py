"""Who may do a job at present. A lease falls back after its time, so that nothing waits for a program that died."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from saima.server.kit import clock
from saima.server.kit.models import Lease


def holder() -> str:
    """A name for one who takes leases: the machine, the process, and a number never used before."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(6)}"


def take(name: str, by: str, *, seconds: float) -> bool:
    """Take a lease that is free, over, or already one's own (then it is renewed). Whether it is now ``by``'s."""
    now = clock.real()
    until = now + timedelta(seconds=seconds)
    with transaction.atomic(durable=True):
        if Lease.objects.filter(Q(until__lte=now) | Q(holder=by), name=name).update(holder=by, until=until):
            return True
        Lease.objects.bulk_create([Lease(name=name, holder=by, until=until)], ignore_conflicts=True)
        return Lease.objects.filter(name=name, holder=by).exists()


def renew(name: str, by: str, *, seconds: float) -> bool:
    """Hold a lease longer; False when it fell back meanwhile, and whoever lost it must stop."""
    now = clock.real()
    held = Lease.objects.filter(name=name, holder=by, until__gt=now)
    return held.update(until=now + timedelta(seconds=seconds)) == 1


def release(name: str, by: str) -> None:
    """Give a lease back; somebody else's stays."""
    Lease.objects.filter(name=name, holder=by).delete()


@contextmanager
def held(name: str, *, seconds: float) -> Iterator[bool]:
    """``with held("outbox", seconds=60) as mine: if mine: ...``; given back at the end."""
    by = holder()
    mine = take(name, by, seconds=seconds)
    try:
        yield mine
    finally:
        if mine:
            release(name, by)
