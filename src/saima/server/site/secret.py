"""What makes a secret key one that others may guess; apart, because it is asked before Django is set up."""

import re
from typing import Final

SHORTEST_KEY: Final = 40
_LEAST_LETTERS: Final = 10  # different ones
# Keys that stand in documentation, examples and tests: whoever knows one can sign a session of anybody.
_WELL_KNOWN: Final = re.compile(
    r"django-insecure|change.?me|replace.?me|your.?secret|secret.?key|only.for.tests", re.IGNORECASE
)


def key_weakness(key: str) -> str:
    """The catalogue code of what is wrong with a secret key, or nothing."""
    if _WELL_KNOWN.search(key):
        return "serve.secret_known"
    if len(key) < SHORTEST_KEY or len(set(key)) < _LEAST_LETTERS:
        return "serve.secret_short"
    return ""
