"""Telling people: one message each, in the desk at once, elsewhere as they chose, in their language, told once."""

from datetime import datetime, time, timedelta

import pytest
from django.conf import settings as given
from django.db import transaction

from saima.server.accounts.models import Person
from saima.server.kit import clock, outbox
from saima.server.kit.models import Outbox
from saima.server.response.actions import leaving  # noqa: F401 - registers how messages leave
from saima.server.response.actions.leaving import daily_mails
from saima.server.response.actions.messages import announce, choices_save, message_read, tell
from saima.server.response.actions.robots import robot_add
from saima.server.response.models import Delivery, Message
from saima.server.response.queries.message_kinds import KINDS, TOPICS, words_of
from saima.server.response.queries.messages import Wanted, people_of, stewards_of
from saima.words import Text, codes, template

PLACE = Text("Paper Crane Park", "纸鹤园")
DUE = datetime.fromisoformat("2026-06-05T18:00:00+08:00")
PARAMS = {"place": PLACE, "period": "2026-05", "due": DUE, "filled": 3, "asked": 18}
PLAIN = {
    "lang": "zh",
    "mail": True,
    "daily": False,
    "daily_hour": 8,
    "quiet_from": None,
    "quiet_until": None,
    "topics": {},
}


def told(people, **changed):
    asked = {"kind": "report_due", "params": PARAMS, "about": "/report/1/", "dedupe": "x"} | changed
    with transaction.atomic():
        return tell(people=people, **asked)


def choose(person, **changed):
    choices_save(person=person, **(PLAIN | changed))


def test_every_kind_has_its_sentences_and_takes_their_parameters():
    import string

    for kind, about in KINDS.items():
        asked = set()
        for part in ("subject", "body"):
            text = template(f"message.{kind}.{part}").en
            asked |= {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert asked == set(about.params), kind
        assert about.topic in TOPICS
    assert {c.removeprefix("choice.topic.") for c in codes() if c.startswith("choice.topic.")} == set(TOPICS)


def test_words_are_whole_in_both_languages():
    subject, body = words_of("report_due", PARAMS, "Asia/Shanghai")

    assert subject == Text(
        "Paper Crane Park: the report of May 2026 is due 5 June 2026, 18:00",
        "纸鹤园：2026年5月数据请于 2026年6月5日 18:00 前报送",
    )
    assert body.zh == "纸鹤园2026年5月数据尚未报送，已填 3/18 项，截止时间 2026年6月5日 18:00。"


def test_a_kind_takes_its_own_parameters_only():
    with pytest.raises(TypeError, match="report_due takes place, period, due, filled, asked; given: place"):
        words_of("report_due", {"place": PLACE})


def test_everybody_gets_one_message_and_told_again_none(demo, person):
    people = [person("crane"), person("whale"), person("crane")]

    assert told(people) == 2
    assert told(people) == 0
    assert list(Message.objects.order_by("id").values_list("person__username", "kind", "about", "read_at")) == [
        ("crane", "report_due", "/report/1/", None),
        ("whale", "report_due", "/report/1/", None),
    ]
    assert not Outbox.objects.exists()  # nobody has an address


def test_a_closed_account_is_told_nothing(demo, person):
    Person.objects.filter(username="crane").update(is_active=False)

    assert told([person("crane")]) == 0


def test_a_message_outside_a_transaction_is_refused(desk):
    code = (
        "from saima.server.response.actions.messages import tell\n"
        "tell(people=[], kind='weekly_digest', params={'season': '', 'said': ''}, about='', dedupe='x')"
    )

    _out, err = desk.popen(code).communicate(timeout=180)

    assert "RuntimeError: message x outside the transaction it tells of" in err


def test_mail_leaves_in_the_persons_language_with_the_way_to_the_page(demo, person, addresses, smtp, settings):
    settings.ADDRESS = "https://desk.example.org"
    Person.objects.filter(username="whale").update(lang="en")
    told([person("crane"), person("whale")], season=demo)

    assert outbox.deliver() == {"sent": 2}

    mails = dict(smtp.mails)
    assert set(mails) == {"crane@example.org", "whale@example.org"}
    english = mails["whale@example.org"].get_payload(decode=True).decode()
    assert english.splitlines()[0].startswith("Paper Crane Park has not submitted the report of May 2026 yet")
    assert "Open it here: https://desk.example.org/report/1/" in english
    assert "https://desk.example.org/messages/choices/" in english
    assert "截止时间" in mails["crane@example.org"].get_payload(decode=True).decode()
    assert [d.outbox.attempts.get().outcome for d in Delivery.objects.all()] == ["sent", "sent"]


def test_without_a_mail_server_nothing_waits_to_leave(demo, person, addresses):
    assert not given.EMAIL_HOST

    assert told([person("crane")]) == 1
    assert not Outbox.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "here", "mails"),
    [
        ({}, 1, 1),
        ({"mail": False}, 1, 0),
        ({"topics": {"bulletins": "here"}}, 1, 0),
        ({"topics": {"bulletins": "off"}}, 0, 0),
        ({"daily": True}, 1, 0),
    ],
    ids=str,
)
def test_choices_decide_what_reaches_whom(demo, person, addresses, smtp, chosen, here, mails):
    choose(person("crane"), **chosen)

    params = {"season": "S", "period": "2026-05", "number": 5}
    told([person("crane")], kind="bulletin_released", params=params)

    assert (Message.objects.count(), Outbox.objects.count()) == (here, mails)


