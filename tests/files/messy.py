"""Builds workbooks as messy as the ones bureaus send. All places and figures are invented."""

import datetime as dt
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Indicator, Season, Target
from saima.files.bundle import Bundle
from saima.words import Text

YEAR = Span(Period.parse("2026-01"), Period.parse("2026-12"))
PARKS = (
    Contestant("crane", Text("Paper Crane Park", "纸鹤园"), order=1),
    Contestant("whale", Text("Glass Whale Park", "玻璃鲸园"), order=2),
    Contestant("lantern", Text("Nine Lanterns Park", "九灯园"), order=3),
    Contestant("ferry", Text("Moon Ferry Park", "月渡园"), order=4),
)
INDICATORS = (
    Indicator(
        "firms", Text("High-tech firms", "高新技术企业数"), "higher", "cumulative", unit=Text("firms", "家"), order=1
    ),
    Indicator(
        "rd",
        Text("R&D spending", "研发投入"),
        "higher",
        "cumulative",
        unit=Text("10k CNY", "万元"),
        scale=10_000,
        order=2,
    ),
    Indicator(
        "talent", Text("Talents brought in", "引进人才"), "higher", "cumulative", unit=Text("people", "人"), order=3
    ),
    Indicator(
        "growth", Text("Growth of added value", "高新产业增加值增速"), "higher", "growth", unit=Text("%", "%"), order=4
    ),
    Indicator(
        "projects",
        Text("Task for major projects", "重大项目任务完成率"),
        "higher",
        "completion",
        unit=Text("%", "%"),
        order=5,
    ),
    Indicator("plan", Text("Plan filed", "方案备案"), "higher", "yes-no", order=6),
)


def season(*, targets: tuple[Target, ...] = ()) -> Season:
    return Season(
        "race", Text("Race", "赛季"), "month", YEAR, YEAR, "floor", PARKS, INDICATORS, (), (), targets=targets
    )  # fmt: skip


def _put(sheet: Worksheet, rows: list[list[object]], merges: str = "") -> None:
    for row in rows:
        sheet.append(row)
    for area in merges.split():
        sheet.merge_cells(area)


