from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import SeasonRefused
from saima.engine.model.evaluation import Cell, WeakSpot
from saima.engine.model.history import CellThen, History, Published
from saima.engine.model.season import Node
from saima.engine.race.weak_spots import race_weak_spots
from saima.words import Text
from seasons import indicator, month, season

OF = season(indicator("jobs", weight=3.0), indicator("firms", weight=1.0))
RACE = Node("weak", Text("Weak spots"), "race", "overall", race="weak_spots")


def missing(done, due):
    return 1.0 if done is None else min(1.0, max(0.0, 1 - done / due))


def cell(contestant, code, done, due, weight):
    return Cell(
        contestant, code, "late" if done is None else "present", completion=done, due=due, due_weight=weight,
        missing=missing(done, due),
    )  # fmt: skip


def published(number, cells):
    """From {(contestant, indicator): (completion, due, weight)}."""
    instant = datetime(2026, number + 1, 5, tzinfo=UTC)
    then = {at: CellThen("none", "", c, due, w, missing(c, due)) for at, (c, due, w) in cells.items()}
    return Published(month(number), instant, date(2026, number + 1, 8), number, cells=then)


def test_weak_spots_of_the_method_page():
    history = History(
        (
            published(1, {("ash", "jobs"): (0.04, 0.1, 0.75), ("ash", "firms"): (0.1, 0.1, 0.25)}),
            published(2, {("ash", "jobs"): (0.15, 0.2, 0.75), ("ash", "firms"): (None, 0.2, 0.25)}),
        )
    )
    now = (cell("ash", "jobs", 0.3, 0.3, 0.75), cell("ash", "firms", 0.15, 0.3, 0.25))

    (found,) = race_weak_spots(OF, RACE, now, history, month(3))

    # Past: 0.75 x 0.6 + (0.75 x 0.25 + 0.25 x 1) = 0.8875; now 0.25 x 0.5 = 0.125.
    # Repaired: 0.45 + (0.1875 + 0.25 x (1 - 0.25)) = 0.825.
    assert found.shortfall == pytest.approx(0.125)
    assert found.mean_shortfall == pytest.approx(1.0125 / 3)
    assert found.repaired_share == pytest.approx(0.825 / 0.8875)
    assert found.score == pytest.approx(100 * (1 - (1.0125 - 0.4125) / 3)) == pytest.approx(80.0)
    assert not found.first


def test_no_shortfall_at_all_is_a_hundred():
    history = History((published(1, {("ash", "jobs"): (0.1, 0.1, 1.0)}),))

    found = race_weak_spots(OF, RACE, (cell("ash", "jobs", 0.2, 0.2, 1.0),), history, month(2))

    assert found == (WeakSpot("ash", 0.0, 0.0, None, 100.0, first=False),)


def test_first_month_has_no_past_and_says_so():
    found = race_weak_spots(OF, RACE, (cell("ash", "jobs", 0.05, 0.1, 1.0),), History(), month(1))

    assert found == (WeakSpot("ash", 0.5, 0.5, None, 50.0, first=True),)


def test_months_before_a_newcomer_raced_are_not_held_for_it():
    history = History((published(1, {("ash", "jobs"): (0.1, 0.1, 1.0)}),))
    now = (cell("ash", "jobs", 0.1, 0.2, 1.0), cell("birch", "jobs", 0.1, 0.2, 1.0))

    ash, birch = race_weak_spots(OF, RACE, now, history, month(2))

    assert (ash.score, birch.score, birch.first) == (75.0, 50.0, True)


def test_not_due_is_no_shortfall_and_weights_are_over_what_was_due():
    not_due = Cell("ash", "firms", "not_due", due_weight=0.0)

    (found,) = race_weak_spots(OF, RACE, (cell("ash", "jobs", 0.05, 0.1, 0.3), not_due), History(), month(1))

    assert found.shortfall == 0.5


def test_plain_weights_stand_in_where_the_season_has_no_composite():
    now = (cell("ash", "jobs", None, 0.1, 0.0), cell("ash", "firms", 0.1, 0.1, 0.0))

    (found,) = race_weak_spots(OF, RACE, now, History(), month(1))

    assert found.shortfall == 0.75


def test_published_weights_stay_those_of_their_time():
    history = History((published(1, {("ash", "jobs"): (0.1, 0.1, 0.1), ("ash", "firms"): (None, 0.1, 0.9)}),))
    now = (cell("ash", "jobs", 0.2, 0.2, 0.75), cell("ash", "firms", None, 0.2, 0.25))

    (found,) = race_weak_spots(OF, RACE, now, history, month(2))

    assert found.mean_shortfall == pytest.approx((0.9 + 0.25) / 2)


def test_overspent_ceiling_is_not_taken_for_repaired():
    of = season(indicator("budget", better="lower"))
    history = History((published(4, {("ash", "budget"): (0.25, 0.5, 1.0)}),))
    overspent = Cell("ash", "budget", "present", completion=0.8, due=1.0, due_weight=1.0, missing=0.5)

    (found,) = race_weak_spots(of, RACE, (overspent,), history, month(12))

    assert found.repaired_share == 0.0


@pytest.mark.parametrize(
    ("params", "code"),
    [({"repair_credit": 1.0}, "weak_spots.repair_credit"), ({"credit": 0.5}, "weak_spots.unknown_parameter")],
)
def test_weak_spots_refuse_a_credit_under_which_dipping_pays(params, code):
    with pytest.raises(SeasonRefused) as refused:
        race_weak_spots(OF, replace(RACE, params=params), (), History(), month(1))

    assert [p.code for p in refused.value.problems] == [code]
    assert all(refused.value.sentences("zh"))


SHARES = st.floats(0, 1.2).map(lambda x: round(x, 3))


@settings(max_examples=80)
@given(st.lists(SHARES, min_size=2, max_size=6), st.data(), st.floats(0, 0.99))
def test_dipping_before_a_cut_never_pays(path, data, credit):
    """Reporting less in any month, past or present, and all the rest as it was, never raises the score."""
    race = replace(RACE, params={"repair_credit": credit})
    dipped = list(path)
    at = data.draw(st.integers(0, len(path) - 1))
    dipped[at] = data.draw(st.floats(0, 1)) * path[at]

    def score(figures):
        due = [(k + 1) / len(figures) for k in range(len(figures))]
        past = History(
            tuple(published(k + 1, {("ash", "jobs"): (figures[k], due[k], 1.0)}) for k in range(len(figures) - 1))
        )
        now = (cell("ash", "jobs", figures[-1], due[-1], 1.0),)
        return race_weak_spots(OF, race, now, past, month(len(figures)))[0].score

    assert 0 <= score(dipped) <= score(path) + 1e-9 <= 100 + 1e-8
