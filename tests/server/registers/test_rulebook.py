"""The rule book: drafts keep everything, a second person publishes, and two clocks say what counted when."""

from contextlib import contextmanager
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saima.engine.errors import QuestionRefused
from saima.engine.rules import evaluate_one
from saima.presets import ladder, presets
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.locks import Conflict
from saima.server.kit.models import Audit, Installation
from saima.server.registers.actions.rule_edits import number_lift, param_set
from saima.server.registers.actions.rulebook import (
    draft_begin,
    draft_discard,
    draft_return,
    draft_save,
    rule_begin,
    rule_begin_text,
    rule_publish,
)
from saima.server.registers.models import RuleVersion
from saima.server.registers.queries.rule_numbers import standing_numbers
from saima.server.registers.queries.rule_shown import date_table, difference
from saima.server.registers.queries.rule_typed import Typed
from saima.server.registers.queries.rulebook import book, drafted, newest_save, rule_at, rule_of, rule_row

pytestmark = pytest.mark.django_db
AWARD = "demo-rd-award"


@contextmanager
def on(day: str):
    with clock.at(datetime.fromisoformat(f"{day}T09:00:00+08:00")):
        yield


def begun(person, key="innovative-sme"):
    return rule_begin(preset=key, by=person("steward"))


def published(draft, by, since="2026-06-02", **more):
    return rule_publish(
        draft=draft, seen=newest_save(draft).digest, since=date.fromisoformat(since), reason="agreed", by=by, **more
    )


def refused(call) -> str:
    with pytest.raises(QuestionRefused) as caught:
        call()
    (problem,) = caught.value.problems
    assert problem.sentence("zh")
    return problem.code


def test_who_drafted_does_not_publish_and_a_second_click_is_one_version(demo, person):
    draft = begun(person)

    assert refused(lambda: published(draft, person("steward"))) == "rulebook.second_person"
    first = published(draft, person("steward2"))
    again = published(draft, person("steward2"))

    assert (first.pk, first.number, first.solo) == (again.pk, 1, False)
    assert (first.drafted_by, first.published_by) == (person("steward"), person("steward2"))
    told = Audit.objects.filter(action="rule.published", object_key="innovative-sme")
    assert told.count() == 1


def test_an_installation_of_one_publishes_alone_and_it_is_recorded(demo, person):
    draft = begun(person)
    Installation.objects.update(solo=True)

    assert published(draft, person("steward")).solo


def test_only_the_bureau_writes_rules(demo, person):
    for name in ("crane", "leader", "auditor", "verifier"):
        with pytest.raises(NotAllowed):
            begun(lambda _: person(name))  # noqa: B023 - called at once


def test_a_rule_as_it_counted_on_a_day_and_as_it_was_known(demo, person):
    key, march = "innovative-sme", date(2026, 3, 1)
    with on("2026-02-01"):
        published(begun(person), person("steward2"), "2026-01-01")
    with on("2026-04-01"):
        draft = draft_begin(rule=rule_row(key), by=person("steward"))
        text = newest_save(draft).text.replace('en = "Innovative SME"', 'en = "Innovative SME, mended"')
        draft_save(draft=draft, text=text, seen=1, by=person("steward"))
        published(draft, person("steward2"), "2026-02-15", until=date(2026, 12, 31))

    known_in_march = clock.end_of(date(2026, 3, 31))
    assert rule_at(key, march).title.en == "Innovative SME, mended"
    assert rule_at(key, march, known_in_march).title.en == "Innovative SME"
    assert rule_at(key, march, clock.end_of(date(2026, 1, 31))) is None
    assert rule_at(key, date(2026, 2, 1)).title.en == "Innovative SME"
    assert rule_at(key, date(2025, 12, 31)) is None
    assert rule_at(key, date(2027, 1, 1)).title.en == "Innovative SME"


