"""Rules in words, numbers filled in, from the trees that are evaluated."""

from datetime import date

from engine.rules.rule_files import HEAD
from saima.engine.rules import Rule, prose
from saima.files.rules import parse_rule

TEXT = (
    HEAD
    + """
[inputs.rd]
title = { en = "R&D spend", zh = "研发费用" }
unit = "yuan"
most = "1e12"
[inputs.sales]
title = { en = "sales", zh = "销售收入" }
unit = "yuan"
most = "1e12"
[params.floor]
title = { en = "lowest share", zh = "最低比例" }
unit = "share"
versions = [
  { from = 2016-01-01, steps = [{ upto = 50000000, value = 0.05 }, { value = 0.03 }] },
  { from = 2022-01-01, steps = [{ below = 50000000, value = 0.06 }, { value = 0.03 }] },
]
[[condition]]
id = "intensity"
expr = "rd / sales >= floor(sales)"
say = { en = "R&D intensity", zh = "研发强度" }
[[condition]]
id = "size"
expr = "sales <= 2亿 and not (rd > sales)"
say = { en = "Size", zh = "规模" }
"""
)


def said(rule: Rule, lang: str, on: date) -> list[str]:
    return [s.text for s in prose(rule, lang, on)]  # type: ignore[arg-type]


def test_conditions_are_sentences_in_both_languages() -> None:
    rule = parse_rule(TEXT)

    assert said(rule, "en", date(2021, 1, 1)) == [
        "R&D intensity: R&D spend ÷ sales is at least lowest share by sales (up to 50,000,000 yuan: 5 %, beyond: 3 %).",
        "Size: sales is at most 200,000,000 yuan and not: R&D spend is more than sales.",
    ]
    assert said(rule, "zh", date(2021, 1, 1)) == [
        "研发强度：研发费用 ÷ 销售收入不低于最低比例（按销售收入：5,000万元及以下为5%、其余为3%）。",
        "规模：销售收入不超过2亿元，且并非：研发费用超过销售收入。",
    ]


def test_the_numbers_in_force_on_the_day_are_said() -> None:
    assert "below 50,000,000 yuan: 6 %" in said(parse_rule(TEXT), "en", date(2023, 1, 1))[0]
