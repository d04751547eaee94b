"""The season to start from evaluates as it stands; records of bulletins are added once and never changed."""

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from saima import examples
from saima.engine.errors import HistoryRefused, SeasonRefused
from saima.engine.model.history import CellThen, Published, RankThen
from saima.engine.model.periods import Period
from saima.engine.race.check import check_season
from saima.files import load_season, new_season, published_csv, published_name, read_history, record_published
from saima.words import LANGS, Lang, say

APRIL = Published(
    period=Period.parse("2026-04"),
    known_at=datetime(2026, 5, 6, 1, tzinfo=UTC),
    dated=date(2026, 5, 8),
    number=4,
    cells={("east", "talent"): CellThen("red", "44", 0.366666666666667, 0.333333333333333, 24.0, 0.0)},
    ranks={("overall", "level", "east"): RankThen(1, 36.25)},
)


RANK = "2026-04,1,rank,overall,level,east,rank"


@pytest.mark.parametrize("lang", LANGS)
def test_the_season_to_start_from_holds_together(tmp_path: Path, lang: Lang) -> None:
    new_season(tmp_path / "mine", lang)

    bundle = load_season(tmp_path / "mine")

    assert check_season(bundle.season) == ()
    assert (len(bundle.season.contestants), len(bundle.season.indicators)) == (3, 4)
    assert [str(p) for p in bundle.readings.periods] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert bundle.season.illustrative


@pytest.mark.parametrize(("lang", "other"), [("en", "zh"), ("zh", "en")])
def test_each_key_is_explained_in_both_languages_the_chosen_one_first(tmp_path: Path, lang: Lang, other: Lang) -> None:
    new_season(tmp_path / "mine", lang)

    text = (tmp_path / "mine" / "season.toml").read_text("utf-8")

    assert f"# {say('files.new_missing', lang)}\n# {say('files.new_missing', other)}\nmissing = " in text


def test_the_examples_are_where_they_say(tmp_path: Path) -> None:
    assert {"ruian-2021", "sdg-2018"} <= set(examples.names())
    for name in examples.names():
        assert (examples.folder(name) / "contestants.csv").is_file()
    with pytest.raises(KeyError):
        examples.folder("../files")


def test_a_record_of_a_bulletin_is_one_long_table() -> None:
    assert published_name(APRIL) == "published/2026-04.csv"
    assert published_name(dataclasses.replace(APRIL, version=2)) == "published/2026-04.v2.csv"
    assert published_csv(APRIL).decode() == (
        "period,version,part,scope,kind,contestant,field,value\n"
        "2026-04,1,bulletin,,,,dated,2026-05-08\n"
        "2026-04,1,bulletin,,,,known_at,2026-05-06T01:00:00Z\n"
        "2026-04,1,bulletin,,,,number,4\n"
        "2026-04,1,cell,talent,,east,completion,0.366666666666667\n"
        "2026-04,1,cell,talent,,east,due,0.333333333333333\n"
        "2026-04,1,cell,talent,,east,light,red\n"
        "2026-04,1,cell,talent,,east,missing,0\n"
        "2026-04,1,cell,talent,,east,value,44\n"
        "2026-04,1,cell,talent,,east,weight,24\n"
        "2026-04,1,rank,overall,level,east,rank,1\n"
        "2026-04,1,rank,overall,level,east,score,36.25\n"
    )


def test_a_record_is_added_once_and_a_correction_is_a_new_version(folder: Path) -> None:
    erratum = dataclasses.replace(APRIL, version=2, number=5)

    first = record_published(folder, APRIL)
    again = record_published(folder, APRIL)
    record_published(folder, erratum)

    assert first == again == folder / "published" / "2026-04.csv"
    assert load_season(folder).history.published == (APRIL, erratum)


def test_what_was_published_is_never_changed(folder: Path) -> None:
    record_published(folder, APRIL)
    before = (folder / "published" / "2026-04.csv").read_bytes()

    with pytest.raises(SeasonRefused, match="Version 1 of this bulletin is already recorded"):
        record_published(folder, dataclasses.replace(APRIL, number=9))

    assert (folder / "published" / "2026-04.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        (",number,4", ",number,four", "files.bad_count", 4, "value"),
        (",light,red", ",light,pink", "files.not_one_of", 7, "value"),
        (",light,red", ",lights,red", "files.not_one_of", 7, "field"),
        (",rank,1", ",rank,1.5", "files.bad_count", 11, "value"),
        (",score,36.25", ",score,NaN", "files.not_a_number", 12, "value"),
        (RANK, RANK.replace("04", "05"), "files.published_elsewhere", 11, "period"),
        (RANK, RANK.replace(",1,", ",2,"), "files.published_elsewhere", 11, "period"),
        (RANK, RANK.replace("2026-04", "2026Q2"), "files.other_frequency", 11, "period"),
        ("1,bulletin,,,,known_at,2026-05-06T01:00:00Z\n2026-04,", "", "files.field_missing", 2, ""),
        (",weight,24\n", ",light,red\n", "files.field_twice", 10, "field"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(old: str, new: str, code: str, line: int, column: str) -> None:
    text = published_csv(APRIL).decode()
    assert text.count(old) == 1

    with pytest.raises(HistoryRefused) as refused:
        read_history({"published/2026-04.csv": text.replace(old, new).encode()}, "month")

    found = [(p.code, p.file, p.line, p.column) for p in refused.value.problems]
    assert (code, "published/2026-04.csv", line, column) in found


def test_a_record_without_its_bulletin_is_refused() -> None:
    lines = [line for line in published_csv(APRIL).decode().splitlines() if ",bulletin," not in line]

    with pytest.raises(HistoryRefused) as refused:
        read_history({"published/2026-04.csv": "\n".join(lines).encode()})

    assert [p.code for p in refused.value.problems] == ["files.no_bulletin_rows"]
