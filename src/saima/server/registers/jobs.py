"""What the scheduler does for the registers."""

from datetime import timedelta

from saima.server.kit.tick import job
from saima.server.registers.actions.talent_import import tables_forget


@job("talents.forget", every=timedelta(hours=1))
def tables() -> str:
    return f"{tables_forget()} tables forgotten"
