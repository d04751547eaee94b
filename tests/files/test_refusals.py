"""Each way in which a season can be wrong has one answer that names file, line and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from saima.engine.errors import ReadingsRefused, SeasonRefused
from saima.files import load_season

Problems = Callable[[], list[tuple[str, str, int, str]]]
Edit = Callable[[str, str, str], int]

MOVE = "contestant,indicator,period,action,to_indicator,reason\n"
READING = "east,firms,2026-01,2,2026-02-05T09:00:00+08:00\n"  # line 2 of readings.csv


# A key misspelt is also missing, a season without its frequency cannot tell what fits it, a code given to another
# leaves references to it behind
NOT_ALONE = {
    "files.unknown_key_near",
    "files.unnamed_column",
    "files.row_twice",
    "files.code_twice",
    "files.code_reserved",
}


def readings_with(folder: Path, header: str, *rows: str) -> None:
    (folder / "readings.csv").write_text("\n".join([header, *rows, ""]), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "after", "column"),
    [
        # season.toml
        ("season.toml", "missing = ", "mising = ", "files.unknown_key_near", 0, "mising"),
        ("season.toml", 'code = "example-2026"', 'code = "example 2026"', "files.bad_code", 0, "code"),
        ("season.toml", '\nwindow = ["2026-01"', '\nwindow = ["2026-13"', "files.no_such_month", 1, "window"),
        (
            "season.toml",
            'window = ["2026-01", "2026-12"]',
            'window = ["2026Q1", "2026Q4"]',
            "files.other_frequency",
            0,
            "window",
        ),
        (
            "season.toml",
            'window = ["2026-01", "2026-12"]',
            'window = ["2026-12", "2026-01"]',
            "files.span_backwards",
            0,
            "window",
        ),
        (
            "season.toml",
            'window = ["2026-01", "2026-12"]',
            'window = "2026-01"',
            "files.needs_two_periods",
            0,
            "window",
        ),
        ("season.toml", 'frequency = "month"', 'frequency = "monthly"', "files.not_one_of", 0, "frequency"),
        ("season.toml", "decimals = 2", 'decimals = "two"', "files.needs_number", 0, "decimals"),
        ("season.toml", "decimals = 2", "decimals = 2.5", "files.needs_whole_number", 0, "decimals"),
        ("season.toml", "decimals = 2", "decimals = 40", "files.out_of_range", 0, "decimals"),
        ("season.toml", "light_from = 1.0", "light_from = nan", "files.not_a_number", 0, "light_from"),
        (
            "season.toml",
            "light_from = 1.0",
            "light_from = 0.12345678901234567",
            "files.number_too_long",
            0,
            "light_from",
        ),
        ("season.toml", "light_from = 1.0", "light_from = true", "files.needs_number", 0, "light_from"),
        ("season.toml", "illustrative = true", 'illustrative = "maybe"', "files.needs_yes_or_no", 0, "illustrative"),
        ("season.toml", "publishers = []", 'publishers = "An Ning"', "files.needs_list", 0, "publishers"),
        ("season.toml", "weight = 60", "weight = -60", "files.too_low", 0, "groups[1].weight"),
        ("season.toml", 'code = "growth"', 'code = "people"', "files.code_twice", 0, "groups[1].code"),
        ("season.toml", 'code = "growth"', 'code = "overall"', "files.code_reserved", 0, "groups[1].code"),
        ("season.toml", 'saima = "season/1"', 'saima = "season/9"', "files.other_format", 0, "saima"),
        ("season.toml", '"indicator:talent", "medals"', '"talent", "medals"', "files.tie_breaker", 0, "tie_breakers"),
        ("season.toml", '"indicator:talent"', '"indicator:talnt"', "files.unknown_indicator_near", 0, "tie_breakers"),
        ("season.toml", "masthead]", "masthead]\nseal = 1", "files.unknown_key", 1, "masthead.seal"),
        ("season.toml", 'title = { en = "Good", zh = "良好" }', "title = { }", "files.no_title", 0, "tiers[0].title"),
        (
            "season.toml",
            'title = { en = "Good", zh = "良好" }',
            'title = "Good"',
            "files.needs_table",
            0,
            "tiers[0].title",
        ),
        ("season.toml", 'title = { en = "Good", zh = "良好" }', "", "files.key_missing", -2, "tiers[0].title"),
        ("season.toml", "decimals = 2", "decimals = ", "files.toml_syntax", 0, "12"),
        ("season.toml", "decimals = 2", "decimals = 2\ndecimals = 3", "files.key_twice", 1, "13"),
        # tables of the season
        (
            "contestants.csv",
            "east,East Park (fictional),东园（虚构）,1",
            "east,East Park (fictional),东园（虚构）",
            "files.ragged",
            0,
            "",
        ),
        ("contestants.csv", "west,West", "east,West", "files.row_twice", 0, "code"),
        ("contestants.csv", "title_zh", "title_cn", "files.unknown_column_near", 0, "title_cn"),
        ("contestants.csv", "title_zh", "colour", "files.unknown_column", 0, "colour"),
        ("contestants.csv", "title_zh", "title_en", "files.column_twice", 0, "title_en"),
        ("contestants.csv", "title_zh", "", "files.unnamed_column", 0, "3"),
        ("contestants.csv", ",1\n", ",first\n", "files.not_a_number", 0, "order"),
        ("contestants.csv", "East Park (fictional),东园（虚构）", ",", "files.no_title", 0, ""),
        ("contestants.csv", "North Park (fictional)", '"North Park', "files.bad_quotes", 0, ""),
        (
            "indicators.csv",
            "people,60,capped,persons",
            "peoples,60,capped,persons",
            "files.unknown_node_near",
            0,
            "node",
        ),
        ("indicators.csv", "60,capped", "60,kapped", "files.unknown_rule_near", 0, "score"),
        (
            "indicators.csv",
            "人才,higher,cumulative,people,60",
            "人才,up,cumulative,people,60",
            "files.not_one_of",
            0,
            "better",
        ),
        (
            "indicators.csv",
            "人才,higher,cumulative,people,60",
            "人才,,cumulative,people,60",
            "files.cell_empty",
            0,
            "better",
        ),
        ("targets.csv", "east,firms,40", "east,firms,4万", "files.number_with_unit", 0, "target"),
        ("targets.csv", "east,firms,40", "eats,firms,40", "files.unknown_contestant_near", 0, "contestant"),
        ("targets.csv", "east,firms,40", "zzz,firms,40", "files.unknown_contestant", 0, "contestant"),
        # readings
        ("readings.csv", READING, READING.replace("east", "esat"), "files.unknown_contestant_near", 0, "contestant"),
        ("readings.csv", READING, READING.replace("firms", "xyz"), "files.unknown_indicator", 0, "indicator"),
        ("readings.csv", READING, READING.replace("2026-01", "2026-13"), "files.no_such_month", 0, "period"),
        ("readings.csv", READING, READING.replace("2026-01", "2026Q1"), "files.other_frequency", 0, "period"),
        ("readings.csv", READING, READING.replace("2026-01", "January"), "files.no_period", 0, "period"),
        ("readings.csv", READING, READING.replace(",2,", ',"12,5",'), "files.number_with_comma", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ',"1,212.5",'), "files.number_with_thousands", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",n/a,"), "files.not_a_number", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",１２,"), "files.number_fullwidth", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",12万,"), "files.number_with_unit", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",inf,"), "files.not_a_number", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",0.1234567890123456,"), "files.number_too_long", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",1e99,"), "files.number_too_long", 0, "value"),
        ("readings.csv", READING, READING.replace(",2,", ",,"), "files.value_empty", 0, "value"),
        ("readings.csv", READING, READING.replace("+08:00", ""), "files.instant_without_offset", 0, "recorded_at"),
        ("readings.csv", READING, READING.replace("-05T", "-31T"), "files.no_instant", 0, "recorded_at"),
        ("readings.csv", READING, READING * 2, "files.reading_twice", 1, ""),
        ("readings.csv", READING, READING[:-1] + ",\n", "files.ragged", 0, ""),
    ],
)
def test_one_mistake_has_one_answer_with_its_place(
    edit: Edit, problems: Problems, file: str, old: str, new: str, code: str, after: int, column: str
) -> None:
    line = edit(file, old, new)

    found = problems()

    assert (code, file, line + after, column) in found
    assert len(found) == 1 or code in NOT_ALONE


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("east,firms,2026-01,3,guessed,1,reported", "files.not_one_of", "state"),
        ("east,firms,2026-01,3,verified,0,reported", "files.bad_count", "revision"),
        ("east,firms,2026-01,3,verified,1.5,reported", "files.bad_count", "revision"),
        ("east,firms,2026-01,3,verified,1,rumour", "files.not_one_of", "origin"),
        (",firms,2026-01,3,verified,1,reported", "files.cell_empty", "contestant"),
        ("east,firms,2026-01,,verified,1,reported", "files.value_empty", "value"),
    ],
)
def test_a_reading_with_a_bad_state_revision_or_origin_is_refused(
    folder: Path, problems: Problems, row: str, code: str, column: str
) -> None:
    readings_with(folder, "contestant,indicator,period,value,state,revision,origin", row)

    assert problems() == [(code, "readings.csv", 2, column)]


def test_an_empty_value_stands_where_the_state_says_that_there_is_none(folder: Path) -> None:
    rows = [f"east,firms,2026-0{n},,{s}" for n, s in enumerate(("not_applicable", "rejected", "withdrawn"), start=1)]
    readings_with(folder, "contestant,indicator,period,value,state", *rows)

    table = load_season(folder).readings.table

    assert [(table.row(n).value, table.row(n).state) for n in range(3)] == [
        ("", "not_applicable"),
        ("", "rejected"),
        ("", "withdrawn"),
    ]


@pytest.mark.parametrize(
    ("file", "content", "code", "line", "column"),
    [
        ("targets.csv", "contestant,indicator\n", "files.column_missing", 1, "target"),
        ("targets.csv", "", "files.empty_file", 0, ""),
        ("curves.csv", "curve,period,share\na,2026-01,1.2\n", "files.out_of_range", 2, "share"),
        ("curves.csv", "curve,period,share\na,2026-01,0.2\na,2026-01,0.3\n", "files.row_twice", 3, "curve"),
        (
            "corrections.csv",
            "contestant,indicator,period,action,value,reason\neast,firms,2026-01,set,,typo\n",
            "files.correction_value",
            2,
            "",
        ),
        (
            "corrections.csv",
            "contestant,indicator,period,action,value,reason\neast,firms,2026-01,clear,3,typo\n",
            "files.correction_value",
            2,
            "",
        ),
        (
            "corrections.csv",
            "contestant,indicator,period,action,reason\neast,firms,2026-01,move,typo\n",
            "files.correction_move",
            2,
            "",
        ),
        (
            "corrections.csv",
            MOVE + "east,firms,2026-01,move,frims,typo\n",
            "files.unknown_indicator_near",
            2,
            "to_indicator",
        ),
        (
            "corrections.csv",
            "contestant,indicator,period,action,reason\neast,firms,2026-01,clear,\n",
            "files.cell_empty",
            2,
            "reason",
        ),
        (
            "given_scores.csv",
            "contestant,node,period,score,source\neast,nowhere,2026-01,3,report\n",
            "files.unknown_node",
            2,
            "node",
        ),
        (
            "received.csv",
            "contestant,title_en,period_text,source,published\neast,A,B,C,16 June 2021\n",
            "files.no_date",
            2,
            "published",
        ),
        (
            "received.csv",
            "contestant,title_en,period_text,source,published\neast,A,B,C,2021-02-30\n",
            "files.no_date",
            2,
            "published",
        ),
        ("projects.csv", "code,title_en,contestant\np,P,nobody\n", "files.unknown_contestant", 2, "contestant"),
        ("milestones.csv", "project,code,title_en,due\np,m,M,2026-05-01\n", "files.unknown_project", 2, "project"),
        ("project_readings.csv", "project,period\np,2026-01\n", "files.unknown_project", 2, "project"),
        ("waivers.csv", "finding,reason\nx,\n", "files.cell_empty", 2, "reason"),
        ("published/2026-1.csv", "period\n", "files.published_name", 0, ""),
        ("published/april.csv", "period\n", "files.published_name", 0, ""),
        ("reading.csv", "a\n", "files.unknown_file_near", 0, ""),
        ("zzz.csv", "a\n", "files.unknown_file", 0, ""),
        ("seasons.toml", "", "files.unknown_file_near", 0, ""),
        ("readings.xlsx", "", "files.unknown_file_near", 0, ""),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    folder: Path, problems: Problems, file: str, content: str, code: str, line: int, column: str
) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(content, "utf-8")

    assert problems() == [(code, file, line, column)]


def test_a_correction_needs_known_names_everywhere(folder: Path, problems: Problems) -> None:
    (folder / "corrections.csv").write_text(MOVE + "eas,firm,2026-14,move,spent,swap\n")

    assert problems() == [("files.no_such_month", "corrections.csv", 2, "period")]


@pytest.mark.parametrize(
    ("feed", "parameters", "code", "column"),
    [
        ("registers.firms", "status", "files.needs_pairs", "feed_parameters"),
        ("registers.firms", "sta tus=gazelle", "files.needs_pairs", "feed_parameters"),
        ("registers.firms", "status=a;status=b", "files.pair_twice", "feed_parameters"),
        ("registers firms", "", "files.bad_code", "feed"),
        ("", "status=gazelle", "files.parameters_without_feed", ""),
    ],
)
def test_a_feed_and_its_parameters_are_refused_by_line(
    folder: Path, problems: Problems, feed: str, parameters: str, code: str, column: str
) -> None:
    lines = (folder / "indicators.csv").read_text("utf-8").splitlines()
    said = [f"{lines[0]},feed,feed_parameters", f"{lines[1]},{feed},{parameters}", *(f"{r},," for r in lines[2:])]
    (folder / "indicators.csv").write_text("\n".join([*said, ""]), "utf-8")

    assert problems() == [(code, "indicators.csv", 2, column)]


def test_an_unknown_class_parent_tag_curve_or_denominator_is_named(folder: Path, problems: Problems) -> None:
    (folder / "contestants.csv").write_text(
        "code,title_en,class,parent,tags\neast,E,core,zzz,big\nwest,W,,east,\nnorth,N,,,\n"
    )
    indicators = (folder / "indicators.csv").read_text("utf-8-sig").splitlines()
    indicators[0] += ",curve,denominator,applies_to"
    indicators[1:] = [f"{line},slow,firmz,bog" for line in indicators[1:2]] + [f"{line},,," for line in indicators[2:]]
    (folder / "indicators.csv").write_text("\n".join(indicators), "utf-8")

    assert problems() == [
        ("files.unknown_class", "contestants.csv", 2, "class"),
        ("files.unknown_contestant", "contestants.csv", 2, "parent"),
        ("files.unknown_curve", "indicators.csv", 2, "curve"),
        ("files.unknown_indicator_near", "indicators.csv", 2, "denominator"),
        ("files.unknown_tag_near", "indicators.csv", 2, "applies_to"),
    ]


def test_references_of_season_toml_are_found_at_their_line(folder: Path, problems: Problems) -> None:
    text = (folder / "season.toml").read_text("utf-8")
    first = text.count("\n") + 1
    more = """[[groups]]
