"""The worker's side: a sign of life, and tasks that a killed worker left behind."""

from datetime import timedelta
from typing import Final

from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from saima.server.kit import clock, leases

ALIVE: Final = "alive:worker"
ALIVE_SECONDS: Final = 300
LEFT_BEHIND: Final = timedelta(hours=1)  # longer than any task of ours


@task()
def sign_of_life() -> None:
    """What the worker does to be seen."""
    leases.take(ALIVE, "worker", seconds=ALIVE_SECONDS)


def ask_for_sign() -> str:
    """Ask the worker for a sign of life, unless it still owes one."""
    owed = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=sign_of_life.module_path)
    if owed.exists():
        return "still waiting"
    sign_of_life.enqueue()
    return "asked"


def put_back(*, all_of_them: bool = False) -> int:
    """Let tasks run again whose worker died; how many.

    Tasks are safe to repeat: longer ones stand on the ledger of steps. ``all_of_them`` is for the start of the only
    worker, when nobody can be at any.
    """
    left = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    if not all_of_them:
        left = left.filter(started_at__lt=clock.real() - LEFT_BEHIND)
    return left.update(status=TaskResultStatus.READY, started_at=None)
