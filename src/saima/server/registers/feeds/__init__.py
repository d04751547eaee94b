"""What the registers give the race, one file per topic; offered while the program starts. Decision 33."""

from typing import Final

from saima.feeds import Offered
from saima.server.registers.feeds.firms import COUNTS
from saima.server.registers.feeds.projects import PROJECTS
from saima.server.registers.feeds.sums import SUMS

OFFERED: Final[tuple[Offered, ...]] = (*COUNTS, *SUMS, *PROJECTS)