code = "lost"
parent = "nowhere"
title = { en = "Lost" }
[[constraints]]
code = "rd"
title = { en = "R&D" }
action = "demote"
when = "missing"
indicators = [
  "talent",
  "spending",
]
[integrity]
[[integrity.relations]]
code = "r"
kind = "sum"
whole = "total"
parts = ["talent", "traning"]
[[uncertainty.alternatives]]
choice = "a"
code = "b"
title = { en = "B" }
node = "growht"
aggregate = "minimum"
"""
    (folder / "season.toml").write_text(text + more, "utf-8")

    assert sorted(problems(), key=lambda p: p[2]) == [
        ("files.unknown_node", "season.toml", first + 2, "groups[2].parent"),
        ("files.unknown_indicator_near", "season.toml", first + 9, "constraints[0].indicators"),
        ("files.unknown_indicator", "season.toml", first + 17, "integrity.relations[0].whole"),
        ("files.unknown_indicator_near", "season.toml", first + 18, "integrity.relations[0].parts"),
        ("files.unknown_node_near", "season.toml", first + 23, "uncertainty.alternatives[0].node"),
    ]


def test_all_problems_are_listed_up_to_fifty(folder: Path, problems: Problems) -> None:
    rows = [f"east,firms,2026-01,{n}x,{n + 1}" for n in range(80)]
    readings_with(folder, "contestant,indicator,period,value,revision", *rows)

    found = problems()

    assert found[:50] == [("files.not_a_number", "readings.csv", n, "value") for n in range(2, 52)]
    assert [code for code, *_ in found[50:]] == ["files.more"]


def test_a_file_full_of_mistakes_is_left_after_a_thousand(folder: Path, problems: Problems) -> None:
    readings_with(folder, "contestant,indicator,period,value", *(f"east,firms,2026-01,{n}x" for n in range(3_000)))

    found = problems()

    assert (len(found), found[50][0]) == (51, "files.many_more")


def test_problems_of_different_files_come_together(folder: Path, edit: Edit, problems: Problems) -> None:
    edit("season.toml", "decimals = 2", "decimals = -1")
    edit("contestants.csv", ",1\n", ",first\n")
    edit("readings.csv", READING, READING.replace(",2,", ",two,"))

    assert problems() == [
        ("files.out_of_range", "season.toml", 54, "decimals"),
        ("files.not_a_number", "contestants.csv", 2, "order"),
        ("files.not_a_number", "readings.csv", 2, "value"),
    ]


def test_the_refusal_says_which_room_it_concerns(folder: Path, edit: Edit) -> None:
    edit("readings.csv", READING, READING.replace(",2,", ",two,"))

    with pytest.raises(ReadingsRefused):
        load_season(folder)


def test_line_numbers_are_those_of_the_file_with_quoted_newlines_and_blank_lines(
    folder: Path, problems: Problems
) -> None:
    readings_with(
        folder,
        "contestant,indicator,period,value,note",
        'east,firms,2026-01,1,"two\nlines"',
        "",
        "east,firms,2026-02,x,",
        ",,,,",
        "east,firms,2026-03,y,\r",
    )

    assert problems() == [
        ("files.not_a_number", "readings.csv", 5, "value"),
        ("files.not_a_number", "readings.csv", 7, "value"),
    ]


def test_an_empty_folder_says_what_must_be_there_and_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SeasonRefused) as refused:
        load_season(tmp_path)

    assert refused.value.sentences("en") == (
        (
            "There is no season in this place: season.toml, contestants.csv, indicators.csv must be there. "
            "'saima new FOLDER' writes a season to start from."
        ),
    )


@pytest.mark.parametrize("name", ["season.toml", "contestants.csv", "indicators.csv"])
def test_a_missing_file_is_named(folder: Path, problems: Problems, name: str) -> None:
    (folder / name).unlink()

    assert ("files.file_missing", name, 0, "") in problems()


def test_a_reading_given_twice_names_both_lines(folder: Path, edit: Edit) -> None:
    edit("readings.csv", READING, READING * 2)

    with pytest.raises(ReadingsRefused) as refused:
        load_season(folder)

    assert refused.value.sentences("en") == (
        (
            "readings.csv:3: The reading of east, firms, 2026-01, revision 1 already stands on line 2. "
            "Delete one, or give the later one a higher revision."
        ),
    )


def test_two_revisions_of_one_reading_stand_side_by_side(folder: Path) -> None:
    readings_with(
        folder, "contestant,indicator,period,value,revision", "east,firms,2026-01,1,", "east,firms,2026-01,2,2"
    )

    table = load_season(folder).readings.table

    assert [(table.row(n).value, table.row(n).revision) for n in range(2)] == [("1", 1), ("2", 2)]


def test_an_unknown_source_names_the_examples() -> None:
    with pytest.raises(SeasonRefused, match=r"no season 'sdg-2081'.*sdg-2018"):
        load_season("sdg-2081")
