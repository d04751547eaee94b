"""Canonical CSV: UTF-8, LF, quotes only where they must be. The same rows give the same bytes everywhere."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Header and rows in the order given.

    Examples
    --------
    >>> csv_bytes(["a", "b"], [["1", "2, 3"]])
    b'a,b\\n1,"2, 3"\\n'
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
