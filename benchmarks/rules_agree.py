"""Bulk, the scalar evaluator and the slow one on 20,000 firms of every preset, most of them on a boundary of it.

The firms, the slow evaluator and the comparison are those of tests/engine/rules, which asks fewer firms.
"""

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "engine" / "rules"))

from agreement import a_day_of, first_difference, held_by, in_bulk, one_by_one, slowly
from drawn_firms import drawn_firms

from saima.presets import presets

FIRMS = 20_000


def main() -> int:
    """Print a line for every preset; exit 1 when some firm is answered differently."""
    failed = False
    for rule in presets().values():
        if rule.status == "empty":
            continue
        began, on = time.process_time(), a_day_of(rule)
        firms, held = drawn_firms(rule, on, FIRMS, seed=20), held_by(rule, FIRMS)
        slow = slowly(rule, firms, held, on)
        differences = [first_difference(firms, slow, ask(rule, firms, held, on)) for ask in (in_bulk, one_by_one)]
        out = Counter(a.eligible for a in slow)
        print(
            f"{rule.id:<44}{FIRMS:>7} firms: {out[True]:>6} pass, {out[False]:>6} fail, {out[None]:>6} open;"
            f" {'THEY DIFFER' if any(differences) else 'all agree'}, {time.process_time() - began:.0f} CPU s",
            *filter(None, differences),
            sep="\n",
            flush=True,
        )
        failed = failed or any(differences)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
