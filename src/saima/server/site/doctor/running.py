"""Checks of what runs beside the pages: leases, messages, tasks, jobs, backups, the clock."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from saima.server.kit import clock
from saima.server.kit.models import Audit, Installation, JobRun, Lease, Outbox
from saima.server.kit.tasks import ALIVE
from saima.server.kit.tick import HEARTBEAT
from saima.server.site.doctor.check import Kind, Severity, check

HOUR: Final = timedelta(hours=1)
WAITS: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(days=7)  # a task that failed longer ago was seen, or will not be
BACKUP_AGE: Final = timedelta(days=1)
TESTED_AGE: Final = timedelta(days=183)


@check("lease_overdue", Kind.DATA, Severity.WARNING)
def lease_overdue() -> Iterable[str]:
    """Nobody gave it back: a program died at that job, and nobody took it up since."""
    over = Lease.objects.filter(until__lt=clock.real() - HOUR).exclude(name__in=(ALIVE, HEARTBEAT))
    yield from over.values_list("name", flat=True)


@check("nobody_works", Kind.CONTROL, Severity.WARNING)
def nobody_works() -> Iterable[str]:
    """No sign of life of the worker or the scheduler."""
    alive = set(Lease.objects.filter(until__gte=clock.real()).values_list("name", flat=True))
    yield from (name for name in (ALIVE, HEARTBEAT) if name not in alive)


@check("outbox_stuck", Kind.DATA, Severity.ERROR)
def outbox_stuck() -> Iterable[str]:
    waiting = Outbox.objects.filter(state=Outbox.State.WAITING, next_try_at__lt=clock.real() - HOUR)
    yield from waiting.values_list("dedupe", flat=True)


@check("outbox_failed", Kind.DATA, Severity.WARNING)
def outbox_failed() -> Iterable[str]:
    yield from Outbox.objects.filter(state=Outbox.State.FAILED).values_list("dedupe", flat=True)


@check("task_waits", Kind.DATA, Severity.WARNING)
def task_waits() -> Iterable[str]:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, enqueued_at__lt=clock.real() - WAITS)
    yield from ready.values_list("task_path", flat=True)


@check("task_stuck", Kind.DATA, Severity.WARNING)
def task_stuck() -> Iterable[str]:
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=clock.real() - HOUR)
    yield from running.values_list("task_path", flat=True)


@check("task_failed", Kind.DATA, Severity.WARNING)
def task_failed() -> Iterable[str]:
    failed = DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__gt=clock.real() - REMEMBERED
    ).values_list("task_path", "exception_class_path")
    for task, fault in failed:
        yield f"{task}: {fault}"


@check("job_failed", Kind.DATA, Severity.WARNING)
def job_failed() -> Iterable[str]:
    """Jobs of the scheduler whose last run failed."""
    last: dict[str, str] = dict(JobRun.objects.order_by("id").values_list("job", "outcome"))
    yield from (job for job, outcome in last.items() if outcome == JobRun.Outcome.FAILED)


@check("clock_stands", Kind.CONTROL, Severity.ERROR)
def clock_stands() -> Iterable[str]:
    if settings.SAIMA_CLOCK and not Installation.objects.filter(demo=True).exists():
        yield settings.SAIMA_CLOCK


@check("clock_back", Kind.DATA, Severity.ERROR)
def clock_back() -> Iterable[str]:
    """Something was recorded later than now: this machine's clock was ahead, or is behind."""
    last = Audit.objects.order_by("-at").first()
    if last is not None and last.at > clock.now() + timedelta(minutes=1):
        yield last.at.isoformat()


def _last(action: str) -> Audit | None:
    return Audit.objects.filter(action=action).order_by("-id").first()


@check("backup_old", Kind.CONTROL, Severity.WARNING)
def backup_old() -> Iterable[str]:
    last = _last("backup.made")
    if last is None or last.at < clock.now() - BACKUP_AGE:
        yield last.at.isoformat() if last else "-"


@check("restore_untested", Kind.CONTROL, Severity.WARNING)
def restore_untested() -> Iterable[str]:
    last = _last("backup.tested")
    if last is None or last.at < clock.now() - TESTED_AGE:
        yield last.at.isoformat() if last else "-"
