"""Industry chains: nodes and links, who stands on them, what is missing and what hangs on one. No files, no clock.

docs/method/chain.md says the rules with a worked example.
"""

from saima.engine.chain.candidates import Candidate, Firm, candidates
from saima.engine.chain.drawing import Placed, placed
from saima.engine.chain.gaps import Gap, GapKind, gaps
from saima.engine.chain.graph import Chain, Link, Member, Node, checked
from saima.engine.chain.weakness import Loss, Weak, loss_of, weak_points

__all__ = [
    "Candidate",
    "Chain",
    "Firm",
    "Gap",
    "GapKind",
    "Link",
    "Loss",
    "Member",
    "Node",
    "Placed",
    "Weak",
    "candidates",
    "checked",
    "gaps",
    "loss_of",
    "placed",
    "weak_points",
]
