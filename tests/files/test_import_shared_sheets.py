"""Sheets that hold more than one table, lines that are nobody's own, and what only a person's eye would see."""

from collections.abc import Sequence
from pathlib import Path

import messy
from openpyxl import Workbook

from saima.files.importing import ImportResult, apply, parse_map, propose, read_grid, start
from saima.files.importing.mapping import dump_map

Rows = Sequence[Sequence[object]]


def written(path: Path, rows: Rows, hide: Sequence[int] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for n in hide:
        sheet.row_dimensions[n].hidden = True
    book.save(path)
    return path


def imported(path: Path, rows: Rows, hide: Sequence[int] = ()) -> ImportResult:
    grid = read_grid(written(path, rows, hide))
    mapping = propose(grid, messy.season())
    assert parse_map(dump_map(mapping)) == mapping
    return apply(grid, mapping, messy.season())


def values(result: ImportResult) -> dict[tuple[str, str], str]:
    return {(r.contestant, r.indicator): r.value for r in result.readings}


def told(result: ImportResult, kind: str) -> list[tuple[str, str]]:
    return [(p.column, p.code.removeprefix("import.")) for p in getattr(result, kind)]


def test_tables_side_by_side_are_read_by_the_names_beside_their_figures(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [
            ["2026年4月"],
            ["园区", "高新技术企业数", None, "园区", "引进人才"],
            ["纸鹤园", 41, None, "月渡园", 14],
            ["玻璃鲸园", 42, None, "纸鹤园", 11],
            ["合计", 83, None, "合计", 25],
        ],
    )

    assert values(result) == {
        ("crane", "firms"): "41",
        ("whale", "firms"): "42",
        ("ferry", "talent"): "14",
        ("crane", "talent"): "11",
    }
    assert told(result, "skipped") == [("Sheet!A5", "row_aside"), ("Sheet!D5", "row_aside")]
    assert (result.refused, result.warnings) == ((), ())


def test_one_table_broken_into_two_halves_side_by_side(tmp_path: Path) -> None:
    rows: Rows = [
        ["2026年4月"],
        ["园区", "高新技术企业数（家）", "园区", "高新技术企业数（家）"],
        ["纸鹤园", 41, "九灯园", 43],
        ["玻璃鲸园", 42, "月渡园", 44],
    ]

    result = imported(tmp_path / "a.xlsx", rows)
    grid = read_grid(written(tmp_path / "b.xlsx", rows))
    season, begun = start(grid, propose(grid), code="new")

    assert values(result) == {
        ("crane", "firms"): "41",
        ("whale", "firms"): "42",
        ("lantern", "firms"): "43",
        ("ferry", "firms"): "44",
    }
    assert [c.title.zh for c in season.contestants] == ["纸鹤园", "玻璃鲸园", "九灯园", "月渡园"]
    assert values(begun) == {("c01", "i01"): "41", ("c02", "i01"): "42", ("c03", "i01"): "43", ("c04", "i01"): "44"}


def test_a_partner_named_after_the_figures_takes_none_of_them(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [
            ["2026年4月"],
            ["园区", "高新技术企业数", "结对园区", "引进人才"],
            ["纸鹤园", 41, "月渡园", 14],
            ["玻璃鲸园", 42, "纸鹤园", 11],
        ],
    )

    assert values(result) == {
        ("crane", "firms"): "41",
        ("crane", "talent"): "14",
        ("whale", "firms"): "42",
        ("whale", "talent"): "11",
    }


def test_a_second_table_below_is_refused_once_and_nothing_of_it_read_under_the_first_header(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [
            ["2026年4月科技指标"],
            ["园区", "高新技术企业数"],
            ["纸鹤园", 41],
            ["玻璃鲸园", 42],
            [],
            ["2026年4月人才指标"],
            ["园区", "引进人才"],
            ["九灯园", 13],
            ["月渡园", 14],
        ],
    )

    assert values(result) == {("crane", "firms"): "41", ("whale", "firms"): "42"}
    assert told(result, "refused") == [("Sheet!A7", "second_table")]


def test_a_header_repeated_for_the_printer_is_passed_over(tmp_path: Path) -> None:
    head: list[object] = ["园区", "高新技术企业数（家）"]

    result = imported(tmp_path / "a.xlsx", [["2026年4月"], head, ["纸鹤园", 41], head, ["玻璃鲸园", 42]])

    assert values(result) == {("crane", "firms"): "41", ("whale", "firms"): "42"}
    assert result.refused == ()


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [["2026年4月"], ["园区", "高新技术企业数"], ["纸鹤园", 41], ["玻璃鲸园", 42], ["九灯园", 43]],
        hide=[4],
    )

    assert values(result)["whale", "firms"] == "42"
    assert told(result, "warnings") == [("Sheet!A4", "row_hidden")]


def test_a_total_under_the_serial_number_is_passed_over_and_compared(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [["2026年4月"], ["序号", "园区", "高新技术企业数"], [1, "纸鹤园", 41], [2, "玻璃鲸园", 42], ["合计", None, 93]],
    )

    assert told(result, "refused") == []
    assert told(result, "warnings") == [("Sheet!C5", "total_differs")]


def test_parts_and_growth_below_the_contestants_begin_no_contestant(tmp_path: Path) -> None:
    grid = read_grid(
        written(
            tmp_path / "a.xlsx",
            [
                ["二〇二六年四月"],
                ["园区", "高新技术企业（家）", "高新增速", "R&D (CNY million)"],
                ["纸鹤园", 41, "4.5％", 1],
                ["玻璃鲸园", 42, "-3.2%", 2],
                ["全市", 83, "1.1%", 3],
                ["其中：市区", 40, "1.0%", 1],
                ["增长率", 3, "", 4],
            ],
        )
    )

    season, result = start(grid, propose(grid), code="new")

    assert [c.title.zh for c in season.contestants] == ["纸鹤园", "玻璃鲸园"]
    assert [(i.title.zh or i.title.en, i.unit.zh or i.unit.en) for i in season.indicators] == [
        ("高新技术企业", "家"),
        ("高新增速", "%"),
        ("R&D (CNY million)", ""),
    ]
    assert values(result) == {
        ("c01", "i01"): "41", ("c01", "i02"): "4.5", ("c01", "i03"): "1",
        ("c02", "i01"): "42", ("c02", "i02"): "-3.2", ("c02", "i03"): "2",
    }  # fmt: skip
    assert {str(r.period) for r in result.readings} == {"2026-04"}
    assert (result.refused, result.warnings) == ((), ())


def test_a_unit_column_is_known_beside_the_lines_people_sign_on(tmp_path: Path) -> None:
    result = imported(
        tmp_path / "a.xlsx",
        [
            ["2026年4月"],
            ["类别", "指标名称", "计量单位", "纸鹤园", "玻璃鲸园"],
            ["创新主体", "高新技术企业数", "家", 1, 2],
            ["创新投入", "研发投入", "亿元", 1.1, 2],
            [None, "高新产业增加值增速", "%", 3, 4],
            ["填表人：张三", "", "审核人：李四", "", "联系电话：12345678"],
        ],
    )

    assert (values(result)["crane", "rd"], values(result)["whale", "rd"]) == ("11000", "20000")
