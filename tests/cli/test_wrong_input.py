"""Wrong input of every kind, through the command line: exit 2, clear sentences, nothing printed, nothing written."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.cli import main
from saima.files import new_season


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")


def first_row(text: str, column: str, value: str) -> str:
    head, first, *rest = text.splitlines()
    cells = first.split(",")
    cells[head.removeprefix("\ufeff").split(",").index(column)] = value
    return "\n".join([head, ",".join(cells), *rest]) + "\n"


def duplicated_reading(folder: Path) -> None:
    rewrite(folder / "readings.csv", lambda t: t + t.splitlines()[1] + "\n")


def unknown_contestant(folder: Path) -> None:
    rewrite(folder / "readings.csv", lambda t: first_row(t, "contestant", "nobody"))


def text_in_a_number(folder: Path) -> None:
    rewrite(folder / "readings.csv", lambda t: first_row(t, "value", "about forty"))


def month_that_is_no_month(folder: Path) -> None:
    rewrite(folder / "readings.csv", lambda t: first_row(t, "period", "2026-13"))


def weights_that_do_not_join(folder: Path) -> None:
    rewrite(folder / "season.toml", lambda t: t.replace("weight = 40", "weight = 39"))


def unknown_key(folder: Path) -> None:
    rewrite(
        folder / "season.toml", lambda t: t.replace('code = "example-2026"', 'code = "example-2026"\nprize = "snail"')
    )


def broken_toml(folder: Path) -> None:
    rewrite(folder / "season.toml", lambda t: t + "\n[[[\n")


def unknown_column(folder: Path) -> None:
    rewrite(folder / "readings.csv", lambda t: "\n".join(line + ",x" for line in t.splitlines()) + "\n")


def missing_contestants(folder: Path) -> None:
    (folder / "contestants.csv").unlink()


def missing_season(folder: Path) -> None:
    (folder / "season.toml").unlink()


def stray_table(folder: Path) -> None:
    (folder / "reedings.csv").write_text("a,b\n", "utf-8")


def binary_rubbish(folder: Path) -> None:
    (folder / "readings.csv").write_bytes(bytes(range(256)) * 40)


def not_utf8(folder: Path) -> None:
    (folder / "readings.csv").write_bytes("contestant,indicator,period,value\n园区,a,2026-01,1\n".encode("gb18030"))


def target_equal_to_baseline(folder: Path) -> None:
    def equal(text: str) -> str:
        head, *rows = text.splitlines()
        columns = head.removeprefix("\ufeff").split(",")
        target = columns.index("target")
        if "baseline" in columns:
            at = columns.index("baseline")
            done = []
            for row in rows:
                cells = row.split(",")
                cells[at] = cells[target]
                done.append(",".join(cells))
            return "\n".join([head, *done]) + "\n"
        return "\n".join([f"{head},baseline", *(f"{row},{row.split(',')[target]}" for row in rows)]) + "\n"

    rewrite(folder / "targets.csv", equal)


KINDS = [
    duplicated_reading,
    unknown_contestant,
    text_in_a_number,
    month_that_is_no_month,
    weights_that_do_not_join,
    unknown_key,
    broken_toml,
    unknown_column,
    missing_contestants,
    missing_season,
    stray_table,
    binary_rubbish,
    not_utf8,
    target_equal_to_baseline,
]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("spoil", KINDS, ids=lambda f: f.__name__)
def test_a_spoilt_season_is_refused_by_name_and_nothing_is_written(
    saima, season: Path, spoil: Callable[[Path], None], lang: str
) -> None:
    spoil(season)
    before = {p: p.read_bytes() for p in Path.cwd().rglob("*") if p.is_file()}

    refused = saima("evaluate", season, "--lang", lang)
    printed = saima("bulletin", season, "--date", "2026-05-08", "--out", "may", "--record", "--lang", lang)

    assert (refused.code, refused.out) == (2, "")
    assert (printed.code, printed.out, printed.err) == (2, "", refused.err)
    assert refused.err.strip()
    assert "Traceback" not in refused.err
    assert bool(re.search(r"[\u4e00-\u9fff]{2}", refused.err)) == (lang == "zh")
    assert {p: p.read_bytes() for p in Path.cwd().rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    "name", ["nowhere", "empty", "note.txt", "rubbish.xlsx", "rubbish.saima.zip", "other.zip", "m.xlsm"]
)
@pytest.mark.parametrize("command", ["check", "evaluate"])
def test_what_is_no_season_is_refused_in_one_sentence(saima, command: str, name: str) -> None:
    Path("empty").mkdir()
    Path("note.txt").write_text("hello", "utf-8")
    for rubbish in ("rubbish.xlsx", "rubbish.saima.zip", "m.xlsm"):
        Path(rubbish).write_bytes(b"PK\x03\x04" + bytes(range(200)))
    with zipfile.ZipFile("other.zip", "w") as other:
        other.writestr("letter.txt", "hello")

    refused = saima(command, name)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["nowhere", "note.txt", "rubbish.zip"])
def test_what_is_no_package_is_refused_in_one_sentence(saima, name: str) -> None:
    Path("note.txt").write_text("hello", "utf-8")
    Path("rubbish.zip").write_bytes(b"PK\x03\x04" + bytes(range(200)))

    refused = saima("verify", name)

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["nowhere.xlsx", "rubbish.xlsx", "macro.xlsm", "empty.csv", "letter.docx"])
def test_what_is_no_table_is_refused_in_one_sentence(saima, season: Path, name: str) -> None:
    for rubbish in ("rubbish.xlsx", "macro.xlsm", "letter.docx"):
        Path(rubbish).write_bytes(b"PK\x03\x04" + bytes(range(200)))
    Path("empty.csv").write_bytes(b"")
    before = sorted(Path.cwd().rglob("*"))

    refused = saima("import", name, "--into", season, "--yes")

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1
    assert sorted(Path.cwd().rglob("*")) == before


def test_a_folder_that_cannot_be_written_is_one_sentence(saima, season: Path) -> None:
    Path("file").write_text("in the way", "utf-8")

    refused = saima("bulletin", season, "--date", "2026-05-08", "--out", "file/may")

    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("any") / "ours"
    new_season(folder, "en")
    return folder


@settings(max_examples=40)
@given(
    name=st.sampled_from(["season.toml", "readings.csv", "indicators.csv"]),
    junk=st.binary(max_size=60),
    at=st.floats(0, 1),
)
def test_whatever_bytes_stand_in_a_file_nobody_sees_a_traceback(
    spoilt: Path, name: str, junk: bytes, at: float
) -> None:
    copy = spoilt.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(spoilt, copy)
    content = (copy / name).read_bytes()
    cut = int(len(content) * at)
    (copy / name).write_bytes(content[:cut] + junk + content[cut:])

    assert main(["evaluate", str(copy)], {}) in (0, 2)


def test_no_traceback_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "x.saima.zip").write_bytes(b"PK")
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())", "verify", "x.saima.zip"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert (run.returncode, run.stdout) == (2, b"")
    assert b"Traceback" not in run.stderr
