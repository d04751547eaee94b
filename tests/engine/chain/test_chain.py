"""Chains: the worked example of docs/method/chain.md, and what must hold of any chain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.chain import (
    Candidate,
    Firm,
    GapKind,
    Link,
    Loss,
    Member,
    Node,
    Weak,
    candidates,
    checked,
    gaps,
    loss_of,
    placed,
    weak_points,
)
from saima.engine.errors import QuestionRefused
from saima.words import Text


def chain_of(nodes, links, wanted=2):
    return checked("x", Text("X"), [Node(n, Text(n), wanted=wanted) for n in nodes], [Link(*k) for k in links])


# docs/method/chain.md: ore -> magnet -> motor -> drive -> robot, coil -> motor; film -> screen stands apart.
EXAMPLE = chain_of(
    ["ore", "magnet", "coil", "motor", "drive", "robot", "film", "screen"],
    [
        ("ore", "magnet"),
        ("magnet", "motor"),
        ("coil", "motor"),
        ("motor", "drive"),
        ("drive", "robot"),
        ("film", "screen"),
    ],
)
HERE = [
    Member("magnet", "alpha"),
    Member("magnet", "beta"),
    Member("coil", "gamma"),
    Member("motor", "delta"),
    Member("robot", "epsilon"),
    Member("robot", "zeta"),
]


def test_the_worked_example_of_the_method_page():
    found = {g.node: (g.kind, g.have, g.side) for g in gaps(EXAMPLE, HERE)}

    assert found == {
        "ore": (GapKind.EXTEND, 0, "after"),
        "coil": (GapKind.STRENGTHEN, 1, ""),
        "motor": (GapKind.STRENGTHEN, 1, ""),
        "drive": (GapKind.MEND, 0, ""),
        "film": (GapKind.BUILD, 0, ""),
        "screen": (GapKind.BUILD, 0, ""),
    }
    assert weak_points(EXAMPLE, HERE) == (Weak("coil", "gamma"), Weak("motor", "delta", ("coil",)))
    filled = [*HERE, Member("drive", "delta")]
    assert weak_points(EXAMPLE, filled)[-1] == Weak("drive", "delta", ("robot",))
    assert loss_of(EXAMPLE, filled, "delta") == Loss("delta", ("motor", "drive"), ("coil", "robot"))
    assert loss_of(EXAMPLE, filled, "alpha") == Loss("alpha", (), ())


def test_a_picture_goes_from_left_to_right():
    found = {p.node: (p.column, p.row) for p in placed(EXAMPLE)}

    assert [found[n][0] for n in ("ore", "magnet", "coil", "motor", "drive", "robot", "film", "screen")] == [
        *(0, 1, 1, 2, 3, 4, 0, 1)
    ]
    assert len(set(found.values())) == len(found)


def test_candidates_fit_by_code_or_word_and_the_nearest_comes_first():
    node = Node("motor", Text("Motors"), ("C38", "3812", "电机"))
    firms = [
        Firm("far", "C3899", "elsewhere", 4),
        Firm("near", "C3899", "crane", 1),
        Firm("exact", "3812"),
        Firm("word", "微电机制造"),
        Firm("other", "C3911"),
        Firm("here", "3812"),
        Firm("bare", ""),
    ]

    found = candidates(node, firms, taken=frozenset({"here"}), carriers=frozenset({"crane"}))

    assert [(c.firm.key, c.by, c.depth) for c in found] == [
        ("exact", "3812", 4),
        ("near", "C38", 2),
        ("far", "C38", 2),
        ("word", "电机", 1),
    ]
    assert found[0] == Candidate(firms[2], "3812", 4)


@pytest.mark.parametrize(
    ("nodes", "links", "codes"),
    [
        ([], [], ["chain.no_nodes"]),
        (["a", "a"], [], ["chain.node_twice"]),
        (["a"], [("a", "b"), ("a", "a")], ["chain.link_unknown", "chain.link_itself"]),
        (["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "b")], ["chain.circle"]),
    ],
)
def test_a_chain_that_does_not_hold_together_is_refused(nodes, links, codes):
    with pytest.raises(QuestionRefused) as refused:
        chain_of(nodes, links)

    assert [p.code for p in refused.value.problems] == codes


@st.composite
def chains(draw):
    count = draw(st.integers(1, 8))
    names = [f"n{i}" for i in range(count)]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    links = draw(st.lists(st.sampled_from(pairs), max_size=14)) if pairs else []
    members = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from("abcd")), max_size=14))
    return chain_of(names, links, draw(st.integers(1, 3))), [Member(*m) for m in members]


@settings(max_examples=60, deadline=None)
@given(chains(), st.randoms())
def test_what_holds_of_any_chain(made, chance):
    chain, members = made
    found = {g.node: g for g in gaps(chain, members)}
    occupied = {m.node for m in members}
    shuffled = list(members)
    chance.shuffle(shuffled)

    assert tuple(found.values()) == gaps(chain, [*shuffled, *members])  # order and repetition carry nothing
    assert {n for n, g in found.items() if g.kind is not GapKind.STRENGTHEN} == set(chain.node) - occupied
    for node in chain.nodes:  # one more member never makes a gap where there was none
        more = {g.node for g in gaps(chain, [*members, Member(node.key, "new"), Member(node.key, "newer")])}
        assert more <= set(found) | {node.key}
    weak = {w.node: w for w in weak_points(chain, members)}
    for node in occupied:  # torn is what taking the node out by hand tears
        rest = [m for m in members if m.node != node]
        before, after = pieces(chain, occupied), pieces(chain, {m.node for m in rest})
        assert bool(node in weak and weak[node].torn) == (len(after) > len(before) - (({node}) in before))
    at = {p.node: p for p in placed(chain)}
    assert all(at[k.source].column < at[k.target].column for k in chain.links)


def pieces(chain, within):
    """Parts that hang together, the slow way: joined until nothing changes."""
    found = [{n} for n in within]
    for k in chain.links:
        if k.source in within and k.target in within:
            a = next(p for p in found if k.source in p)
            b = next(p for p in found if k.target in p)
            if a is not b:
                found.remove(b)
                a |= b
    return found
