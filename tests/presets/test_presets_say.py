"""What every preset says of itself: where it comes from and what was not seen; no junk address is a link."""

import re
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import saima.presets
from saima.engine.rules import evaluate_one, plan_bulk
from saima.presets import presets

FOLDER = Path(saima.presets.__file__).parent
README = (FOLDER / "README.md").read_text("utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"(https?://|\bwww\.|\]\(|<[a-z0-9.-]+\.[a-z]{2,})")
ALL = sorted(presets())
OPEN = [r for r in ALL if presets()[r].status != "seen"]


def test_the_presets_of_the_list_are_there():
    assert set(ALL) >= {
        "gazelle-gbt-41464",
        "gazelle-huangpu",
        "gazelle-huangpu-cultivated",
        "gazelle-zhengzhou-potential",
        "gazelle-zhejiang",
        "high-tech-enterprise",
        "incubator-evaluation-2019",
        "incubator-graduate",
        "incubator-huizhou",
        "incubator-national",
        "innovative-sme",
        "rd-subsidy-ruian",
        "single-champion-2023",
        "single-champion-2025",
        "single-champion-first",
        "small-giant-2022",
        "small-giant-2026",
        "specialised-sme",
        "tech-sme",
        "technology-centre-guangdong",
        "technology-centre-jiangsu-type",
        "technology-centre-jiangsu-type-evaluation",
    }


@pytest.mark.parametrize("rule", OPEN)
def test_what_was_not_seen_is_said_in_both_languages(rule):
    missing = presets()[rule].missing

    assert missing
    assert all(m.en and not CHINESE.search(m.en) and CHINESE.search(m.zh) for m in missing)


@pytest.mark.parametrize("rule", ALL)
def test_every_preset_names_its_sources_with_a_grade_and_a_place(rule):
    preset = presets()[rule]

    assert preset.jurisdiction
    assert preset.sources or preset.status == "empty"
    assert all(s.title and s.where and s.grade in {"A", "B", "C", "D"} and s.covers for s in preset.sources)


@pytest.mark.parametrize("rule", ALL)
def test_no_address_of_grade_d_is_a_link(rule):
    poor = [s.where for s in presets()[rule].sources if s.grade == "D"]

    assert [w for w in poor if LINK.search(w)] == []
    assert [line for line in README.splitlines() for w in poor if w in line and LINK.search(line.replace(w, ""))] == []
    assert [w for w in poor if w in README and f"`{w}`" not in README] == []


@pytest.mark.parametrize("rule", [r for r in ALL if presets()[r].status == "empty"])
def test_an_empty_preset_is_never_decided(rule):
    preset = presets()[rule]
    everybody = pl.LazyFrame({"staff": [1, 2]})

    assert evaluate_one(preset, {}, on=date(2026, 3, 1)).eligible is None
    assert plan_bulk(preset, on=date(2026, 3, 1)).columns(everybody).collect()["eligible"].to_list() == [None, None]


def test_every_preset_stands_in_the_readme_with_its_grades():
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \|[^|]*\| ([A-D, ]+|-) \|", README, re.MULTILINE))

    assert rows == {r: ", ".join(sorted({s.grade for s in presets()[r].sources})) or "-" for r in ALL}


def test_one_figure_has_one_name_and_one_width_in_all_presets():
    seen: dict[str, object] = {}
    for rule in ALL:
        for key, one in presets()[rule].inputs.items():
            assert seen.setdefault(key, one) == one, (rule, key)


def test_statuses_granted_by_others_have_names_only():
    granted = tomllib.loads((FOLDER / "granted.toml").read_text("utf-8"))

    assert all(set(g) == {"title", "entity"} and CHINESE.search(g["title"]["zh"]) for g in granted.values())
    assert not set(granted) & set(presets())


def test_a_status_asked_for_is_a_preset_or_granted_by_others():
    granted = tomllib.loads((FOLDER / "granted.toml").read_text("utf-8"))

    assert [(r, s) for r in ALL for s in presets()[r].statuses if s not in granted and s not in presets()] == []
