"""Figures that lie exactly on a threshold: included or not, and never moved by a float."""

from datetime import date
from decimal import Decimal

import pytest

from engine.rules.rule_files import condition, number, rule
from saima.engine.rules import evaluate_one

DAY = date(2021, 1, 1)


def holds(expr: str, *inputs: str, **given: object) -> bool | None:
    made = rule("\n".join(inputs) + condition(expr))
    return evaluate_one(made, given, on=DAY).conditions["c"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("now", "passes"), [(1728, True), (1727, False)])
def test_twenty_percent_over_three_years_is_exactly_1728(now: int, passes: bool) -> None:
    assert holds("growth(now, base, 3) >= 20 %", number("now"), number("base"), now=now, base=1000) is passes


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    inputs = [number(k, "share", 1, "10") for k in "ab"]

    assert holds("a + b = 0.3", *inputs, a=Decimal("0.1"), b=Decimal("0.2")) is True
    assert holds("a + b > 0.3", *inputs, a=Decimal("0.1"), b=Decimal("0.2")) is False


@pytest.mark.parametrize(("rd", "passes"), [("2500000.00", True), ("2499999.99", False)])
def test_five_percent_of_round_revenue_is_included(rd: str, passes: bool) -> None:
    inputs = [number(k, "yuan", 2, "1e13") for k in ("rd", "revenue")]

    assert holds("rd / revenue >= 5 %", *inputs, rd=Decimal(rd), revenue=50_000_000) is passes
