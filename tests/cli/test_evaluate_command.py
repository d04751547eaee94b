"""``saima check`` and ``saima evaluate``: which period, as of when, and what is printed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_evaluate_prints_the_standings_of_the_latest_period(saima, season: Path) -> None:
    shown = saima("evaluate", season)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("Example season 2026 · January–April 2026\n")
    assert [line for line in shown.out.splitlines() if "North Park" in line]
    assert "\x1b" not in shown.out


def test_evaluate_speaks_chinese(saima, season: Path) -> None:
    shown = saima("evaluate", season, "--lang", "zh")

    assert (shown.code, shown.err) == (0, "")
    assert "2026年示例赛季" in shown.out.splitlines()[0]


def test_evaluate_as_json_is_canonical_and_complete(saima, season: Path) -> None:
    shown = saima("evaluate", season, "--json", "--seed", "7")

    found = json.loads(shown.out)
    assert (shown.code, shown.err) == (0, "")
    assert (found["schema"], found["period"], found["seed"]) == ("saima.evaluation/1", "2026-04", 7)
    assert shown.out == saima("evaluate", season, "--json", "--seed", "7", "--period", "2026-04").out


def test_the_default_seed_is_2026(saima, season: Path) -> None:
    assert json.loads(saima("evaluate", season, "--json").out)["seed"] == 2026


def test_json_is_the_same_bytes_under_any_locale_zone_and_hash_seed(season: Path) -> None:
    asked = ["evaluate", str(season), "--json"]

    def printed(**environment: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())", *asked],
            capture_output=True,
            env=dict(os.environ) | environment,
            check=True,
        ).stdout

    assert printed(TZ="Asia/Shanghai", LC_ALL="zh_CN.UTF-8", PYTHONHASHSEED="1") == printed(
        TZ="America/Los_Angeles", LC_ALL="C", PYTHONHASHSEED="2"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026Q1", "Example season 2026 runs by month, and 2026Q1 is not a month: write one such as 2026-01.\n"),
        ("2025-12", "2025-12 lies outside the window of Example season 2026: choose one from 2026-01 to 2026-12.\n"),
        ("2026-09", "Example season 2026 has no readings for 2026-09. The latest period that has is 2026-04.\n"),
        ("2026-13", "'2026-13' is no period: write 2026-04, 2026Q1, 2026H1 or 2026.\n"),
    ],
)
def test_a_period_that_will_not_do_is_refused_with_one_that_will(saima, season: Path, typed: str, said: str) -> None:
    refused = saima("evaluate", season, "--period", typed)

    assert (refused.code, refused.out, refused.err) == (2, "", said)


def test_an_earlier_period_is_asked_for_by_name(saima, season: Path) -> None:
    assert json.loads(saima("evaluate", season, "--period", "2026-02", "--json").out)["period"] == "2026-02"


def test_a_season_without_readings_says_where_they_go(saima, season: Path) -> None:
    (season / "readings.csv").unlink()

    refused = saima("evaluate", season)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "Example season 2026 has no readings yet between 2026-01 and 2026-12. Add them to readings.csv, or use"
        " saima import.\n"
    )
    assert saima("check", season).out.splitlines()[1] == "No readings yet between 2026-01 and 2026-12."


@pytest.mark.parametrize("typed", ["2026-05-01", "yesterday", "2026-05-01T09:00:00"])
def test_an_instant_needs_its_offset(saima, season: Path, typed: str) -> None:
    refused = saima("evaluate", season, "--known-at", typed)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"--known-at {typed}: write an instant with its offset, such as 2026-05-06T09:00:00+08:00.\n"
    )


def test_a_published_period_is_evaluated_as_of_its_publication(saima, season: Path) -> None:
    made = saima("bulletin", season, "--period", "2026-03", "--date", "2026-04-08", "--out", "march", "--record")
    before = saima("evaluate", season, "--period", "2026-03", "--json").out
    readings = season / "readings.csv"
    head, first, *rest = readings.read_text("utf-8").splitlines()
    columns = head.split(",")
    row = dict(zip(columns, first.split(","), strict=True))
    assert made.code == 0
    assert json.loads(before)["known_at"] == "2026-04-08T15:59:59Z"
    later = {**row, "period": "2026-03", "revision": "2", "recorded_at": "2026-05-01T00:00:00Z", "value": "1"}
    every = [*columns, *(c for c in ("revision", "recorded_at") if c not in columns)]
    table = [every] + [
        [dict(zip(columns, line.split(","), strict=True)).get(c, "") for c in every] for line in (first, *rest)
    ]
    table.append([later.get(c, "") for c in every])
    readings.write_text("".join(",".join(r) + "\n" for r in table), "utf-8")

    same = saima("evaluate", season, "--period", "2026-03", "--json")
    today = saima("evaluate", season, "--period", "2026-03", "--known-at", "2026-06-01T00:00:00Z", "--json")

    assert json.loads(same.out)["standings"] == json.loads(before)["standings"]
    assert json.loads(today.out)["standings"] != json.loads(before)["standings"]


def test_check_says_what_is_there(saima, season: Path) -> None:
    shown = saima("check", season)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "Example season 2026 holds together: 3 contestants, 4 indicators, 0 projects, 48 readings.\n"
        "2026-04: no figure looks wrong.\n"
    )


def test_check_names_a_figure_that_looks_wrong(saima, season: Path) -> None:
    readings = season / "readings.csv"
    lines = readings.read_text("utf-8").splitlines()
    columns = lines[0].split(",")
    value, period = columns.index("value"), columns.index("period")
    april = next(n for n, line in enumerate(lines) if line.split(",")[period] == "2026-04")
    cells = lines[april].split(",")
    cells[value] = "0.01"
    lines[april] = ",".join(cells)
    readings.write_text("\n".join(lines) + "\n", "utf-8")

    shown = saima("check", season)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[1].startswith("2026-04: figures to look at: ")
    assert shown.out.splitlines()[2].startswith("  ")


def test_check_refuses_weights_that_do_not_join(saima, season: Path) -> None:
    toml = season / "season.toml"
    toml.write_text(toml.read_text("utf-8").replace("weight = 40", "weight = 35"), "utf-8")

    refused = saima("check", season)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert "95" in refused.err
