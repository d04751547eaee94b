"""What the worker does for the register."""

from datetime import date

from django_tasks import task

from saima.server.accounts.queries import person_by_id
from saima.server.kit import clock
from saima.server.registers.actions.import_parts import import_go_on
from saima.server.registers.queries.ladder_kept import keep


@task()
def import_parts(pk: int, by: int | None) -> None:
    """Look at, record or draw a long list of firms; repeated without harm."""
    if import_go_on(pk=pk, by=person_by_id(by)):
        ladder_count.enqueue(clock.today().isoformat())


@task()
def ladder_count(on: str) -> None:
    """Count the ladder of a day anew; repeated without harm."""
    keep(date.fromisoformat(on))
