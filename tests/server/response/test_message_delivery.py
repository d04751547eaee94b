"""Nothing is lost and the sender is told: mail servers down, slow or rude; robots that answer 500; kill -9."""

import re
import socket
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import transaction
from talking import post_office

from saima.server.accounts.models import Person
from saima.server.kit import clock, outbox
from saima.server.kit.metrics import _asked
from saima.server.kit.models import Attempt, Outbox
from saima.server.response import gauges
from saima.server.response.actions import leaving  # noqa: F401 - registers how messages leave
from saima.server.response.actions.messages import announce, deliveries_again, failures_tell, tell
from saima.server.response.actions.robots import robot_add
from saima.server.response.models import Delivery, Message
from saima.server.response.queries.messages import deliveries

PARAMS = {"season": "S", "period": "2026-05", "number": 5}
SEND = """
import os
from django.db import transaction
from saima.server.kit import clock, outbox
from saima.server.kit.models import Attempt, Outbox
from saima.server.response.actions import leaving
from saima.server.response.actions.messages import tell
from saima.server.accounts.models import Person
Person.objects.filter(username="crane").update(email="crane@example.org")
with transaction.atomic():
    tell(people=list(Person.objects.filter(username="crane")), kind="bulletin_released",
         params={"season": "S", "period": "2026-05", "number": 5}, about="", dedupe="only one")
Outbox.objects.update(next_try_at=clock.real())
"""
CRASH = """
from django.core.mail.backends.smtp import EmailBackend
taken = EmailBackend.send_messages
def and_die(self, messages):
    taken(self, messages)
    os._exit(9)
EmailBackend.send_messages = and_die
"""
DELIVER = """
print(dict(outbox.deliver()), *Attempt.objects.order_by("number").values_list("number", "outcome"))
"""


@pytest.fixture
def told(demo, person, addresses):
    def tell_(*usernames, by=None):
        with transaction.atomic():
            tell(
                people=[person(u) for u in usernames], kind="bulletin_released", params=PARAMS, about="",
                dedupe="x", season=demo, by=by,
            )  # fmt: skip

    return tell_


def tries():
    return list(Attempt.objects.order_by("message_id", "number").values_list("message__to", "number", "outcome"))


def given_up(at_once):
    """Deliver until nothing waits any more."""
    for _ in range(40):
        at_once()
        outbox.deliver()
        if not outbox.waiting():
            return
    raise AssertionError("it never ends")


def closed_port():
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_mail_server_that_is_down_loses_nothing_and_holds_up_one_message_only(told, smtp, settings, at_once):
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, closed_port()
    told("crane", "whale", "ferry")

    assert outbox.deliver() == {"waiting": 1}  # the others are left for the next round: no try of theirs is spent

    assert tries() == [("crane@example.org", 1, "failed")]
    assert "Unreachable: 127.0.0.1: ConnectionRefusedError" in Attempt.objects.get().said
    settings.EMAIL_PORT = up
    at_once()
    assert outbox.deliver() == {"sent": 3}
    assert sorted(to for to, _ in smtp.mails) == ["crane@example.org", "ferry@example.org", "whale@example.org"]


def test_a_slow_mail_server_is_not_waited_for_and_gets_the_mail_later(told, smtp, settings, at_once):
    settings.EMAIL_TIMEOUT, smtp.slow = 0.2, 1.0
    told("crane", "whale")

    assert outbox.deliver() == {"waiting": 1}

    assert Attempt.objects.get().said.endswith("timed out")
    settings.EMAIL_TIMEOUT, smtp.slow = 5, 0.0
    at_once()
    assert outbox.deliver() == {"sent": 2}


def test_an_address_refused_for_good_fails_at_once_the_others_get_theirs_and_the_sender_is_told(
    told, smtp, person, signed_in
):
    smtp.refuses["whale@example.org"] = "550 no such user"
    told("crane", "whale", "ferry", by=person("steward"))

    assert outbox.deliver() == {"sent": 2, "failed": 1}

    assert Attempt.objects.get(outcome="failed").said == "127.0.0.1 refused the address: 550 no such user"
    assert failures_tell() == 1
    assert failures_tell() == 0
    alarm = Message.objects.get(kind="delivery_failed")
    assert alarm.person == person("steward")
    assert "Messages that could not be delivered: 1 (S: bulletin no. 5 of May 2026 is published)" in alarm.body_en
    home = signed_in("steward").get("/").content.decode()
    assert "Messages could not be delivered." in home
    assert "Messages could not be delivered." not in signed_in("leader").get("/").content.decode()


def test_an_address_refused_for_now_is_tried_again(told, smtp, at_once):
    smtp.refuses["crane@example.org"] = "451 later"
    told("crane")

    assert outbox.deliver() == {"waiting": 1}
    smtp.refuses.clear()
    at_once()
    assert outbox.deliver() == {"sent": 1}
    assert tries() == [("crane@example.org", 1, "failed"), ("crane@example.org", 2, "sent")]


