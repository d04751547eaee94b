"""Charts: what they draw, what they leave out, and that they are the same bytes everywhere."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sample

from saima.engine.model.evaluation import Evaluation
from saima.press.charts import gap_waterfall, light_map, race_track, rank_bump, rank_intervals, svg, themed
from saima.press.charts.palette import TOKENS
from saima.press.fonts import CHART
from saima.words import LANGS, Text

FIVE = ("track", "bump", "lights", "intervals", "gap")
PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
import sample
from saima.press.page import draw_charts, render_page
pictures = draw_charts(sample.evaluation(), "zh")
page = render_page(sample.evaluation(), sample.ISSUE, "zh", pictures)
print(hashlib.sha256(("".join(pictures.values()) + page).encode()).hexdigest())
"""


def drawn(evaluation: Evaluation, lang: str = "en") -> dict:
    steps = gap_waterfall.contributions(evaluation, "willow", "cedar")
    return {
        "track": race_track.spec(evaluation, lang),
        "bump": rank_bump.spec(evaluation, lang),
        "lights": light_map.spec(evaluation, lang),
        "intervals": rank_intervals.spec(evaluation, lang),
        "gap": gap_waterfall.spec(evaluation, lang, steps, ahead="willow", behind="cedar"),
    }


@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_is_one_picture_with_a_sentence(lang):
    for key, spec in drawn(sample.evaluation(), lang).items():
        picture = ET.fromstring(svg(spec))

        title = picture.find("{http://www.w3.org/2000/svg}title")
        assert picture.get("role") == "img"
        assert picture.get("aria-label") == spec["description"] == title.text, key


def test_charts_show_names_in_the_language_asked_for():
    for key, spec in drawn(sample.evaluation(), "zh").items():
        said = svg(spec)

        assert "柳湾园区" in said, key
        assert "Willow" not in said, key


def test_ids_of_two_charts_never_meet():
    found = [i for spec in drawn(sample.evaluation()).values() for i in _ids(svg(spec))]

    assert len(found) == len(set(found))


def _ids(picture):
    return [e.get("id") for e in ET.fromstring(picture).iter() if e.get("id")]


def test_themed_charts_paint_with_tokens_only():
    for spec in drawn(sample.evaluation()).values():
        paints = {
            e.get(a)
            for e in ET.fromstring(themed(svg(spec))).iter()
            for a in ("fill", "stroke")
            if e.get(a) not in {None, "none", "transparent"}
        }

        assert {p for p in paints if not p.startswith("var(--")} == set()


def test_themed_leaves_words_alone():
    assert themed('<text fill="#14233a">fill="#14233a" is ink</text>').endswith("is ink</text>")
    assert themed("<text>#14233a</text>") == "<text>#14233a</text>"


def test_light_tokens_are_all_different():
    assert len({t.light for t in TOKENS.values()}) == len(TOKENS)


def test_lane_is_the_weighted_mean_of_what_is_due():
    lane = next(n for n in race_track.lanes(sample.evaluation()) if n.contestant == "willow")

    # in the order of the season: talent, graduates, projects, investment, growth, laboratories
    by_hand = (62 / 120 * 30 + 0.4 * 10 + 0.6 * 20 + 0.4 * 20 + 11.2 / 9 * 10 + 1 / 3 * 10) / 100
    assert lane.done == pytest.approx(by_hand, abs=1e-12)
    assert lane.due == pytest.approx((90 / 3 + 10) / 100, abs=1e-12)
    assert (lane.rank, lane.colour) == (1, "green")


def test_band_of_one_indicator_runs_from_low_to_high_projection():
    lane = race_track.lanes(sample.evaluation(), "indicator:talent")[0]

    assert (lane.low, lane.high) == (pytest.approx(62 * 2.5 / 120), pytest.approx(62 * 3.1 / 120))


def test_ceiling_projects_to_less_when_more_is_used():
    evaluation = sample.evaluation()
    lower = tuple(replace(i, better="lower") if i.code == "talent" else i for i in evaluation.season.indicators)
    evaluation = replace(evaluation, season=replace(evaluation.season, indicators=lower))

    lane = race_track.lanes(evaluation, "indicator:talent")[0]

    assert (lane.low, lane.high) == (pytest.approx(2 - 62 * 3.1 / 120), pytest.approx(2 - 62 * 2.5 / 120))


def test_track_of_one_indicator_keeps_empty_lanes_for_the_unknown():
    lanes = race_track.lanes(sample.without_standings(), "indicator:talent")

    assert [(n.contestant, n.known) for n in lanes] == [
        ("willow", True),
        ("cedar", False),
        ("stone", False),
        ("maple", False),
        ("reed", False),
    ]
    assert svg(race_track.spec(sample.without_standings(), "en", "indicator:talent")).count("not known") == 4


