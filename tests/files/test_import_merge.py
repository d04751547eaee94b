"""Imported figures become revisions; targets are added, kept or replaced; last year's file gives the past."""

from dataclasses import replace
from pathlib import Path

import messy
import pytest
from openpyxl import Workbook

from saima.engine.errors import ReadingsRefused
from saima.engine.model.inputs import AsOf, Reading, Readings, ReadingTable
from saima.engine.model.periods import Period
from saima.engine.model.season import Progress, Target
from saima.engine.race import evaluate
from saima.files.bundle import Bundle
from saima.files.importing import ImportResult, apply, merge_counts, merge_into, propose, read_grid, reading, start
from saima.files.importing.rows import is_long

APRIL = Period.parse("2026-04")


def table(tmp_path: Path, text: str) -> ImportResult:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    grid = read_grid(tmp_path / "a.csv")
    return apply(grid, propose(grid, messy.season()), messy.season())


def test_unchanged_figures_add_nothing_and_changed_ones_the_next_revision(tmp_path: Path) -> None:
    known = [
        Reading("crane", "firms", APRIL, "42", "verified"),
        Reading("whale", "firms", APRIL, "30", "reported", 1),
        Reading("whale", "firms", APRIL, "31", "reported", 2),
        Reading("lantern", "firms", APRIL, "7", "rejected"),
    ]
    bundle = replace(messy.bundle(), readings=Readings(ReadingTable.of(known)))
    result = table(tmp_path, "2026年4月,\n园区,高新技术企业数\n纸鹤园,42.0\n玻璃鲸园,38\n九灯园,7\n月渡园,5\n")

    counts = merge_counts(bundle, result)
    merged = merge_into(bundle, result, recorded_at=messy.NOON)

    assert (counts.new, counts.changed, counts.unchanged, counts.refused) == (1, 2, 1, 0)
    rows = [merged.readings.table.row(n) for n in range(len(merged.readings.table))]
    assert [r for r in rows if r in known] == known
    assert sorted(
        (r.contestant, r.value, r.revision, r.origin, r.recorded_at, r.state) for r in rows if r not in known
    ) == [
        ("ferry", "5", 1, "import", messy.NOON, "reported"),
        ("lantern", "7", 2, "import", messy.NOON, "reported"),
        ("whale", "38", 3, "import", messy.NOON, "reported"),
    ]
    assert merge_into(merged, result, recorded_at=messy.NOON) == merged
    assert merge_counts(merged, result).unchanged == 4


def test_last_years_file_gives_the_past_before_the_window(tmp_path: Path) -> None:
    result = table(tmp_path, "2025年各园区高新技术企业数,,\n园区,11月,12月\n纸鹤园,88,95\n玻璃鲸园,70,72\n")

    merged = merge_into(messy.bundle(), result, recorded_at=messy.NOON)

    assert [str(p) for p in merged.readings.periods] == ["2025-11", "2025-12"]
    assert [(r.contestant, str(r.period), r.value) for r in result.readings] == [
        ("crane", "2025-11", "88"),
        ("whale", "2025-11", "70"),
        ("crane", "2025-12", "95"),
        ("whale", "2025-12", "72"),
    ]


def test_last_years_file_feeds_the_progress_ranking(tmp_path: Path) -> None:
    text = "{year}年4月,,\n园区,引进人才,\n,全年目标,累计完成\n纸鹤园,400,{first}\n玻璃鲸园,400,{second}\n"
    for year, first, second in ((2025, 100, 50), (2026, 110, 100)):
        (tmp_path / f"{year}.csv").write_text(text.format(year=year, first=first, second=second), encoding="utf-8")
    this_year, last_year = read_grid(tmp_path / "2026.csv"), read_grid(tmp_path / "2025.csv")
    mapping = propose(this_year)
    season, result = start(this_year, mapping, code="race")
    season = replace(season, progress=Progress("last_year"))
    bundle = merge_into(messy.bundle(season), result, recorded_at=messy.NOON)

    both = merge_into(bundle, apply(last_year, mapping, season), recorded_at=messy.NOON)

    def progress(of: Bundle) -> list[tuple[int, str]]:
        said = evaluate(of.season, of.readings, of.projects, of.history, AsOf(APRIL), 1)
        ranked = [x for x in said.standings if x.kind == "progress" and x.scope == "indicator:i01"]
        return sorted((x.rank, of.season.contestant[x.contestant].title.zh) for x in ranked)

    assert progress(bundle) == []
    assert progress(both) == [(1, "玻璃鲸园"), (2, "纸鹤园")]


