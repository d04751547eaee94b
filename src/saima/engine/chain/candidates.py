"""Who could fill a node: firms of the register whose industry fits, the nearest first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from saima.engine.chain.graph import Node

_CODE: Final = re.compile(r"[A-Z]?\d{1,4}")


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the register. ``size``: 4 large to 1 micro, 0 unknown. ``place``: where it is, by key."""

    key: str
    industry: str
    place: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """``by``: the industry of the node that fits; ``depth``: how much of the code agrees (digits; 1 for a word)."""

    firm: Firm
    by: str
    depth: int


def candidates(
    node: Node, firms: Iterable[Firm], *, taken: frozenset[str] = frozenset(), carriers: frozenset[str] = frozenset()
) -> tuple[Candidate, ...]:
    """Firms that could stand on a node and do not, ordered by how well the industry fits, then whether they are in a
    carrier place of the chain, then size, then key.

    Notes
    -----
    docs/method/chain.md, step 4. A code fits an industry that begins with it, with or without the letter of its
    section; a word fits an industry that holds it.

    Examples
    --------
    >>> from saima.words import Text
    >>> motors = Node("motors", Text("Motors"), ("C38", "3812"))
    >>> found = candidates(motors, [Firm("a", "C3899"), Firm("b", "3812"), Firm("c", "C2669")])
    >>> [(c.firm.key, c.by, c.depth) for c in found]
    [('b', '3812', 4), ('a', 'C38', 2)]
    """
    fitting = [c for f in firms if f.key not in taken and (c := _fit(node, f)) is not None]
    return tuple(sorted(fitting, key=lambda c: (-c.depth, c.firm.place not in carriers, -c.firm.size, c.firm.key)))


def _fit(node: Node, firm: Firm) -> Candidate | None:
    best: Candidate | None = None
    for wanted in node.industries:
        depth = _depth(wanted, firm.industry)
        if depth and (best is None or depth > best.depth):
            best = Candidate(firm, wanted, depth)
    return best


def _depth(wanted: str, industry: str) -> int:
    if not wanted or not industry:
        return 0
    if not _CODE.fullmatch(wanted):
        return int(wanted.casefold() in industry.casefold())
    digits, own = wanted.lstrip("ABCDEFGHIJKLMNOPQRST"), industry.strip().lstrip("ABCDEFGHIJKLMNOPQRST")
    return len(digits) if own.startswith(digits) else 0
