"""Lights of actions and battles: judged by steps, remembering a red month."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from saima.engine.race.campaigns import CampaignStep, MonthLight, light_now, month_light

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
FRAME = CampaignStep("frame", date(2026, 3, 20), done=date(2026, 4, 2))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STEPS = st.lists(st.builds(CampaignStep, st.uuids().map(str), DAYS, st.none() | DAYS), max_size=8)


def test_a_month_is_red_for_what_was_due_and_not_done_by_its_end():
    trial = CampaignStep("trial", date(2026, 4, 15), done=date(2026, 4, 15))

    assert month_light([FRAME, trial], MARCH) == MonthLight("red", 1, 0, ("frame",))
    assert month_light([FRAME, trial], APRIL) == MonthLight("green", 2, 2, ())


def test_a_month_in_which_nothing_was_due_yet_has_no_light():
    assert month_light([FRAME], date(2026, 2, 28)) == MonthLight("none", 0, 0, ())


def test_a_red_month_turns_yellow_when_all_it_was_red_for_is_done():
    assert light_now("red", ["frame", "roof"], {"frame"}) == "red"
    assert light_now("red", ["frame", "roof"], {"frame", "roof", "more"}) == "yellow"
    assert light_now("green", [], set()) == "green"
    assert light_now("none", [], set()) == "none"


@given(STEPS, DAYS, st.sets(st.text(max_size=2)))
def test_what_was_issued_red_never_shows_green(steps, last_day, done):
    issued = month_light(steps, last_day)

    assert (issued.colour == "red") == bool(issued.missing)
    now = light_now(issued.colour, issued.missing, done | {s.key for s in steps})
    assert now == {"red": "yellow"}.get(issued.colour, issued.colour)
