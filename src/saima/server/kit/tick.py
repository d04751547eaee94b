"""The scheduler: jobs by name, each at its time, one worker at a time, every outcome recorded.

An app says what it wants done in its ``jobs.py``::

    @job("reports.lock", daily=time(0, 5))
    def lock_reports() -> str: ...
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules

from saima.server.kit import clock, leases
from saima.server.kit.context import set_request_id
from saima.server.kit.models import JobRun

log = structlog.get_logger("saima.job")
Do = Callable[[], str | None]
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_KEPT: Final = 200  # runs of one job
_TRIES: Final = 5  # of one day's run
_PAUSE: Final = timedelta(minutes=10)  # times the number of tries
HEARTBEAT: Final = "alive:tick"
HEARTBEAT_SECONDS: Final = 120


@dataclass(frozen=True)
class Job:
    """``every``: by the clock on the wall; ``daily``: at that time of the installation's own day."""

    name: str
    do: Do
    every: timedelta | None
    daily: time | None
    most: timedelta  # after that long another worker may take over

    def slot(self) -> datetime:
        """The last instant at which the job was due."""
        if self.every is not None:
            return _EPOCH + (clock.real() - _EPOCH) // self.every * self.every
        now = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
        due = datetime.combine(now.date(), self.daily or time(), now.tzinfo)
        return due if due <= now else due - timedelta(days=1)


_jobs: dict[str, Job] = {}


def job(
    name: str, *, every: timedelta | None = None, daily: time | None = None, most: timedelta = timedelta(minutes=10)
) -> Callable[[Do], Do]:
    """Register a function as a job; what it says is kept with its outcome."""
    if (every is None) == (daily is None):
        raise TypeError(f"{name}: a job has either an interval or a time of day")

    def register(do: Do) -> Do:
        if name in _jobs:
            raise RuntimeError(f"two jobs are called {name}")
        _jobs[name] = Job(name, do, every, daily, most)
        return do

    return register


def jobs() -> tuple[Job, ...]:
    """Every job of the installed apps."""
    autodiscover_modules("jobs")
    return tuple(_jobs.values())


def tick() -> tuple[str, ...]:
    """Run what is due and what nobody else is at; the names of what ran. Call it every few seconds, anywhere."""
    ran = tuple(j.name for j in jobs() if _run(j))
    leases.take(HEARTBEAT, "tick", seconds=HEARTBEAT_SECONDS)
    return ran


def loop(stop: threading.Event, *, seconds: float = 5) -> None:
    """Tick until told to stop. A tick that cannot reach the database is told in the log, and the next one tries."""
    while not stop.is_set():
        close_old_connections()
        try:
            tick()
        except Exception:
            log.exception("tick")
        stop.wait(seconds)
    close_old_connections()


def _run(j: Job) -> bool:
    slot = j.slot()
    if not _wanted(j, JobRun.objects.filter(job=j.name, slot=slot).first()):
        return False
    with leases.held(f"job:{j.name}", seconds=j.most.total_seconds()) as mine:
        if not mine:
            return False
        run, _made = JobRun.objects.get_or_create(job=j.name, slot=slot, defaults={"started_at": clock.real()})
        if run.tries and not _wanted(j, run):  # done by somebody between our look and our lease
            return False
        run.tries += 1
        run.started_at, run.ended_at, run.outcome = clock.real(), None, JobRun.Outcome.RUNNING
        run.save()
        with _named(f"job:{run.pk}", j.name):
            try:
                run.detail, run.outcome = j.do() or "", JobRun.Outcome.DONE
                log.info("job", outcome="done", detail=run.detail)
            except Exception as fault:
                run.detail, run.outcome = f"{type(fault).__name__}: {fault}"[:2000], JobRun.Outcome.FAILED
                log.exception("job", outcome="failed", tries=run.tries)
        run.ended_at = clock.real()
        run.save()
        old = JobRun.objects.filter(job=j.name).order_by("-id").values_list("pk", flat=True)[_KEPT:]
        JobRun.objects.filter(pk__in=list(old)).delete()
    return True


def _wanted(j: Job, run: JobRun | None) -> bool:
    """Whether a slot still wants running: never begun, left by a worker that died, or failed and worth another try."""
    if run is None:
        return True
    if run.outcome == JobRun.Outcome.RUNNING:
        return run.tries < _TRIES  # whoever is still at it holds the lease
    if run.outcome == JobRun.Outcome.FAILED and j.daily is not None and run.tries < _TRIES:
        return run.ended_at is None or clock.real() >= run.ended_at + _PAUSE * run.tries
    return False


@contextmanager
def _named(run_id: str, name: str) -> Iterator[None]:
    """Log lines and audit rows of a job carry its id."""
    set_request_id(run_id)
    with structlog.contextvars.bound_contextvars(request=run_id, job=name):
        try:
            yield
        finally:
            set_request_id("")
