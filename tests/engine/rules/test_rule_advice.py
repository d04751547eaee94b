"""Have, need, short, raise X by Y, and the cheapest set of changes, against figures made by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.rule_files import condition, number, rule
from saima.engine.rules import Explanation, Rule, evaluate_one, explain

DAY = date(2021, 1, 1)
ACTIVITY = 'change = "activity"'
PAPER = 'change = "paper"'


def explained(made: Rule, **given: object) -> Explanation:
    return explain(made, evaluate_one(made, given, on=DAY))  # type: ignore[arg-type]


def moved(found: Explanation) -> list[tuple[str, object, str]] | None:
    return None if found.cheapest is None else [(m.key, m.to, m.change) for m in found.cheapest]


def test_have_need_short_and_raise_by() -> None:
    # 146 of 4,000 is 3.65 %; 5 % of 4,000 is 200: short 1.35 points, 54 more.
    made = rule(
        number("rd", "yuan", 2, "1e9", ACTIVITY) + number("sales", "yuan", 2, "1e9") + condition("rd / sales >= 5 %")
    )

    line = explained(made, rd=146, sales=4000).lines[0]
    (part,) = line.parts
    (move,) = line.moves

    assert (part.have, part.need, part.short) == (Fraction(365, 10_000), Fraction(5, 100), Fraction(135, 10_000))
    assert (move.key, move.by, move.to, move.change) == ("rd", 54, 200, "activity")


def test_raise_stops_at_the_first_figure_that_does() -> None:
    # 5 % of 33.33 is 1.6665: in whole fen 1.67.
    made = rule(
        number("rd", "yuan", 2, "1e9", ACTIVITY) + number("sales", "yuan", 2, "1e9") + condition("rd / sales >= 5 %")
    )

    (move,) = explained(made, rd=1, sales=Decimal("33.33")).lines[0].moves

    assert move.to == Fraction(167, 100)


def test_growth_is_short_of_what_the_later_figure_had_to_be() -> None:
    made = rule(number("now", rest=ACTIVITY) + number("base") + condition("growth(now, base, 3) >= 20 %"))

    line = explained(made, now=1700, base=1000).lines[0]

    assert (line.parts[0].have, line.parts[0].need, line.parts[0].short) == (1700, 1728, 28)
    assert [(m.key, m.by) for m in line.moves] == [("now", 28)]


def test_lowering_is_proposed_where_a_figure_is_too_high() -> None:
    made = rule(number("debt", rest=ACTIVITY) + number("assets") + condition("debt / assets <= 70 %"))

    (move,) = explained(made, debt=80, assets=100).lines[0].moves

    assert (move.by, move.to) == (-10, 70)


SCORED = """
[points]
least = 60
[[points.group]]
id = "staff_points"
title = { en = "staff" }
most = 20
nonzero = true
[[points.group.item]]
id = "staff_item"
title = { en = "staff" }
most = 20
by = "tech / staff"
raise = ["tech"]
brackets = [{ from = 0.3, points = 20 }, { from = 0.1, points = 4 }, { points = 0 }]
[[points.group]]
id = "rd_points"
title = { en = "rd" }
most = 50
[[points.group.item]]
id = "rd_item"
title = { en = "rd" }
most = 50
by = "rd / sales"
raise = ["rd"]
brackets = [{ from = 0.06, points = 50 }, { from = 0.05, points = 40 }, { points = 0 }]
"""


def test_the_cheapest_set_moves_as_few_figures_as_do() -> None:
    # Staff 9 % earns 0 and must not: one more person gives 4. R&D at 5 % gives 40; 44 is short of 60, 6 % gives 54,
    # so that both must go up: 20 + 40 = 60 needs 30 people and 50; 4 + 50 = 54 does not do.
    fields = number("tech", rest=ACTIVITY) + number("staff") + number("rd", rest=ACTIVITY) + number("sales")
    filed = '[inputs.filed]\ntitle = { en = "filed" }\nunit = "flag"\nchange = "paper"\n'
    made = rule(fields + filed + condition("filed", "paper_filed") + SCORED)

    found = explained(made, tech=9, staff=100, rd=30, sales=1000, filed=False)

    assert moved(found) == [("tech", 30, "activity"), ("rd", 50, "activity"), ("filed", True, "paper")]
    assert found.searched


def test_what_nothing_can_mend_is_named() -> None:
    made = rule(
        number("age") + number("rd", rest=ACTIVITY) + condition("age <= 15", "young") + condition("rd >= 5", "spends")
    )

    found = explained(made, age=16, rd=1)

    assert (found.blocked, found.cheapest) == (("young",), None)


def test_missing_figures_come_before_advice() -> None:
    made = rule(number("rd", rest=ACTIVITY) + condition("rd >= 5"))

    found = explained(made)

    assert found.cheapest is None
    assert [(c.why, c.name) for c in found.missing] == [("missing", "rd")]


def test_who_is_eligible_needs_nothing() -> None:
    made = rule(number("rd", rest=ACTIVITY) + condition("rd >= 5"))

    assert explained(made, rd=5).cheapest == ()


FREE = (
    number("x", most="6", rest=f"least = 0\n{ACTIVITY}")
    + number("y", most="6", rest=f"least = 0\n{PAPER}")
    + number("z", most="6", rest=f"least = 0\n{ACTIVITY}")
)
CONDITIONS = ("x + y >= 5", "y >= x", "2 * z - x >= 1", "x <= 4", "y + z >= 3", "x >= 2", "max(x, z) >= 4")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True),
    st.tuples(*[st.integers(0, 6)] * 3),
)
def test_the_set_found_makes_eligible_and_no_smaller_number_of_changes_does(exprs: list[str], start: tuple) -> None:
    made = rule(FREE + "".join(condition(e, f"c{n}") for n, e in enumerate(exprs)))
    here = dict(zip("xyz", start, strict=True))
    found = explained(made, **here)
    fewest = min(
        (sum(a != b for a, b in zip(start, end, strict=True)) for end in product(range(7), repeat=3)
         if evaluate_one(made, dict(zip("xyz", end, strict=True)), on=DAY).eligible),
        default=None,
    )  # fmt: skip

    if found.cheapest is not None:
        changed = here | {m.key: int(m.to) for m in found.cheapest}
        assert evaluate_one(made, changed, on=DAY).eligible
        assert fewest is not None
        assert len(found.cheapest) >= fewest
    if fewest is not None and fewest <= 1:
        assert found.cheapest is not None
        assert len(found.cheapest) == fewest


@pytest.mark.parametrize("tech", [10, 29])
def test_moves_of_one_line_are_the_nearest(tech: int) -> None:
    made = rule(number("tech", rest=ACTIVITY) + number("staff") + condition("tech / staff >= 30 %"))

    (move,) = explained(made, tech=tech, staff=100).lines[0].moves

    assert move.by == 30 - tech
