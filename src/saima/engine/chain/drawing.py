"""Where the nodes of a chain stand in a picture: columns from what comes first, rows with few crossings."""

from collections.abc import Mapping
from dataclasses import dataclass

from saima.engine.chain.graph import Chain


@dataclass(frozen=True, slots=True)
class Placed:
    """Column and row of a node, from 0."""

    node: str
    column: int
    row: int


def placed(chain: Chain) -> tuple[Placed, ...]:
    """Every node in the order of nodes. A column is the longest way from a node nothing leads to; such a node itself
    stands right before the first one it leads to, so that links are short.

    Rows begin in the order of nodes and are ordered twice by the mean row of neighbours; ties keep their order, so the
    same chain is always drawn the same way.
    """
    column: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in column:
            column[key] = 1 + max((depth(b) for b in chain.before[key]), default=-1)
        return column[key]

    for node in chain.nodes:
        depth(node.key)
    for node in chain.nodes:
        if not chain.before[node.key] and chain.after[node.key]:
            column[node.key] = min(column[a] for a in chain.after[node.key]) - 1
    columns = [[n.key for n in chain.nodes if column[n.key] == c] for c in range(max(column.values(), default=-1) + 1)]
    for ways in (chain.before, chain.after, chain.before):
        row = {k: r for keys in columns for r, k in enumerate(keys)}
        columns = [sorted(keys, key=lambda k: _mean(k, ways, row)) for keys in columns]
    at = {k: Placed(k, c, r) for c, keys in enumerate(columns) for r, k in enumerate(keys)}
    return tuple(at[n.key] for n in chain.nodes)


def _mean(key: str, ways: Mapping[str, tuple[str, ...]], row: Mapping[str, int]) -> float:
    near = [row[k] for k in ways[key]]
    return sum(near) / len(near) if near else float(row[key])
