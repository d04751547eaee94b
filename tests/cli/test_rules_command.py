"""``saima rules check | explain | evaluate``."""

from pathlib import Path

import polars as pl

HENAN = "cn-41-rd-post-subsidy-2018"
GIVEN = ["rd_budget=true", "own_money_first=true", "ip_3y=0", "statistics_filed=false", "credit_blacklisted=false"]
TABLE = """企业,加计扣除研发费用,rd_budget,own_money_first,ip_3y,statistics_filed,credit_blacklisted,industry
甲,8000000,是,yes,1,1,no,software
乙,80000000.001,yes,yes,1,yes,no,software
丙,1,yes,yes,1,yes,yes,software
丁,1,yes,yes,1,,no,software
"""


def test_rules_check_counts_what_holds_and_says_what_was_not_seen(saima) -> None:
    shown = saima("rules", "check", HENAN)

    assert (shown.code, shown.err) == (0, "")
    assert "6 conditions, 7 inputs, 10 cases come out as they say" in shown.out
    assert "Not seen: How province and city or county share the cost was not seen." in shown.out


def test_rules_check_refuses_a_file_by_line_and_column(saima, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[rule]\nid = "x"\ncolour = "red"\n', encoding="utf-8")

    shown = saima("rules", "check", "mine.toml")

    assert (shown.code, shown.out) == (2, "")
    assert "mine.toml:3:1: There is no key 'colour'." in shown.err


def test_rules_explain_tells_what_would_do(saima) -> None:
    shown = saima("rules", "explain", HENAN, "--given", "加计扣除研发费用=8000000", "industry=software", *GIVEN)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("Under 'R&D post-subsidy, Henan 2018' on 2000-01-01 the enterprise is not eligible; 2 ")
    assert "raise relevant intellectual property rights obtained in three years by 1 to 1 (activity)" in shown.out
    assert "R&D statistics filed: see to it (paper)" in shown.out


def test_rules_explain_speaks_chinese_and_asks_for_what_is_missing(saima) -> None:
    shown = saima("rules", "explain", HENAN, "--given", "industry=software", "--held", "tech-sme", "--lang", "zh")

    assert shown.out.startswith("按“企业研发费用后补助（河南2018）”（2000-01-01），目前无法判定。")
    assert "缺少数据：已报送研发统计" in shown.out


def test_rules_explain_refuses_what_is_no_figure(saima) -> None:
    shown = saima("rules", "explain", HENAN, "--given", "ip_3y=many", "colour=3")

    assert shown.code == 2
    assert "is a number; 'many' is none" in shown.err
    assert "The rule has no input 'colour'" in shown.err


def test_rules_evaluate_writes_an_answer_for_each_row(saima, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(TABLE, encoding="utf-8")

    shown = saima("rules", "evaluate", HENAN, "firms.csv", "--out", "answers.parquet")

    assert (shown.code, shown.err) == (0, "")
    assert "4 enterprises: 2 eligible, 1 not eligible, 1 not to be told for missing data." in shown.out
    assert "1 of them have a figure out of range" in shown.out
    assert "Amounts of all: 650,000 yuan." in shown.out
    found = pl.read_parquet(tmp_path / "answers.parquet")
    assert found["企业"].to_list() == ["甲", "乙", "丙", "丁"]
    assert found["eligible"].to_list() == [True, True, False, None]
    assert [str(a) for a in found["amount"].to_list()] == ["650000.00", "None", "0.00", "None"]


def test_rules_evaluate_names_the_cell_it_cannot_read(saima, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(TABLE.replace("丙,1,", '丙,"1,000",'), encoding="utf-8")

    shown = saima("rules", "evaluate", HENAN, "firms.csv", "--out", "answers.csv")

    assert shown.code == 2
    assert "firms.csv:4:rd_filed: '1,000' cannot be read in the column 'rd_filed'." in shown.err
    assert not (tmp_path / "answers.csv").exists()


def test_an_unknown_rule_is_answered_with_those_there_are(saima) -> None:
    shown = saima("rules", "check", "none")

    assert shown.code == 2
    assert HENAN in shown.err


def test_half_a_command_is_answered_with_the_whole(saima) -> None:
    shown = saima("rules", "chek")

    assert shown.code == 2
    assert "rules check" in shown.err
