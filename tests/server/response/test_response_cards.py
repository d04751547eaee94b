"""Cards: one set for a release, withdrawn by an erratum, answered by their zone, lifted by the bureau."""

import html
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from released import CUT_AT, reading_set, released

from saima.engine.errors import QuestionRefused
from saima.engine.race.cards import CardRule
from saima.server.kit.models import Audit
from saima.server.places.models import Place
from saima.server.race.models import CellMessage, Reading, Report, Verdict
from saima.server.race.queries.recorded import changed_by_verifiers
from saima.server.response.actions.cards import (
    card_acknowledge,
    card_answer,
    card_lift,
    card_withdraw,
    cards_issue,
    response_rules_set,
)
from saima.server.response.models import Card, CardEvent, Plan, ResponseRules
from saima.server.response.queries.card_rules import PRESETS
from saima.server.response.queries.cards import cards_by, cards_of, cards_open_of, open_cards, reasons_of

RULES = (
    CardRule("periods_behind", "yellow", 2),
    CardRule("periods_behind", "red", 4),
    CardRule("below_share_of_pace", "yellow", 0.8),
    CardRule("below_share_of_pace", "red", 0.6),
)


@pytest.fixture
def rules(demo):
    return response_rules_set(season=demo, cards=RULES, appeal_days=7, reason="", by=None)


@pytest.fixture
def april(demo, rules):
    version = released(demo, "2026-04", known_at=CUT_AT["2026-04"])
    cards_issue(version=version)
    return version


def standing(season):
    return {(c.contestant, c.indicator): (c.colour, c.state) for c in cards_of(season)}


def test_a_release_gives_one_set_however_often_it_is_asked(demo, april):
    first = standing(demo)

    assert cards_issue(version=april) == len(first) == Card.objects.count() > 3
    assert standing(demo) == first
    assert first["whistle", "fund"] == ("red", "issued") or first["whistle", "fund"] == ("yellow", "issued")
    assert Audit.objects.filter(action="cards.issued").count() == 1
    assert {c.place.key for c in cards_of(demo)} == {who for who, _ in first}


def test_a_card_says_why_with_rule_and_numbers_in_both_languages(demo, april):
    card = next(c for c in cards_of(demo) if (c.contestant, c.indicator) == ("whistle", "teams"))
    reason = reasons_of(card)[0]

    assert "Fog Whistle" in reason.said.en
    assert "雾笛" in reason.said.zh
    assert set(json.loads(card.reasons)[0]["numbers"]) >= {"due", "done", "least"}


def test_without_rules_there_are_lights_and_no_cards(demo):
    assert cards_issue(version=released(demo, "2026-04", known_at=CUT_AT["2026-04"])) == 0
    assert Card.objects.count() == 0


def test_rules_chosen_later_give_no_second_set(demo):
    version = released(demo, "2026-04", known_at=CUT_AT["2026-04"])
    cards_issue(version=version)
    response_rules_set(season=demo, cards=PRESETS["strict"], appeal_days=7, reason="", by=None)

    assert cards_issue(version=version) == 0


def test_an_erratum_withdraws_what_it_no_longer_gives_and_leaves_the_rest(demo, april):
    before = standing(demo)
    reading_set(demo, "whistle", "fund", "2026-04", "9999")
    erratum = released(demo, "2026-04", reason="One investment was booked twice.")

    count = cards_issue(version=erratum)

    after = standing(demo)
    assert after["whistle", "fund"][1] == "withdrawn"
    assert {k: v for k, v in after.items() if k in before and v != before[k]} == {
        ("whistle", "fund"): (before["whistle", "fund"][0], "withdrawn")
    }
    assert count == sum(state == "issued" for _, state in after.values())
    assert cards_issue(version=erratum) == count
    event = CardEvent.objects.filter(kind="withdrawn").get()
    assert json.loads(event.params) == {"version": 2, "reason": "One investment was booked twice."}
    assert cards_issue(version=april) == len(before)  # what was done then is not done anew


def test_a_replaced_version_gives_no_cards_any_more(demo, rules):
    first = released(demo, "2026-04", known_at=CUT_AT["2026-04"])
    reading_set(demo, "whistle", "fund", "2026-04", "9999")
    released(demo, "2026-04", reason="r")

    assert cards_issue(version=first) == 0
    assert Card.objects.count() == 0


def test_a_later_card_continues_an_earlier_one_and_makes_way_when_it_is_withdrawn(demo, rules):
    cards_issue(version=released(demo, "2026-03", known_at=CUT_AT["2026-03"]))
    march = set(open_cards(demo))
    cards_issue(version=released(demo, "2026-04", known_at=CUT_AT["2026-04"]))

    both = next(c for c in march if cards_of(demo).filter(contestant=c.contestant, indicator=c.indicator).count() == 2)
    assert both not in open_cards(demo)
    later = cards_of(demo).get(contestant=both.contestant, indicator=both.indicator, period="2026-04")
    card_withdraw(card=later, reason="Given by mistake.", by=None)
    assert both in open_cards(demo)


