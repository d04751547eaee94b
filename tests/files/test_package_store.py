"""Packages are written whole or not at all, always alike, and hostile ones are refused before they unpack."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small_race

from saima.engine.errors import Refused
from saima.engine.model.inputs import AsOf, Readings, ReadingTable
from saima.files import folder_files, load_season
from saima.files.packages import cut_of, read_package, write_package

FILES = {"manifest.json": b"{}\n", "season/season.toml": b"code = 1\n", "data/a.csv": b"x\n1\n"}


@pytest.mark.parametrize("name", ["p", "p.zip", "p.saima.zip"])
def test_package_reads_back_what_was_written(tmp_path, name):
    write_package(FILES, tmp_path / "new" / name)

    assert read_package(tmp_path / "new" / name) == FILES


def test_zip_is_the_same_bytes_whatever_the_order(tmp_path):
    write_package(FILES, tmp_path / "a.zip")
    write_package(dict(reversed(FILES.items())), tmp_path / "b.zip")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert [(e.filename, e.date_time) for e in archive.infolist()] == [
            (name, (1980, 1, 1, 0, 0, 0)) for name in sorted(FILES)
        ]


def test_package_is_not_written_over_anything(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "mine.txt").write_text("mine")
    (tmp_path / "p.zip").write_bytes(b"mine")

    for out in (tmp_path / "p", tmp_path / "p.zip"):
        with pytest.raises(Refused):
            write_package(FILES, out)

    assert sorted(p.name for p in tmp_path.rglob("*")) == ["mine.txt", "p", "p.zip"]


def test_empty_folder_is_filled(tmp_path):
    (tmp_path / "p").mkdir()

    write_package(FILES, tmp_path / "p")

    assert read_package(tmp_path / "p") == FILES


@pytest.mark.parametrize("name", ["../out.csv", "/etc/passwd", "a/../../b", "c:evil", "a\\..\\b"])
def test_zip_that_leaves_its_folder_is_refused(tmp_path, name):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(Refused):
        read_package(path)


def test_zip_with_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("season/readings.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(Refused):
        read_package(tmp_path / "p.zip")


def test_zip_that_unpacks_suspiciously_well_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(64 * 2**20))

    with pytest.raises(Refused):
        read_package(tmp_path / "p.zip")


def test_folder_with_a_link_is_refused(tmp_path):
    write_package(FILES, tmp_path / "p")
    (tmp_path / "p" / "outside").symlink_to(Path("/etc/passwd"))

    with pytest.raises(Refused) as refusal:
        read_package(tmp_path / "p")
    assert "outside" in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 rubbish", b"\x00" * 100])
def test_broken_zip_is_refused(tmp_path, content):
    (tmp_path / "p.zip").write_bytes(content)

    with pytest.raises(Refused):
        read_package(tmp_path / "p.zip")


def test_absent_package_is_refused(tmp_path):
    with pytest.raises(Refused):
        read_package(tmp_path / "absent.zip")


def test_cut_says_the_same_and_carries_nothing_later(tmp_path):
    whole = small_race.bundle()
    table = whole.readings.table
    late = replace(
        table.row(0), value="77", revision=2, period=small_race.JANUARY, recorded_at=datetime(2026, 4, 9, tzinfo=UTC)
    )
    revised = replace(whole, readings=Readings(ReadingTable.of([*(table.row(n) for n in range(len(table))), late])))

    cut = cut_of(revised, AsOf(small_race.FEBRUARY, small_race.CUT))
    write_package(folder_files(cut), tmp_path / "season")

    assert small_race.evaluated(cut) == small_race.evaluated(revised) == small_race.evaluated(whole)
    assert b",77," in folder_files(revised)["readings.csv"]
    assert b",77," not in folder_files(cut)["readings.csv"]
    assert load_season(tmp_path / "season").readings.periods == (small_race.JANUARY, small_race.FEBRUARY)