def stacked(path: Path, month: int = 4, lines_above: int = 0) -> Path:
    """Title rows, corner unit, three header rows, column numbers, serials, ranks, totals, average, footnotes."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    n = 4 + lines_above
    _put(
        sheet,
        [
            *([f"示例市科技工作专班{i}"] for i in range(lines_above)),
            [f"示例市2026年1—{month}月科技创新主要指标完成情况"],
            ["填报单位：示例市创新办", *[None] * 9, "单位：万元"],
            [],
            [
                "序号",
                "园区",
                "高新技术企业数（家）",
                None,
                None,
                "研发投入（亿元）",
                None,
                None,
                None,
                "引进人才",
                "备注",
            ],
            [
                None,
                None,
                "年度\n目标",
                "完成情况",
                None,
                "全年目标",
                f"1—{month}月\n累计",
                "完成率",
                "位次",
                f"1—{month}月累计（人）",
            ],
            [None, None, None, "累计", "完成率"],
            ["甲", "乙", 1, 2, 3, 4, 5, 6, 7, 8, 9],
            ["核心区"],
            [1, " 纸鹤园 ", 120, 42, 0.35, 5.5, 2.05, "37.3%", 1, "１，２３４", None],
            [2, "玻璃鲸\n园", "100", "３８", 0.38, "6亿元", "1.8亿元", "30%", 2, "—", "补报"],
            [3, "九灯园", 90, "约30", 0.33, 4, "—", None, None, "1，002①", None],
            [None, "小  计", 310, 110, None, 15.5, 3.85, None, None, 2236],
            [],
            [4, "月渡园", 60, 12, 0.5, 3, 0.4, "13.3%", 3, "/", None],
            [None, "合计", 370, 122, None, 18.5, 4.95, None, None, 2236],
            [None, "平均", 92.5, 30.5, None, 4.6, 1.06],
            ["注：1. 研发投入为快报数，2. 数据截至4月底。"],
            ["填表人：安宁", None, None, None, "审核：博文"],
        ],
        f"A{n - 3}:K{n - 3} A{n}:A{n + 2} B{n}:B{n + 2} C{n}:E{n} C{n + 1}:C{n + 2} D{n + 1}:E{n + 1} "
        f"F{n}:I{n} F{n + 1}:F{n + 2} G{n + 1}:G{n + 2} H{n + 1}:H{n + 2} "
        f"I{n + 1}:I{n + 2} J{n + 1}:J{n + 2} K{n}:K{n + 2}",
    )
    for row in range(n + 5, n + 12):
        sheet.cell(row, 5).number_format = "0.0%"
    book.save(path)
    return path


def months(path: Path) -> Path:
    """One sheet per month, months in Chinese numerals, the year only in the titles; a cover and a hidden sheet."""
    book = Workbook()
    cover = book.active
    cover.title = "封面"
    cover.append(["示例市科技创新月报"])
    for n, name in enumerate(("一月", "二月份", "三月"), 1):
        sheet = book.create_sheet(name)
        _put(
            sheet,
            [
                [f"2026年{name.removesuffix('份')}各园区情况"],
                ["地区", "高企数(家)", None, "研发投入"],
                [None, "当月", "累计", "累计(万元)"],
                ["纸鹤园区", 10, 10 * n, 1000.5 * n],
                ["玻璃鲸园区", 5 if n < 3 else 6, 5 * n, f"{2000 * n:,}"],
                ["九灯园区", 0, 0, "未到"],
            ],
            "A1:D1 A2:A3 B2:C2",
        )
    hidden = book.create_sheet("四月")
    hidden.append(["地区", "高企数(家)"])
    hidden.append(["纸鹤园区", 999])
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def per_indicator(path: Path) -> Path:
    """One sheet per indicator, months across; a date as header, percent formats beside bare percents."""
    book = Workbook()
    rd = book.active
    rd.title = "研发投入（亿元）"
    _put(
        rd,
        [
            ["2026年研发投入统计表"],
            ["园区", dt.datetime(2026, 1, 1), "2026.02", "3月", "全市排名"],
            ["纸鹤园", 0.5, 1.1, 1.6, 1],
            ["玻璃鲸园", 0.4, "0.90", "-", 2],
        ],
        "A1:E1",
    )
    rd["B2"].number_format = 'yyyy"年"m"月"'
    growth = book.create_sheet("高新产业增加值增速")
    _put(
        growth,
        [
            ["2026年高新产业增加值增速"],
            ["园区", "1月", "1-2月", "一季度", "全市排名"],
            ["纸鹤园", 0.417, "▼3.2", "（1.5）", 1],
            ["玻璃鲸园", "12.5%", "下降0.3%", "不适用", 2],
        ],
        "A1:E1",
    )
    growth["B3"].number_format = "0.0%"
    book.save(path)
    return path


def per_contestant(path: Path) -> Path:
    """One sheet per contestant: indicators down with their unit, target and done and rate across."""
    book = Workbook()
    book.remove(book.active)
    for name, factor in (("纸鹤园", 1), ("玻璃鲸园", 2), ("九灯园", 3)):
        sheet = book.create_sheet(name)
        _put(
            sheet,
            [
                [f"{name}2026年4月目标任务完成情况表"],
                ["类别", "指标名称", "计量单位", "全年任务", "完成数", "完成率(%)", "责任单位"],
                ["企业", "1.高新技术企业数", "家", 100 * factor, 40 * factor, 40, "科技科"],
                [None, "2.研发投入", "亿元", factor, "0.25" if factor == 1 else 0.25 * factor, 25, "经济科"],
                ["人才", "3.引进人才", "人", "200", 50 * factor, 25 * factor, None],
                [None, "4.方案备案", "-", None, "是" if factor == 1 else "否", None, None],
                [None, "5.绿化面积", "亩", 10, 2, 20, None],
                ["合计"],
            ],
            "A1:G1 A3:A4",
        )
    book.save(path)
    return path


def turned(path: Path) -> Path:
    """Contestants across under merged heads, indicators down; a total column; English titles."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Apr 2026"
    _put(
        sheet,
        [
            ["Demo City: progress, January-April 2026"],
            ["No.", "Indicator", "Unit", "Paper Crane", None, "Glass Whale Park", None, "Total"],
            [None, None, None, "Target", "Done", "Target", "Done", "Done"],
            [1, "High-tech firms", "firms", 100, 40, "1,200", 60, 100],
            [2, "R&D spending", "million yuan", 55, 20.5, 60, 18, 40],
            [3, "Talents brought in", "people", 300, "n/a", 200, 77, 77],
        ],
        "A1:H1 A2:A3 B2:B3 C2:C3 D2:E2 F2:G2",
    )
    book.save(path)
    return path


