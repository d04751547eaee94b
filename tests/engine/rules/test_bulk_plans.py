"""Registers: exact at the boundaries whatever kind of column, in the order of the rows, wide numbers included."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from engine.rules.rule_files import condition, flag, number, rule
from saima.engine.errors import RuleRefused
from saima.engine.rules import evaluate_one, plan_bulk, plan_ladder
from saima.presets import presets

DAY = date(2021, 1, 1)


@pytest.mark.parametrize("kind", [pl.Int16, pl.UInt32, pl.Int64, pl.UInt64, pl.Float64, pl.Decimal(20, 4), pl.Int128])
def test_growth_is_exact_in_every_kind_of_column(kind: pl.DataType) -> None:
    made = rule(number("now") + number("base") + condition("growth(now, base, 3) >= 20 %"))
    frame = pl.LazyFrame({"now": [1728, 1727, None], "base": [1000, 1000, 1000]}).cast(kind)

    found = plan_bulk(made, on=DAY).columns(frame).collect(engine="streaming")

    assert found["c"].to_list() == [True, False, None]


def test_five_percent_of_round_revenue_is_included_in_floats() -> None:
    made = rule(number("rd", "yuan", 2) + number("sales", "yuan", 2) + condition("rd / sales >= 5 %"))
    frame = pl.LazyFrame({"rd": [0.05, 0.15, 0.35, 2_499_999.99], "sales": [1.0, 3.0, 7.0, 50_000_000.0]})

    found = plan_bulk(made, on=DAY).columns(frame).collect()

    assert found["c"].to_list() == [True, True, True, False]


def test_numbers_wider_than_64_bits_are_still_exact() -> None:
    made = rule(number("a", most="1e15") + number("b", most="1e15") + condition("a * b > b * b"))
    frame = pl.LazyFrame({"a": [10**15, 10**15 - 1], "b": [10**15 - 1, 10**15 - 1]})

    found = plan_bulk(made, on=DAY).columns(frame).collect(engine="streaming")

    assert found["c"].to_list() == [True, False]


def test_figures_that_cannot_be_taken_in_count_as_missing_and_are_marked() -> None:
    made = rule(number("rd", "yuan", 2, "1000") + condition("rd >= 0"))
    figures = [Decimal("1.005"), Decimal("1000.01"), Decimal(-1000), None]
    frame = pl.LazyFrame({"rd": pl.Series(figures, dtype=pl.Decimal(12, 3))})

    found = plan_bulk(made, on=DAY).columns(frame).collect()

    assert found["refused"].to_list() == [True, True, False, False]
    assert found["eligible"].to_list() == [None, None, False, None]


def test_answers_keep_the_order_and_the_columns_asked_for() -> None:
    made = rule(number("n") + condition("n >= 2"))
    frame = pl.LazyFrame({"firm": ["a", "b", "c"], "n": [1, 2, 3]})

    found = plan_bulk(made, on=DAY).columns(frame, keep=["firm"]).collect(engine="streaming")

    assert found.columns == ["firm", "eligible", "misses", "c", "refused"]
    assert found.rows() == [("a", False, 1, False, False), ("b", True, 0, True, False), ("c", True, 0, True, False)]


def test_a_column_that_is_not_there_is_missing_in_every_row() -> None:
    made = rule(number("n") + flag("filed") + condition("n >= 2") + condition("filed", "f"))

    found = plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": [1, 2]})).collect()

    assert found["eligible"].to_list() == [False, None]


def test_a_column_of_another_kind_is_refused() -> None:
    made = rule(number("n") + condition("n >= 2"))

    with pytest.raises(RuleRefused, match="The column 'n' is of the kind String"):
        plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": ["2"]}))


def test_answers_that_hang_on_no_column_have_as_many_rows() -> None:
    made = rule(number("n") + condition("1 < 2"))

    found = plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": [1, 2, 3]})).collect(engine="streaming")

    assert found["eligible"].to_list() == [True] * 3


def test_rules_of_a_ladder_run_in_one_pass_and_share_no_range() -> None:
    small = rule(number("n", most="10") + condition("n >= 2"))
    large = rule(number("n", most="1000", rest='aka = "数"') + condition("数 >= 20"))
    from dataclasses import replace

    plan = plan_ladder([small, replace(large, id="large")], on=DAY)
    found = plan.columns(pl.LazyFrame({"n": [5, 500]})).collect(engine="streaming")

    assert plan.inputs == ("n",)
    assert found["small.eligible"].to_list() == [True, None]
    assert found["large.eligible"].to_list() == [False, True]
    assert found["refused"].to_list() == [False, True]


def test_names_of_lets_conditions_and_items_may_be_the_same_word() -> None:
    points = (
        '[points]\nleast = 1\n[[points.group]]\nid = "points_of_rd"\ntitle = { en = "g" }\n'
        '[[points.group.item]]\nid = "by"\ntitle = { en = "i" }\nmost = 5\nby = "rd"\n'
        "brackets = [{ from = 0.5, points = 5 }, { points = 0 }]\n"
    )
    made = rule(number("n") + '[let]\nrd = "n / 7"\n' + condition("rd >= 0.5", "rd") + points)

    found = plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": [3, 4]})).collect()

    assert found["rd"].to_list() == [False, True]
    assert found["by"].to_list() == [0, 5]


@pytest.mark.parametrize("comparison", [">=", ">", "<=", "<", "=", "!="])
@pytest.mark.parametrize(
    "sides", ["n {} 2.5", "-n {} -2.5", "-n {} 2.5", "n {} 2", "3 * n {} 7", "2.5 {} n", "n / 3 {} 0.5"]
)
def test_bounds_between_whole_numbers_fall_on_the_right_side(sides: str, comparison: str) -> None:
    made = rule(number("n", most="9") + condition(sides.format(comparison)))
    whole = range(-9, 10)

    found = plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": whole})).collect()

    assert found["c"].to_list() == [evaluate_one(made, {"n": n}, on=DAY).conditions["c"] for n in whole]


def test_gaps_are_floats_to_look_at() -> None:
    made = rule(number("rd") + number("sales") + condition("rd / sales >= 5 %"))

    found = plan_bulk(made, on=DAY, gaps=True).columns(pl.LazyFrame({"rd": [3, 7], "sales": [100, 100]})).collect()

    assert found["gap.c"].to_list() == pytest.approx([0.02, -0.02])


def test_henans_check_values_come_out_of_a_register() -> None:
    rule_ = presets()["cn-41-rd-post-subsidy-2018"]
    frame = pl.DataFrame([dict(c.given) for c in rule_.cases], infer_schema_length=None).with_columns(
        pl.Series(f"held.{s}", [s in c.held for c in rule_.cases]) for s in rule_.statuses
    )

    found = plan_bulk(rule_, on=date(2018, 1, 1)).columns(frame.lazy()).collect(engine="streaming")

    wanted = [c.expect["amount"] for c in rule_.cases]
    assert found["amount"].to_list() == [None if w is None else int(w * 100) for w in wanted]
