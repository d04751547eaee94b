"""What the worker does for the register."""

from django_tasks import task

from saima.server.accounts.models import Person
from saima.server.registers.actions.import_parts import import_go_on


@task()
def import_parts(pk: int, by: int | None) -> None:
    """Look at, record or draw a long list of firms; repeated without harm."""
    import_go_on(pk=pk, by=Person.objects.filter(pk=by).first() if by else None)