def test_nothing_to_draw_is_none():
    bare = sample.large()

    assert race_track.spec(bare, "en") is None
    assert rank_bump.spec(bare, "en") is None
    assert light_map.spec(bare, "en") is None
    assert rank_intervals.spec(sample.without_standings(), "en") is None
    assert gap_waterfall.spec(bare, "en", (), ahead="c000", behind="c001") is None


def test_large_chart_says_its_cut():
    spec = rank_intervals.spec(sample.large(), "en")

    assert len(spec["data"]["values"]) == rank_intervals.MOST_ROWS == 40
    assert "the first 40 of 156" in spec["description"]


def test_gap_adds_up_to_the_difference_of_scores_of_neighbours():
    evaluation = sample.evaluation()
    scores = {s.contestant: s.score for s in evaluation.standing()}

    for ahead, behind in pairwise(("willow", "cedar", "stone", "maple", "reed")):
        steps = gap_waterfall.contributions(evaluation, ahead, behind)
        assert sum(points for _, points in steps) == pytest.approx(scores[ahead] - scores[behind], abs=1e-9)
        assert [abs(points) for _, points in steps] == sorted((abs(points) for _, points in steps), reverse=True)


def test_gap_names_indicators_and_races_of_projects():
    titles = [title.en for title, _ in gap_waterfall.contributions(sample.evaluation(), "willow", "cedar")]

    assert {"R&D investment", "Project race"} <= set(titles)


def test_gap_that_was_not_evaluated_has_no_steps():
    assert gap_waterfall.contributions(sample.evaluation(), "willow", "reed") == ()


def test_gap_joins_the_smallest_steps_and_still_adds_up():
    steps = [(Text(f"Part {n:02}"), 1.0 + n) for n in range(20)]

    spec = gap_waterfall.spec(sample.evaluation(), "en", steps, ahead="willow", behind="cedar")

    bars = spec["data"]["values"]
    assert [b["title"] for b in bars[-2:]] == ["9 others together", "Gap"]
    assert (bars[-1]["from"], bars[-1]["to"]) == (0.0, pytest.approx(210.0))
    assert len(bars) == gap_waterfall.MOST_STEPS + 1


@pytest.mark.parametrize("lang", LANGS)
def test_charts_name_one_font_whatever_they_were_measured_in(lang):
    for spec in drawn(sample.evaluation(), lang).values():
        assert set(re.findall(r'font-family="([^"]*)"', svg(spec))) == {CHART}


def test_text_is_measured_in_the_font_of_charts_where_the_quick_one_has_no_glyphs():
    english, chinese = (drawn(sample.evaluation(), lang)["bump"] for lang in ("en", "zh"))

    fonts = [
        [part["mark"]["font"] for part in s["layer"] if part["mark"]["type"] == "text"] for s in (english, chinese)
    ]
    assert fonts == [["Liberation Sans"] * 2, ["Liberation Sans", CHART]]
    assert [s["config"]["axis"]["labelFont"] for s in (english, chinese)] == ["Liberation Sans", CHART]


@pytest.mark.parametrize(
    ("title", "shown"), [("赛" * 40, "赛" * 14 + "…"), ("a b\u2028c" * 9, "a b ca b ca b ca b ca b ca b…")]
)
def test_labels_of_charts_are_one_line_of_limited_length(title, shown):
    evaluation = sample.evaluation()
    long = tuple(replace(c, title=Text(title)) for c in evaluation.season.contestants)
    evaluation = replace(evaluation, season=replace(evaluation.season, contestants=long))

    assert svg(rank_intervals.spec(evaluation, "en")).count(f">{shown}<") == 5


def test_equal_titles_stay_two_rows():
    evaluation = sample.evaluation()
    same = tuple(replace(c, title=Text("Same")) for c in evaluation.season.contestants)
    evaluation = replace(evaluation, season=replace(evaluation.season, contestants=same))

    for key, spec in drawn(evaluation).items():
        if key in {"track", "lights", "intervals"}:
            assert svg(spec).count(">Same<") + svg(spec).count("  Same<") == 5, key


def test_hostile_titles_stay_text():
    for spec in drawn(sample.hostile()).values():
        picture = svg(spec)

        assert "<script" not in picture
        ET.fromstring(picture)


def test_same_bytes_in_every_place_and_language_of_the_machine():
    seen = set()
    for zone, locale, seed in (("UTC", "C.UTF-8", "1"), ("America/Los_Angeles", "zh_CN.UTF-8", "4711")):
        env = os.environ | {"TZ": zone, "LANG": locale, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        here = str(Path(__file__).parent)
        run = subprocess.run([sys.executable, "-c", PROGRAM, here], env=env, capture_output=True, text=True, check=True)
        seen.add(run.stdout)

    assert len(seen) == 1