def test_a_card_is_lifted_once_its_light_is_green_again(demo):
    rules = [CardRule("below_share_of_pace", "yellow", 0.95)]
    response_rules_set(season=demo, cards=rules, appeal_days=7, reason="", by=None)
    cards_issue(version=released(demo, "2026-02", known_at=CUT_AT["2026-02"]))
    assert standing(demo)["crane", "smes"] == ("yellow", "issued")

    cards_issue(version=released(demo, "2026-03", known_at=CUT_AT["2026-03"]))

    assert cards_of(demo).get(contestant="crane", indicator="smes").state == "lifted"
    assert json.loads(CardEvent.objects.filter(kind="lifted").first().params) == {"number": 3}


def test_a_zone_answers_and_the_bureau_lifts(demo, april, person):
    card = cards_open_of(demo, Place.objects.get(key="whistle"))[0]
    crane, steward = person("whistle"), person("steward")

    card_acknowledge(card=card, by=crane)
    card_acknowledge(card=card, by=crane)
    with pytest.raises(QuestionRefused, match="needs a sentence"):
        card_answer(card=card, text="  ", by=crane)
    card_answer(card=card, text="Two teams arrive in June.", by=crane)
    card_lift(card=card, reason="Caught up.", by=steward)
    with pytest.raises(QuestionRefused, match="lifted by now"):
        card_answer(card=card, text="More.", by=crane)

    kinds = [e.kind for e in CardEvent.objects.filter(card=card).order_by("id")]
    assert kinds == ["issued", "acknowledged", "answered", "lifted"]
    assert cards_of(demo).get(pk=card.pk).state == "lifted"


def test_messages_are_told_what_a_version_gave(demo, april):
    assert {c.version_id for c in cards_by(april)} == {april.pk}


def changes_of_a_verifier(demo, person, *, told_first=False):
    report = Report.objects.get(season=demo, place__key="whale", period="2026-05")
    reading = Reading.objects.filter(season=demo, contestant="whale", indicator="patents", period="2026-05").last()
    sent = reading_set(demo, "whale", "patents", "2026-05", "200", state="reported", origin="reported")
    if told_first:
        CellMessage.objects.create(
            report=report, contestant="whale", indicator="patents", kind="answer", text="It is 100.", by=person("whale")
        )
    Verdict.objects.create(reading=sent, kind="change", value="100", text="By the list.", by=person("verifier"))
    reading_set(demo, "whale", "patents", "2026-05", "100")
    return reading


@pytest.mark.parametrize("told_first", [False, True])
def test_false_data_is_what_a_verifier_put_right_unless_the_zone_said_so_first(demo, person, told_first):
    changes_of_a_verifier(demo, person, told_first=told_first)
    response_rules_set(season=demo, cards=[CardRule("false_data", "red", 0.5)], appeal_days=7, reason="", by=None)

    cards_issue(version=released(demo, "2026-05"))

    assert [(c.contestant, c.indicator) for c in Card.objects.all()] == ([] if told_first else [("whale", "patents")])
    assert [c.self_corrected for c in changed_by_verifiers(demo, "2026-05", Verdict.objects.get().at)] == [told_first]


def test_rules_are_kept_by_number_and_odd_ones_refused(demo, rules, person):
    assert response_rules_set(season=demo, cards=RULES, appeal_days=7, reason="x", by=None) == rules
    with pytest.raises(QuestionRefused, match="whole number"):
        response_rules_set(
            season=demo, cards=[CardRule("periods_behind", "red", 1.5)], appeal_days=7, reason="", by=None
        )
    with pytest.raises(QuestionRefused, match="1 to 90 days"):
        response_rules_set(season=demo, cards=[], appeal_days=0, reason="", by=None)
    with pytest.raises(QuestionRefused, match="stands twice"):
        response_rules_set(
            season=demo, cards=[CardRule("false_data", "red", 0.1)] * 2, appeal_days=7, reason="", by=None
        )
    assert response_rules_set(season=demo, cards=[], appeal_days=9, reason="", by=person("steward")).number == 2


# ---- pages


def test_the_list_filters_and_its_empty_state_says_what_to_do(demo, signed_in):
    page = signed_in("steward").get("/s/demo-city/cards/").content.decode()

    assert "no rules for cards yet" in page
    assert "No cards yet" in page


