"""Kleene's logic, unknowns and where they come from: missing data is never a failure."""

from datetime import date
from decimal import Decimal
from itertools import product

import polars as pl
import pytest

from engine.rules.rule_files import condition, flag, number, rule
from saima.engine.errors import RuleRefused
from saima.engine.rules import Cause, Rule, Verdict, evaluate_one, plan_bulk
from saima.files.rules import parse_rule, write_rule

DAY = date(2021, 1, 1)
VALUES = (True, False, None)
AND = {(True, True): True, (True, None): None, (None, True): None, (None, None): None}  # all else is False
OR = {(False, False): False, (False, None): None, (None, False): None, (None, None): None}  # all else is True


def verdict(made: Rule, **given: object) -> Verdict:
    return evaluate_one(made, given, on=DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_and_or_are_kleenes(a: bool | None, b: bool | None) -> None:
    made = rule(flag("a") + flag("b") + condition("a and b", "both") + condition("a or b", "either"))
    frame = pl.LazyFrame({"a": [a], "b": [b]}, schema={"a": pl.Boolean, "b": pl.Boolean})

    alone = verdict(made, a=a, b=b).conditions
    bulk = plan_bulk(made, on=DAY).columns(frame).collect().row(0, named=True)

    assert alone == {"both": AND.get((a, b), False), "either": OR.get((a, b), True)}
    assert (bulk["both"], bulk["either"]) == (alone["both"], alone["either"])


@pytest.mark.parametrize(("a", "negated"), [(True, False), (False, True), (None, None)])
def test_not_leaves_the_unknown_unknown(a: bool | None, negated: bool | None) -> None:
    made = rule(flag("a") + condition("not a"))

    assert verdict(made, a=a).conditions["c"] is negated


def test_a_missing_figure_is_missing_data_and_not_a_failure() -> None:
    made = rule(number("staff") + number("sales") + condition("staff <= 500", "size") + condition("sales >= 1", "sold"))

    found = verdict(made, staff=20)

    assert (found.state, found.eligible, found.misses, found.missing) == ("not_evaluable", None, 0, ("sales",))


def test_what_fails_for_certain_fails_whatever_is_missing() -> None:
    made = rule(number("staff") + number("sales") + condition("staff <= 500", "size") + condition("sales >= 1", "sold"))

    found = verdict(made, staff=501)

    assert (found.state, found.misses, found.missing) == ("not_eligible", 1, ())


def test_one_way_that_holds_settles_a_group_with_unknowns() -> None:
    ways = condition("staff <= 500", "size", 'any = "way"') + condition("sales >= 1", "sold", 'any = "way"')
    made = rule(number("staff") + number("sales") + ways)

    assert verdict(made, staff=20).state == "eligible"
    assert verdict(made, staff=501).state == "not_evaluable"
    assert verdict(made, staff=501, sales=0).misses == 1


def test_nothing_is_divided_by_zero() -> None:
    made = rule(number("rd") + number("sales") + condition("rd / sales >= 5 %"))

    found = verdict(made, rd=1, sales=0)

    assert found.state == "not_evaluable"
    assert found.causes == (Cause("zero", "sales"),)


def test_growth_from_nothing_is_unknown() -> None:
    made = rule(number("now") + number("base") + condition("growth(now, base, 2) >= 0"))

    assert verdict(made, now=5, base=0).causes == (Cause("base", "base"),)
    assert verdict(made, now=-5, base=1).causes == (Cause("base", "now"),)


def test_known_asks_without_needing() -> None:
    made = rule(number("rd") + number("sales") + condition("not known(rd / sales) or rd / sales >= 5 %"))

    assert [verdict(made, rd=1, sales=s).eligible for s in (0, 20, 21, None)] == [True, True, False, True]


def test_a_parameter_that_is_not_filled_in_is_unknown_and_says_so() -> None:
    text = 'status = "partly_seen"\nmissing = [{ en = "The floor was not seen." }]\n'
    made = rule(text + "[params.floor]\nversions = []\n" + number("rd") + condition("rd >= floor"))

    found = verdict(made, rd=5)

    assert found.causes == (Cause("unfilled", "floor"),)


def test_a_rule_of_which_nothing_was_seen_decides_nothing() -> None:
    made = rule('status = "empty"\nmissing = [{ en = "The text was not seen." }]\n')

    assert verdict(made).state == "not_evaluable"
    assert plan_bulk(made, on=DAY).columns(pl.LazyFrame({"n": [1, 2]})).collect()["eligible"].to_list() == [None, None]


def test_a_rule_without_a_first_day_is_in_force_on_every_day() -> None:
    text = '[rule]\nid = "r"\ntitle = { en = "R" }\nkind = "status"\n[params.p]\nversions = [{ value = 3 }]\n'
    made = parse_rule(text + number("rd") + condition("rd >= p"))

    assert evaluate_one(made, {"rd": 3}, on=date(1999, 1, 1)).eligible
    assert write_rule(parse_rule(write_rule(made))) == write_rule(made)


def test_an_input_is_taken_in_exactly_or_not_at_all() -> None:
    made = rule(number("rd", "yuan", 2, "1000") + condition("rd >= 0"))
    codes = []
    for figure in (Decimal("1.005"), Decimal("1000.01"), True, "x", Decimal("NaN")):
        with pytest.raises(RuleRefused) as caught:
            verdict(made, rd=figure)
        codes.append(caught.value.problems[0].code)

    assert codes == ["rules.given_decimals", "rules.given_range", *["rules.given_number"] * 3]
    with pytest.raises(TypeError, match="float"):
        verdict(made, rd=1.0)


def test_the_version_in_force_on_the_day_counts() -> None:
    versions = "versions = [{ from = 2008-04-14, value = 0.06 }, { from = 2016-01-01, value = 0.05 }]\n"
    early = 'id = "old"\ntitle = { en = "Old" }\nkind = "status"\nvalid_from = 2008-04-14\n'
    made = parse_rule(
        f"[rule]\n{early}[params.floor]\n{versions}" + number("rd") + number("s") + condition("rd / s >= floor")
    )

    days = (date(2015, 12, 31), date(2016, 1, 1))
    assert [evaluate_one(made, {"rd": 5, "s": 100}, on=d).eligible for d in days] == [False, True]
    assert evaluate_one(made, {"rd": 5, "s": 100}, on=days[1]).versions == {"floor": date(2016, 1, 1)}
    with pytest.raises(RuleRefused, match="in force from"):
        evaluate_one(made, {}, on=date(2008, 1, 1))
