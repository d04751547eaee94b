"""The ledger of longer jobs: a step that is done is not done again when the job is killed and started anew."""

from collections.abc import Callable

from django.db import IntegrityError, transaction

from saima.server.kit import clock
from saima.server.kit.models import Step


def run_step(run_key: str, step: str, do: Callable[[], str | None], *, together: bool = True) -> str:
    """Do a step of a run unless it is done, and keep what it says; the kept words when it was done before.

    With ``together`` the step's writes and its row of the ledger are one transaction: done exactly once. A step that
    computes for long or writes files must not hold the database meanwhile: ``together=False`` records it after it
    ended, so that a kill in between repeats it; such a step may be repeated without harm (its files are kept by
    content). Two programs at the same step: one of them counts, both get its words.
    """
    done = Step.objects.filter(run_key=run_key, step=step).first()
    if done is not None:
        return done.result
    said = None if together else do()
    try:
        with transaction.atomic(durable=True):
            row = Step(run_key=run_key, step=step, result=(do() if together else said) or "", done_at=clock.now())
            row.save()
            return row.result
    except IntegrityError:
        other = Step.objects.filter(run_key=run_key, step=step).first()
        if other is None:
            raise
        return other.result


def steps_done(run_key: str) -> tuple[str, ...]:
    """Which steps of a run are done, in the order they were."""
    return tuple(Step.objects.filter(run_key=run_key).order_by("id").values_list("step", flat=True))