def test_what_does_not_hold_is_kept_told_by_position_and_not_published(demo, person, signed_in):
    draft = begun(person)
    save = newest_save(draft)
    bad = save.text.replace('"\nsay =', ' and ("\nsay =', 1)
    assert bad != save.text

    draft_save(draft=draft, text=bad, seen=save.number, by=person("steward"))

    assert newest_save(draft).text == bad
    problem = drafted(bad).problems[0]
    page = signed_in("steward").get("/registers/rules/innovative-sme/draft/").content.decode()
    assert f"Line {problem.line}, column {problem.column}" in page
    assert refused(lambda: published(draft, person("steward2"))) == "rulebook.not_sound"


def test_a_draft_whose_cases_fail_says_which_and_is_not_published(demo, person, signed_in):
    draft = begun(person, "innovative-sme")
    save = newest_save(draft)
    text = save.text.replace("expect = { eligible = true", "expect = { eligible = false", 1)
    draft_save(draft=draft, text=text, seen=save.number, by=person("steward"))
    wrong = [n for n, case in enumerate(drafted(text).failing, 1) if case]
    assert len(wrong) == 1

    with pytest.raises(QuestionRefused) as caught:
        published(draft, person("steward2"))

    assert caught.value.problems[0].params["cases"] == (str(wrong[0]),)
    page = signed_in("steward").get("/registers/rules/innovative-sme/draft/").content.decode()
    assert f"these cases do not come out: {wrong[0]}." in page
    assert RuleVersion.objects.filter(rule=draft.rule).count() == 0


def test_two_people_on_one_draft_and_the_text_somebody_did_not_read(demo, person):
    draft = begun(person)
    save = newest_save(draft)
    draft_save(draft=draft, text=save.text + "\n# one", seen=1, by=person("steward"))

    with pytest.raises(Conflict):
        draft_save(draft=draft, text=save.text + "\n# other", seen=1, by=person("steward2"))
    unread = {"draft": draft, "seen": save.digest, "since": date(2026, 6, 2), "reason": "r", "by": person("steward2")}
    assert refused(lambda: rule_publish(**unread)) == "rulebook.other_seen"


def test_a_value_from_a_day_on_leaves_other_days_as_they_were(demo, person):
    rule, draft = rule_row(AWARD), draft_begin(rule=rule_row(AWARD), by=person("steward"))
    before = drafted(newest_save(draft).text).rule

    save = param_set(
        draft=draft,
        param="cap",
        start=date(2027, 1, 1),
        typed=Typed([("", "", "200万")]),
        source="paper 3",
        reason="more",
        seen=newest_save(draft).number,
        by=person("steward2"),
    )

    after = drafted(save.text).rule
    days = (date(2026, 3, 1), date(2026, 8, 1), date(2027, 1, 1))
    assert [int(after.params["cap"].at(d).body) for d in days] == [1_000_000, 1_500_000, 2_000_000]
    assert [s.start for s in date_table(after, "en", days[0]).spans] == [
        date(2025, 1, 1),
        date(2026, 7, 1),
        date(2027, 1, 1),
    ]
    changed = difference(before, "a", after, "b", "en", days[2])
    assert [(c.what, c.old, c.new) for c in changed.params] == [("Cap, from 1 January 2027", "", "2,000,000 yuan")]
    assert [bool(c.old and c.new) for c in changed.sentences] == [True]
    assert drafted(save.text).sound
    assert draft_begin(rule=rule, by=person("steward")).pk == draft.pk
    draft_discard(draft=draft, by=person("steward"))
    assert refused(lambda: draft_save(draft=draft, text="x", seen=9, by=person("steward"))) == "rulebook.closed"


