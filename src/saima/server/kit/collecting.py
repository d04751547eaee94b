"""Lets Python's collector of cycles rest while millions of rows are made that hold none: it would look at each again
and again. What is let go is freed all the same, by its count of references."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_resting = 0


@contextmanager
def collector_resting() -> Iterator[None]:
    """Several at once may ask for it; it works again when the last has ended."""
    global _resting  # noqa: PLW0603 - the collector is the process's own
    with _lock:
        _resting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting:
                gc.enable()
