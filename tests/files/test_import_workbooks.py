"""Messy workbooks read back cell by cell."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import messy  # the script that builds the workbooks
import pytest
from rich.console import Console

from saima.engine.model.season import Season
from saima.engine.race.check import check_season
from saima.files.importing import ImportResult, apply, dump_map, parse_map, propose, read_grid, show, start, summary
from saima.files.importing.merging import merge_into


def imported(build: Callable[..., Path], path: Path, season: Season | None = None, **options: int) -> ImportResult:
    season = season or messy.season()
    grid = read_grid(build(path, **options))
    mapping = propose(grid, season)
    assert parse_map(dump_map(mapping)) == mapping
    return apply(grid, mapping, season)


def values(result: ImportResult) -> dict[tuple[str, str, str], str]:
    return {(r.contestant, r.indicator, str(r.period)): r.value or r.state for r in result.readings}


def goals(result: ImportResult) -> dict[tuple[str, str], float | None]:
    return {(t.contestant, t.indicator): t.target for t in result.targets}


def told(result: ImportResult, kind: str) -> list[tuple[str, str]]:
    """(sheet!cell, code) of each problem."""
    return [
        (f"{p.line}{p.column}" if p.line else p.column, p.code.removeprefix("import.")) for p in getattr(result, kind)
    ]


def test_three_stacked_header_rows_with_units_in_header_and_cells(tmp_path: Path) -> None:
    result = imported(messy.stacked, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "firms", "2026-04"): "42",
        ("crane", "rd", "2026-04"): "20500",
        ("crane", "talent", "2026-04"): "1234",
        ("whale", "firms", "2026-04"): "38",
        ("whale", "rd", "2026-04"): "18000",
        ("lantern", "talent", "2026-04"): "1002",
        ("ferry", "firms", "2026-04"): "12",
        ("ferry", "rd", "2026-04"): "4000",
    }
    assert goals(result) == {
        ("crane", "firms"): 120, ("whale", "firms"): 100, ("lantern", "firms"): 90, ("ferry", "firms"): 60,
        ("crane", "rd"): 55000, ("whale", "rd"): 60000, ("lantern", "rd"): 40000, ("ferry", "rd"): 30000,
    }  # fmt: skip
    assert told(result, "refused") == [("Sheet1!D11", "cell_text")]
    assert told(result, "skipped") == [
        ("Sheet1!J10", "cell_missing"),
        ("Sheet1!G11", "cell_missing"),
        ("Sheet1!B12", "row_aside"),
        ("Sheet1!J14", "cell_missing"),
        ("Sheet1!B15", "row_aside"),
        ("Sheet1!B16", "row_aside"),
        ("Sheet1!A17", "row_note"),
        ("Sheet1!A18", "row_note"),
    ]
    assert [r.note for r in result.readings if r.contestant == "lantern"] == ["①"]


def test_totals_and_rates_that_contradict_are_told_with_their_numbers(tmp_path: Path) -> None:
    result = imported(messy.stacked, tmp_path / "a.xlsx")

    firms, spending = "High-tech firms: the total says", "R&D spending: the total says"
    assert [p.sentence("en") for p in result.warnings] == [
        f"a.xlsx:Sheet1!D12: {firms} 110, the 2 figures read add up to 80; the difference is 30.",
        f"a.xlsx:Sheet1!D15: {firms} 122, the 3 figures read add up to 92; the difference is 30.",
        f"a.xlsx:Sheet1!G15: {spending} 49,500, the 3 figures read add up to 42,500; the difference is 7,000.",
        (
            "a.xlsx:Sheet1!E14: The rate says 50 %, but 12 (Sheet1!D14) of the target 60 is 20 %. "
            "The value was taken; check which is right."
        ),
    ]


def test_one_sheet_per_month_in_chinese_numerals(tmp_path: Path) -> None:
    result = imported(messy.months, tmp_path / "a.xlsx")

    assert values(result) == {
        (who, what, f"2026-0{n}"): value
        for n, firms, rd in ((1, "10", "1000.5"), (2, "20", "2001"), (3, "30", "3001.5"))
        for who, what, value in (
            ("crane", "firms", firms),
            ("crane", "rd", rd),
            ("whale", "firms", str(5 * n)),
            ("whale", "rd", str(2000 * n)),
            ("lantern", "firms", "0"),
        )
    }
    assert told(result, "refused") == []
    assert told(result, "warnings") == [("三月!B5", "month_differs")]
    assert told(result, "skipped") == [
        ("", "sheet_unmapped"),
        ("", "sheet_hidden"),
        *[(f"{m}!D6", "cell_not_due") for m in ("一月", "二月份", "三月")],
    ]


def test_one_sheet_per_indicator_with_the_unit_in_its_name_and_signs_in_words(tmp_path: Path) -> None:
    result = imported(messy.per_indicator, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "rd", "2026-01"): "5000",
        ("crane", "rd", "2026-02"): "11000",
        ("crane", "rd", "2026-03"): "16000",
        ("whale", "rd", "2026-01"): "4000",
        ("whale", "rd", "2026-02"): "9000",
        ("crane", "growth", "2026-01"): "41.7",
        ("crane", "growth", "2026-02"): "-3.2",
        ("crane", "growth", "2026-03"): "-1.5",
        ("whale", "growth", "2026-01"): "12.5",
        ("whale", "growth", "2026-02"): "-0.3",
        ("whale", "growth", "2026-03"): "not_applicable",
    }
    assert told(result, "refused") == []


def test_one_sheet_per_contestant_with_a_unit_column(tmp_path: Path) -> None:
    result = imported(messy.per_contestant, tmp_path / "a.xlsx")

    assert values(result) == {
        (who, what, "2026-04"): value
        for who, n in (("crane", 1), ("whale", 2), ("lantern", 3))
        for what, value in (
            ("firms", str(40 * n)),
            ("rd", str(2500 * n)),
            ("talent", str(50 * n)),
            ("plan", "1" if n == 1 else "0"),
        )
    }
    assert goals(result)["lantern", "rd"] == 30000
    assert told(result, "refused") == [(f"{s}!B7", "indicator_unknown") for s in ("纸鹤园", "玻璃鲸园", "九灯园")]
    assert result.warnings == ()


def test_contestants_across_and_indicators_down(tmp_path: Path) -> None:
    result = imported(messy.turned, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "firms", "2026-04"): "40",
        ("whale", "firms", "2026-04"): "60",
        ("crane", "rd", "2026-04"): "2050",
        ("whale", "rd", "2026-04"): "1800",
        ("crane", "talent", "2026-04"): "not_applicable",
        ("whale", "talent", "2026-04"): "77",
    }
    assert goals(result) == {
        ("crane", "firms"): 100, ("whale", "firms"): 1200, ("crane", "rd"): 5500, ("whale", "rd"): 6000,
        ("crane", "talent"): 300, ("whale", "talent"): 200,
    }  # fmt: skip
    assert told(result, "warnings") == [("Apr 2026!H5", "total_differs")]


def test_rows_that_say_target_done_rate_and_last_year_under_merged_names(tmp_path: Path) -> None:
    result = imported(messy.labelled_rows, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "firms", "2025-04"): "30",
        ("crane", "firms", "2026-04"): "42",
        ("crane", "rd", "2025-04"): "15000",
        ("crane", "rd", "2026-04"): "20500",
        ("whale", "firms", "2025-04"): "28",
        ("whale", "firms", "2026-04"): "38",
        ("whale", "rd", "2025-04"): "16000",
        ("whale", "rd", "2026-04"): "18000",
    }
    assert told(result, "warnings") == [("4月!C5", "rate_differs")]


def test_long_list_with_blanks_that_repeat_and_duplicates(tmp_path: Path) -> None:
    result = imported(messy.long_list, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "firms", "2026-04"): "42",
        ("crane", "rd", "2026-04"): "20500",
        ("whale", "rd", "2026-04"): "18000",
    }
    assert told(result, "refused") == [
        ("数据!B8", "period_unread"),
        ("数据!F9", "unit_conflict"),
        ("数据!F10", "unit_conflict"),
        ("数据!F4", "twice"),
        ("数据!F7", "twice"),
    ]
    assert told(result, "skipped") == [("数据!F6", "same_again")]


def test_csv_in_an_old_encoding_with_heads_spread_by_blanks(tmp_path: Path) -> None:
    result = imported(messy.unmerged, tmp_path / "a.csv")

    assert values(result) == {
        ("crane", "firms", "2026-04"): "42",
        ("crane", "rd", "2026-04"): "20500",
        ("whale", "firms", "2026-04"): "38",
        ("whale", "rd", "2026-04"): "18000",
    }
    assert goals(result)["whale", "firms"] == 1100
    assert told(result, "refused") == [("6C", "cell_error"), ("6E", "cell_comma")]
    assert result.warnings == ()


def test_cells_that_only_look_like_figures_are_refused_by_address(tmp_path: Path) -> None:
    result = imported(messy.traps, tmp_path / "a.xlsx")

    assert values(result) == {
        ("crane", "projects", "2026-04"): "60",
        ("whale", "projects", "2026-04"): "64.9",
        ("lantern", "projects", "2026-04"): "70",
        ("whale", "rd", "2026-04"): "20500",
    }
    assert told(result, "refused") == [
        ("2026年4月!B2", "cell_date"),
        ("2026年4月!C2", "cell_rescaled"),
        ("2026年4月!D2", "cell_merged"),
        ("2026年4月!B3", "cell_formula"),
        ("2026年4月!B4", "cell_yes_no"),
        ("2026年4月!C4", "cell_digits"),
        ("2026年4月!A5", "contestant_unknown"),
        ("2026年4月!A6", "row_nameless"),
    ]


def test_aprils_mapping_reads_may_with_two_more_title_rows(tmp_path: Path) -> None:
    season = messy.season()
    mapping = propose(read_grid(messy.stacked(tmp_path / "april.xlsx")), season)

    may = apply(read_grid(messy.stacked(tmp_path / "may.xlsx", month=5, lines_above=2)), mapping, season)

    assert {str(p) for p in may.table.periods} == {"2026-05"}
    assert len(may.readings) == 8
    assert told(may, "refused") == [("Sheet1!D13", "cell_text")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("stacked", (4, 3, 8, 8)),
        ("months", (3, 2, 15, 0)),
        ("per_contestant", (3, 5, 12, 12)),
        ("turned", (2, 3, 6, 6)),
        ("labelled_rows", (2, 2, 8, 4)),
        ("unmerged", (3, 2, 4, 6)),
    ],
)
def test_a_season_begins_from_the_table_alone(name: str, found: tuple[int, int, int, int], tmp_path: Path) -> None:
    grid = read_grid(getattr(messy, name)(tmp_path / ("a.csv" if name == "unmerged" else "a.xlsx")))

    season, result = start(grid, propose(grid), code="begun")
    bundle = merge_into(messy.bundle(season), result, recorded_at=messy.NOON)

    assert check_season(bundle.season) == ()
    assert season.frequency == "month"
    assert (len(season.contestants), len(season.indicators), len(result.readings), len(result.targets)) == found
    assert values(result) == {
        (r.contestant, r.indicator, str(r.period)): r.value or r.state
        for r in map(bundle.readings.table.row, range(found[2]))
    }


def test_proposal_marks_guesses_and_what_it_could_not_place(tmp_path: Path) -> None:
    grid = read_grid(messy.per_contestant(tmp_path / "a.xlsx"))
    crowd = replace(
        messy.season(), contestants=tuple(replace(c, title=replace(c.title, zh=c.title.zh + "区")) for c in messy.PARKS)
    )
    mapping = propose(grid, crowd)
    for lang, guess, lost in (("en", "guess, 95 %", "Not placed"), ("zh", "推测，95%", "未能对应")):
        console = Console(width=120, record=True, file=StringIO())
        console.print(show(mapping, grid, lang))
        text = console.export_text()

        assert guess in text
        assert lost in text
        assert "5.绿化面积" in text


def test_summary_says_what_was_read_and_what_is_absent(tmp_path: Path) -> None:
    result = imported(messy.long_list, tmp_path / "a.xlsx")

    assert summary(result, "en") == (
        "3 readings and 0 targets from 8 filled cells; 1 passed over, 5 not placed.",
        "Periods: 2026-04.",
        "No figure for 21 of the season's contestant and indicator pairs.",
    )
