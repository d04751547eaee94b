"""``saima key``, ``bulletin`` and ``verify``: a package goes out, and comes back as it was or not at all."""

import shutil
import zipfile
from pathlib import Path

import pytest

from saima.cli import main
from saima.files import new_season

FORMS = ["docx", "html", "pdf", "xlsx"]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a season whose March is published and signed: ours/, bureau.pem, march/."""
    root = tmp_path_factory.mktemp("issued")
    new_season(root / "ours", "en")
    assert main(["key", str(root / "bureau.pem")], {}) == 0
    period = ["--period", "2026-03", "--date", "2026-04-08", "--out", str(root / "march")]
    assert main(["bulletin", str(root / "ours"), *period, "--record", "--sign", str(root / "bureau.pem")], {}) == 0
    return root


def test_a_bulletin_holds_every_form_in_both_languages(issued: Path) -> None:
    found = sorted(p.name for p in (issued / "march").iterdir() if p.name.startswith("bulletin."))

    assert found == sorted(f"bulletin.{lang}.{form}" for lang in ("en", "zh") for form in FORMS)
    assert (issued / "ours/published/2026-03.csv").read_bytes() == (issued / "march/record/2026-03.csv").read_bytes()


def test_a_package_verifies_with_its_key(saima, issued: Path) -> None:
    shown = saima("verify", issued / "march", "--key", issued / "bureau.pem.pub")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[-1] == "Verified: everything agrees."
    assert all(line.startswith("  ok ") for line in shown.out.splitlines()[:-1])


def test_a_package_can_be_evaluated_like_a_season(saima, issued: Path) -> None:
    from_package = saima("evaluate", issued / "march", "--period", "2026-03", "--known-at", "2026-04-08T15:59:59Z")
    from_folder = saima("evaluate", issued / "ours", "--period", "2026-03")

    assert from_package == from_folder
    assert from_package.code == 0


def test_one_changed_digit_is_found_and_named(saima, issued: Path, tmp_path: Path) -> None:
    shutil.copytree(issued / "march", tmp_path / "copy")
    readings = tmp_path / "copy/season/readings.csv"
    text = readings.read_text("utf-8")
    at = next(n for n, c in enumerate(text) if c in "123456789" and text[n - 1] == ",")
    readings.write_text(text[:at] + ("9" if text[at] != "9" else "8") + text[at + 1 :], "utf-8")

    shown = saima("verify", tmp_path / "copy")

    assert (shown.code, shown.err) == (1, "")
    assert any("WRONG" in line and "season/readings.csv" in line for line in shown.out.splitlines())
    assert shown.out.splitlines()[-1] == "Not verified: see the lines marked WRONG."


def test_a_key_of_somebody_else_fails_verification(saima, issued: Path) -> None:
    made = saima("key", "other.pem")

    shown = saima("verify", issued / "march", "--key", "other.pem.pub", "--lang", "zh")

    assert made.code == 0
    assert shown.code == 1
    assert shown.out.splitlines()[-1] == "核验未通过：见标有“不符”的各行。"


def test_a_key_is_never_written_over(saima) -> None:
    saima("key", "ours.pem")
    before = Path("ours.pem").read_bytes()

    refused = saima("key", "ours.pem")

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert Path("ours.pem").read_bytes() == before


def test_a_zip_of_the_same_bulletin_has_the_same_files(saima, issued: Path) -> None:
    arguments = ["--period", "2026-03", "--date", "2026-04-08", "--out", "march.saima.zip"]
    made = saima("bulletin", issued / "ours", *arguments, "--sign", issued / "bureau.pem")

    folder = {p.relative_to(issued / "march").as_posix(): p for p in (issued / "march").rglob("*") if p.is_file()}
    with zipfile.ZipFile("march.saima.zip") as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}

    assert made.code == 0
    assert {n: c for n, c in inside.items() if c != folder[n].read_bytes()} == {}
    assert sorted(inside) == sorted(folder)


def test_an_erratum_is_the_next_version_beside_the_old(saima, issued: Path, tmp_path: Path) -> None:
    shutil.copytree(issued / "ours", tmp_path / "copy")
    arguments = ["--period", "2026-03", "--date", "2026-05-12", "--out", "again", "--record"]

    made = saima("bulletin", "copy", *arguments, "--reason", "A figure came late.")

    assert made.code == 0
    assert made.out.splitlines()[0] == "Bulletin no. 1 for 2026-03, version 2, is in again:"
    assert sorted(p.name for p in Path("copy/published").iterdir()) == ["2026-03.csv", "2026-03.v2.csv"]
    assert "A figure came late." in Path("again/bulletin.en.html").read_text("utf-8")
    assert "Reason: A figure came late. No place changed.\n" in Path("again/chat.en.txt").read_text("utf-8")
    assert Path("again/replaced/2026-03.csv").read_bytes() == Path("copy/published/2026-03.csv").read_bytes()
    assert Path("again/data/changes.csv").read_text("utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "2026-02-30"], "--date 2026-02-30: write a date of the calendar such as 2026-05-08.\n"),
        (["--date", "8 May"], "--date 8 May: write a date of the calendar such as 2026-05-08.\n"),
        (["--date", "2026-05-08", "--number", "0"], "--number 0: write a whole number from 1 to 99999.\n"),
        (["--date", "2026-05-08", "--sign", "none.pem"], "--sign: there is no file 'none.pem'. Check the path.\n"),
        (
            ["--date", "2026-05-08", "--reason", "why not"],
            "--reason corrects a published bulletin, and 2026-04 has none. Leave --reason out to make the first.\n",
        ),
    ],
)
def test_a_bulletin_that_cannot_be_is_refused_and_nothing_written(
    saima, season: Path, arguments: list[str], said: str
) -> None:
    refused = saima("bulletin", season, "--out", "may", *arguments)

    assert (refused.code, refused.out, refused.err) == (2, "", said)
    assert [p.name for p in Path.cwd().iterdir()] == ["ours"]


def test_a_folder_in_use_is_left_alone(saima, season: Path) -> None:
    Path("full").mkdir()
    Path("full/letter.txt").write_text("mine", "utf-8")

    refused = saima("bulletin", season, "--date", "2026-05-08", "--out", "full")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "full is there already and not empty: name a folder that is not there yet.\n"
    assert [p.name for p in Path("full").iterdir()] == ["letter.txt"]


def test_an_example_cannot_be_recorded_into(saima) -> None:
    refused = saima("bulletin", "ruian-2021", "--date", "2021-06-16", "--out", "out", "--record")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--record enters the bulletin into a season folder, and 'ruian-2021' is none.")
    assert not Path("out").exists()