def test_targets_are_added_and_replaced_only_when_the_mapping_says_so(tmp_path: Path) -> None:
    season = messy.season(targets=(Target("crane", "firms", 100.0), Target("whale", "firms", 100.0)))
    grid = read_grid(messy.stacked(tmp_path / "a.xlsx"))
    mapping = propose(grid, season)

    added = apply(grid, mapping, season)
    bundle = messy.bundle(season)
    replaced = apply(grid, replace(mapping, targets="replace"), season)
    ignored = apply(grid, replace(mapping, targets="ignore"), season)

    assert merge_counts(bundle, added).targets_kept == (Target("crane", "firms", 120.0),)
    kept = merge_into(bundle, added, recorded_at=messy.NOON).season.target
    assert (kept["crane", "firms"].target, kept["ferry", "rd"].target) == (100.0, 30000.0)
    assert merge_into(bundle, replaced, recorded_at=messy.NOON).season.target["crane", "firms"].target == 120.0
    assert ignored.targets == ()


def test_a_time_without_offset_is_a_programming_fault(tmp_path: Path) -> None:
    result = table(tmp_path, "2026年4月,\n园区,高新技术企业数\n纸鹤园,42\n")

    with pytest.raises(ValueError, match="offset"):
        merge_into(messy.bundle(), result, recorded_at=messy.NOON.replace(tzinfo=None))


def long_text(lines: int) -> str:
    parks = ("纸鹤园", "玻璃鲸园", "九灯园", "月渡园")
    kinds = ("高新技术企业数,{},家", "研发投入,{},亿元", "引进人才,{},万人")
    rows = []
    for n in range(lines):
        month = f"{1900 + n // 12 // 12}-{n // 12 % 12 + 1:02d}"
        rows.append(f"{parks[n % 4]},{kinds[n // 4 % 3].format(month)},{(n % 977) - 50}.{n % 10}0")
    faults = [
        "小城,引进人才,2026-01,人,5",
        "纸鹤园,引进人才,2026-13,人,5",
        "纸鹤园,引进人才,2026-01,万元,5",
        "纸鹤园,引进人才,2026-02,人,约5",
        "纸鹤园,引进人才,2026-03,人,—",
        "纸鹤园,引进人才,2026-04,人,不适用",
        "纸鹤园,引进人才,2026-05,人,１，２３４",
        "纸鹤园,引进人才,2026-05,人,1234",
        "纸鹤园,引进人才,2026-06,人,1",
        "纸鹤园,引进人才,2026-06,人,2",
        "合计,引进人才,2026-06,人,2",
    ]
    return "\n".join(["园区,指标,月份,单位,数值", *rows, *faults, ""])


def test_a_long_table_says_by_columns_exactly_what_it_says_cell_by_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(long_text(6000), encoding="utf-8")
    grid = read_grid(tmp_path / "a.csv")
    mapping = propose(grid, messy.season())
    sheet = grid.sheets[0]
    slow = replace(grid, sheets=(replace(sheet, frame=None, cells=sheet.rows),))
    assert is_long(sheet, mapping.sheets[0])
    assert not is_long(slow.sheets[0], mapping.sheets[0])

    by_columns, by_cells = apply(grid, mapping, messy.season()), apply(slow, mapping, messy.season())

    assert by_columns.readings == by_cells.readings
    for kind in ("refused", "skipped"):
        told = [
            sorted((p.line, p.column, p.code, str(p.params.get("seen"))) for p in getattr(r, kind))
            for r in (by_columns, by_cells)
        ]
        assert told[0] == told[1]
    assert len(by_columns.refused) == 6
    assert (by_columns.refused[0].line, by_columns.refused[0].column) == (6002, "A")


