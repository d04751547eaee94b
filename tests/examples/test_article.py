"""docs/article.md speaks of every fact of the report once, and of tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ARTICLE = (ROOT / "docs" / "article.md").read_text(encoding="utf-8")
STATES = ("real", "illustrative", "unknown", "not yet")


def table_rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in ARTICLE.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]


def test_each_of_the_26_facts_stands_there_once_and_in_order():
    assert [int(row[0]) for row in table_rows()] == list(range(1, 27))


def test_each_fact_says_where_it_stands():
    assert [row[0] for row in table_rows() if not any(state in row[4] for state in STATES)] == []


def test_each_fact_that_is_shown_names_a_test():
    shown = [row for row in table_rows() if re.match(r"(real|illustrative|mechanism illustrative)", row[4])]

    assert [row[0] for row in shown if "test" not in row[3] and row[3] != "the same"] == []


def test_the_tests_it_names_exist():
    named = set(re.findall(r"tests/[\w/]+\.py", ARTICLE))
    functions = set(re.findall(r"\btest_ruian_\w+(?=`)", ARTICLE))
    ruian = (ROOT / "tests" / "examples" / "test_ruian_2021.py").read_text(encoding="utf-8")

    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert functions
    assert [f for f in functions if f"def {f}(" not in ruian] == []
