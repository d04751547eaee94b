"""Each check on a small fictional season, the three real cells of 2018, waivers and speed."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files as resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import saima.examples
from saima.engine.integrity import CHECKS, findings
from saima.engine.integrity.context import median_last, modified_z
from saima.engine.model.inputs import AsOf, Reading, Readings, ReadingTable, Waiver
from saima.engine.model.known import known_at
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Indicator, IntegrityRules, Relation, Season, Target
from saima.files import load_season
from saima.words import LANGS, Text, say

NAMES = ("ash", "birch", "cedar", "dogwood", "elm", "fir")
YEAR = Span(Period.parse("2026-01"), Period.parse("2026-12"))
MAY = Period.parse("2026-05")


def indicator(code, measure="cumulative", **more):
    return Indicator(code, Text(code.title()), **{"better": "higher", "measure": measure, **more})


def season(*indicators, relations=(), targets=(), contestants=NAMES, **rules):
    return Season(
        code="test",
        title=Text("Test"),
        frequency="month",
        window=YEAR,
        targets_cover=YEAR,
        missing="floor",
        contestants=tuple(Contestant(c, Text(c.title())) if isinstance(c, str) else c for c in contestants),
        indicators=indicators,
        nodes=(),
        score_rules=(),
        targets=targets,
        integrity=IntegrityRules(relations, **rules),
    )


def series(contestant, code, *values, last=MAY):
    """Readings of one cell whose last value is for ``last``; None for no reading."""
    return [
        Reading(contestant, code, last.next(k - len(values) + 1), str(v)) for k, v in enumerate(values) if v is not None
    ]


def find(of, rows, last=MAY, known=None, **more):
    readings = Readings(ReadingTable.of(rows), **more)
    as_of = AsOf(last, known)
    found = findings(of, known_at(of, readings, as_of), readings, as_of)
    for finding in found:
        assert all(say(finding.code, lang, **finding.params) for lang in LANGS)
    return found


def keys(found):
    return [f.key for f in found]


def test_falling_cumulative_figure_is_an_error_and_names_both_numbers():
    (found,) = find(season(indicator("jobs")), series("ash", "jobs", 10, 20, None, 15))

    assert (found.key, found.severity) == ("falling:ash:jobs:2026-05", "error")
    assert say(found.code, "en", **found.params).startswith("Ash, Jobs, 2026-05: 15 is below the 20 reported before")


def test_cumulative_figure_starts_anew_with_the_year():
    rows = series("ash", "jobs", 100, 120, 8, last=Period.parse("2026-01"))

    assert find(season(indicator("jobs")), rows, Period.parse("2026-01")) == ()


def test_falling_level_is_no_finding():
    assert find(season(indicator("rate", "level")), series("ash", "rate", 10, 20, 15)) == ()


def test_standing_still_is_no_fall():
    assert find(season(indicator("jobs")), series("ash", "jobs", 10, 20, 20)) == ()


def test_earlier_fall_is_not_found_again():
    assert find(season(indicator("jobs")), series("ash", "jobs", 10, 20, 15, 18)) == ()


def test_later_readings_are_not_known():
    rows = series("ash", "jobs", 10, 20) + series("ash", "jobs", 15, last=MAY.next())

    assert find(season(indicator("jobs")), rows) == ()


def test_parts_that_do_not_add_up_are_compared_in_base_units():
    of = season(
        indicator("all", "level", scale=1e8),
        indicator("east", "level", scale=1e4),
        indicator("west", "level", scale=1e4),
        relations=(Relation("area", "sum", "all", ("east", "west"), 0.01),),
    )
    rows = [*series("ash", "all", 2), *series("ash", "east", 12000), *series("ash", "west", 8100)]
    rows += [*series("birch", "all", 2), *series("birch", "east", 12000), *series("birch", "west", 8300)]
    rows += [*series("cedar", "all", 2), *series("cedar", "east", 12000)]

    found = find(of, rows)

    assert keys(found) == ["sum/area:birch:all:2026-05"]
    assert "2 is not the sum of East, West, which is 2.03" in say(found[0].code, "en", **found[0].params)


def test_tenths_that_add_up_on_paper_add_up_here():
    of = season(*(indicator(c, "level") for c in "abc"), relations=(Relation("t", "sum", "c", ("a", "b")),))

    assert find(of, [*series("ash", "a", 0.1), *series("ash", "b", 0.2), *series("ash", "c", 0.3)]) == ()


def test_part_above_its_whole_is_named_at_the_part():
    of = season(
        indicator("firms", "level"),
        indicator("high", "level"),
        relations=(Relation("firms", "at_most", "firms", ("high",)),),
    )
    rows = [*series("ash", "firms", 10), *series("ash", "high", 11), *series("birch", "firms", 10)]
    rows += series("birch", "high", 10)

    assert keys(find(of, rows)) == ["at-most/firms:ash:high:2026-05"]


@pytest.mark.parametrize(
    ("measure", "value", "check"),
    [
        ("count", 3.5, "fraction"),
        ("count", -3, "negative"),
        ("count", 3, None),
        ("yes-no", 0.5, "yes-no"),
        ("yes-no", 1, None),
        ("completion", 1000.1, "completion-range"),
        ("completion", -1, "completion-range"),
        ("completion", 130, None),
    ],
)
def test_figures_that_cannot_be_of_their_measure(measure, value, check):
    found = find(season(indicator("x", measure)), series("ash", "x", value))

    assert keys(found) == ([f"{check}:ash:x:2026-05"] if check else [])


def test_count_kept_in_ten_thousands_may_have_decimals():
    of = season(indicator("x", "count", scale=1e4))

    assert find(of, series("ash", "x", 1.2345)) == ()
    assert keys(find(of, series("ash", "x", 1.23456))) == ["fraction:ash:x:2026-05"]


def test_zero_where_past_and_peers_are_far_from_zero():
    of = season(indicator("rate", "level"))
    rows = series("ash", "rate", 50, 51, 49, 50, 0)
    peers = [r for n, c in enumerate(NAMES[1:4]) for r in series(c, "rate", 48 + n)]

    assert keys(find(of, rows + peers)) == ["zero:ash:rate:2026-05"]
    assert find(of, rows + peers[:2]) == ()  # too few peers to say
    assert find(of, [*rows, *peers, *series("elm", "rate", 0)]) == ()  # another has none either
    assert find(of, [*series("ash", "rate", 50, 0, 49, 50, 0), *peers]) == ()  # it had a zero before


def test_half_of_the_year_in_one_step():
    of = season(indicator("jobs"), indicator("firms", "count"))
    rows = [*series("ash", "jobs", 10, 20, 30, 40, 100), *series("birch", "jobs", 10, 20, 30, 40, 79)]
    rows += [*series("ash", "firms", 0, 0, 1, 1, 4), *series("birch", "firms", 1, 1, 1, 1, 6)]

    found = find(of, rows)

    assert keys(found) == ["jump:ash:jobs:2026-05", "jump:birch:firms:2026-05"]
    assert "60 % of all growth so far came in this step, from 40 to 100, where the plan expects 20 %" in say(
        found[0].code, "en", **found[0].params
    )


def test_second_step_of_a_year_is_half_of_it_by_nature():
    february = Period.parse("2026-02")

    assert find(season(indicator("jobs")), series("ash", "jobs", 10, 25, last=february), february) == ()


def test_bunching_just_above_what_was_due_is_about_the_column():
    of = season(indicator("rate", "level"), targets=(Target("*", "rate", 100.0),))
    rows = [r for c, x in zip(NAMES, (100, 101, 102, 103, 99, 60), strict=True) for r in series(c, "rate", x)]

    (found,) = find(of, rows)

    assert (found.key, found.contestant, found.severity) == ("bunching::rate:2026-05", "", "notice")
    assert say(found.code, "en", **found.params).startswith("Rate, 2026-05: 3 of 6 contestants lie within 2 % above")
    assert find(of, rows[:3] + rows[4:5]) == ()  # four contestants show no pattern


def test_bunching_of_a_cumulative_figure_is_at_what_is_due_by_now():
    of = season(indicator("jobs"), targets=(Target("*", "jobs", 120.0),))
    rows = [r for c, x in zip(NAMES, (50, 50.5, 51, 20, 90, 70), strict=True) for r in series(c, "jobs", x)]

    assert keys(find(of, rows)) == ["bunching::jobs:2026-05"]


def test_small_counts_that_meet_their_target_do_not_bunch():
    of = season(indicator("firms", "count"), targets=(Target("*", "firms", 12.0),))
    rows = [r for c in NAMES for r in series(c, "firms", 5)]

    assert find(of, rows) == ()


def test_outlier_against_own_values():
    of = season(indicator("rate", "level"))
    past = (10, 11, 12, 13, 14, 12)

    (found,) = find(of, series("ash", "rate", *past, 30))

    # Median 12, distances 2 1 0 1 2 0, MAD 1: 0.6745 x 18 = 12.1.
    assert (found.key, found.severity) == ("outlier:ash:rate:2026-05", "warning")
    assert (found.params["median"], found.params["score"]) == (12.0, 12.1)
    assert find(of, series("ash", "rate", *past, 19)) == ()
    assert find(of, series("ash", "rate", *past[1:], 30)) == ()  # five points are too few


def test_outlier_of_a_cumulative_figure_is_its_increment():
    of = season(indicator("jobs"), jump_share=1.0)
    august = Period.parse("2026-08")

    (found,) = find(of, series("ash", "jobs", 10, 21, 33, 46, 60, 72, 84, 184, last=august), august)

    assert (found.code, found.params["step"], found.params["median"]) == ("integrity.outlier_step", 100.0, 12.0)
    assert find(of, series("ash", "jobs", 10, 21, 33, 46, 60, 72, 84, 96, last=august), august) == ()


def test_slipped_decimal_point_after_a_constant_past_is_found():
    of = season(indicator("area", "level"))

    assert keys(find(of, series("ash", "area", *[10] * 6, 100))) == ["outlier:ash:area:2026-05"]
    assert find(of, series("ash", "area", *[10] * 6, 10.5)) == ()


EITHER = (Relation("water", "either", "safe", ("basic",)),)


def test_applies_to_says_which_column_a_contestant_belongs_to():
    inland, coast = (Contestant(c, Text(c), tags=(t,)) for c, t in (("ash", "inland"), ("birch", "coast")))
    of = season(
        indicator("safe", "level", applies_to=("coast",)),
        indicator("basic", "level", applies_to=("inland",)),
        relations=EITHER,
        contestants=(inland, coast),
    )
    rows = [*series("ash", "basic", 40), *series("birch", "basic", 40)]

    assert keys(find(of, rows)) == ["neighbour/water:birch:basic:2026-05"]
    assert find(of, [*rows, *series("birch", "safe", 40)]) == ()  # the partner column is not empty


def test_peers_say_it_where_applies_to_does_not():
    of = season(indicator("safe", "level"), indicator("basic", "level"), relations=EITHER)
    peers = [r for c in NAMES[1:] for r in series(c, "safe", 90)]

    assert keys(find(of, [*series("ash", "basic", 40), *peers])) == ["neighbour/water:ash:basic:2026-05"]
    assert find(of, [*series("ash", "basic", 40), *peers[:2]]) == ()
    assert find(of, [*series("ash", "basic", 40), *series("fir", "basic", 40), *peers[:4]]) == ()


SDG_WRONG = [
    "neighbour/sanitation:MEX:sanitation_basic:2018",
    "neighbour/water:MEX:water_basic:2018",
    "neighbour/sanitation:TUR:sanitation_basic:2018",
]


@pytest.fixture(scope="module")
def sdg():
    return load_season(resources(saima.examples) / "sdg-2018")


@pytest.mark.parametrize("told_by", ["applies_to", "tags and classes", "classes"])
def test_sdg_2018_names_exactly_its_three_misplaced_cells(sdg, told_by):
    of = sdg.season
    if told_by != "applies_to":
        of = replace(of, indicators=tuple(replace(i, applies_to=()) for i in of.indicators))
    if told_by == "classes":
        of = replace(of, contestants=tuple(replace(c, tags=()) for c in of.contestants))
    as_of = AsOf(Period.parse("2018"))
    raw = replace(sdg.readings, corrections=())

    assert keys(findings(of, known_at(of, raw, as_of), raw, as_of)) == SDG_WRONG
    assert findings(of, known_at(of, sdg.readings, as_of), sdg.readings, as_of) == ()


def test_waiver_keeps_the_finding_and_shows_its_reason_once_recorded():
    of, rows = season(indicator("jobs")), series("ash", "jobs", 20, 15)
    at = [datetime(2026, 6, day, tzinfo=UTC) for day in (1, 3, 5)]
    rows = [replace(r, recorded_at=at[0]) for r in rows]
    key = "falling:ash:jobs:2026-05"
    waivers = (Waiver(key, "Audited", recorded_at=at[2]), Waiver(key, "Asked", recorded_at=at[1]))

    reasons = [find(of, rows, known=known, waivers=waivers)[0].waived for known in (*at, None)]

    assert reasons == ["", "Asked", "Audited", "Audited"]


def test_errors_come_first_and_keys_differ():
    of = season(indicator("jobs"), indicator("rate", "level"), indicator("flag", "yes-no"))
    rows = [*series("fir", "jobs", 20, 15), *series("ash", "jobs", 1, 2, 3, 4, 50), *series("elm", "flag", 3)]
    rows += series("ash", "rate", 10, 11, 12, 13, 14, 12, 30)

    found = find(of, rows)

    assert [f.severity for f in found] == ["error", "error", "warning", "notice"]
    assert len(set(keys(found))) == len(found)


@settings(max_examples=40)
@given(st.lists(st.lists(st.one_of(st.none(), st.floats(-9, 9)), min_size=5, max_size=5), min_size=1, max_size=4))
def test_median_is_that_of_numpy(rows):
    values = np.array([[np.nan if x is None else x for x in row] for row in rows])
    expected = [np.nan if np.isnan(row).all() else np.nanmedian(row) for row in values]

    assert median_last(values) == pytest.approx(expected, nan_ok=True)


def test_modified_z_falls_back_where_half_of_the_past_is_one_value():
    # MAD 0, mean absolute deviation 2: (20 - 10) / (1.2533 x 2).
    z, median = modified_z(np.array([20.0]), np.array([[10.0, 10.0, 10.0, 10.0, 20.0]]))

    assert (median[0], z[0]) == (10.0, pytest.approx(10 / (1.2533 * 2)))


def test_empty_period_has_no_findings():
    of = season(*(indicator(m, m) for m in ("cumulative", "count", "level", "share", "growth", "completion", "yes-no")))

    assert find(of, []) == ()
    assert set(CHECKS) >= {"falling", "neighbour", "sum", "at-most", "zero", "jump", "bunching", "outlier"}