def test_a_flood_of_faults_is_counted_and_told_shortly(tmp_path: Path) -> None:
    text = "园区,指标,月份,数值\n纸鹤园,引进人才,2026-01,5\n" + "".join(
        f"小城{n},引进人才,2026-01,5\n" for n in range(3000)
    )
    text += "".join(f"纸鹤园,引进人才,{1000 + n},约5\n" for n in range(3000))
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    grid = read_grid(tmp_path / "a.csv")
    mapping = propose(read_grid(_small(tmp_path)), messy.season())

    result = apply(grid, mapping, messy.season())

    assert len(result.readings) == 1
    assert result.coverage.refused == 6000
    assert len(result.refused) == 1001
    assert result.refused[-1].params == {"count": 5000}


def _small(tmp_path: Path) -> Path:
    path = tmp_path / "b.csv"
    path.write_text("园区,指标,月份,数值\n纸鹤园,引进人才,2026-01,5\n", encoding="utf-8")
    return path


def test_a_long_table_with_a_blank_line_keeps_its_line_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LONG_TEXT", 100)
    text = long_text(6000).replace("数值\n", "数值\n\n").split("小城")[0] + "小城,引进人才,2026-01,人,5\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    grid = read_grid(tmp_path / "a.csv")

    result = apply(grid, propose(grid, messy.season()), messy.season())

    assert [(p.line, p.column) for p in result.refused] == [(6003, "A")]
    assert len(result.readings) == 6000


def test_month_figures_alone_are_refused_for_a_cumulative_indicator(tmp_path: Path) -> None:
    result = table(tmp_path, "2026年4月,\n园区,高新技术企业数（当月）\n纸鹤园,42\n")

    assert result.readings == ()
    assert [p.code for p in result.refused] == ["import.month_alone"]


def test_month_figures_are_the_value_where_nothing_adds_up_over_months(tmp_path: Path) -> None:
    alone = table(tmp_path, "2026年4月,\n园区,高新产业增加值增速（当月）\n纸鹤园,4.2\n")
    beside = table(tmp_path, "2026年4月,,\n园区,高新产业增加值增速,\n,当月,累计\n纸鹤园,4.2,5.1\n")

    assert [(r.indicator, r.value) for r in alone.readings] == [("growth", "4.2")]
    assert [(r.indicator, r.value) for r in beside.readings] == [("growth", "5.1")]
    assert alone.refused == beside.refused == ()


def test_shares_that_look_like_percent_are_doubted(tmp_path: Path) -> None:
    result = table(tmp_path, "2026年4月,\n园区,高新产业增加值增速\n纸鹤园,0.417\n玻璃鲸园,0.3\n九灯园,-0.1\n")

    assert [(p.code, p.params["count"]) for p in result.warnings] == [("import.share_suspect", 3)]


def test_sheet_and_title_that_disagree_about_the_month_are_told(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "4月"
    for row in (["2026年3月情况"], ["园区", "引进人才"], ["纸鹤园", 5]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    grid = read_grid(tmp_path / "a.xlsx")

    result = apply(grid, propose(grid, messy.season()), messy.season())

    assert [str(r.period) for r in result.readings] == ["2026-04"]
    assert [p.code for p in result.warnings] == ["import.period_conflict"]


def test_a_mapping_of_another_season_is_refused(tmp_path: Path) -> None:
    grid = read_grid(messy.labelled_rows(tmp_path / "a.xlsx"))
    mapping = propose(grid, messy.season())
    without = replace(messy.season(), indicators=messy.INDICATORS[:1])

    with pytest.raises(ReadingsRefused) as refused:
        apply(grid, mapping, without)

    assert [p.code for p in refused.value.problems] == ["import.map_no_indicator"]
