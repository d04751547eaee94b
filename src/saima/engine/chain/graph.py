"""A chain as nodes and links that lead from what comes before to what comes after, and who stands on a node."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from saima.engine.errors import Problem, QuestionRefused
from saima.words import Text

Phase = Literal["research", "incubation", "industry"]


@dataclass(frozen=True, slots=True)
class Node:
    """One link of the trade: what is made or done there.

    ``industries``: codes of industries (a prefix, ``C39``, ``3983``) or words; firms of these may stand here.
    ``wanted``: fewer members than this is weak.
    """

    key: str
    title: Text
    industries: tuple[str, ...] = ()
    wanted: int = 2
    phase: Phase = "industry"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    source: str
    target: str


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A firm or a platform on a node. The same key on two nodes is one firm that does both."""

    node: str
    key: str
    kind: Literal["firm", "platform"] = "firm"


@dataclass(frozen=True)
class Chain:
    """Nodes in the order they were written, and links between them. Make one with ``checked``."""

    key: str
    title: Text
    nodes: tuple[Node, ...]
    links: tuple[Link, ...] = ()
    node: Mapping[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "node", {n.key: n for n in self.nodes})

    @cached_property
    def after(self) -> Mapping[str, tuple[str, ...]]:
        """Node -> the nodes it leads to, in the order of nodes."""
        return self._neighbours({(k.source, k.target) for k in self.links})

    @cached_property
    def before(self) -> Mapping[str, tuple[str, ...]]:
        return self._neighbours({(k.target, k.source) for k in self.links})

    def _neighbours(self, pairs: set[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
        return {n.key: tuple(o.key for o in self.nodes if (n.key, o.key) in pairs) for n in self.nodes}

    def upstream(self, key: str) -> frozenset[str]:
        """Every node that leads here, however far."""
        return _reached(key, self.before)

    def downstream(self, key: str) -> frozenset[str]:
        return _reached(key, self.after)


def _reached(key: str, ways: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(ways[key])
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += ways[one]
    return frozenset(seen)


def checked(key: str, title: Text, nodes: Iterable[Node], links: Iterable[Link]) -> Chain:
    """A chain whose links lead between its nodes and never back.

    Raises
    ------
    QuestionRefused
        ``chain.no_nodes``, ``chain.node_twice``, ``chain.link_unknown``, ``chain.link_itself``, ``chain.circle``; each
        that is wrong.
    """
    listed, joined = tuple(nodes), tuple(dict.fromkeys(links))
    known = Counter(n.key for n in listed)
    problems = [] if listed else [Problem("chain.no_nodes")]
    problems += [Problem("chain.node_twice", {"node": k}) for k, count in known.items() if count > 1]
    for link in joined:
        unknown = [k for k in (link.source, link.target) if k not in known]
        problems += [Problem("chain.link_unknown", {"source": link.source, "node": k}) for k in unknown]
        if link.source == link.target:
            problems.append(Problem("chain.link_itself", {"node": link.source}))
    if problems:
        raise QuestionRefused(problems)
    chain = Chain(key, title, listed, joined)
    circle = sorted(n.key for n in listed if n.key in chain.downstream(n.key))
    if circle:
        raise QuestionRefused(Problem("chain.circle", {"nodes": tuple(circle)}))
    return chain


def members_by_node(chain: Chain, members: Iterable[Member]) -> Mapping[str, frozenset[str]]:
    """Node -> keys of who stands there; every node is in it, members of unknown nodes are not."""
    found: dict[str, set[str]] = defaultdict(set)
    for m in members:
        if m.node in chain.node:
            found[m.node].add(m.key)
    return {n.key: frozenset(found[n.key]) for n in chain.nodes}
