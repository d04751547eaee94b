"""The result of a meet: means, trimmed means, ties, judges who are missing or barred."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.errors import QuestionRefused
from saima.engine.race.meets import meet_results

WEIGHTS = {"idea": 60, "delivery": 40}
GIVEN = {"Ash": (90, 80), "Birch": (80, 85), "Cedar": (70, 75), "Elm": (95, 90), "Fir": (60, 50)}


def marks_of(item="a", given=GIVEN):
    return {(j, item, c): Decimal(m) for j, pair in given.items() for c, m in zip(WEIGHTS, pair, strict=True)}


def test_the_mean_of_the_method_page():
    (found,) = meet_results(["a"], list(GIVEN), WEIGHTS, marks_of())

    assert (found.mark, found.rank, found.rule, found.missing) == (Decimal("77.80"), 1, "mean", ())
    assert [j.total for j in found.judges] == [Fraction(n) for n in (86, 82, 72, 93, 56)]


def test_the_trimmed_mean_leaves_out_the_highest_and_the_lowest():
    (found,) = meet_results(["a"], list(GIVEN), WEIGHTS, marks_of(), rule="trimmed")

    assert (found.mark, found.rule) == (Decimal("80.00"), "trimmed")
    assert {j.judge for j in found.judges if not j.counted} == {"Elm", "Fir"}


def test_of_four_marks_a_trimmed_mean_is_a_plain_one_and_says_so():
    (found,) = meet_results(["a"], list(GIVEN)[:4], WEIGHTS, marks_of(), rule="trimmed")

    assert (found.mark, found.rule) == (Decimal("83.25"), "mean")


def test_half_a_sheet_is_none_and_its_judge_is_missing():
    given = marks_of()
    del given["Fir", "a", "delivery"]

    (found,) = meet_results(["a"], list(GIVEN), WEIGHTS, given)

    assert (found.mark, found.missing) == (Decimal("83.25"), ("Fir",))


def test_fewer_than_three_marks_are_no_result():
    (found,) = meet_results(["a"], list(GIVEN), WEIGHTS, marks_of(given=dict(list(GIVEN.items())[:2])))

    assert (found.mark, found.rank, found.missing) == (None, None, ("Cedar", "Elm", "Fir"))


def test_a_barred_judge_neither_counts_nor_is_missing():
    (found,) = meet_results(["a"], list(GIVEN), WEIGHTS, marks_of(), barred=frozenset({("Fir", "a")}))

    assert (found.mark, found.missing, len(found.judges)) == (Decimal("83.25"), (), 4)


def test_equal_marks_share_a_place():
    given = marks_of("a") | marks_of("b") | marks_of("c", dict.fromkeys(GIVEN, (50, 50)))
    given |= marks_of("d", dict.fromkeys(GIVEN, (99, 99)))

    found = meet_results(["a", "b", "c", "d", "e"], list(GIVEN), WEIGHTS, given)

    assert [r.rank for r in found] == [2, 2, 4, 1, None]


def test_thirds_are_rounded_once_and_half_up():
    given = {(j, "a", "all"): Decimal(m) for j, m in (("x", "80"), ("y", "80"), ("z", "80.015"))}

    assert meet_results(["a"], ["x", "y", "z"], {"all": 100}, given)[0].mark == Decimal("80.01")


@pytest.mark.parametrize("weights", [{"a": 50}, {"a": 120, "b": -20}, {}])
def test_weights_add_up_to_a_hundred(weights):
    with pytest.raises(QuestionRefused, match="add up to"):
        meet_results(["x"], ["j"], weights, {})


def test_a_mark_beyond_a_hundred_is_refused():
    with pytest.raises(QuestionRefused, match="between 0 and 100"):
        meet_results(["a"], ["j"], {"c": 100}, {("j", "a", "c"): Decimal(101)})


@given(st.lists(st.integers(0, 100), min_size=3, max_size=9), st.sampled_from(["mean", "trimmed"]), st.data())
def test_a_higher_mark_never_lowers_a_result_and_order_does_not_matter(values, rule, data):
    judges = [f"j{n}" for n in range(len(values))]
    given = {(j, "a", "c"): Decimal(v) for j, v in zip(judges, values, strict=True)}
    chosen = data.draw(st.sampled_from(judges))
    higher = given | {(chosen, "a", "c"): Decimal(100)}

    (before,) = meet_results(["a"], judges, {"c": 100}, given, rule=rule)
    (after,) = meet_results(["a"], judges, {"c": 100}, higher, rule=rule)
    (turned,) = meet_results(["a"], judges[::-1], {"c": 100}, given, rule=rule)

    assert after.mark >= before.mark
    assert turned.mark == before.mark
    assert min(values) <= before.mark <= max(values)
