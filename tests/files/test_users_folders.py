"""Folders as people leave them: what is there but no file, separators and encodings of other programs, typed marks."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from saima.engine.errors import Refused
from saima.files import load_season
from saima.files.packages import read_package

Problems = Callable[[], list[tuple[str, str, int, str]]]


def no_file(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    match kind:
        case "folder":
            path.mkdir()
        case "link to nothing":
            path.symlink_to("nowhere")
        case "link to itself":
            path.symlink_to(path.name)
        case "pipe":
            os.mkfifo(path)


@pytest.mark.parametrize("kind", ["folder", "link to nothing", "link to itself", "pipe"])
@pytest.mark.parametrize("name", ["season.toml", "readings.csv", "targets.csv", "waivers.csv"])
def test_what_has_a_table_s_name_and_is_no_file_is_not_passed_over(
    folder: Path, problems: Problems, name: str, kind: str
) -> None:
    no_file(folder / name, kind)

    assert problems() == [("files.not_ordinary", name, 0, "")]


def test_a_record_that_is_no_file_is_not_passed_over(folder: Path, problems: Problems) -> None:
    (folder / "published").mkdir()
    no_file(folder / "published" / "2026-04.csv", "link to nothing")

    assert problems() == [("files.not_ordinary", "published/2026-04.csv", 0, "")]


def test_a_file_where_the_records_belong_is_refused(folder: Path, problems: Problems) -> None:
    (folder / "published").write_text("x")

    assert problems() == [("files.published_no_folder", "published", 0, "")]


def test_a_pipe_in_a_package_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    os.mkfifo(tmp_path / "p" / "chat.en.txt")

    with pytest.raises(Refused, match=r"'chat\.en\.txt'.*plain files"):
        read_package(tmp_path / "p")


@pytest.mark.parametrize(("separator", "shown"), [(";", "';'"), ("\t", "tab")])
def test_a_table_separated_otherwise_gets_one_sentence(
    folder: Path, problems: Problems, separator: str, shown: str
) -> None:
    path = folder / "readings.csv"
    path.write_bytes(path.read_bytes().replace(b",", separator.encode()))

    assert problems() == [("files.semicolons" if separator == ";" else "files.tabs", "readings.csv", 1, "")]
    with pytest.raises(Refused, match=shown):
        load_season(folder)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_definition_in_another_encoding_is_not_told_to_be_a_table(folder: Path, encoding: str) -> None:
    path = folder / "season.toml"
    path.write_bytes(path.read_text("utf-8").encode(encoding))

    with pytest.raises(Refused) as refused:
        load_season(folder)

    (problem,) = refused.value.problems
    assert "CSV" not in problem.sentence("en")
    assert "UTF-8" in problem.sentence("zh")


def test_binary_in_the_definition_is_not_told_to_be_a_table(folder: Path, problems: Problems) -> None:
    (folder / "season.toml").write_bytes(b"saima\x00")

    assert problems() == [("files.binary_document", "season.toml", 1, "")]


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [('"example-2026"', "“example-2026”", "“"), ("decimals = 2", "decimals = ２", "２"), ("= 2\n", "＝ 2\n", "＝")],
)
def test_chinese_marks_in_the_definition_are_named(
    folder: Path, problems: Problems, old: str, new: str, seen: str
) -> None:
    path = folder / "season.toml"
    text = path.read_text("utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_bytes(text.replace(old, new, 1).encode())

    ((code, _, at, _),) = problems()
    with pytest.raises(Refused, match=f"'{seen}'"):
        load_season(folder)

    assert (code, at) == ("files.toml_fullwidth", line)


def test_one_code_that_cannot_be_read_is_one_problem(folder: Path, problems: Problems) -> None:
    path = folder / "contestants.csv"
    path.write_bytes(path.read_bytes().replace(b"east,", b"ea st,"))

    assert problems() == [("files.bad_code", "contestants.csv", 2, "code")]


@pytest.mark.parametrize("zone", ["Asia/Beijing", "+08:00", "", "../etc/passwd", "asia"])
def test_a_time_zone_nobody_knows_is_refused(
    folder: Path, edit: Callable[..., int], problems: Problems, zone: str
) -> None:
    line = edit("season.toml", '"Asia/Shanghai"', f'"{zone}"')

    assert problems() == [("files.no_time_zone", "season.toml", line, "time_zone")]


def test_a_share_below_nothing_is_told_its_lower_end_only(folder: Path, edit: Callable[..., int]) -> None:
    edit("season.toml", "light_from = 1.0", "light_from = -3")

    with pytest.raises(Refused, match=r"'-3'.*at least 0") as refused:
        load_season(folder)

    assert "000,000" not in str(refused.value)


@pytest.mark.parametrize("mark", ["\n", "\t", "\u202e", "\u2028"])
@pytest.mark.parametrize("name", ["East Park (fictional)", "New technology firms"])
def test_a_title_is_one_line_that_nothing_turns_around(folder: Path, problems: Problems, name: str, mark: str) -> None:
    file = "contestants.csv" if "Park" in name else "indicators.csv"
    path = folder / file
    text = path.read_text("utf-8")
    path.write_bytes(text.replace(name, f'"{name[:4]}{mark}{name[4:]}"').encode())

    assert [(code, at, column) for code, at, _, column in problems()] == [("files.title_lines", file, "title_en")]


@pytest.mark.parametrize("count", [200, 201])
def test_a_title_has_two_hundred_characters_at_most(folder: Path, count: int) -> None:
    path = folder / "contestants.csv"
    path.write_bytes(path.read_text("utf-8").replace("东园（虚构）", "长" * count).encode())

    if count == 200:
        assert load_season(folder).season.contestants[0].title.zh == "长" * 200
    else:
        with pytest.raises(Refused, match=r"contestants\.csv:2:title_zh:.*has 201 characters; at most 200"):
            load_season(folder)


def test_other_scripts_and_emoji_are_titles(folder: Path) -> None:
    path = folder / "contestants.csv"
    path.write_bytes(path.read_text("utf-8").replace("East Park (fictional)", "مدينة 🐎 <b>&amp;").encode())

    assert load_season(folder).season.contestants[0].title.en == "مدينة 🐎 <b>&amp;"


@pytest.mark.parametrize("said", ["yes", "No", "TRUE", "是"])
def test_yes_and_no_in_the_definition_are_told_how_to_be_written(
    folder: Path, edit: Callable[..., int], said: str
) -> None:
    line = edit("season.toml", "illustrative = true", f"illustrative = {said}")

    with pytest.raises(Refused, match=rf"season\.toml:{line}: .*{said}.*true and false"):
        load_season(folder)


def test_a_file_the_system_refuses_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def guarded(path: Path, *mode: str) -> object:
        if path.name == "targets.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *mode)

    monkeypatch.setattr(Path, "open", guarded)

    with pytest.raises(Refused, match=r"^targets\.csv: The season"):
        load_season(folder)
