"""Rubbish and traps: load_season refuses in one clear message, at once, and raises nothing else."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saima.engine.errors import Refused
from saima.files import load_season, new_season, write_folder, write_workbook
from saima.files import source as limits

Problems = Callable[[], list[tuple[str, str, int, str]]]
HEAD = b"contestant,indicator,period,value\n"


def code_of(source: Path) -> str:
    with pytest.raises(Refused) as refused:
        load_season(source)
    (problem,) = refused.value.problems
    assert problem.sentence("en")
    assert problem.sentence("zh")
    return problem.code


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (HEAD + b"east,firms,2026-01,1\neast,fi\x00rms,2026-02,1\n", "files.binary", 3),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "files.binary", 2),
        (HEAD + "east,firms,2026-01,无数据".encode("gbk") + b"\n", "files.gbk", 2),
        (HEAD + b"east,firms,2026-01,caf\xe9\n", "files.not_utf8", 2),
        (HEAD + b"east,firms,2026-01,1\xe5\x9b", "files.not_utf8", 2),
        (HEAD.decode().encode("utf-16"), "files.utf16", 1),
        (HEAD + b'east,firms,2026-01,"1\n', "files.bad_quotes", 2),
        (HEAD + b'east,firms,2026-01,"' + b"x" * 140_000 + b'"\n', "files.cell_too_long", 2),
        (HEAD + b"x" * 5_000_000, "files.line_too_long", 2),
    ],
)
def test_bytes_that_are_no_table_are_refused_with_their_line(
    folder: Path, problems: Problems, content: bytes, code: str, line: int
) -> None:
    (folder / "readings.csv").write_bytes(content)

    assert problems() == [(code, "readings.csv", line, "")]


def test_two_hundred_megabytes_of_garbage_get_one_message(folder: Path) -> None:
    with (folder / "readings.csv").open("wb") as file:
        file.truncate(200 * 2**20)  # zeros, without filling the disk

    assert code_of(folder) == "files.binary"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "readings.csv").open("wb") as file:
        file.truncate(257 * 2**20)

    with pytest.raises(Refused, match=r"has 258 MB; at most 256 MB"):
        load_season(folder)


def test_too_many_rows_are_refused_in_one_sentence_with_both_numbers(folder: Path) -> None:
    (folder / "readings.csv").write_bytes(HEAD + b"a,b,c,d\n" * 2_000_010)

    with pytest.raises(Refused, match=r"more than 2000000 rows \(16 MB\)"):
        load_season(folder)


def test_a_text_ends_after_a_thousand_problems(folder: Path) -> None:
    rows = b"".join(b"nobody%d,x,2026-01,1\n" % n for n in range(200_000))
    (folder / "readings.csv").write_bytes(HEAD + rows)

    with pytest.raises(Refused, match="left after 1000 problems"):
        load_season(folder)


def test_unknown_names_among_thousands_get_the_nearest(folder: Path) -> None:
    names = [f"zone-{n:05d}" for n in range(5_000)]
    (folder / "contestants.csv").write_text("code,title_en\n" + "".join(f"{n},{n}\n" for n in names))
    (folder / "readings.csv").write_bytes(HEAD + b"".join(b"zone-%06d,firms,2026-01,1\n" % n for n in range(5_000)))

    with pytest.raises(Refused, match="Did you mean 'zone-00000'"):
        load_season(folder)


def test_a_line_of_blanks_in_season_toml_is_read(folder: Path) -> None:
    path = folder / "season.toml"
    text = path.read_text("utf-8").replace("publishers = []", "publishers = [\n" + " " * 1_000_000 + "\n]")
    path.write_text(text.replace("decimals = 2", "decimals = 99"), "utf-8")

    assert code_of(folder) == "files.out_of_range"


def zipped(path: Path, entries: dict[str, bytes], **kinds: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = kinds.get("mode", 0o644) << 16
            archive.writestr(entry, content)
    return path


@pytest.mark.parametrize(
    "name", ["season/../../evil.csv", "/etc/passwd", "..\\evil.csv", "C:/evil.csv", "season/../season.toml"]
)
def test_a_zip_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "p.zip", {"season/season.toml": b"", name: b"x"})

    assert code_of(path) == "files.zip_leaves"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.zip"]


def test_a_zip_with_a_link_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"season/season.toml": b"/etc/passwd"}, mode=0o120777)

    assert code_of(path) == "files.zip_leaves"


def test_a_zip_bomb_is_refused_by_its_ratio_size_and_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"season/readings.csv": bytes(64 * 2**20)})
    many = zipped(tmp_path / "many.zip", {f"season/{n}": b"" for n in range(50)})
    monkeypatch.setattr(limits, "MOST_ENTRIES", 40)

    assert code_of(bomb) == "files.zip_ratio"
    assert code_of(many) == "files.zip_entries"
    monkeypatch.setattr(limits, "MOST_UNPACKED", 2**20)
    assert code_of(bomb) == "files.zip_unpacked"


def test_a_zip_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("season/season.toml", "a")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("season/season.toml", "b")

    assert code_of(path) == "files.zip_twice"


def test_a_zip_without_a_season_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + os.urandom(500))

    assert code_of(zipped(tmp_path / "other.zip", {"readme.txt": b"x"})) == "files.no_season_in_zip"
    assert code_of(tmp_path / "broken.zip") == "files.broken_zip"


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"season/season.toml": b"x"})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 8
    content[at] |= 1
    path.write_bytes(content)

    assert code_of(path) == "files.zip_encrypted"


def test_workbooks_that_are_none_or_carry_programs_are_refused(folder: Path, tmp_path: Path) -> None:
    write_workbook(load_season(folder), tmp_path / "good.xlsx")
    good = (tmp_path / "good.xlsx").read_bytes()
    cases = {
        "broken.xlsx": (good[:2_000], "files.broken_book"),
        "rubbish.xlsx": (os.urandom(4_000), "files.broken_book"),
        "empty.xlsx": (b"", "files.broken_book"),
        "macros.xlsm": (good, "files.book_macros"),
        "old.xls": (b"\xd0\xcf\x11\xe0" + bytes(600), "files.book_old"),
        "renamed.xlsx": (b"\xd0\xcf\x11\xe0" + bytes(600), "files.book_old"),
        "locked.xlsx": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "files.book_locked"),
        "text.pdf": (b"%PDF", "files.unknown_kind"),
    }

    for name, (content, code) in cases.items():
        (tmp_path / name).write_bytes(content)
        assert code_of(tmp_path / name) == code

    with zipfile.ZipFile(tmp_path / "good.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert code_of(tmp_path / "good.xlsx") == "files.book_macros"


def test_an_xlsx_that_is_only_a_zip_is_refused(tmp_path: Path) -> None:
    assert code_of(zipped(tmp_path / "a.xlsx", {"a.txt": b"x"})) == "files.broken_book"
    assert code_of(zipped(tmp_path / "b.xlsx", {"a.txt": bytes(64 * 2**20)})) == "files.zip_ratio"


def typed(folder: Path, change: Callable[[openpyxl.Workbook], object]) -> Path:
    path = folder.parent / "typed.xlsx"
    write_workbook(load_season(folder), path)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def test_numbers_and_dates_typed_by_people_are_taken_exactly(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["readings"]
        column = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, column["value"]).value = 1 / 3
        sheet.cell(3, column["value"]).value = 2.5e-12
        sheet.cell(4, column["period"]).value = date(2026, 3, 1)

    book = typed(folder, change)

    table = load_season(book).readings.table

    assert table.text[:2] == ("0.333333333333333", "0.0000000000025")
    assert str(table.row(2).period) == "2026-03"


def test_a_wrong_cell_of_a_workbook_is_named_by_sheet_row_and_column(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["readings"]
        column = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(5, column["value"]).value = "about 3"
        keys = {row[0].value: row[0].row for row in book["season"].iter_rows()}
        book["season"].cell(keys["groups[1].weight"], 2).value = -3

    with pytest.raises(Refused) as refused:
        load_season(typed(folder, change))

    found = [(p.code, p.file, p.column) for p in refused.value.problems]
    assert found == [
        ("files.too_low", "typed.xlsx[season]", "groups[1].weight"),
        ("files.not_a_number", "typed.xlsx[readings]", "value"),
    ]
    assert refused.value.problems[1].line == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b.create_sheet("reading").append(["a"]), "files.unknown_sheet_near"),
        (lambda b: b.create_sheet("zzz").append(["a"]), "files.unknown_sheet"),
        (lambda b: b.remove(b["indicators"]), "files.sheet_missing"),
        (lambda b: b["season"].append(["races[", "x"]), "files.no_key"),
        (lambda b: b["season"].append(["code.more", "x"]), "files.no_key"),
        (lambda b: b["season"].append(["code", "again"]), "files.row_twice"),
        (lambda b: b["season"].append(["zzz", "red"]), "files.unknown_key"),
        (lambda b: b["contestants"].append(["x", "y"] + [""] * 20 + ["far"]), "files.ragged_sheet"),
    ],
)
def test_a_workbook_out_of_shape_is_refused(
    folder: Path, change: Callable[[openpyxl.Workbook], object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        load_season(typed(folder, change))

    assert code in {p.code for p in refused.value.problems}


def test_a_workbook_of_something_else_says_so(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Sheet1").write(0, 0, "Hello")
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())

    assert code_of(tmp_path / "a.xlsx") == "files.nothing_in_book"


def test_nothing_is_written_over_or_left_behind(folder: Path, tmp_path: Path) -> None:
    bundle = load_season(folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"mine")

    for write in (
        lambda: new_season(folder, "zh"),
        lambda: write_folder(bundle, folder),
        lambda: write_workbook(bundle, tmp_path / "there.xlsx"),
        lambda: write_folder(bundle, tmp_path / "file" / "below"),
    ):
        with pytest.raises(Refused):
            write()

    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "season", "there.xlsx"]


FILES = ("season.toml", "contestants.csv", "indicators.csv", "targets.csv", "readings.csv")


def only_refuses(folder: Path) -> None:
    try:
        load_season(folder)
    except Refused as refused:
        for problem in refused.problems:
            assert problem.sentence("en")
            assert problem.sentence("zh")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from((*FILES, "curves.csv", "published/2026-01.csv")), content=st.binary(max_size=300))
def test_random_bytes_are_refused_and_nothing_else_happens(folder: Path, name: str, content: bytes) -> None:
    new = folder / name
    new.parent.mkdir(exist_ok=True)
    kept = new.read_bytes() if new.exists() else None
    new.write_bytes(content)

    only_refuses(folder)

    new.unlink() if kept is None else new.write_bytes(kept)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(FILES),
    at=st.floats(0, 1),
    cut=st.integers(0, 20),
    new=st.text(max_size=8)
    | st.sampled_from(['"', "\n", ",", "[[", "]", "{", "= ", "*", "2026-13", "-1", "nan", "'''"]),
)
def test_a_slip_anywhere_is_refused_or_read_and_nothing_else_happens(
    folder: Path, name: str, at: float, cut: int, new: str
) -> None:
    path = folder / name
    kept = path.read_bytes()
    text = kept.decode("utf-8-sig")
    place = int(at * len(text))
    path.write_bytes((text[:place] + new + text[place + cut :]).encode("utf-8", "replace"))

    only_refuses(folder)

    path.write_bytes(kept)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=st.floats(0, 1), new=st.binary(min_size=1, max_size=30), kind=st.sampled_from(["a.xlsx", "a.zip"]))
def test_a_damaged_workbook_or_package_is_refused_or_read(folder: Path, at: float, new: bytes, kind: str) -> None:
    good = folder.parent / f"good-{kind}"
    if not good.exists():
        if kind == "a.xlsx":
            write_workbook(load_season(folder), good)
        else:
            zipped(good, {f"season/{p.name}": p.read_bytes() for p in sorted(folder.iterdir())})
    content = good.read_bytes()
    place = int(at * len(content))
    (folder.parent / kind).write_bytes(content[:place] + new + content[place + len(new) :])

    only_refuses(folder.parent / kind)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_text_as_a_source_is_refused(source: str) -> None:
    if source in {"", ".", "/", "..", "~"} or "/" in source:
        return

    with pytest.raises(Refused):
        load_season(source)


def test_a_source_the_system_refuses_is_refused() -> None:
    assert code_of(Path("a" * 5_000)) == "files.unreadable"


def test_what_is_no_file_is_refused() -> None:
    assert code_of(Path("/dev/null")) == "files.no_file"
