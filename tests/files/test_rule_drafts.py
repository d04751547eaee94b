"""A rule that is still being written: everything that does not hold by line and column, cases one by one."""

from engine.rules.rule_files import HEAD, condition, number
from saima.engine.rules import Prose
from saima.files.rules import parse_draft, parse_rule

CASES = """
[[case]]
given = { rd = 5, sales = 100 }
expect = { eligible = true }

[[case]]
given = { rd = 4, sales = 100 }
expect = { eligible = true }
"""
GOOD = HEAD + number("rd", "yuan", 2) + number("sales", "yuan", 2) + condition("rd / sales >= 5 %")


def test_a_sound_text_is_the_rule_that_parse_rule_reads():
    found = parse_draft(GOOD)

    assert found.sound
    assert found.rule == parse_rule(GOOD)


def test_what_does_not_hold_is_told_by_line_and_column_and_nothing_is_raised():
    text = GOOD.replace("rd / sales", "rd / turnover")

    found = parse_draft(text, "draft")

    (problem,) = found.problems
    at = text.index("turnover")
    assert (problem.code, problem.line) == ("rules.unknown_name", text.count("\n", 0, at) + 1)
    assert problem.column == str(at - text.rfind("\n", 0, at))
    assert not found.sound


def test_a_case_that_does_not_come_out_leaves_the_rule_readable():
    found = parse_draft(GOOD + CASES)

    assert found.rule is not None
    assert [[p.code for p in case] for case in found.failing] == [[], ["rules.case_differs"]]
    assert not found.sound


def test_text_that_is_no_toml_has_a_place_too():
    found = parse_draft("[rule\nid = 1")

    assert found.rule is None
    assert [(p.code, p.line) for p in found.problems] == [("rules.toml_syntax", 1)]


def test_a_version_of_a_parameter_in_words():
    text = GOOD.replace("5 %", "floor(sales)") + (
        '[params.floor]\non = "sales"\nunit = "share"\n'
        "versions = [{ from = 2021-01-01, steps = [{ upto = 50000000, value = 0.05 }, { value = 0.03 }] }]\n"
    )
    rule = parse_rule(text)
    floor = rule.params["floor"]

    assert Prose(rule, "zh", rule.usual_day).version(floor, floor.versions[0]) == ("5,000万元及以下为5%", "其余为3%")
