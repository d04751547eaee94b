"""The self-check: anybody, any published rule, have / need / short / raise, and nothing of it is kept anywhere."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from saima.engine.rules import evaluate_one, explain
from saima.presets import presets
from saima.server.registers.queries.checking import answered, asked, form_of, told
from saima.server.registers.queries.rulebook import rule_at

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 2)
FIRM = {
    "money": "wan",
    "x-resident_enterprise": "yes",
    "x-staff": "100",
    "x-tech_staff": "9",
    "x-sales": "10,000.00",
    "x-total_assets": "8000",
    "x-rd_spend": "600",
    "x-costs": "9000",
    "x-ip_class_1": "1",
    "x-ip_class_2": "0",
    "x-product_allowed": "yes",
    "x-clean_2y": "yes",
    "x-not_on_bad_list": "yes",
}


def everything():
    """How many rows every table has; what a table without a manager of its own has is counted as well."""
    return {m._meta.label: m._base_manager.count() for m in apps.get_models(include_auto_created=True)}


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_firm_reads_what_it_has_needs_and_what_would_do_and_nothing_is_kept(demo, signed_in, capfd, caplog):
    client, before = signed_in(), everything()

    answer = client.post("/check/tech-sme/", FIRM)

    said = words(answer)
    assert answer.status_code == 200
    assert "By these figures the firm does not meet the rule." in said
    assert "Score 80" in said
    assert "The least that would do Raise Scientific and technical staff by 1 people to 10 people activity" in said
    assert "0 points more than 0 points" in said
    assert everything() == before
    assert Session.objects.count() == 0
    assert not answer.cookies
    assert list(client.cookies) == ["saima_lang"]
    out = capfd.readouterr()
    logged = out.out + out.err + caplog.text
    assert "10,000.00" not in logged
    assert "tech_staff" not in logged


def test_reading_the_pages_sets_no_cookie_but_the_language_that_was_asked_for(demo, signed_in):
    client = signed_in()

    pages = [client.get(p) for p in ("/check/", "/check/tech-sme/", "/check/demo-rd-award/")]
    other = client.get("/check/tech-sme/?lang=zh-hans")

    assert [(p.status_code, dict(p.cookies)) for p in pages] == [(200, {})] * 3
    assert (other.status_code, other.url, list(other.cookies)) == (302, "/check/tech-sme/", ["saima_lang"])
    assert "开始测算" in client.get(other.url).content.decode()
    assert "<script" not in re.sub(r"<script src=[^>]+></script>", "", pages[1].content.decode())


def test_a_figure_that_cannot_be_read_is_said_at_its_field_and_all_stays_typed(demo, signed_in):
    answer = signed_in().post("/check/tech-sme/", {**FIRM, "x-staff": "many", "x-ip_class_1": "1.5"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&#x27;Staff&#x27; is a number; &#x27;many&#x27; is none." in page
    assert 'value="many"' in page
    assert 'value="10,000.00"' in page
    out_of_range = signed_in().post("/check/tech-sme/", {**FIRM, "x-ip_class_1": "1.5"}).content.decode()
    assert "takes 0 decimals" in out_of_range


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_form_asks_what_every_rule_needs_and_answers_as_the_engine_does(demo, lang):
    for rule in presets().values():
        on = rule.usual_day
        for case in rule.cases[:2]:
            verdict = evaluate_one(rule, case.given, on=on, held=case.held)
            said = told(rule, verdict, explain(rule, verdict, advice=False), lang)
            assert len(said.lines) == len(verdict.needs)
        form = form_of(rule, lang, on, {}, "yuan")
        items = rule.points.items if rule.points else ()
        judged = {i.judged for i in items if any(b.least != b.most for b in i.bands)}
        assert {f.key for f in form.fields} == set(rule.inputs) | judged
        assert all(f.title for f in form.fields)


def test_money_and_shares_are_taken_as_people_type_them(demo):
    rule = rule_at("demo-rd-award", JUNE)
    typed = {"x-rd_spend": "250", "x-sales": "5,000", "x-staff": "10"}

    wan, yuan = (asked(rule, typed, money, "en").given for money in ("wan", "yuan"))

    assert (wan["rd_spend"], yuan["rd_spend"], wan["staff"]) == (2_500_000, 250, 10)
    assert answered(rule, wan, frozenset(), "en", JUNE).amount == "250,000 yuan"
    assert asked(rule, {"x-staff": "1e400"}, "yuan", "en").problems.keys() == {"staff"}


def test_a_rule_nobody_published_is_not_there(demo, signed_in):
    assert signed_in().get("/check/innovative-sme/").status_code == 404
