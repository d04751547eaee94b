"""What the ground floor itself wants done from time to time."""

from datetime import time, timedelta

from django.core.management import call_command

from saima.server.kit import (
    blobs,
    clock,
    mail,  # noqa: F401 - registers how mail is sent
    outbox,
    tasks,
)
from saima.server.kit.models import Idempotency
from saima.server.kit.tick import job


@job("outbox.deliver", every=timedelta(seconds=15))
def deliver() -> str:
    counted = outbox.deliver()
    return ", ".join(f"{n} {state}" for state, n in sorted(counted.items()))


@job("worker.sign", every=timedelta(minutes=1))
def sign() -> str:
    return tasks.ask_for_sign()


@job("worker.put_back", every=timedelta(minutes=10))
def put_back() -> str:
    return f"{tasks.put_back()} put back"


@job("kit.tidy", daily=time(3, 30))
def tidy() -> str:
    """Forget what nobody asks for any more: ended sessions, answers of last week, finished tasks, halves of files."""
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", verbosity=0, min_age_days=7)
    gone, _each = Idempotency.objects.filter(at__lt=clock.now() - timedelta(days=7)).delete()
    return f"{gone} kept answers, {blobs.sweep()} halves of files"
