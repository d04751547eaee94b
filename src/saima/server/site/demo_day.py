"""The day a demonstration stands on; apart, because it is decided before Django is set up."""

from typing import Final

CLOCK: Final = "2026-06-02T09:00:00+08:00"
