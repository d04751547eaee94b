from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.evaluation import Cell, Standing
from saima.engine.model.history import CellThen, History, Published, RankThen
from saima.engine.model.inputs import AsOf, Readings, ReadingTable
from saima.engine.model.known import known_at
from saima.engine.model.periods import Period
from saima.engine.model.season import Constraint, Contestant
from saima.engine.race.constraints import demoted_ranks, proposals
from saima.words import Text, codes, say
from seasons import indicator, month, readings, season

NOBODY = ("ash", "birch", "cedar", "dogwood", "elm")
OF = season(indicator("jobs"), indicator("firms"), contestants=NOBODY)


def rule(when, *indicators, action="summon", threshold=0.9, consecutive=1, code="rule"):
    return Constraint(code, Text("Jobs missed"), action, when, indicators, threshold, consecutive)


def present(contestant, code, done, due=0.5, value=None):
    return Cell(contestant, code, "present", value=value, completion=done, due=due, pace=done / due)


def standings(*ranks, contestants=NOBODY, class_code=""):
    return tuple(
        Standing("overall", "level", class_code, c, r, 100.0 - r, r, r, 1)
        for c, r in zip(contestants, ranks, strict=True)
    )


def published(period, cells=(), ranks=()):
    then = {at: CellThen("none", "" if v is None else str(v), d, due, 1.0, m) for at, (v, d, due, m) in dict(cells)
            .items()}  # fmt: skip
    places = {("overall", "level", c): RankThen(r, 0.0) for c, r in ranks}
    return Published(period, datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), 1, cells=then, ranks=places)


def proposed(constraints, cells=(), places=(), history=(), rows=(), of=OF):
    of = replace(of, constraints=constraints)
    known = known_at(of, Readings(ReadingTable.of(rows)), AsOf(month(6)))
    return proposals(of, known, cells, places, History(tuple(history)), month(6))


def names(found):
    return [p.contestant for p in found]


def test_completion_below_names_the_figures_and_changes_no_standing():
    cells = (present("ash", "jobs", 0.89), present("birch", "jobs", 0.9))

    (found,) = proposed((rule("completion_below", "jobs"),), cells, standings(1, 2, 3, 4, 5))

    assert (found.contestant, found.action, found.rank, found.proposed_rank) == ("ash", "summon", 1, None)
    assert say(found.code, "en", **found.params) == "Ash, Jobs missed: completion of Jobs is 89 %, below 90 %."
    assert say(found.code, "zh", **found.params) == "Ash，Jobs missed：Jobs完成率为89%，低于90%。"


def test_all_indicators_must_hold():
    cells = (present("ash", "jobs", 0.5), present("ash", "firms", 1.0), present("birch", "jobs", 0.5))
    cells += (present("birch", "firms", 0.6),)

    assert names(proposed((rule("completion_below", "jobs", "firms"),), cells)) == ["birch"]


def test_missing_figure_meets_no_condition_but_missing():
    cells = (
        Cell("ash", "jobs", "late", due=0.5),
        Cell("birch", "jobs", "not_due"),
        Cell("cedar", "jobs", "rejected", due=0.5),
        Cell("dogwood", "jobs", "not_applicable"),
    )
    others = ("completion_below", "pace_below", "value_below", "value_above", "falls")

    assert [proposed((rule(when, "jobs", threshold=1e9),), cells) for when in others] == [()] * 5
    assert names(proposed((rule("missing", "jobs"),), cells)) == ["ash", "cedar"]


def test_condition_over_no_indicator_proposes_nothing():
    assert proposed((rule("completion_below"),), (present("ash", "jobs", 0.1),)) == ()


def test_values_and_pace_are_compared_with_the_threshold():
    cells = (present("ash", "jobs", 0.4, value=3.0), present("birch", "jobs", 0.6, value=5.0))

    assert names(proposed((rule("value_below", "jobs", threshold=5.0),), cells)) == ["ash"]
    assert names(proposed((rule("value_above", "jobs", threshold=4.9),), cells)) == ["birch"]
    assert names(proposed((rule("pace_below", "jobs", threshold=1.0),), cells)) == ["ash"]


def test_falls_compares_with_the_same_period_of_the_year_before():
    cells = (present("ash", "jobs", 0.4, value=3.0), present("birch", "jobs", 0.6, value=5.0))
    rows = readings({"ash": {"jobs": 4}, "birch": {"jobs": 4}}, Period.parse("2025-06"))

    (found,) = proposed((rule("falls", "jobs", threshold=0.0),), cells, rows=rows)

    assert found.contestant == "ash"
    assert "3, worse than 4 in the same period" in say(found.code, "en", **found.params)


def test_falls_means_rises_where_less_is_better():
    of = season(indicator("waste", better="lower"))
    cells = (present("ash", "waste", 0.4, value=3.0), present("birch", "waste", 0.6, value=5.0))
    rows = readings({"ash": {"waste": 4}, "birch": {"waste": 4}}, Period.parse("2025-06"))

    assert names(proposed((rule("falls", "waste", threshold=0.0),), cells, rows=rows, of=of)) == ["birch"]


