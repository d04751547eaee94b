"""What a running server tells on standard error: warnings where a person looks on, everything where a journal does."""

import logging
import os
import sys

from saima.server.kit import logs


def set_up() -> None:
    asked = os.environ.get("SAIMA_LOG") or ("warning" if sys.stderr.isatty() else "info")
    logs.set_up(level=logging.getLevelNamesMapping().get(asked.upper(), logging.INFO))
