"""What the scheduler does where rooms are joined."""

from datetime import timedelta

from saima.server.kit.tick import job
from saima.server.site.rules_told import rules_tell


@job("rules.tell", every=timedelta(seconds=20))
def rules() -> str:
    return f"{rules_tell()} people told"