def test_what_is_typed_wrong_is_said_and_stays_in_the_form(demo, signed_in):
    sent = {"seen": 3, "start": "2027-01-01", "value_1": "lots", "source": "paper 3", "reason": "because"}

    answer = signed_in("steward").post(f"/registers/rules/{AWARD}/draft/param/cap/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&#x27;lots&#x27; is no number" in page
    assert 'value="lots"' in page
    assert "because</textarea>" in page


def test_a_number_of_a_condition_becomes_a_parameter_and_decides_the_same(demo, person):
    draft = begun(person, "specialised-sme")
    rule = drafted(newest_save(draft).text).rule
    numbers = standing_numbers(rule)

    for _ in numbers:
        save = newest_save(draft)
        first = standing_numbers(drafted(save.text).rule)[0]
        number_lift(draft=draft, at=first.at, name=first.name, seen=save.number, reason="", by=person("steward"))

    found = drafted(newest_save(draft).text)
    assert found.sound
    assert len(found.rule.params) == len(rule.params) + len(numbers)
    assert standing_numbers(found.rule) == []
    for case in rule.cases:
        old, new = (evaluate_one(r, case.given, on=case.on, held=case.held) for r in (rule, found.rule))
        assert (old.state, old.conditions) == (new.state, new.conditions)


def test_a_draft_goes_back_to_what_it_said_and_forgets_nothing(demo, person, signed_in):
    draft = begun(person)
    first = newest_save(draft)
    draft_save(draft=draft, text="[rule", seen=1, by=person("steward"))

    answer = signed_in("steward").post("/registers/rules/innovative-sme/draft/back/", {"number": "1", "seen": "2"})

    assert answer.status_code == 302
    assert (newest_save(draft).number, newest_save(draft).text) == (3, first.text)
    assert refused(lambda: draft_return(draft=draft, number=9, seen=3, by=person("steward"))) == "rulebook.no_state"


def test_a_rule_file_is_taken_in_whole_whatever_is_wrong_in_it(demo, signed_in):
    text = '[rule]\nid = "city-award"\ntitle = { en = "City award" }\nkind = "gift"\n'
    file = SimpleUploadedFile("city-award.toml", text.encode(), content_type="application/toml")

    answer = signed_in("steward").post("/registers/rules/new/", {"file": file, "text": "", "source": "Paper 9"})

    assert answer.url == "/registers/rules/city-award/draft/"
    page = signed_in("steward").get(answer.url).content.decode()
    assert "Line 4, column 1" in page
    assert "kind = &quot;gift&quot;" in page


def test_a_file_without_an_id_is_given_back_with_its_text(demo, signed_in, person):
    steward = signed_in("steward")

    answer = steward.post("/registers/rules/new/", {"text": "[rule]\ntitle = 1"})

    assert answer.status_code == 422
    assert "title = 1</textarea>" in answer.content.decode()
    assert refused(lambda: rule_begin_text(text=f'[rule]\nid = "{AWARD}"', by=person("steward"))) == "rulebook.taken"


def test_the_book_and_its_pages(demo, signed_in, django_assert_num_queries):
    with django_assert_num_queries(5):
        rows = book(clock.today())

    assert [(r.key, r.version.number, bool(r.draft)) for r in rows] == [
        (AWARD, 1, True),
        ("gazelle-gbt-41464", 1, False),
        ("high-tech-enterprise", 1, False),
        ("tech-sme", 1, False),
    ]
    waits = "waits for you to publish"
    pages = {n: signed_in(n).get("/registers/rules/").content.decode() for n in ("steward", "steward2", "leader")}
    assert {n: waits in page for n, page in pages.items()} == {"steward": False, "steward2": True, "leader": False}
    for lang in ("en", "zh"):
        for name in ("steward", "leader"):
            client = signed_in(name, lang)
            for path in (
                "",
                f"{AWARD}/",
                f"{AWARD}/v1/",
                f"{AWARD}/v1/file/",
                "tech-sme/?on=2020-01-01&known=2026-01-01",
            ):
                assert client.get(f"/registers/rules/{path}").status_code == 200
    assert signed_in("leader").get(f"/registers/rules/{AWARD}/draft/").status_code == 403
    text = signed_in("leader").get(f"/registers/rules/{AWARD}/v1/file/").content.decode()
    assert rule_of(text).digest == RuleVersion.objects.get(rule__key=AWARD).digest


def test_every_rung_of_the_ladder_names_presets():
    assert {key for rung in ladder() for key in rung.rules} <= presets().keys()