def test_what_must_be_told_is_in_the_desk_whatever_is_chosen(demo, person, addresses, smtp):
    choose(person("crane"), topics={"reports": "off", "bulletins": "off"})

    told([person("crane")])

    assert (Message.objects.count(), Outbox.objects.count()) == (1, 1)  # "off" is no choice there: as before
    assert Wanted(topics={"reports": "off"}).reach("report_due") == "here"


@pytest.mark.parametrize(
    ("start", "end", "at", "minutes"),
    [
        ("22:00", "07:00", "23:30", 450),
        ("22:00", "07:00", "06:59", 1),
        ("22:00", "07:00", "07:00", 0),
        ("22:00", "07:00", "21:59", 0),
        ("22:00", "07:00", "22:00", 540),
        ("12:00", "14:00", "13:00", 60),
        ("12:00", "14:00", "14:00", 0),
        ("12:00", "12:00", "12:00", 0),
    ],
)
def test_quiet_hours_end_when_they_say(start, end, at, minutes):
    wanted = Wanted(quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end))

    assert wanted.quiet_for(datetime.fromisoformat(f"2026-06-02T{at}:00+08:00")) == timedelta(minutes=minutes)


def test_nothing_leaves_in_quiet_hours_and_no_try_is_counted(demo, person, addresses, smtp, at_once):
    choose(person("crane"), quiet_from=time(22), quiet_until=time(7))
    with clock.at(datetime.fromisoformat("2026-06-02T23:00:00+08:00")):
        told([person("crane")])
        assert outbox.deliver() == {"waiting": 1}
        assert Message.objects.filter(person=person("crane")).count() == 1  # in the desk it is there

    row = Outbox.objects.get()
    assert (row.tries, row.state, smtp.mails) == (0, "waiting", [])
    assert round((row.next_try_at - clock.real()).total_seconds() / 3600) == 8
    at_once()
    assert outbox.deliver() == {"sent": 1}
    assert Outbox.objects.get().attempts.get().number == 1


def test_the_one_mail_a_day_holds_what_came_since_and_leaves_at_its_hour(demo, person, addresses, smtp):
    choose(person("crane"), daily=True, daily_hour=17)
    with clock.at(datetime.fromisoformat("2026-06-02T16:59:00+08:00")):
        told([person("crane")], dedupe="a")
        told([person("crane")], dedupe="b")
        assert daily_mails() == 0
    with clock.at(datetime.fromisoformat("2026-06-02T17:00:00+08:00")):
        assert daily_mails() == 1
        assert daily_mails() == 0
        told([person("crane")], dedupe="c")
        assert daily_mails() == 0  # tomorrow's
    assert outbox.deliver() == {"sent": 1}

    (to, mail) = smtp.mails[0]
    body = mail.get_payload(decode=True).decode()
    assert to == "crane@example.org"
    assert body.count("纸鹤园：2026年5月数据请于") == 2
    with clock.at(datetime.fromisoformat("2026-06-03T17:00:00+08:00")):
        assert daily_mails() == 1


def test_who_ends_the_daily_mail_gets_what_waits_at_once(demo, person, addresses, smtp):
    choose(person("crane"), daily=True, daily_hour=23)
    told([person("crane")])
    choose(person("crane"))

    assert daily_mails() == 1
    assert outbox.deliver() == {"sent": 1}


def test_own_messages_are_marked_and_others_are_not(demo, person):
    told([person("crane"), person("whale")])

    assert message_read(person=person("crane"), message=Message.objects.get(person=person("whale"))) == 0
    assert message_read(person=person("crane")) == 1
    assert list(Message.objects.filter(read_at=None).values_list("person__username", flat=True)) == ["whale"]


def test_a_seasons_people_are_those_who_may_see_it(demo):
    everybody = {p.username for p in people_of(demo)}

    assert {"steward", "leader", "crane", "talent", "auditor", "verifier"} <= everybody
    assert "admin" not in everybody
    assert {p.username for p in stewards_of(demo)} == {"steward", "steward2"}


def test_a_group_hears_its_topics_once_and_a_withdrawn_robot_nothing(demo, person, chat):
    robot_add(
        title="Group", kind="wecom", url=f"{chat.url}/send?key=k", secret="", lang="en",
        topics=["bulletins"], season=demo, own=False, by=person("steward"),
    )  # fmt: skip
    params = {"season": Text("Demo", "示范"), "period": "2026-05", "number": 5}
    with transaction.atomic():
        for kind, dedupe in [("bulletin_released", "b"), ("bulletin_released", "b"), ("weekly_digest", "w")]:
            asked = params if kind == "bulletin_released" else {"season": "", "said": ""}
            announce(season=demo, kind=kind, params=asked, about="/x/", dedupe=dedupe)

    assert outbox.deliver() == {"sent": 1}

    ((path, body),) = chat.posts
    assert path == "/send?key=k"
    assert body["text"]["content"].startswith("Demo: bulletin no. 5 of May 2026 is published\n")
