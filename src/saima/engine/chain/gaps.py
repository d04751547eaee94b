"""What a chain lacks: to build (建), mend (补), strengthen (强), extend (延). One rule for each, no judgement."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from saima.engine.chain.graph import Chain, Member, members_by_node


class GapKind(StrEnum):
    BUILD = "build"  # 建: nobody here, and nobody before or after
    MEND = "mend"  # 补: nobody here, somebody before and somebody after
    EXTEND = "extend"  # 延: nobody here, somebody on one side only
    STRENGTHEN = "strengthen"  # 强: somebody here, but fewer than wanted


@dataclass(frozen=True, slots=True)
class Gap:
    """``have`` of ``wanted`` members. ``side``: where the chain stands, for what extends it: before or after."""

    node: str
    kind: GapKind
    have: int
    wanted: int
    side: str = ""


def gaps(chain: Chain, members: Iterable[Member]) -> tuple[Gap, ...]:
    """Every gap, at most one to a node, in the order of nodes.

    Notes
    -----
    docs/method/chain.md, step 2. A node is occupied when at least one firm or platform stands on it. Of an empty node,
    every node upstream and downstream is asked, however far.

    Examples
    --------
    >>> from saima.engine.chain import Link, Node, checked
    >>> from saima.words import Text
    >>> ab = checked("x", Text("X"), [Node("a", Text("A")), Node("b", Text("B"))], [Link("a", "b")])
    >>> [(g.node, g.kind.value) for g in gaps(ab, [Member("a", "f1"), Member("a", "f2")])]
    [('b', 'extend')]
    """
    by_node = members_by_node(chain, members)
    occupied = {n for n, held in by_node.items() if held}
    found = []
    for node in chain.nodes:
        have = len(by_node[node.key])
        if have:
            if have < node.wanted:
                found.append(Gap(node.key, GapKind.STRENGTHEN, have, node.wanted))
            continue
        before = bool(chain.upstream(node.key) & occupied)
        after = bool(chain.downstream(node.key) & occupied)
        if before and after:
            found.append(Gap(node.key, GapKind.MEND, 0, node.wanted))
        elif before or after:
            found.append(Gap(node.key, GapKind.EXTEND, 0, node.wanted, "before" if before else "after"))
        else:
            found.append(Gap(node.key, GapKind.BUILD, 0, node.wanted))
    return tuple(found)
