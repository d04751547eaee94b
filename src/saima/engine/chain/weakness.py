"""What hangs on one: nodes with a sole member, nodes whose loss tears the chain, what a leaving firm takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from saima.engine.chain.graph import Chain, Member, members_by_node


@dataclass(frozen=True, slots=True)
class Weak:
    """A node that hangs on one. ``sole``: its only member, if it has one alone and others depend on the node.

    ``torn``: the nodes that lose their hold on the rest when this one falls away; empty where it tears nothing.
    """

    node: str
    sole: str = ""
    torn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What the leaving of one member would take: nodes left empty, and nodes torn from the rest."""

    key: str
    emptied: tuple[str, ...]
    torn: tuple[str, ...]


def weak_points(chain: Chain, members: Iterable[Member]) -> tuple[Weak, ...]:
    """Nodes with a sole member that have occupied neighbours, and cut nodes of the occupied part; in order of nodes.

    Notes
    -----
    docs/method/chain.md, step 3. Links are walked in both directions: what is torn is hold, not flow. Empty nodes carry
    nothing.
    """
    by_node = members_by_node(chain, members)
    occupied = frozenset(n for n, held in by_node.items() if held)
    found = []
    for node in chain.nodes:
        if node.key not in occupied:
            continue
        near = {*chain.before[node.key], *chain.after[node.key]} & occupied
        held = by_node[node.key]
        sole = next(iter(held)) if len(held) == 1 and near else ""
        torn = _torn(chain, occupied, frozenset({node.key}))
        if sole or torn:
            found.append(Weak(node.key, sole, torn))
    return tuple(found)


def loss_of(chain: Chain, members: Iterable[Member], key: str) -> Loss:
    """What is lost when one member leaves all its nodes."""
    by_node = members_by_node(chain, members)
    occupied = frozenset(n for n, held in by_node.items() if held)
    emptied = frozenset(n for n, held in by_node.items() if held == {key})
    order = [n.key for n in chain.nodes]
    return Loss(key, tuple(n for n in order if n in emptied), _torn(chain, occupied, emptied))


def _torn(chain: Chain, occupied: frozenset[str], gone: frozenset[str]) -> tuple[str, ...]:
    """Of the pieces into which what held together with ``gone`` falls, all but the largest; in order of nodes.

    Of pieces of one size the one with the node that was written first counts as the rest.
    """
    order = {n.key: at for at, n in enumerate(chain.nodes)}
    left = occupied - gone
    pieces = _pieces(chain, left)
    torn: set[str] = set()
    for whole in _pieces(chain, occupied):
        parts = [p for p in pieces if p <= whole]
        if whole & gone and len(parts) > 1:
            rest = min(parts, key=lambda p: (-len(p), min(order[n] for n in p)))
            torn |= whole - gone - rest
    return tuple(sorted(torn, key=lambda n: order[n]))


def _pieces(chain: Chain, within: frozenset[str]) -> list[frozenset[str]]:
    """The parts of some nodes that hang together by links between them."""
    left, found = set(within), []
    near: Mapping[str, set[str]] = {n: {*chain.before[n], *chain.after[n]} & within for n in within}
    while left:
        piece, waiting = set[str](), [next(iter(left))]
        while waiting:
            one = waiting.pop()
            if one not in piece:
                piece.add(one)
                waiting += near[one]
        left -= piece
        found.append(frozenset(piece))
    return found