def test_without_a_sender_the_bureau_is_told_once_of_all_that_failed(told, smtp, settings, at_once):
    settings.EMAIL_PORT = closed_port()
    told("crane", "whale")

    given_up(at_once)

    assert set(Outbox.objects.values_list("state", "tries")) == {("failed", 6)}
    assert failures_tell() == 2
    assert sorted(Message.objects.filter(kind="delivery_failed").values_list("person__username", flat=True)) == [
        "steward",
        "steward2",
    ]
    given_up(at_once)  # the alarms' own mail fails as well
    assert failures_tell() == 0  # and is not told of: there is no end otherwise


def test_the_bureau_tries_again_at_the_address_there_is_by_now(told, smtp, person, signed_in, at_once):
    smtp.refuses["crane@example.org"] = "550 no"
    told("crane")
    outbox.deliver()
    Person.objects.filter(username="crane").update(email="right@example.org")
    (row,) = deliveries(state="failed")

    page = signed_in("steward").post("/messages/sent/", {"delivery": row.pk}, follow=True)

    assert "Tried again within a minute: 1." in page.content.decode()
    assert outbox.deliver() == {"sent": 1}
    assert [to for to, _ in smtp.mails] == ["right@example.org"]
    assert deliveries_again(rows=[row], by=person("steward")) == 0  # it left meanwhile


def test_a_robot_that_answers_500_is_tried_again_and_nothing_is_lost(demo, person, chat, at_once):
    robot_add(
        title="Group", kind="wecom", url=f"{chat.url}/send?key=secret-key", secret="", lang="zh",
        topics=["bulletins"], season=demo, own=False, by=person("steward"),
    )  # fmt: skip
    chat.answers = [(500, b"oops", {}), (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, {})]
    with transaction.atomic():
        announce(season=demo, kind="bulletin_released", params=PARAMS, about="", dedupe="x")

    done = []
    for _ in range(3):
        at_once()
        done.append(dict(outbox.deliver()))

    assert done == [{"waiting": 1}, {"waiting": 1}, {"sent": 1}]
    assert [a.said for a in Attempt.objects.order_by("number")] == [
        "ConnectionError: 127.0.0.1 answered 500",
        "ConnectionError: 127.0.0.1 answered 93000: invalid webhook url",
        "taken by 127.0.0.1: ok",
    ]
    assert not Attempt.objects.filter(said__contains="secret-key").exists()


def test_watchers_count_what_waits_and_what_failed(told, smtp, at_once):
    smtp.refuses["whale@example.org"] = "550 no"
    told("crane", "whale")
    outbox.deliver()
    Outbox.objects.filter(to="crane@example.org").update(state="waiting")

    assert gauges.deliveries() == {
        "message waiting": 1, "message failed": 1, "robot waiting": 0, "robot failed": 0,
    }  # fmt: skip
    assert "saima_deliveries" in _asked.gauges


def test_killed_between_the_servers_yes_and_our_record_one_mail_comes_twice_with_the_same_id(desk, monkeypatch):
    with post_office() as (port, post):
        env = desk.env | {"SAIMA_MAIL": f"smtp://127.0.0.1:{port}/?from=desk@example.org"}
        monkeypatch.setattr(type(desk), "env", property(lambda _self: env))
        died = desk.popen(SEND + CRASH + DELIVER)
        died.communicate(timeout=240)
        assert died.returncode == 9
        assert len(post.mails) == 1

        said = desk.python(SEND + DELIVER)
        again = desk.python(SEND + DELIVER)

    assert said == "{'sent': 1} (1, 'doubtful') (2, 'sent')\n"
    assert again.startswith("{}")
    ids = {mail["Message-ID"].strip() for _, mail in post.mails}
    assert (len(post.mails), len(ids)) == (2, 1)
    assert re.fullmatch(r"<[0-9a-f]{32}@[0-9a-f-]{36}>", ids.pop())


def test_the_ledger_says_what_was_sent_to_whom_and_how_it_went(told, smtp, signed_in):
    smtp.refuses["whale@example.org"] = "550 no such user"
    told("crane", "whale")
    outbox.deliver()

    page = signed_in("steward").get("/messages/sent/").content.decode()

    assert "whale@example.org" in page
    assert "550 no such user" in page
    assert "Try the failed ones again (1)" in page
    read = signed_in("auditor").get("/messages/sent/?state=sent").content.decode()
    assert "crane@example.org" in read
    assert "whale@example.org" not in read
    assert "Try again" not in read


@pytest.mark.parametrize("count", [1, 3])
def test_the_ledger_costs_the_same_however_long_it_is(told, smtp, signed_in, django_assert_num_queries, count):
    told(*["crane", "whale", "ferry"][:count])
    outbox.deliver()
    client = signed_in("steward")
    client.get("/messages/sent/")

    with django_assert_num_queries(8):
        client.get("/messages/sent/")


def test_a_round_ends_in_time_for_other_jobs(told, smtp, monkeypatch):
    monkeypatch.setattr(outbox, "_SECONDS", -1)
    told("crane", "whale")

    assert outbox.deliver() == {}
    assert Outbox.objects.filter(state="waiting", next_try_at__lte=clock.real() + timedelta(seconds=1)).count() == 2
    assert Delivery.objects.count() == 2
