"""Figures, units, times and names as tables write them."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.periods import Period
from saima.files.importing.figures import MARKERS, Figure, Unplaced, read_figure
from saima.files.importing.grid import Cell
from saima.files.importing.headings import is_aside, read_heading
from saima.files.importing.names import Found, Names
from saima.files.importing.rows import shifted
from saima.files.importing.times import find_time, row_time, without_time
from saima.files.importing.units import convert, find_unit, parse_unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1，234", "1234"),
        ("１２３４．５", "1234.5"),
        ("（3.2）", "-3.2"),
        ("▼3.2", "-3.2"),
        ("▲3.2", "3.2"),
        ("下降3.2%", "-3.2"),
        ("−3", "-3"),
        ("－３", "-3"),
        ("+5", "5"),
        ("1 234", "1234"),
        ("¥1,200.50", "1200.50"),
        ("649项", "649"),
        ("65.5①", "65.5"),
        (" 12 ", "12"),
        ("65.5*", "65.5"),
    ],
)
def test_a_figure_is_read_however_it_is_written(text: str, value: str) -> None:
    said = read_figure(Cell(text), MARKERS)

    assert isinstance(said, Figure)
    assert said.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("约65", "cell_text"),
        ("3～5", "cell_text"),
        ("1.2.3", "cell_text"),
        ("12,34", "cell_comma"),
        ("#DIV/0!", "cell_error"),
        ("65.5(预计)", "cell_text"),
        ("见附件", "cell_text"),
    ],
)
def test_what_is_no_figure_is_not_made_one(text: str, code: str) -> None:
    assert read_figure(Cell(text), MARKERS) == Unplaced(f"import.{code}")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", "missing"),
        ("—", "missing"),
        ("－", "missing"),
        ("/", "missing"),
        ("无", "missing"),
        ("未到", "not_due"),
        ("不适用", "not_applicable"),
        ("N/A", "not_applicable"),
    ],
)
def test_markers_for_nothing_are_told_apart(text: str, meaning: str) -> None:
    assert read_figure(Cell(text), MARKERS) == meaning


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026年1—4月累计", "2026-04"),
        ("2026年4月", "2026-04"),
        ("截至2026年4月30日", "2026-04"),
        ("2026.4", "2026-04"),
        ("202604", "2026-04"),
        ("2026/04/30", "2026-04"),
        ("26年4月", "2026-04"),
        ("2026年十二月", "2026-12"),
        ("2026年一季度", "2026-03"),
        ("2026年上半年", "2026-06"),
        ("2026年前三季度", "2026-09"),
        ("Jan-Apr 2026", "2026-04"),
        ("2026年一至四月", "2026-04"),
        ("2026H1", "2026-06"),
        ("2026Q2", "2026-06"),
    ],
)
def test_times_are_read_however_they_are_written(text: str, period: str) -> None:
    when = find_time(text)

    assert when is not None
    assert str(when.period("month")) == period


def test_a_time_that_ends_no_period_of_the_season_is_none() -> None:
    april, half = find_time("2026年4月"), find_time("2026年上半年")

    assert april is not None
    assert half is not None
    assert april.period("quarter") is None
    assert half.period("quarter") == Period.parse("2026Q2")
    assert half.period("half") == Period.parse("2026H1")
    assert find_time("每百万人") is None
    assert row_time(Cell(Decimal(4))) == find_time("4月")


def test_headers_of_april_and_may_are_one() -> None:
    assert without_time("2026年1—4月累计") == without_time("2026年1-5月累计") == "{period}累计"


@pytest.mark.parametrize(
    ("text", "factor", "family"),
    [
        ("万元", "1e4", "money"),
        ("亿元", "1e8", "money"),
        ("million yuan", "1e6", "money"),
        ("%", "0.01", "share"),
        ("万人", "1e4", "count"),
        ("家", "1", "count"),
        ("万", "1e4", "none"),
        ("个百分点", "0.01", "share"),
        ("100 million yuan", "1e8", "money"),
        ("万平方米", "1e4", "other"),
    ],
)
def test_units_have_exact_factors(text: str, factor: str, family: str) -> None:
    unit = parse_unit(text)

    assert unit is not None
    assert (unit.factor, unit.family) == (Decimal(factor), family)


def test_money_does_not_become_people_nor_dollars_yuan() -> None:
    yuan, people, dollars, firms = (parse_unit(u) for u in ("万元", "人", "万美元", "家"))

    assert yuan is not None
    assert people is not None
    assert dollars is not None
    assert firms is not None
    assert not yuan.fits(people)
    assert not yuan.fits(dollars)
    assert people.fits(firms)


def test_units_stand_in_headers_corners_and_sheet_names() -> None:
    found = [
        find_unit(t) for t in ("研发投入（亿元）", "单位：万元", "R&D spend, million yuan", "填报单位：示例市", "园区")
    ]

    assert [f and (f[0].text, f[1]) for f in found] == [
        ("亿元", "研发投入"),
        ("万元", ""),
        ("million yuan", "R&D spend"),
        None,
        None,
    ]


def test_a_header_gives_its_role_unit_and_name() -> None:
    heading = read_heading(["研发投入（亿元）", "2026年全年目标"])

    assert (heading.role, heading.unit, heading.rest) == ("target", "亿元", ("研发投入",))
    assert read_heading(["高企数", "上年同期"]).year_shift == -1
    assert read_heading(["高企数", "当月"]).role == "month_value"
    assert read_heading(["完成率"]).role == "completion"
    assert read_heading(["高企", "家", "累计"]).unit == "家"


def test_rows_that_are_no_contestants() -> None:
    names = ("合 计", "全市", "小计", "平均值", "注：快报数", "权重", "纸鹤园", "作废行")

    assert [is_aside(n, ["作废行"]) for n in names] == [
        "total",
        "total",
        "subtotal",
        "average",
        "note",
        "weight",
        "",
        "own",
    ]


def test_names_match_exactly_by_core_or_as_a_marked_guess() -> None:
    parks = Names([("东港园区", "east"), ("西港园区", "west"), ("玻璃鲸产业园", "whale"), ("高新技术企业", "firms")])

    assert parks.find("东港园区") == Found("east", 1.0)
    assert parks.find("（1）东港") == Found("east", 0.95)
    assert parks.find("玻璃鲸管委会") == Found("whale", 0.95)
    assert parks.find("高企") == Found("firms", 0.75)
    assert parks.find("南港园区") is None
    assert parks.find("港") is None


@settings(max_examples=60)
@given(st.decimals(min_value=-(10**8), max_value=10**8, places=4), st.integers(-8, 8))
def test_moving_the_point_is_the_same_as_converting(value: Decimal, power: int) -> None:
    text = f"{value:f}"
    source, target = parse_unit("元"), parse_unit("元")
    assert source is not None
    assert target is not None
    exact = value.scaleb(power)

    moved = pl.select(shifted(pl.lit(text), power)).item()

    assert Decimal(moved) == exact
    assert moved == (f"{exact.normalize():f}" if exact else "0")
    assert convert(value, source, target) == (f"{value.normalize():f}" if value else "0")


@settings(max_examples=60)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_thousands_separators_and_wide_digits_change_no_figure(value: Decimal) -> None:
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789,.-"}
    written = [f"{value:f}", f"{value:,f}", f"{value:,f}".translate(wide)]

    assert [read_figure(Cell(w), MARKERS) for w in written] == [Figure(value)] * 3