def test_consecutive_looks_at_published_periods_and_passes_over_those_not_due():
    cells = (present("ash", "jobs", 0.5), present("birch", "jobs", 0.5), present("cedar", "jobs", 0.5))
    history = (
        published(month(3), {("ash", "jobs"): (1, 0.3, 0.4, 0.2), ("birch", "jobs"): (1, 0.95, 0.4, 0.0)}),
        published(month(4), {("ash", "jobs"): (1, None, None, 0), ("birch", "jobs"): (1, None, None, 0)}),
        published(month(5), {("ash", "jobs"): (1, 0.4, 0.4, 0.0), ("birch", "jobs"): (1, 0.4, 0.4, 0.0)}),
    )

    two = proposed((rule("completion_below", "jobs", consecutive=2),), cells, history=history)
    three = proposed((rule("completion_below", "jobs", consecutive=3),), cells, history=history)

    assert (names(two), names(three)) == (["ash", "birch"], ["ash"])
    assert "the 3 last published periods" in say(three[0].code, "en", **three[0].params)


def test_bottom_twice_in_a_row_is_an_exit():
    before = published(month(5), ranks=zip(NOBODY, (1, 2, 5, 3, 4), strict=True))
    constraint = rule("bottom", action="exit", threshold=2.0, consecutive=2)

    found = proposed((constraint,), places=standings(1, 2, 3, 4, 5), history=(before,))

    assert names(found) == ["elm"]
    assert names(proposed((constraint,), places=standings(1, 2, 3, 4, 5))) == []
    assert say(found[0].code, "en", **found[0].params).startswith("Elm, Jobs missed: place 5 of 5, among the last 2")


def test_bottom_takes_all_who_share_the_last_place_but_never_the_first():
    bottom = (rule("bottom", threshold=1.0),)

    assert names(proposed(bottom, places=standings(1, 2, 3, 4, 4))) == ["dogwood", "elm"]
    assert names(proposed(bottom, places=standings(1, 1, 1, 1, 1))) == []


def test_bottom_is_of_the_class():
    inland = standings(1, 2, contestants=("ash", "birch"), class_code="inland")
    coast = standings(1, 2, 3, contestants=("cedar", "dogwood", "elm"), class_code="coast")

    assert names(proposed((rule("bottom", threshold=1.0),), places=inland + coast)) == ["birch", "elm"]


def test_who_does_not_race_yet_is_not_proposed():
    late = tuple(Contestant(c, Text(c), since=month(9) if c == "ash" else None) for c in NOBODY)
    cells = (present("ash", "jobs", 0.1), present("birch", "jobs", 0.1))

    assert names(proposed((rule("completion_below", "jobs"),), cells, of=replace(OF, contestants=late))) == ["birch"]


@pytest.mark.parametrize(
    ("ranks", "demoted", "after"),
    [
        ((1, 2, 3, 4, 5), {"ash"}, {"ash": 2}),
        ((1, 2, 3, 4, 5), {"ash", "birch"}, {"ash": 2, "birch": 3}),  # cedar passes both
        ((1, 2, 3, 4, 5), {"ash", "cedar"}, {"ash": 2, "cedar": 4}),
        ((1, 2, 3, 4, 5), {"elm"}, {"elm": 5}),  # the last stays last
        ((1, 2, 3, 4, 5), {"dogwood", "elm"}, {"dogwood": 4, "elm": 5}),  # nobody gains beside another demoted
        ((1, 2, 2, 4, 5), {"birch"}, {"birch": 3}),  # behind its equal
        ((1, 2, 2, 4, 5), {"birch", "cedar"}, {"birch": 3, "cedar": 3}),
        ((1, 2, 2, 2, 5), {"birch", "cedar"}, {"birch": 3, "cedar": 3}),
    ],
)
def test_demoted_go_down_one_place_and_the_next_takes_it(ranks, demoted, after):
    assert demoted_ranks(OF, {s.contestant: s for s in standings(*ranks)}, demoted) == after


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.sets(st.sampled_from(NOBODY)))
def test_nobody_gains_by_being_demoted(scores, demoted):
    ranks = [1 + sum(o > s for o in scores) for s in scores]

    after = demoted_ranks(OF, {s.contestant: s for s in standings(*ranks)}, demoted)

    assert set(after) == demoted
    assert all(ranks[NOBODY.index(c)] <= place <= 5 for c, place in after.items())


def test_demotion_under_two_rules_is_one_place():
    cells = (present("ash", "jobs", 0.1, value=1.0),)
    twice = tuple(rule(w, "jobs", action="demote", threshold=5.0, code=w) for w in ("completion_below", "value_below"))

    found = proposed(twice, cells, standings(1, 2, 3, 4, 5))

    assert [(p.constraint, p.rank, p.proposed_rank) for p in found] == [
        ("completion_below", 1, 2),
        ("value_below", 1, 2),
    ]


def test_every_condition_has_both_its_sentences():
    conditions = ("completion_below", "pace_below", "value_below", "value_above", "falls", "missing", "bottom")

    assert {f"constraint.{c}{again}" for c in conditions for again in ("", "_again")} <= set(codes())


def test_no_nan_leaves_the_constraints():
    of = replace(OF, constraints=(rule("falls", "jobs", threshold=0.0),))
    known = known_at(
        of, Readings(ReadingTable.of(readings({"ash": {"jobs": 1}}, Period.parse("2025-06")))), AsOf(month(6))
    )
    (found,) = proposals(of, known, (present("ash", "jobs", 0.1, value=0.5),), (), History(), month(6))

    assert not any(isinstance(v, float) and np.isnan(v) for v in found.params.values())
