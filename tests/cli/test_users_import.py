"""What an import tells about figures that were taken and have no effect yet."""

from pathlib import Path

import pytest


def table(name: str, year: int) -> Path:
    path = Path(name)
    path.write_text(f"contestant,indicator,period,value\neast,firms,{year}-05,20\n", "utf-8")
    return path


@pytest.mark.parametrize(("lang", "said"), [("en", "are not ranked yet"), ("zh", "暂不参与排名")])
def test_reported_figures_that_do_not_count_are_told(saima, season: Path, lang: str, said: str) -> None:
    first = saima("import", table("may.csv", 2026), "--into", season, "--yes", "--lang", lang)
    again = saima("import", "may.csv", "--map", "may.map.toml", "--into", season, "--lang", lang)

    assert (first.code, first.err, again.code, again.err) == (0, "", 0, "")
    assert said in first.out
    assert said not in again.out


def test_verified_figures_count_and_nothing_more_is_told(saima, season: Path) -> None:
    saima("import", table("may.csv", 2026), "--into", season)
    mapping = Path("may.map.toml")
    mapping.write_text(mapping.read_text("utf-8").replace('"reported"', '"verified"'), "utf-8")

    done = saima("import", "may.csv", "--map", mapping, "--into", season)

    assert done.code == 0
    assert "ranked" not in done.out


@pytest.mark.parametrize(("against", "told"), [("none", True), ("last_year", False)])
def test_last_year_s_figures_say_how_they_become_a_progress_ranking(
    saima, season: Path, against: str, told: bool
) -> None:
    definition = season / "season.toml"
    definition.write_text(definition.read_text("utf-8").replace('"previous"', f'"{against}"'), "utf-8")

    done = saima("import", table("last.csv", 2025), "--into", season, "--yes")

    assert done.code == 0
    assert ("[progress]" in done.out) == told
