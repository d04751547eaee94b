"""The outbox: no message without its transaction, none lost, at most one twice."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from saima.server.kit import clock, outbox
from saima.server.kit.mail import send_mail
from saima.server.kit.models import Attempt, Outbox

CRASH = """
import os, sys
from django.db import transaction
from saima.server.kit import clock, outbox
from saima.server.kit.models import Attempt, Outbox
@outbox.channel("test")
def send(message):
    with open(sys.argv[1], "a") as file:
        file.write(message.dedupe + "\\n")
    if sys.argv[2] == "crash":
        os._exit(9)
    return "taken"
with transaction.atomic():
    outbox.put(dedupe="only one", kind="test", to="somebody", payload={})
Outbox.objects.update(next_try_at=clock.real())
print(dict(outbox.deliver()), *Outbox.objects.values_list("state", "outcome").get())
"""
PUT = """
from django.db import transaction
from saima.server.kit import outbox
with transaction.atomic():
    outbox.put(dedupe="only one", kind="test", to="somebody", payload={})
"""


@pytest.fixture
def sent(monkeypatch):
    """What the channel "test" was given; it fails while ``sent.fails`` is set."""

    class Sent(list):
        fails = ""

        def __call__(self, message):
            if self.fails:
                raise OSError(self.fails)
            self.append(message.dedupe)
            return "taken"

    made = Sent()
    monkeypatch.setattr(outbox, "_channels", {"test": made, "mail": send_mail})
    return made


def put(dedupe, kind="test"):
    return outbox.put(dedupe=dedupe, kind=kind, to="a@example.org", payload={"subject": "四月", "body": "请填报"})


def later(**by):
    Outbox.objects.update(next_try_at=clock.real() - timedelta(seconds=1))


def test_messages_leave_in_their_order_and_once(db, sent):
    assert [put("a"), put("b"), put("a")] == [True, True, False]

    assert outbox.deliver() == Counter(sent=2)
    assert outbox.deliver() == Counter()
    assert sent == ["a", "b"]
    assert list(Outbox.objects.values_list("state", "tries", "outcome")) == [("sent", 1, "taken")] * 2


def test_a_message_goes_with_its_transaction(db, sent):
    with transaction.atomic():
        put("a")
        transaction.set_rollback(True)

    assert outbox.waiting() == 0


def test_a_channel_that_fails_is_tried_again_with_growing_pauses_and_given_up(db, sent):
    sent.fails = "no route to host"
    put("a")
    pauses = []

    for _ in range(outbox.TRIES - 1):
        assert outbox.deliver() == Counter(waiting=1)
        assert outbox.deliver() == Counter(), "not before its time"
        pauses.append((Outbox.objects.get().next_try_at - clock.real()).total_seconds())
        later()
    assert outbox.deliver() == Counter(failed=1)

    assert [round(p / 60) for p in pauses] == [1, 2, 4, 8, 16]
    message = Outbox.objects.get()
    assert (message.state, message.tries, message.outcome) == ("failed", 6, "OSError: no route to host")


def test_a_message_that_failed_leaves_when_the_way_is_free(db, sent):
    sent.fails = "busy"
    put("a")
    outbox.deliver()
    sent.fails = ""
    later()

    assert outbox.deliver() == Counter(sent=1)
    assert sent == ["a"]


def test_one_bad_message_does_not_hold_up_the_next(db, sent):
    put("a", kind="pigeon")
    put("b")

    assert outbox.deliver() == Counter(failed=1, sent=1)
    assert Outbox.objects.get(dedupe="a").outcome == "nothing here sends messages of the kind pigeon"


def test_another_workers_message_is_left_to_it(db, sent):
    put("a")
    seen = Outbox.objects.get()
    assert outbox._claim(seen)

    assert not outbox._claim(Outbox(pk=seen.pk, tries=0, sending=False))
    assert outbox.deliver() == Counter()


def test_mail_carries_what_was_written_and_the_same_id_each_time(db, sent, settings):
    settings.EMAIL_HOST = "mail.example.org"
    put("reminder 2026-05 crane", kind="mail")
    message = Outbox.objects.get()

    ids = [send_mail(message) and mail.outbox[-1].extra_headers["Message-ID"] for _ in range(2)]

    assert (mail.outbox[0].subject, mail.outbox[0].body, mail.outbox[0].to) == ("四月", "请填报", ["a@example.org"])
    assert len(set(ids)) == 1
    assert send_mail(message) == "taken by mail.example.org for example.org"


def test_without_a_mail_server_mail_says_so(db, sent, settings):
    settings.EMAIL_HOST = ""
    put("a", kind="mail")

    outbox.deliver()

    assert Outbox.objects.get().outcome == "LookupError: SAIMA_MAIL names no mail server"


def test_a_subject_cannot_bring_headers(db, settings):
    settings.EMAIL_HOST = "mail.example.org"
    payload = json.dumps({"subject": "a\r\nBcc: x@example.org", "body": ""})

    send_mail(Outbox(dedupe="d", kind="mail", to="a@example.org", payload=payload))

    assert mail.outbox[0].message()["Subject"] == "a Bcc: x@example.org"
    assert mail.outbox[0].message()["Bcc"] is None


def test_killed_between_sending_and_recording_a_message_goes_out_once_more_and_never_again(desk, tmp_path):
    told = tmp_path / "sent"
    for _ in range(2):
        desk.popen(CRASH, told, "crash").communicate(timeout=180)

    said = desk.python(CRASH, told, "well")

    assert told.read_text() == "only one\n" * 2
    assert said == "{'failed': 1} failed ended twice while it was being sent; not sent a third time\n"


def test_written_by_many_at_once_it_is_one_message(desk):
    writers = [desk.popen(PUT) for _ in range(3)]
    for writer in writers:
        _out, err = writer.communicate(timeout=180)
        assert writer.returncode == 0, err

    assert desk.python("from saima.server.kit.models import Outbox; print(Outbox.objects.count())") == "1\n"


def test_a_message_outside_a_transaction_is_refused(desk):
    code = "from saima.server.kit import outbox; outbox.put(dedupe='a', kind='test', to='b', payload={})"

    _out, err = desk.popen(code).communicate(timeout=180)

    assert "RuntimeError: message a outside the transaction it tells of" in err


def test_every_try_is_kept(db, sent):
    sent.fails = "busy"
    put("a")
    outbox.deliver()
    sent.fails = ""
    later()
    outbox.deliver()

    assert list(Attempt.objects.order_by("number").values_list("number", "outcome", "said")) == [
        (1, "failed", "OSError: busy"),
        (2, "sent", "taken"),
    ]


def test_one_that_may_not_leave_yet_waits_and_spends_no_try(db, monkeypatch):
    def not_now(_message):
        raise outbox.Later(timedelta(hours=2), "quiet")

    monkeypatch.setattr(outbox, "_channels", {"test": not_now})
    put("a")

    assert outbox.deliver() == Counter(waiting=1)
    row = Outbox.objects.get()
    assert (row.tries, row.sending, row.outcome, Attempt.objects.count()) == (0, False, "quiet", 0)
    assert round((row.next_try_at - clock.real()).total_seconds()) == 7200


def test_one_that_is_refused_for_good_is_tried_once_and_again_by_hand(db, monkeypatch):
    answers = ["no such address"]

    def send(_message):
        if answers:
            raise outbox.NeverTaken(answers.pop())
        return "taken"

    monkeypatch.setattr(outbox, "_channels", {"test": send})
    put("a")

    assert outbox.deliver() == Counter(failed=1)
    assert outbox.again(Outbox.objects.get(), to="right@example.org")
    assert outbox.deliver() == Counter(sent=1)
    assert Outbox.objects.get().to == "right@example.org"
    assert not outbox.again(Outbox.objects.get())


def test_a_way_that_is_closed_holds_up_its_own_messages_only(db, monkeypatch):
    def closed(_message):
        raise outbox.Unreachable("nobody there")

    monkeypatch.setattr(outbox, "_channels", {"test": closed, "other": lambda _: "taken"})
    put("a")
    put("b")
    put("c", kind="other")

    assert outbox.deliver() == Counter(waiting=1, sent=1)
    assert list(Outbox.objects.order_by("id").values_list("tries", flat=True)) == [1, 0, 1]
