"""Cards by a season's rules: the example of docs/method/cards.md, and what fair play asks."""

from datetime import date

import pytest

from saima.engine.model.history import History
from saima.engine.race.cards import WHENS, CardRule, Changed, cards_due
from saima.engine.race.record import published_of
from saima.words import LANGS, say
from seasons import indicator, month, readings, run, season

BEHIND = CardRule("periods_behind", "yellow", 2)
PACE = CardRule("below_share_of_pace", "red", 0.6)
LATE = CardRule("late_or_missing", "yellow", 2)


def published(evaluation, version=1):
    return published_of(evaluation, number=evaluation.period.index, dated=date(2026, 12, 31), version=version)


def march_and_april(march, april, built=None):
    """April's evaluation and what was published before it, of figures by contestant."""
    built = built or season(contestants=("ash",))
    rows = readings(march, month(3))
    history = History((published(run(built, rows, 3)),))
    return run(built, rows + readings(april), history=history), history


def colours(found):
    return [(c.contestant, c.indicator, c.colour, [r.rule.when for r in c.reasons]) for c in found]


def test_the_example_by_hand():
    april, history = march_and_april({"ash": {"jobs": 20}}, {"ash": {"jobs": 18}})

    assert colours(cards_due(april, history, [BEHIND])) == [("ash", "jobs", "yellow", ["periods_behind"])]
    both = cards_due(april, history, [BEHIND, PACE])
    assert colours(both) == [("ash", "jobs", "red", ["below_share_of_pace", "periods_behind"])]
    assert dict(both[0].reasons[0].params) == {
        "contestant": april.season.contestants[0].title,
        "indicator": april.season.indicators[0].title,
        "pace": 54.0,
        "least": 60.0,
        "due": 33.33,
        "done": 18.0,
    }
    assert both[0].reasons[1].params["times"] == 2
    assert cards_due(april, history, [CardRule("periods_behind", "red", 3)]) == ()


def test_exactly_the_share_is_not_below_it():
    april, history = march_and_april({"ash": {"jobs": 25}}, {"ash": {"jobs": 20}})

    assert cards_due(april, history, [PACE]) == ()


def test_a_green_month_between_ends_the_row_and_a_month_not_due_does_not():
    april, history = march_and_april({"ash": {"jobs": 25}}, {"ash": {"jobs": 18}})
    built = season(indicator("jobs", due_months=(2, 4)), contestants=("ash",))
    rows = readings({"ash": {"jobs": 1}}, month(2))
    past = History((published(run(built, rows, 2)), published(run(built, rows, 3))))
    skipped = run(built, rows + readings({"ash": {"jobs": 1}}), history=past)

    assert cards_due(april, history, [BEHIND]) == ()
    assert [c.reasons[0].params["times"] for c in cards_due(skipped, past, [BEHIND])] == [2]


def test_of_an_erratum_the_newer_version_counts():
    built = season(contestants=("ash",))
    wrong, right = (run(built, readings({"ash": {"jobs": v}}, month(3)), 3) for v in (20, 25))
    history = History((published(wrong), published(right, 2)))
    april = run(built, readings({"ash": {"jobs": 25}}, month(3)) + readings({"ash": {"jobs": 18}}), history=history)

    assert cards_due(april, history, [BEHIND]) == ()


def test_nothing_sent_is_late_but_what_waits_for_its_verifier_is_not():
    built = season(contestants=("ash", "birch"), counts="verified")
    march = published(run(built, [], 3))
    rows = readings({"birch": {"jobs": 40}}, state="reported")
    april = run(built, rows, history=History((march,)))

    assert {c.contestant: c.status for c in april.cells} == {"ash": "late", "birch": "unverified"}
    found = cards_due(april, History((march,)), [LATE, BEHIND])
    assert colours(found) == [("ash", "jobs", "yellow", ["periods_behind", "late_or_missing"])]
    assert "no figure that counts is there" in say(found[0].reasons[0].code, "en", **found[0].reasons[0].params)


def test_many_missing_figures_of_one_contestant_are_one_card():
    built = season(indicator("jobs"), indicator("firms"), contestants=("ash", "birch"))
    april = run(built, readings({"birch": {"jobs": 40}}))

    assert colours(cards_due(april, History(), [CardRule("figures_missing", "red", 2)])) == [
        ("ash", "", "red", ["figures_missing"])
    ]


@pytest.mark.parametrize(
    ("changed", "cards"),
    [
        (Changed("ash", "jobs", 48, 40), 1),  # better by 20 %
        (Changed("ash", "jobs", 47, 40), 0),
        (Changed("ash", "jobs", 20, 40), 0),  # looked worse
        (Changed("ash", "jobs", 48, 40, self_corrected=True), 0),
        (Changed("ash", "jobs", 5, 0), 1),
        (Changed("ash", "waste", 48, 40), 0),  # less is better: it looked worse
        (Changed("ash", "waste", 30, 40), 1),
    ],
)
def test_false_data_is_what_flattered_and_was_not_taken_back(changed, cards):
    built = season(indicator("jobs"), indicator("waste", better="lower"), contestants=("ash",))
    april = run(built, readings({"ash": {"jobs": 40, "waste": 10}}))

    assert len(cards_due(april, History(), [CardRule("false_data", "red", 0.2)], [changed])) == cards


def test_every_reason_is_a_sentence_in_both_languages():
    built = season(indicator("jobs"), indicator("firms"), contestants=("ash", "birch"))
    march = History((published(run(built, readings({"birch": {"jobs": 5, "firms": 5}}, month(3)), 3)),))
    rows = readings({"birch": {"jobs": 6, "firms": 40}})
    april = run(built, rows, history=march)
    rules = [BEHIND, PACE, LATE, CardRule("figures_missing", "yellow", 1), CardRule("false_data", "red", 0.1)]

    found = cards_due(april, march, rules, [Changed("birch", "firms", 60, 40)])

    assert {r.rule.when for c in found for r in c.reasons} == set(WHENS)
    said = [say(r.code, lang, **r.params) for c in found for r in c.reasons for lang in LANGS]
    assert all(text and "{" not in text for text in said)
    assert "Birch: Firms was sent as 60 and verified as 40" in "\n".join(said)


def test_the_order_of_rules_changes_nothing():
    april, history = march_and_april({"ash": {"jobs": 20}}, {"ash": {"jobs": 18}})

    assert cards_due(april, history, [PACE, BEHIND]) == cards_due(april, history, [BEHIND, PACE])
