"""``saima explain`` and ``saima whatif``: questions about a place, answered in sentences, tables and JSON."""

import json
from pathlib import Path

import pytest


def test_explain_splits_a_gap_into_parts_that_add_up(saima, season: Path) -> None:
    shown = saima("explain", season, "West Park (fictional)")
    told = json.loads(saima("explain", season, "west", "--json").out)

    comparison = told["comparisons"][0]
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("West Park (fictional), 2026-04: place 2 of 3 with ")
    assert "North Park (fictional)" in shown.out
    assert sum(row["points"] for row in comparison["rows"]) == pytest.approx(comparison["gap"], abs=1e-9)
    assert told["schema"] == "saima.explanation/1"


def test_explain_compares_with_whom_it_is_asked(saima, season: Path) -> None:
    told = json.loads(saima("explain", season, "west", "--against", "east", "--json").out)

    assert told["comparisons"][0]["against"] == "east"


def test_explain_speaks_chinese(saima, season: Path) -> None:
    shown = saima("explain", season, "west", "--lang", "zh")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("西园（虚构），2026-04：3 个单位中第 2 名")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["nobody"], "nobody"), (["west", "--against", "nobody"], "nobody"), (["west", "--against", "west"], "West Park")],
)
def test_a_question_about_nobody_is_refused(saima, season: Path, arguments: list[str], named: str) -> None:
    refused = saima("explain", season, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert named in refused.err


def test_whatif_names_what_a_place_would_take(saima, season: Path) -> None:
    shown = saima("whatif", season, "west", "--place", "1")
    told = json.loads(saima("whatif", season, "west", "--place", "1", "--json").out)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("West Park (fictional), 2026-04: place 2 of 3 with ")
    assert [p["place"] for p in told["places"]] == [1]
    assert told["places"][0]["holder"] == "north"
    assert told["schema"] == "saima.whatif/1"


@pytest.mark.parametrize("rivals", ["frozen", "pace", "projection"])
def test_whatif_asks_what_rivals_do(saima, season: Path, rivals: str) -> None:
    told = json.loads(saima("whatif", season, "east", "--place", "1", "--rivals", rivals, "--json").out)

    assert (told["rivals"], told["code"]) == (rivals, f"whatif.rivals.{rivals}")


def test_whatif_speaks_chinese(saima, season: Path) -> None:
    shown = saima("whatif", season, "west", "--place", "1", "--lang", "zh")

    assert (shown.code, shown.err) == (0, "")
    assert "假定其他单位停留在" in shown.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["west", "--place", "0"], "--place 0: write a whole number from 1 to 100000."),
        (["west", "--place", "first"], "--place first: write a whole number from 1 to 100000."),
        (["west", "--place", "9"], "9"),
        (["north", "--place", "1"], "North Park"),
        (["west", "--place", "1", "--rivals", "asleep"], "--rivals asleep: write frozen, pace or projection."),
    ],
)
def test_a_place_that_cannot_be_asked_for_is_refused(saima, season: Path, arguments: list[str], named: str) -> None:
    refused = saima("whatif", season, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert named in refused.err


def test_scores_are_written_alike_in_sentences_and_tables(saima) -> None:
    shown = saima("explain", "demo-city", "whistle", "--against", "crane", "--period", "2026-05").out

    assert "is 44.10 points behind Paper Crane Park" in shown
    assert "−44.10" in shown


def test_explain_names_what_makes_no_difference_in_one_line(saima) -> None:
    shown = saima("explain", "demo-city", "whistle", "--against", "crane", "--period", "2026-05").out
    told = json.loads(
        saima("explain", "demo-city", "whistle", "--against", "crane", "--period", "2026-05", "--json").out
    )

    level = [row["title"]["en"] for row in told["comparisons"][0]["rows"] if abs(row["points"]) < 1e-9]
    assert f"No points won or lost on: {', '.join(level)}." in shown
    assert not any(line.startswith(f"│{title}") for line in shown.splitlines() for title in level)


def test_whatif_says_once_what_no_indicator_can_do_alone(saima) -> None:
    asked = ("whatif", "demo-city", "ferry", "--place", "1", "--period", "2026-05")
    told = json.loads(saima(*asked, "--json").out)
    never = [s for s in told["places"][0]["singles"] if s["amount"] is None]
    shown = saima(*asked).out

    assert len(never) > 1
    assert f"Indicators that cannot take place 1 alone, whatever the figure: {len(never)}." in shown
    assert shown.count("alone") == 1
