"""What a leader reads at a glance, from hand-made evaluations."""

from dataclasses import replace

import pytest
import sample

from saima.press import wall
from saima.press.briefing import alerts, bullets, leader_sentence, light_of, mixed, thresholds
from saima.words import Text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_sentence_counts_indicators_on_pace_and_names_who_is_furthest_behind(lang):
    evaluation = sample.evaluation()
    shown = bullets(evaluation, lang)

    said = leader_sentence(evaluation, lang)

    assert str(sum(b.light == "green" for b in shown)) in said
    red = [c for c in evaluation.cells if c.light == "red" and c.ahead is not None]
    worst = min(red, key=lambda c: c.ahead)
    assert evaluation.season.contestant[worst.contestant].title.of(lang) in said


def test_the_sentence_says_so_when_nobody_is_behind():
    evaluation = sample.evaluation()
    nobody = replace(evaluation, cells=tuple(replace(c, light="green") for c in evaluation.cells))

    assert leader_sentence(nobody, "en").endswith("and nobody is behind on any of them.")


@pytest.mark.parametrize(("done", "due", "light"), [(0.3, 0.3, "green"), (0.29, 0.3, "red"), (0.3, None, "none")])
def test_a_light_follows_the_threshold(done, due, light):
    assert light_of(done, due, 1.0) == light


def test_a_lower_threshold_forgives_what_it_says():
    assert (light_of(0.27, 0.3, 0.9), light_of(0.26, 0.3, 0.9)) == ("green", "red")


def test_red_comes_first_and_room_is_kept_for_what_caught_up():
    listed = alerts(sample.evaluation(), "en")
    red = [a for a in listed if a.light == "red"]
    yellow = [replace(red[0], light="yellow")] * 3

    assert [a.light for a in mixed([*red[:1] * 9, *yellow], 6)] == ["red"] * 4 + ["yellow"] * 2
    assert [a.light for a in mixed([*red[:1] * 2, *yellow], 6)] == ["red"] * 2 + ["yellow"] * 3
    assert [a.light for a in mixed(red[:1] * 9, 3)] == ["red"] * 3
    assert [a.light for a in listed] == sorted((a.light for a in listed), key=("red", "yellow").index)


@pytest.mark.parametrize(
    ("lang", "state", "step"),
    [
        (
            "en",
            "91.7\u00a0% used where 33.3\u00a0% is allowed by now",
            "At most 0.5\u00a0件 a month from here keep within the target.",
        ),
        ("zh", "已用91.7%，至今可用33.3%", "此后每月不超过0.5件方可控制在目标内。"),
    ],
)
def test_of_a_ceiling_it_is_told_how_much_is_used(lang, state, step):
    evaluation = sample.evaluation()
    red = next(c for c in evaluation.cells if c.light == "red")
    indicators = tuple(
        replace(i, better="lower", measure="count", unit=Text("件", "件"), decimals=0) if i.code == red.indicator else i
        for i in evaluation.season.indicators
    )
    cell = replace(red, value=11.0, target=12.0, due=1 / 3, completion=2 / 3 - 11 / 12, required_rate=0.5)
    there = replace(evaluation, season=replace(evaluation.season, indicators=indicators), cells=(cell,))

    alert = next(a for a in alerts(there, lang) if a.indicator == red.indicator)

    assert (alert.state, alert.step) == (state, step)


def test_thresholds_are_said_with_the_seasons_number():
    assert "at least 1.00 times what is due" in thresholds(sample.evaluation(), "en")


def test_lanes_share_one_scale_and_stay_on_the_track():
    evaluation = sample.evaluation()

    (race,) = wall.race(evaluation, "overall", "en")

    assert [r.code for r in race.runners] == [s.contestant for s in evaluation.standing()]
    lengths = [float(v.rstrip("%")) for r in race.runners for v in (r.bar.done, r.bar.due, r.bar.finish) if v]
    assert 0 <= min(lengths) <= max(lengths) <= 95
    assert len({r.bar.finish for r in race.runners}) == 1


def test_many_contestants_come_in_pages_and_their_lights_are_counted():
    evaluation = sample.large()

    races, lights = wall.race(evaluation, "overall", "en"), wall.light_map(evaluation, "en")

    assert [r.page for r in races] == ["1/3", "2/3", "3/3"]
    assert {len(r.runners) for r in races} == {10}
    assert races[-1].more == len(evaluation.standing()) - 30
    assert lights is None or not lights.side_by_side


def test_without_standings_there_is_no_race_and_no_movement():
    evaluation = sample.without_standings()

    assert wall.scopes(evaluation) == ()
    assert wall.bump(evaluation, (), "en") is None


def test_the_bump_chart_has_bands_where_a_place_is_not_certain():
    evaluation = sample.evaluation()

    bump = wall.bump(evaluation, (), "en")

    banded = {line.code for line in bump.lines if line.bands}
    assert banded == {s.contestant for s in evaluation.standing() if s.rank_low != s.rank_high}
    assert [line.code for line in bump.lines] == [s.contestant for s in evaluation.standing()]
    assert {n for _, n in bump.places} == set(range(1, 6))
