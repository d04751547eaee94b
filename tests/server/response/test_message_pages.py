"""The pages of messages: one's own only, read and unread, choices kept; the count costs no page a query."""

import re
from datetime import time
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from saima.server.accounts.models import Person
from saima.server.kit.models import Audit
from saima.server.race.models import Report
from saima.server.response.actions.messages import bulletin_told, message_read, tell
from saima.server.response.models import Choices, Message
from saima.server.response.queries.messages import wanted_by


def read(page):
    plain = re.sub(r"<(svg|head)\b.*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain))


@pytest.fixture
def told(demo, person):
    def tell_(username, count=1, about="/"):
        with transaction.atomic():
            for n in range(count):
                tell(
                    people=[person(username)], kind="weekly_digest", params={"season": f"Season {n}", "said": "<b>x"},
                    about=about, dedupe=f"{username}{n}",
                )  # fmt: skip

    return tell_


def test_a_page_of_ones_own_messages(told, signed_in):
    told("crane", 2)
    told("whale", 1)

    page = signed_in("crane").get("/messages/")

    assert read(page).count("your week") >= 2
    assert "2 unread" in read(page)
    assert "&lt;b&gt;x" in page.content.decode()
    assert "No messages yet" in read(signed_in("ferry").get("/messages/"))


def test_a_message_is_opened_and_read(told, signed_in):
    told("crane", about="/s/demo-city/reports/")
    client, message = signed_in("crane"), Message.objects.get()

    answer = client.post(f"/messages/{message.pk}/", {"do": "open"})

    assert answer["Location"] == "/s/demo-city/reports/"
    message.refresh_from_db()
    assert message.read_at is not None
    assert "Nothing unread" in read(client.get("/messages/?show=unread"))
    assert "All read" in read(client.get("/messages/"))


def test_all_are_read_at_once(told, signed_in):
    told("crane", 3)

    page = signed_in("crane").post("/messages/", follow=True)

    assert "All read" in read(page)


def test_a_message_of_another_is_not_there(told, signed_in):
    told("crane")
    path = f"/messages/{Message.objects.get().pk}/"

    assert signed_in("whale").post(path, {"do": "read"}).status_code == 404
    assert signed_in("steward").post(path, {"do": "read"}).status_code == 404
    assert signed_in("").post(path, {"do": "read"}).status_code == 302
    assert signed_in("crane").get(path).status_code == 405
    assert Message.objects.get().read_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(told, signed_in, django_assert_num_queries, count):
    told("crane", count)
    client = signed_in("crane")
    client.get("/messages/")

    with django_assert_num_queries(6):
        client.get("/messages/")


def test_the_count_in_the_header_costs_no_page_a_query(told, signed_in):
    client = signed_in("crane")
    client.get("/")
    counted = []
    for n in (0, 2):
        told("crane", n)
        with CaptureQueriesContext(connection) as found:
            page = client.get("/").content.decode()
        counted.append((len(found), "Unread messages: 2" in page))

    (before, no), (after, yes) = counted
    assert (before, no, yes) == (after, False, True)


def test_who_asks_is_known_with_what_they_have_not_read(told, person):
    from saima.server.response.backend import Counted

    told("crane", 3)
    message_read(person=person("crane"), message=Message.objects.first())
    Message.objects.filter(read_at=None).order_by("id")[:1].get()

    someone = Counted().get_user(person("crane").pk)
    assert (someone.unread, someone.alarms) == (2, 0)
    Message.objects.update(kind="delivery_failed")
    assert Counted().get_user(person("crane").pk).alarms == 2
    assert Counted().get_user(person("whale").pk).unread == 0
    Person.objects.filter(username="crane").update(is_active=False)
    assert Counted().get_user(person("crane").pk) is None
    assert Counted().get_user(0) is None


def test_choices_are_kept_and_told_to_the_trail(demo, person, signed_in):
    client = signed_in("crane")
    chosen = {
        "daily": "1", "daily_hour": "17", "quiet_from": "22:00", "quiet_until": "07:30", "lang": "en",
        "topic_bulletins": "off", "topic_reports": "here", "topic_cards": "off", "topic_nonsense": "off",
    }  # fmt: skip

    page = client.post("/messages/choices/", chosen, follow=True)

    assert "Saved. It holds from the next message on." in read(page)
    wanted = wanted_by([person("crane")])[person("crane").pk]
    assert (wanted.mail, wanted.daily, wanted.daily_hour) == (False, True, 17)
    assert (wanted.quiet_from, wanted.quiet_until) == (time(22), time(7, 30))
    assert dict(wanted.topics) == {"bulletins": "off", "reports": "here"}  # cards must be told
    assert person("crane").lang == "en"
    assert Audit.objects.filter(action="message.choices", actor=person("crane")).count() == 1
    again = client.get("/messages/choices/").content.decode()
    assert 'value="22:00"' in again
    assert re.search(r'<option value="17" selected', again)
    assert wanted_by([person("whale")])[person("whale").pk].mail is True


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end"),
        ({"quiet_from": "soon", "quiet_until": "07:00"}, "'soon' is no time of day"),
        ({"daily_hour": "24"}, "24 is no hour of the day"),
    ],
    ids=str,
)
def test_choices_that_cannot_be_say_why(demo, signed_in, given, said):
    answer = signed_in("crane").post("/messages/choices/", given)

    assert answer.status_code == 422
    assert said in read(answer)
    assert not Choices.objects.exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", ["/messages/", "/messages/choices/", "/messages/sent/", "/messages/robots/"])
def test_pages_without_anything_say_what_to_do(demo, signed_in, path, lang):
    page = signed_in("steward", lang).get(path)

    assert page.status_code == 200
    if path != "/messages/choices/":
        assert 'class="empty"' in page.content.decode()


def test_a_released_bulletin_is_told_once_and_its_erratum_differently(demo, released, signed_in):
    first = bulletin_told(version=released)

    assert first >= 10
    assert bulletin_told(version=released) == 0
    page = read(signed_in("leader").get("/messages/"))
    assert f"bulletin no. {released.bulletin.number} of May 2026 is published" in page
    released.number, released.reason = 2, "A figure was typed twice"
    released.pk += 1  # as the next version would be
    assert bulletin_told(version=released) == first
    assert "Reason: A figure was typed twice" in read(signed_in("leader").get("/messages/"))
    assert Report.objects.exists()