def test_the_list_by_state_colour_and_contestant(april, signed_in):
    client = signed_in("leader")

    every = client.get("/s/demo-city/cards/").content.decode()
    red = client.get("/s/demo-city/cards/?colour=red").content.decode()
    none = client.get("/s/demo-city/cards/?state=closed").content.decode()

    assert every.count("card-sign-yellow") > red.count("card-sign-yellow") == 0 < red.count("card-sign-red")
    assert "No card fits this choice" in none


def test_a_card_page_says_why_and_offers_each_role_its_steps(demo, april, signed_in):
    card = cards_of(demo).filter(contestant="whistle").first()
    path = f"/s/demo-city/cards/{card.pk}/"

    own, other, steward = (signed_in(u).get(path).content.decode() for u in ("whistle", "crane", "steward"))

    assert reasons_of(card)[0].said.en in own
    assert "/why/" in own or "why" in own
    assert 'value="acknowledge"' in own
    assert 'value="lift"' not in own
    assert 'value="acknowledge"' not in other
    assert "nothing to do here for you" in other
    assert 'value="lift"' in steward
    assert 'value="withdraw"' in steward
    assert 'value="answer"' not in steward
    assert reasons_of(card)[0].said.zh in signed_in("whistle", "zh").get(path).content.decode()


def test_a_red_card_leads_to_a_plan_that_names_it(demo, april, signed_in):
    card = next(c for c in cards_of(demo) if c.colour == "red" and c.contestant == "whistle")
    zone = signed_in("whistle")
    page = zone.get(f"/s/demo-city/cards/{card.pk}/").content.decode()
    href = html.unescape(re.search(r'href="([^"]+/plans/open/[^"]+)"', page)[1])

    begun = zone.get(href).content.decode()
    form = {name: re.search(f'name="{name}" value="([^"]*)"', begun)[1] for name in ("contestant", "card", "reason")}
    zone.post("/s/demo-city/plans/open/", {n: html.unescape(v) for n, v in form.items()} | {"deadline": "2026-12-31"})

    plan = Plan.objects.get(season=demo)
    assert plan.contestant == "whistle"
    assert [(c.key, c.reason) for c in plan.cards.all()] == [(card.key, reasons_of(card)[0].said.en)]
    assert f'href="/s/demo-city/cards/{card.pk}/"' in zone.get(f"/s/demo-city/plans/{plan.pk}/").content.decode()


def test_steps_by_page(demo, april, signed_in):
    card = cards_of(demo).filter(contestant="whistle").first()
    path = f"/s/demo-city/cards/{card.pk}/step/"

    assert signed_in("crane").post(path, {"do": "acknowledge"}).status_code == 403
    assert signed_in("whistle").post(path, {"do": "lift", "text": "x"}).status_code == 403
    assert signed_in("whistle").post(path, {"do": "acknowledge"}).status_code == 302
    assert signed_in("whistle").post(path, {"do": "answer", "text": "We hire."}).status_code == 302
    assert signed_in("whistle").post(path, {"do": "burn"}).status_code == 422
    assert signed_in("steward").post(path, {"do": "withdraw", "text": "Wrong."}).status_code == 302
    assert signed_in("whistle").post(path, {"do": "answer", "text": "Again"}).status_code == 422
    assert cards_of(demo).get(pk=card.pk).state == "withdrawn"


def test_rules_by_page(demo, signed_in):
    client = signed_in("steward")
    filled = client.get("/s/demo-city/cards/rules/?preset=strict").content.decode()
    assert 'name="below_share_of_pace.red" value="80"' in filled

    sent = {"periods_behind.yellow": "2", "false_data.red": "20 %", "appeal_days": "5", "reason": "As agreed."}
    assert client.post("/s/demo-city/cards/rules/", sent).status_code == 302
    rules = ResponseRules.objects.get()
    assert json.loads(rules.cards) == [
        {"when": "periods_behind", "colour": "yellow", "at": 2.0},
        {"when": "false_data", "colour": "red", "at": 0.2},
    ]
    assert (rules.appeal_days, rules.reason, rules.by.username) == (5, "As agreed.", "steward")
    assert client.post("/s/demo-city/cards/rules/", {**sent, "periods_behind.red": "many"}).status_code == 422
    assert signed_in("crane").post("/s/demo-city/cards/rules/", sent).status_code == 403
    assert "As agreed." in signed_in("crane").get("/s/demo-city/cards/rules/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_whatever_it_shows(demo, april, signed_in, rows):
    for card in list(cards_of(demo))[rows:]:
        card_withdraw(card=card, reason="for the test", by=None)
    client = signed_in("leader")
    client.get("/s/demo-city/cards/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/s/demo-city/cards/").content.decode()

    assert page.count("<h3>") == rows
    assert len(asked) == 8
