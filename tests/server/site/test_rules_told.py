"""A draft of a rule waits for the second person: on the home page at once, by message and by mail as they chose."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saima.engine.errors import QuestionRefused
from saima.server.accounts.models import Assignment
from saima.server.kit.models import Audit, Outbox
from saima.server.registers.actions.rule_offer import draft_offer
from saima.server.registers.actions.rulebook import draft_begin, draft_save, rule_publish
from saima.server.registers.models import BookRule, RuleOffer
from saima.server.registers.queries.rule_offers import offers_for
from saima.server.registers.queries.rulebook import newest_save
from saima.server.response.models import Message
from saima.server.site.rules_told import rules_tell

WAITS = "Rules that wait for you to publish"


@pytest.fixture
def draft(demo, person):
    """The demonstration's open draft of its award, all of it written by one of the two stewards."""
    return draft_begin(rule=BookRule.objects.get(key="demo-rd-award"), by=person("steward"))


def offer(draft, by, note=""):
    return draft_offer(draft=draft, seen=newest_save(draft).digest, note=note, by=by)


def told(username):
    rows = Message.objects.filter(person__username=username, kind__startswith="rule_").order_by("id")
    return [(m.kind, m.about) for m in rows]


def refused(code, does, *args, **given):
    with pytest.raises(QuestionRefused) as found:
        does(*args, **given)
    return [p.code for p in found.value.problems] == [code]


def test_a_draft_that_is_sent_waits_on_the_other_ones_home_page_until_it_is_written_in(draft, person, signed_in):
    before = signed_in("steward2").get("/").content.decode()
    page = signed_in("steward").get("/registers/rules/demo-rd-award/draft/").content.decode()
    seen = re.search(r'id="send".*?name="seen" value="(\w+)"', page, re.DOTALL)[1]
    given = {"seen": seen, "note": "Mind the cap"}
    sent = [signed_in("steward").post("/registers/rules/demo-rd-award/draft/send/", given) for _ in range(2)]
    other, own = (signed_in(who).get("/").content.decode() for who in ("steward2", "steward"))
    draft_save(
        draft=draft, text=newest_save(draft).text + "\n# again", seen=newest_save(draft).number, by=person("steward")
    )
    after = signed_in("steward2").get("/").content.decode()

    assert [s.status_code for s in sent] == [302, 302]
    assert [WAITS in p for p in (before, other, own, after)] == [False, True, False, False]
    assert "Mind the cap" in other
    assert "/registers/rules/demo-rd-award/draft/publish/" in other
    assert Audit.objects.filter(action="rule.offered").count() == RuleOffer.objects.count() == 1


def test_both_are_told_once_by_mail_too_where_there_is_one(draft, person, settings):
    settings.EMAIL_HOST = "mail.example.org"
    steward, second = person("steward"), person("steward2")
    type(second).objects.filter(pk=second.pk).update(email="second@example.org")
    offer(draft, steward, "Mind the cap")
    first, again = rules_tell(), rules_tell()
    mails = list(Outbox.objects.filter(to="second@example.org").values_list("payload", flat=True))
    since = newest_save(draft)
    made = rule_publish(draft=draft, seen=since.digest, since=since.at.date(), reason="Agreed", by=second)
    then = (rules_tell(), rules_tell())

    assert (first, again, then) == (1, 0, (1, 0))
    assert told("steward2") == [("rule_offered", "/registers/rules/demo-rd-award/draft/publish/")]
    assert told("steward") == [("rule_published", "/registers/rules/demo-rd-award/")]
    assert ["Mind the cap" in str(m) for m in mails] == [True]
    assert (made.drafted_by, made.published_by, made.solo) == (steward, second, False)
    assert offers_for(second) == []


def test_what_cannot_be_published_is_not_sent(draft, person):
    steward = person("steward")
    assert refused("rulebook.other_seen", draft_offer, draft=draft, seen="0" * 64, by=steward)
    Assignment.objects.filter(person=person("steward2")).delete()
    assert refused("rulebook.nobody_else", offer, draft, steward)
    broken = newest_save(draft)
    draft_save(draft=draft, text=broken.text.replace("staff >= 10", "staff >= 11"), seen=broken.number, by=steward)
    assert refused("rulebook.cases_fail", offer, draft, steward)
    assert RuleOffer.objects.count() == 0


def test_what_waits_is_read_with_as_many_questions_however_much_it_is(draft, person):
    def asked():
        second = person("steward2")
        with CaptureQueriesContext(connection) as queries:
            found = offers_for(second)
        return [o.key for o in found], len(queries)

    before = asked()
    offer(draft, person("steward"))

    assert (before, asked()) == (([], 2), (["demo-rd-award"], 2))
