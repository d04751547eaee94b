"""What the scheduler does for pages that join rooms."""

from datetime import timedelta

from saima.server.kit.tick import job
from saima.server.registers.actions.talent_import import tables_forget
from saima.server.site.rules_told import rules_tell


@job("talents.forget", every=timedelta(hours=1))
def tables() -> str:
    return f"{tables_forget()} tables forgotten"


@job("rules.tell", every=timedelta(seconds=20))
def rules() -> str:
    return f"{rules_tell()} people told"
