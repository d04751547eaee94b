"""Sentences as an official reads them: words where a closed list has codes, and the way out where a cell is empty."""

import re
from pathlib import Path

import pytest

from saima.words import codes, say

CODE_IN_CHINESE = re.compile(r"[\u4e00-\u9fff“ ](higher|lower|month|half|completion|goalposts)[\u4e00-\u9fff” ]")


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "en", "zh"),
    [
        ("targets.csv", "east,firms,40\n", "", "scored by completion", "按“完成率”计分"),
        ("readings.csv", ",2026-01,", ",2026Q1,", "counts by month", "按月统计"),
        ("indicators.csv", "cumulative,growth,", "cumulative,,", "column node in indicators.csv", "node 列"),
        ("indicators.csv", "50,capped,firms", "50,,firms", "column score in indicators.csv", "score 列"),
        ("season.toml", "weight = 60", "weight = 55", "Change the weights", "请调整"),
    ],
)
def test_a_refusal_has_words_for_codes_and_a_way_out(
    saima, season: Path, file: str, old: str, new: str, en: str, zh: str
) -> None:
    changed(season / file, old, new)

    english, chinese = saima("check", season), saima("check", season, "--lang", "zh")

    assert (english.code, english.out, chinese.code, chinese.out) == (2, "", 2, "")
    assert en in english.err
    assert zh in chinese.err
    assert not CODE_IN_CHINESE.search(chinese.err)


def test_a_choice_is_said_in_words_and_anything_else_as_it_stands() -> None:
    assert say("files.other_frequency", "zh", value="x", frequency="half", example="2026H1").startswith("“x”的频率")
    assert "按半年统计" in say("files.other_frequency", "zh", value="x", frequency="half", example="2026H1")
    assert "fortnight" in say("files.other_frequency", "zh", value="x", frequency="fortnight", example="2026H1")


def test_choices_have_words_in_chinese() -> None:
    choices = [code for code in codes() if code.startswith("choice.")]

    assert choices
    assert [c for c in choices if not re.search(r"[\u4e00-\u9fff]", say(c, "zh"))] == []


@pytest.mark.parametrize("command", [("check",), ("evaluate",), ("bulletin", "--date", "2026-05-08", "--out", "o")])
def test_a_season_of_nobody_is_told_so_by_every_command(saima, season: Path, command: tuple[str, ...]) -> None:
    for name in ("contestants.csv", "targets.csv", "readings.csv"):
        path = season / name
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")

    refused = saima(command[0], season, *command[1:])

    assert (refused.code, refused.out) == (2, "")
    assert "no contestant" in refused.err


@pytest.mark.parametrize("period", ["2026-13", "2026Q1", "2027-01", "2026-09"])
def test_check_says_nothing_good_before_it_refuses(saima, season: Path, period: str) -> None:
    refused = saima("check", season, "--period", period)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
