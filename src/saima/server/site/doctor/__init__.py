"""What can be wrong with an installation: a list of checks, each with its severity, what it found and what to do.

``examine()`` runs them; the command prints what they found, and a page may show the same.
"""

from saima.server.site.doctor import (  # noqa: F401 - each registers
    bulletins,
    desk,
    people,
    running,
    seasons,
    settings,
    storage,
)
from saima.server.site.doctor.check import CHECKS, Check, Finding, Kind, Severity, examine

__all__ = ["CHECKS", "Check", "Finding", "Kind", "Severity", "examine"]
