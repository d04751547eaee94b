"""Expressions read, and those refused, each with the characters that are at fault."""

from fractions import Fraction

import pytest

from saima.engine.errors import RuleRefused
from saima.engine.rules import parse
from saima.engine.rules.tree import Arithmetic, Compare, Held, Junction, Name, Node, Not, Number, walk


def refusal(text: str) -> tuple[str, str]:
    """The code, and the characters at fault."""
    with pytest.raises(RuleRefused) as caught:
        parse(text)
    (problem,) = caught.value.problems
    start, end = int(str(problem.params["start"])), int(str(problem.params["end"]))
    assert problem.sentence("en")
    assert problem.sentence("zh")
    assert 0 <= start <= end <= len(text)
    return problem.code.removeprefix("rules."), text[start:end]


def test_every_node_says_which_characters_it_is() -> None:
    text = "研发费用 / 营业收入 >= 5 % and not (staff > 500)"

    said = [(type(n).__name__, text[n.start : n.end]) for n in walk(parse(text))]

    assert said == [
        ("Junction", "研发费用 / 营业收入 >= 5 % and not (staff > 500"),
        ("Compare", "研发费用 / 营业收入 >= 5 %"),
        ("Arithmetic", "研发费用 / 营业收入"),
        ("Name", "研发费用"),
        ("Name", "营业收入"),
        ("Number", "5 %"),
        ("Not", "not (staff > 500"),
        ("Compare", "staff > 500"),
        ("Name", "staff"),
        ("Number", "500"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5%", Fraction(1, 20)),
        ("5 %", Fraction(1, 20)),
        ("12.5 ％", Fraction(1, 8)),
        ("2亿", Fraction(200_000_000)),
        ("1.5 万", Fraction(15_000)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_numbers_are_what_their_text_says(text: str, value: Fraction) -> None:
    tree = parse(text)

    assert isinstance(tree, Number)
    assert tree.value == value


@pytest.mark.parametrize(
    ("chinese", "plain"),
    [
        ("甲>=1且乙<2", "甲 >= 1 and 乙 < 2"),
        ("甲≥1或非乙≤2", "甲 >= 1 or not 乙 <= 2"),
        ("（甲＋乙）÷丙≠3", "(甲 + 乙) / 丙 != 3"),
        ("min（甲，乙）×2＝4", "min(甲, 乙) * 2 = 4"),
    ],
)
def test_chinese_signs_and_words_mean_the_same(chinese: str, plain: str) -> None:
    assert parse(chinese) == parse(plain)


def node(text: str) -> Node:
    return parse(text)


def test_and_binds_closer_than_or_and_not_closer_than_both() -> None:
    tree = node("a or not b and c")

    assert isinstance(tree, Junction)
    assert tree.word == "or"
    inner = tree.parts[1]
    assert isinstance(inner, Junction)
    assert inner.word == "and"
    assert isinstance(inner.parts[0], Not)


def test_minus_and_division_lean_left() -> None:
    tree = node("a - b - c / d / e")

    assert isinstance(tree, Arithmetic)
    assert tree == node("(a - b) - ((c / d) / e)")


def test_a_status_may_have_hyphens() -> None:
    assert node("held(tech-sme)") == Held(0, 14, "tech-sme")
    assert isinstance(node("held(a) = b"), Compare)
    assert node("a") == Name(5, 6, "a")


HOSTILE = [
    ("", "empty", ""),
    ("   ", "empty", "   "),
    ("a +", "ends_early", ""),
    ("(a", "ends_early", ""),
    ("a)", "expected_operator", ")"),
    ("a b", "expected_operator", "b"),
    ("1 2", "expected_operator", "2"),
    ("a < b < c", "chained", "<"),
    ("a = b = c", "chained", "="),
    ("a in s in t", "chained", "in"),
    ("a in 5", "expected_set", "5"),
    ("a in (b)", "expected_set", "("),
    ("* a", "expected_value", "*"),
    ("a + * b", "expected_value", "*"),
    ("and a", "expected_value", "and"),
    ("a and", "ends_early", ""),
    ("not", "ends_early", ""),
    ("5abc", "number_runs_on", "5a"),
    ("1e5", "number_runs_on", "1e"),
    ("1.2.3", "number_runs_on", "1.2."),
    ("0x10", "number_runs_on", "0x"),
    ("1_000", "number_runs_on", "1_"),
    ("a.b", "strange_character", "."),
    ("a[0]", "strange_character", "["),
    ("'text'", "strange_character", "'"),
    ('"text"', "strange_character", '"'),
    ("a ** b", "expected_value", "*"),
    ("a ^ 2", "strange_character", "^"),
    ("lambda: a", "strange_character", ":"),
    ("__import__('os')", "strange_character", "'"),
    ("a; b", "strange_character", ";"),
    ("a\x00b", "strange_character", "\x00"),
    ("a \u202e b", "strange_character", "\u202e"),
    ("٣ + a", "strange_character", "٣"),
    ("１２", "strange_character", "１"),
    ("{a}", "strange_character", "{"),
    ("if(a, b)", "number_of_arguments", "if(a, b)"),
    ("min(a)", "too_few_arguments", "min(a)"),
    ("abs()", "number_of_arguments", "abs()"),
    ("growth(a, b)", "number_of_arguments", "growth(a, b)"),
    ("min + 1", "function_alone", "min"),
    ("held()", "expected_status", ")"),
    ("held(a+b)", "expected_sign", "+"),
    ("floor(a, b)", "number_of_arguments", "floor(a, b)"),
    ("floor(a b)", "expected_sign", "b"),
    ("1234567890123456", "too_many_digits", "1234567890123456"),
    ("999999999999 万", "too_large", "999999999999 万"),
    ("1 > 2 and", "ends_early", ""),
    ("=1", "expected_value", "="),
    (",", "expected_value", ","),
]


@pytest.mark.parametrize(("text", "code", "seen"), HOSTILE, ids=[repr(h[0]) for h in HOSTILE])
def test_hostile_expressions_are_refused_where_they_go_wrong(text: str, code: str, seen: str) -> None:
    assert refusal(text) == (code, seen)


def test_there_are_forty_hostile_expressions() -> None:
    assert len({h[0] for h in HOSTILE}) >= 40


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a + " * 600 + "a", "too_long"),
        ("a+" * 210 + "a", "too_many_parts"),
        ("a+" * 41 + "a", "too_deep"),
        ("(" * 200 + "a" + ")" * 200, "too_deep"),
        ("not " * 200 + "a", "too_deep"),
        ("-" * 200 + "a", "too_deep"),
        ("abs(" * 200 + "a" + ")" * 200, "too_deep"),
    ],
)
def test_long_and_deep_expressions_are_refused(text: str, code: str) -> None:
    assert refusal(text)[0] == code
