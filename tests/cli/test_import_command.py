"""``saima new`` and ``saima import``: from nothing, or from the table people have, to a season."""

from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path: Path, season: Path) -> Path:
    """May figures of two indicators of the small season, by their titles."""
    titles = [line.split(",") for line in (season / "indicators.csv").read_text("utf-8").splitlines()]
    names = [row[titles[0].index("title_en")] for row in titles[1:3]]
    who = [line.split(",") for line in (season / "contestants.csv").read_text("utf-8").splitlines()]
    parks = [row[who[0].index("title_en")] for row in who[1:]]
    path = tmp_path / "2026年5月快报.csv"
    rows = [
        ["2026年5月各园区指标", *("" for _ in names)],
        ["Contestant", *names],
        *([park, str(900 + n), str(800 + n)] for n, park in enumerate(parks)),
    ]
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    return path


def test_new_writes_a_season_that_checks(saima) -> None:
    made = saima("new", "fresh")

    assert (made.code, made.err) == (0, "")
    assert made.out.startswith("A small fictional season is in fresh;")
    assert saima("check", "fresh").code == 0


def test_new_leaves_a_full_folder_alone(saima, season: Path) -> None:
    before = sorted(p.name for p in season.iterdir())

    refused = saima("new", season)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert sorted(p.name for p in season.iterdir()) == before


def test_without_a_mapping_one_is_proposed_shown_and_kept(saima, season: Path, table: Path) -> None:
    before = (season / "readings.csv").read_bytes()

    shown = saima("import", table, "--into", season)

    kept = table.with_name("2026年5月快报.map.toml")
    assert (shown.code, shown.err) == (0, "")
    assert kept.is_file()
    assert shown.out.splitlines()[-1].endswith(f"--map '{kept}' --into {season}")
    assert (season / "readings.csv").read_bytes() == before


def test_a_mapping_puts_the_figures_in_place(saima, season: Path, table: Path) -> None:
    saima("import", table, "--into", season)
    toml = (season / "season.toml").read_bytes()

    done = saima("import", table, "--map", table.with_name("2026年5月快报.map.toml"), "--into", season)

    assert (done.code, done.err) == (0, "")
    assert f"Written in {season}: readings.csv." in done.out.splitlines()
    assert saima("check", season).out.startswith(
        "Example season 2026 holds together: 3 contestants, 4 indicators, 0 projects, 54 readings.\n"
    )
    assert (season / "season.toml").read_bytes() == toml
    assert sorted(p.name for p in season.iterdir() if p.name.startswith(".")) == []


def test_the_same_table_again_writes_nothing(saima, season: Path, table: Path) -> None:
    saima("import", table, "--into", season, "--yes")
    before = (season / "readings.csv").read_bytes()

    again = saima("import", table, "--map", table.with_name("2026年5月快报.map.toml"), "--into", season)

    assert (again.code, again.err) == (0, "")
    assert again.out.splitlines()[-1] == f"{season} has all of these figures already; nothing was written."
    assert (season / "readings.csv").read_bytes() == before


def test_a_table_can_begin_a_season(saima, table: Path) -> None:
    done = saima("import", table, "--new", "begun", "--yes")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1].startswith("A season begins in begun.")
    assert saima("check", "begun").code == 0


def test_a_mapping_already_there_is_not_written_over(saima, season: Path, table: Path) -> None:
    saima("import", table, "--into", season)
    kept = table.with_name("2026年5月快报.map.toml")
    kept.write_text(kept.read_text("utf-8") + "# looked at\n", "utf-8")

    refused = saima("import", table, "--into", season)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("A mapping for this table is there already.")
    assert kept.read_text("utf-8").endswith("# looked at\n")


def test_a_season_that_has_published_asks_when_figures_were_recorded(saima, season: Path, table: Path) -> None:
    (season / "published").mkdir()
    head = "period,version,part,scope,kind,contestant,field,value\n"
    facts = {"number": "1", "dated": "2026-04-08", "known_at": "2026-04-08T00:00:00Z"}
    rows = "".join(f"2026-03,1,bulletin,,,,{k},{v}\n" for k, v in sorted(facts.items()))
    (season / "published/2026-03.csv").write_text(head + rows, "utf-8")

    refused = saima("import", table, "--into", season, "--yes")
    done = saima("import", table, "--into", season, "--yes", "--recorded-at", "2026-06-02T09:00:00+08:00")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("Example season 2026 has published 2026-03: say when these figures were recorded")
    assert done.code == 0
    assert "2026-06-02T01:00:00Z" in (season / "readings.csv").read_text("utf-8")


def test_only_one_place_can_take_the_figures(saima, season: Path, table: Path) -> None:
    refused = saima("import", table, "--into", season, "--new", "other")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("Give either --into")
