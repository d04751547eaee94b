"""Lists of firms are read as people keep them: what each column means, in which unit, of which year, line by line."""

import csv
import io
from decimal import Decimal

import pytest

from saima.engine.errors import ReadingsRefused
from saima.files.importing import read_grid
from saima.files.registers import (
    ListMap,
    Word,
    check_sign,
    fault_of,
    parse_list_map,
    propose_list,
    read_list,
    repairs_of,
)

WORDS = (
    Word("revenue", "yuan", ("营业收入", "Revenue")),
    Word("rd_spend", "yuan", ("研发费用", "R&D expenses")),
    Word("staff", "people", ("职工总数", "Staff")),
    Word("national_share", "share", ("国内市场占有率",)),
    Word("core_ip", "flag", ("核心知识产权",)),
    Word("size_class", "code", ("企业规模",)),
    Word("industry", "code", ("行业",)),
    Word("founded", "day", ("成立日期",)),
    Word("status:tech-sme", "status", ("科技型中小企业",)),
    Word("status:gazelle", "status", ("瞪羚企业", "瞪羚")),
)
KINDS = {w.key: w.kind for w in WORDS}


def code_of(number: int) -> str:
    first = f"919999{number:011d}"
    return first + check_sign(first)


@pytest.fixture
def read(tmp_path):
    """read(rows): the mapping proposed for a CSV of these rows, and what was read by it."""

    def reading(rows, **changes):
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        path = tmp_path / "名单.csv"
        path.write_text(out.getvalue(), encoding="utf-8")
        grid = read_grid(path)
        mapping = propose_list(grid, WORDS)
        mapping = ListMap(**{**{f: getattr(mapping, f) for f in mapping.__slots__}, **changes})
        return mapping, read_list(grid, mapping, KINDS)

    return reading


def facts(line):
    return {(f.item, f.period): f.value for f in line.facts}


def test_units_and_years_come_from_headers_titles_and_cells(read):
    _, found = read(
        [
            ["2025年科技企业情况表", "", "单位：万元"],
            [
                "企业名称",
                "统一社会信用代码",
                "营业收入",
                "研发费用（元）",
                "2024年营业收入（亿元）",
                "国内市场占有率（%）",
            ],
            ["虚构甲", code_of(1), "1,234.56", "120000", "0.12", "12.5"],
            ["虚构乙", code_of(2), "1.5亿元", "—", "", "8"],
        ]
    )

    assert [facts(line) for line in found.lines] == [
        {
            ("revenue", "2025"): "12345600",
            ("rd_spend", "2025"): "120000",
            ("revenue", "2024"): "12000000",
            ("national_share", "2025"): "0.125",
        },
        {("revenue", "2025"): "150000000", ("national_share", "2025"): "0.08"},
    ]
    assert found.refused == ()


def test_marks_words_days_and_statuses(read):
    _, found = read(
        [
            ["名称", "信用代码", "成立日期", "企业规模", "行业", "核心知识产权", "科技型中小企业", "瞪羚"],
            ["虚构甲", code_of(1), "2019年3月5日", "中型", "软件", "是", "√", "2024"],
            ["虚构乙", code_of(2), "2019/3/5", "微型企业", "", "否", "", "2025-07-18"],
            ["虚构丙", code_of(3), "去年", "巨型", "", "也许", "×", "大概"],
        ],
        since="2026-01-15",
        period="2025",
    )

    assert facts(found.lines[0]) == {
        ("founded", ""): "2019-03-05",
        ("size_class", ""): "medium",
        ("industry", ""): "软件",
        ("core_ip", "2025"): "1",
    }
    held = [[(s.status, s.since.isoformat()) for s in line.statuses] for line in found.lines]
    assert held == [[("tech-sme", "2026-01-15"), ("gazelle", "2024-01-01")], [("gazelle", "2025-07-18")], []]
    assert [(p.line, p.column, p.code) for p in found.refused] == [
        (4, "C", "register.cell_day"),
        (4, "D", "register.cell_size"),
        (4, "F", "register.cell_flag"),
        (4, "H", "register.cell_flag"),
    ]
    assert all(p.sentence("zh") and p.sentence("en") for p in found.refused)


def test_lines_that_are_no_firm_are_left_out_and_repeated_headers_too(read):
    _, found = read(
        [
            ["序号", "企业名称", "统一社会信用代码", "营业收入（万元）"],
            ["1", "虚构甲", code_of(1), "10"],
            ["", "", "", ""],
            ["", "小计", "", "10"],
            ["序号", "企业名称", "统一社会信用代码", "营业收入（万元）"],
            ["2", "虚构乙", code_of(2).lower(), "20"],
            ["", "合计", "", "30"],
            ["注：虚构。", "", "", ""],
        ]
    )

    assert [(line.line, line.name, line.code) for line in found.lines] == [
        (2, "虚构甲", code_of(1)),
        (6, "虚构乙", code_of(2)),
    ]
    assert found.skipped == 4


def test_a_mapping_reads_the_same_after_it_was_kept_as_text(read):
    mapping, _ = read([["企业名称", "统一社会信用代码", "营业收入（万元）"], ["虚构甲", code_of(1), "10"]])

    assert parse_list_map(mapping.dumped()) == mapping


def test_a_table_without_names_or_codes_is_refused_in_one_sentence(read):
    with pytest.raises(ReadingsRefused, match="has a header with names or credit codes"):
        read([["月份", "数值"], ["一月", "3"]])


def test_a_money_unit_on_people_is_refused(read):
    _, found = read([["企业名称", "统一社会信用代码", "职工总数（万元）"], ["虚构甲", code_of(1), "10"]])

    assert [p.code for p in found.refused] == ["register.cell_unit"]


def test_every_single_slip_in_a_code_is_noticed():
    right = code_of(987_654_321)
    slips = {right[:n] + sign + right[n + 1 :] for n in range(18) for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY"}
    swapped = {right[:n] + right[n + 1] + right[n] + right[n + 2 :] for n in range(17)}

    assert fault_of(right) == ""
    assert {fault_of(c) for c in slips - {right}} == {"check"}
    assert {fault_of(c) for c in swapped - {right}} == {"check"}
    assert right in repairs_of(right.replace("0", "O", 1))
    assert all(right in repairs_of(c, [right]) for c in slips - {right})


def test_figures_stay_exact(read):
    _, found = read([["企业名称", "信用代码", "营业收入（亿元）"], ["虚构甲", code_of(1), "1.23456789"]], period="2025")

    assert Decimal(facts(found.lines[0])["revenue", "2025"]) == Decimal(123_456_789)


def test_a_name_keeps_its_wide_brackets_and_nothing_else_that_is_wide(read):
    heads = ["企业名称", "统一社会信用代码", "营业收入（万元）"]
    names = ["Ａ虚构（上海）科技\n 有限公司", "Fictional (Shanghai) Ltd"]
    firms = [[name, code_of(n), "5"] for n, name in enumerate(names)]
    _mapping, found = read([heads, *firms, ["合计", "", "10"]])

    assert [line.name for line in found.lines] == ["A虚构（上海）科技有限公司", "Fictional (Shanghai) Ltd"]
