"""Files that cannot be read and mapping files that do not hold: one sentence each, with the place."""

import io
import string
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import messy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import ReadingsRefused
from saima.files.importing import (
    Alias,
    Cell,
    Column,
    Grid,
    Mapping,
    Sheet,
    SheetMap,
    apply,
    dump_map,
    load_map,
    parse_map,
    propose,
    read_grid,
    save_map,
    start,
)
from saima.files.importing import reading as reading_module
from saima.files.importing.figures import MARKERS
from saima.files.importing.grid import Area
from saima.words import LANGS, codes, template

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


def refusal(path: Path) -> str:
    with pytest.raises(ReadingsRefused) as refused:
        read_grid(path)
    assert len(refused.value.problems) == 1
    assert all(refused.value.sentences(lang)[0].startswith(path.name) for lang in LANGS)
    return refused.value.problems[0].code.removeprefix("import.")


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsm", b"PK\x03\x04", "file_macros"),
        ("a.xlsx", zipped(**{"xl__vbaProject.bin": b"x"}), "file_macros"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        ("a.xls", OLE + "_VBA_PROJECT".encode("utf-16-le"), "file_macros"),
        ("a.xls", OLE, "file_broken"),
        ("a.xlsx", b"PK\x03\x04 but nothing more", "file_broken"),
        ("a.xlsx", zipped(**{"xl__workbook.xml": b"<nonsense"}), "file_broken"),
        ("a.xlsx", b"\x00\x01\x02\x03", "file_broken"),
        ("a.ods", zipped(mimetype=b"x"), "file_broken"),
        ("a.csv", bytes(range(256)) * 4, "file_broken"),
        ("a.csv", b" \n\n", "file_empty"),
        ("a.csv", b"", "file_empty"),
        ("a.pdf", b"%PDF-1.7", "file_kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert refusal(path) == code


def test_missing_large_and_swollen_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = messy.stacked(tmp_path / "a.xlsx")
    assert refusal(tmp_path / "none.xlsx") == "file_missing"
    monkeypatch.setattr(reading_module, "MOST_CELLS", 10)
    assert refusal(path) == "sheet_large"
    monkeypatch.setattr(reading_module, "MOST_UNPACKED", 100)
    assert refusal(path) == "file_large"
    monkeypatch.setattr(reading_module, "MOST_BYTES", 100)
    assert refusal(path) == "file_large"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.ods", "a.xlsb"]),
    st.sampled_from([b"", b"PK\x03\x04", OLE[:8]]),
    st.binary(max_size=400),
)
def test_rubbish_is_read_or_refused_and_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, head: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("rubbish") / name
    path.write_bytes(head + rest)

    with suppress(ReadingsRefused):
        grid = read_grid(path)
        apply(grid, propose(grid, messy.season()), messy.season())


def test_an_open_document_sheet_is_read_without_merged_cells(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="{kind}" {value}><text:p>{text}</text:p></table:table-cell>'

    def row(*texts: str) -> str:
        cells = [
            cell.format(kind="float", value=f'office:value="{t}"', text=t)
            if t.replace(".", "").isdigit()
            else cell.format(kind="string", value="", text=t)
            for t in texts
        ]
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    spaces = " ".join(
        f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{k}:1.0"' for k in ("office", "table", "text", "style")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="2026年4月">{row("园区", "研发投入（亿元）")}'
        f"{row('纸鹤园', '2.05')}{row('玻璃鲸园', '1.8')}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "a.ods"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    path.write_bytes(zipped(mimetype=kind, **{"META-INF__manifest.xml": manifest, "content.xml": content.encode()}))
    grid = read_grid(path)

    result = apply(grid, propose(grid, messy.season()), messy.season())

    assert [(r.contestant, str(r.period), r.value) for r in result.readings] == [
        ("crane", "2026-04", "20500"),
        ("whale", "2026-04", "18000"),
    ]


def test_a_file_without_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("关于召开会议的通知\n请各园区参加\n", encoding="utf-8")

    with pytest.raises(ReadingsRefused) as refused:
        propose(read_grid(path), messy.season())

    assert [p.code for p in refused.value.problems] == ["import.no_table"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("园区,引进人才\n纸鹤园,5\n玻璃鲸园,6\n", "import.start_no_time"),
        ("2026年4月,\n园区,引进人才\n纸鹤园,5\n", "import.start_nothing"),
    ],
)
def test_a_season_cannot_begin_from_too_little(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    grid = read_grid(path)

    with pytest.raises(ReadingsRefused) as refused:
        start(grid, propose(grid), code="x")

    assert [p.code for p in refused.value.problems] == [code]


FULL = Mapping(
    sheets=(
        SheetMap(
            columns=(
                Column("园区", key="contestant", fill=True),
                Column("研发投入(亿元) / {period}累计", role="value", indicator="rd", unit="亿元", at="C", sure=0.85),
                Column("上年同期", role="value", contestant="crane", year_shift=-1),
                Column("序号"),
            ),
            header_rows=(3, 4),
            name="{period}",
            pattern="^.*月$",
            position=2,
            contestant="sheet",
            indicator="rd",
            unit="万元",
            period="2026-04",
            period_from=("sheet", "title"),
        ),
        SheetMap(columns=(Column("园区", key="contestant"),), position=1),
    ),
    contestants=(Alias("纸鹤科创园", "crane", 0.95), Alias("玻璃鲸", "whale")),
    indicators=(Alias("高企", "firms", 0.75),),
    skip_rows=("市本级",),
    markers={**MARKERS, "未报": "missing", "无": "zero"},
    units={"大洋": Decimal("0.7")},
    year=2026,
    state="verified",
    targets="replace",
    unplaced=("绿化面积",),
)


def test_a_mapping_reads_back_as_it_was_written(tmp_path: Path) -> None:
    save_map(FULL, tmp_path / "map.toml")

    assert load_map(tmp_path / "map.toml") == FULL
    assert dump_map(load_map(tmp_path / "map.toml")) == dump_map(FULL)


@settings(max_examples=40)
@given(
    st.text(min_size=1, max_size=12), st.sampled_from(["value", "target", "rank"]), st.integers(-1, 0), st.booleans()
)
def test_any_header_text_survives_the_file(header: str, role: str, shift: int, fill: bool) -> None:
    column = Column(header, role=role, year_shift=shift, fill=fill)  # type: ignore[arg-type]
    mapping = Mapping(sheets=(SheetMap(columns=(column,), position=1),), contestants=(Alias(header, "c"),))

    assert parse_map(dump_map(mapping)) == mapping


GOOD = """saima = "map/1"
state = "reported"

[[sheets]]
position = 1
header_rows = [1]
columns = [
    { header = "园区", key = "contestant" },
    { header = "高企", role = "value", indicator = "firms" },
]

[[contestants]]
name = "纸鹤"
code = "crane"
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('state = "reported"', 'stat = "reported"', "map_unknown_key", 2),
        ('state = "reported"', 'state = "rejected"', "map_choice", 2),
        ('"map/1"', '"map/2"', "map_format", 1),
        ("position = 1", "position = 1\nplace = 2", "map_unknown_key", 6),
        ("position = 1", 'position = "first"', "map_kind", 5),
        ("position = 1", "", "map_no_match", 4),
        ("position = 1", 'pattern = "("', "map_pattern", 5),
        ("header_rows = [1]", "header_rows = [0]", "map_header_rows", 6),
        ("header_rows = [1]", 'period = "April"', "unknown", 6),
        ('role = "value"', 'role = "number"', "map_choice", 9),
        ('role = "value"', 'rule = "value"', "map_unknown_key", 9),
        ('header = "高企", ', "", "map_no_header", 9),
        ('role = "value"', 'at = "4"', "map_letter", 9),
        ('name = "纸鹤"', 'nam = "纸鹤"', "map_unknown_key", 13),
        ('code = "crane"', "", "map_alias", 13),
        ("[[contestants]]", '[units]\n"两" = "0"\n\n[[contestants]]', "map_factor", 13),
        ("[[contestants]]", '[markers]\n"无" = "nothing"\n\n[[contestants]]', "map_choice", 13),
        ("[[sheets]]", "[[sheets", "map_toml", 4),
    ],
)
def test_a_wrong_mapping_file_is_refused_with_its_line(old: str, new: str, code: str, line: int) -> None:
    with pytest.raises(ReadingsRefused) as refused:
        parse_map(GOOD.replace(old, new))

    first = refused.value.problems[0]
    assert (first.code.rpartition(".")[2], first.line) == (code, line)


def test_a_missing_mapping_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingsRefused) as refused:
        load_map(tmp_path / "none.toml")

    assert refused.value.problems[0].code == "import.map_missing"


def test_a_changed_table_is_refused_by_its_missing_header(tmp_path: Path) -> None:
    mapping = parse_map(GOOD)
    for text, code in (("区县,投资\n纸鹤,5\n", "import.header_gone"), ("园区,投资\n纸鹤,5\n", "import.column_gone")):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")

        result = apply(read_grid(tmp_path / "a.csv"), mapping, messy.season())

        assert [p.code for p in result.refused] == [code]
        assert result.readings == ()


def test_every_sentence_of_importing_has_both_languages_with_equal_parameters() -> None:
    for code in codes():
        if code.startswith("import."):
            both = [{f for _, f, _, _ in string.Formatter().parse(template(code).of(lang)) if f} for lang in LANGS]
            assert both[0] == both[1], code
            assert template(code).en
            assert template(code).zh


def test_the_mapping_in_the_documentation_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    (block,) = [b.split("```")[0] for b in page.split("```toml\n")[1:]]

    mapping = parse_map(block)

    assert len(mapping.sheets[0].columns) == 5
    assert (mapping.year, mapping.units["大洋"], mapping.markers["无"]) == (2026, Decimal("0.7"), "zero")


WORDS = [
    *[
        "园区",
        "指标",
        "单位",
        "纸鹤园",
        "玻璃鲸园",
        "高新技术企业数",
        "研发投入（亿元）",
        "全年目标",
        "累计完成",
        "完成率",
        "4月",
    ],
    *[
        "2026年1-4月累计",
        "合计",
        "小计",
        "—",
        "未到",
        "不适用",
        "万元",
        "12",
        "1,234",
        "30%",
        "▼3",
        "约5",
        "序号",
        "注：x",
    ],
    *[
        "引进人才",
        "同比增长",
        "当月",
        "是",
        "月份",
        "{period}",
        "(",
        None,
        Decimal(5),
        Decimal("0.3"),
        Decimal(2026),
        True,
    ],
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=4, max_size=4), min_size=2, max_size=8),
    st.lists(st.tuples(*[st.integers(0, 3)] * 4), max_size=3),
    st.booleans(),
)
def test_any_sheet_is_read_or_refused_and_every_problem_has_its_sentence(
    rows: list[list[str | Decimal | None]],
    merged: list[tuple[int, int, int, int]],
    begin: bool,
) -> None:
    areas = tuple(Area(min(t, b), min(x, y), max(t, b), max(x, y)) for t, x, b, y in merged)
    grid = Grid("a.xlsx", (Sheet("4月", tuple(tuple(map(Cell, row)) for row in rows), areas),))

    with suppress(ReadingsRefused):
        if begin:
            _, result = start(grid, propose(grid), code="x")
        else:
            result = apply(grid, propose(grid, messy.season()), messy.season())
        problems = (*result.refused, *result.skipped, *result.warnings)
        assert all(p.sentence(lang) for p in problems for lang in LANGS)
        assert len({(r.contestant, r.indicator, r.period) for r in result.readings}) == len(result.readings)
