"""What a steward may type around a bulletin: dates, places, instants; refused before anything is written."""

import zipfile
from pathlib import Path

import pytest

APRIL = ("--period", "2026-04", "--date", "2026-05-08")


def everything() -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in Path.cwd().rglob("*") if p.is_file()}


def contents(folder: str) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


@pytest.mark.parametrize(("lang", "said"), [("en", "2026-04-30"), ("zh", "落款日期")])
@pytest.mark.parametrize("date", ["2026-04-29", "2020-01-01"])
def test_a_bulletin_dated_before_its_period_ends_is_refused(
    saima, season: Path, date: str, lang: str, said: str
) -> None:
    before = everything()

    refused = saima("bulletin", season, "--period", "2026-04", "--date", date, "--out", "a", "--lang", lang)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert said in refused.err
    assert date in refused.err
    assert everything() == before


@pytest.mark.parametrize("out", ["ours/april", "ours/published", "ours/april.saima.zip", "ours/../ours/x/y"])
def test_a_bulletin_inside_its_season_folder_is_refused(saima, season: Path, out: str) -> None:
    before = everything()

    refused = saima("bulletin", season.name, *APRIL, "--out", out)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "season folder" in refused.err
    assert everything() == before


@pytest.mark.parametrize("out", ["april.pdf", "april.docx", "april.xlsx", "april.tar.gz"])
def test_a_bulletin_named_like_one_form_of_it_is_refused(saima, season: Path, out: str) -> None:
    refused = saima("bulletin", season, *APRIL, "--out", out)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert ".zip" in refused.err
    assert not Path(out).exists()


def test_a_published_bulletin_is_made_again_with_its_own_date_and_number_only(saima, season: Path) -> None:
    assert saima("bulletin", season, *APRIL, "--out", "first", "--record").code == 0
    before = everything()

    other_day = saima("bulletin", season, "--period", "2026-04", "--date", "2026-05-09", "--out", "a", "--record")
    other_number = saima("bulletin", season, *APRIL, "--number", "7", "--out", "b")
    other_cut = saima(
        "bulletin", season, *APRIL, "--out", "c", "--record", "--known-at", "2026-05-06T09:00:00+08:00"
    )  # fmt: skip
    for refused in (other_day, other_number, other_cut):
        assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert everything() == before
    assert "2026-05-08" in other_day.err
    assert "--reason" in other_number.err

    assert saima("bulletin", season, *APRIL, "--out", "again", "--record").code == 0
    first, again = contents("first"), contents("again")
    assert first == again


def test_a_late_revision_changes_neither_the_published_result_nor_its_package(saima, season: Path) -> None:
    saima("bulletin", season, *APRIL, "--out", "april", "--record")
    published = saima("evaluate", season, "--period", "2026-04", "--json").out
    readings = season / "readings.csv"
    head, *rows = readings.read_text("utf-8").splitlines()
    late = "east,firms,2026-04,20,2026-06-20T09:00:00+08:00,2"
    readings.write_text("\n".join([f"{head},revision", *(f"{r},1" for r in rows), late, ""]), "utf-8")

    assert saima("evaluate", season, "--period", "2026-04", "--json").out == published
    assert saima("verify", "april").code == 0
    assert saima("bulletin", season, *APRIL, "--out", "again").code == 0
    assert Path("again/manifest.json").read_bytes() == Path("april/manifest.json").read_bytes()


def test_nothing_known_yet_is_told_as_such_when_an_instant_was_named(saima, season: Path) -> None:
    refused = saima("evaluate", season, "--known-at", "2025-05-06T09:00:00Z")

    assert (refused.code, refused.out) == (2, "")
    assert "2025-05-06T09:00:00Z" in refused.err
    assert "saima import" not in refused.err


@pytest.mark.parametrize("name", ["ours", "empty", "letters.zip"])
def test_what_was_never_a_package_is_no_package(saima, season: Path, name: str) -> None:
    Path("empty").mkdir()
    with zipfile.ZipFile("letters.zip", "w") as letters:
        letters.writestr("letter.txt", "hello")

    refused = saima("verify", name)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "saima bulletin" in refused.err


def test_a_package_without_its_manifest_is_not_verified(saima, season: Path) -> None:
    saima("bulletin", season, *APRIL, "--out", "april")
    Path("april/manifest.json").unlink()

    found = saima("verify", "april")

    assert (found.code, found.err) == (1, "")
    assert "manifest.json" in found.out


def test_figures_cannot_be_recorded_before_what_was_published(saima, season: Path) -> None:
    saima("bulletin", season, *APRIL, "--out", "april", "--record")
    Path("april.csv").write_text("contestant,indicator,period,value\neast,firms,2026-04,20\n", "utf-8")
    before = everything()

    refused = saima(
        "import", "april.csv", "--into", season, "--yes", "--recorded-at", "2026-05-08T23:59:59+08:00"
    )  # fmt: skip

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "2026-05-08" in refused.err
    assert everything() == before


def test_a_folder_is_no_table(saima, season: Path) -> None:
    refused = saima("import", season, "--into", season)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "folder" in refused.err


def test_a_new_season_where_a_file_is_says_file(saima) -> None:
    Path("f").write_text("x")

    refused = saima("new", "f")

    assert (refused.code, refused.out) == (2, "")
    assert "not empty" not in refused.err


def test_a_correction_for_no_reason_is_refused(saima, season: Path) -> None:
    refused = saima("bulletin", season, *APRIL, "--out", "a", "--reason", " ")

    assert (refused.code, refused.out) == (2, "")
    assert "--reason" in refused.err
    assert not Path("a").exists()