def labelled_rows(path: Path) -> Path:
    """Contestant cells merged over three rows that say target, done and rate; last year's same period as a row."""
    book = Workbook()
    sheet = book.active
    sheet.title = "4月"
    _put(
        sheet,
        [
            ["2026年4月调度表"],
            ["园区", "项目", "高新技术企业数", "研发投入（万元）"],
            ["纸鹤园", "全年目标", 120, 55000],
            [None, "累计完成", 42, 20500],
            [None, "完成率", "50%", "37.3%"],
            [None, "上年同期", 30, 15000],
            ["玻璃鲸园", "全年目标", 100, 60000],
            [None, "累计完成", 38, 18000],
            [None, "完成率", "38%", "30%"],
            [None, "上年同期", 28, 16000],
        ],
        "A1:D1 A3:A6 A7:A10",
    )
    book.save(path)
    return path


def long_list(path: Path) -> Path:
    """A list: one figure per row, year and month in columns of their own, blanks that repeat the cell above."""
    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    _put(
        sheet,
        [
            ["年份", "月份", "参赛单位", "指标", "单位", "数值"],
            [2026, 4, "纸鹤园", "高新技术企业数", "家", 42],
            [None, None, None, "研发投入", "亿元", 2.05],
            [None, None, "玻璃鲸园管委会", "高新技术企业数", "家", 38],
            [None, None, None, "研发投入", "元", 180000000],
            [2026, 4, "玻璃鲸园", "研发投入", "万元", 18000],
            [2026, 4, "玻璃鲸园", "高新技术企业数", "家", 39],
            [2026, 13, "月渡园", "引进人才", "人", 5],
            [2026, 4, "月渡园", "引进人才", "亿元", 5],
            [2026, 4, "月渡园", "研发投入", "件", 5],
        ],
    )
    book.save(path)
    return path


def unmerged(path: Path) -> Path:
    """A CSV in GB18030 as exported from an older program: heads spread by blanks, a title, a ragged footnote."""
    text = (
        "2026年4月各园区科技指标,,,,,\n"
        "园区,高新技术企业数,,研发投入（亿元）,,备注\n"
        ",年度目标,累计完成,年度目标,累计完成,\n"
        "纸鹤园,120,42,5.5,2.05,\n"
        '玻璃鲸园,"1,100",38,6,1.8,含新区\n'
        '九灯园,90,#N/A,4,"12,5",\n'
        "全市合计,1310,80,15.5,3.85\n"
        "注：快报数\n"
    )
    path.write_bytes(text.encode("gb18030"))
    return path


def traps(path: Path) -> Path:
    """Cells that look like figures and are not: dates, formulas without a result, scaled formats, merged values."""
    book = Workbook()
    sheet = book.active
    sheet.title = "2026年4月"
    _put(
        sheet,
        [
            ["园区", "高新技术企业数", "研发投入（万元）", "引进人才", "重大项目任务完成率"],
            ["纸鹤园", dt.datetime(2026, 4, 30), 18000, 12, 0.6],
            ["玻璃鲸园", "=B2+1", 20500, 12, "64.9%"],
            ["九灯园", True, "1234567890123456", None, 70],
            ["新设园", 5, 1, 2, 3],
            [None, 7, None, None, None],
        ],
        "D2:D3",
    )
    sheet["C2"].number_format = "0!.0,"
    sheet["E2"].number_format = "0%"
    book.save(path)
    return path


NOON = dt.datetime(2026, 5, 6, 12, tzinfo=dt.UTC)


def bundle(of: Season | None = None) -> Bundle:
    return Bundle(of or season())
