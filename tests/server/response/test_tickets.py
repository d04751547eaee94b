"""Tickets: from asked to rated, refused and handed over, late and shown to the leader; every step stays on record."""

from datetime import date, datetime, timedelta

import pytest
from asking import DUE, EVERYBODY, SCIENCE, TALENT, ask_one, brought_to, place
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from saima.engine.errors import QuestionRefused
from saima.server.accounts.rules import NotAllowed, held_by
from saima.server.kit import blobs, clock
from saima.server.kit.models import Audit
from saima.server.response.actions.tickets import About, Ask, Given, ticket_open, ticket_step, tickets_escalate
from saima.server.response.models import Ticket, TicketEvent, TicketFile
from saima.server.response.models.tickets import ESCALATION, STEPS, TicketState
from saima.server.response.queries.tickets import Filters, escalated_of, may_step, owed_by, tickets_listed

WORDS = "The lease is signed, no. 12."
LATE = datetime.fromisoformat("2026-06-24T09:00:00+08:00")


def step(ticket, name, by, words=WORDS, **given):
    return ticket_step(ticket=ticket, name=name, seen=ticket.row_version, by=by, given=Given(words=words, **given))


def test_a_ticket_goes_from_asked_to_rated(demo, person):
    ticket = ask_one(demo, person("crane"), about=About("indicator", "doctors", "/s/demo-city/i/doctors/"))
    ticket = step(ticket, "accept", person("science"), words="")
    ticket = step(ticket, "do", person("science"), files=((blobs.put(b"lease", "text/plain"), "lease.txt"),))
    ticket = step(ticket, "close", person("crane"), rating=5)

    assert (ticket.number, ticket.state, ticket.rating) == (1, "closed", 5)
    events = ticket.events.order_by("number").values_list("step", "became", "place__key", "by__username", "on_behalf")
    assert list(events) == [
        ("open", "open", "crane", "crane", False),
        ("accept", "accepted", SCIENCE, "science", False),
        ("do", "done", SCIENCE, "science", False),
        ("close", "closed", "crane", "crane", False),
    ]
    assert TicketFile.objects.get().name == "lease.txt"
    assert Audit.objects.filter(object_type="ticket").count() == 4


def test_a_refusal_waits_for_the_bureau_that_hands_it_over(demo, person):
    ticket = brought_to(demo, person, "refused")
    ticket = step(ticket, "hand_over", person("steward"), owner=place(TALENT), due=DUE + timedelta(days=7))

    assert (ticket.state, ticket.owner.key, ticket.due, ticket.answered_at) == (
        "open",
        TALENT,
        date(2026, 6, 27),
        None,
    )
    last = ticket.events.order_by("number").last()
    assert (last.owner.key, last.due, last.words) == (TALENT, date(2026, 6, 27), WORDS)


def test_a_refusal_may_be_overruled(demo, person):
    assert step(brought_to(demo, person, "refused"), "insist", person("steward")).state == "accepted"


@pytest.mark.parametrize("state", TicketState.values)
@pytest.mark.parametrize("username", EVERYBODY)
def test_steps_are_open_to_whom_the_table_says_in_each_state(demo, person, username, state):
    ticket = brought_to(demo, person, state)
    who = {"owner": {"science", "steward"}, "asker": {"crane", "steward"}, "bureau": {"steward"}}
    given = {"rating": 3, "owner": place(TALENT), "due": DUE}
    for name, one in STEPS.items():
        whose = who.get(one.whose, {"science", "crane", "steward"})
        mine = username in whose
        want = "done" if mine and TicketState(state) in one.of else "not now" if mine else "not allowed"
        point = transaction.savepoint()
        try:
            step(ticket, name, person(username), **given)
            got = "done"
        except NotAllowed:
            got = "not allowed"
        except QuestionRefused:
            got = "not now"
        transaction.savepoint_rollback(point)
        assert got == want, (name, state)


def test_the_bureau_acts_on_behalf_with_a_note(demo, person):
    ticket = ask_one(demo, person("crane"))

    with pytest.raises(QuestionRefused, match="on behalf"):
        step(ticket, "accept", person("steward"), words="")
    step(ticket, "accept", person("steward"), words="By telephone with the office, 2 June.")

    assert TicketEvent.objects.get(step="accept").on_behalf


@pytest.mark.parametrize(
    ("name", "state", "by", "given", "says"),
    [
        ("refuse", "open", "science", {"words": " "}, "needs words"),
        ("do", "accepted", "science", {"words": "done"}, "needs a proof"),
        ("close", "done", "crane", {"rating": None}, "rating from 1 to 5"),
        ("close", "done", "crane", {"rating": 6}, "rating from 1 to 5"),
        ("hand_over", "refused", "steward", {}, "another department"),
        ("move_due", "open", "steward", {"due": date(2026, 6, 1)}, "is past"),
        ("move_due", "open", "steward", {}, "new due day"),
        ("vanish", "open", "steward", {}, "not open while"),
    ],
)
def test_a_step_asks_for_what_it_needs(demo, person, name, state, by, given, says):
    ticket = brought_to(demo, person, state)

    with pytest.raises(QuestionRefused, match=says):
        step(ticket, name, person(by), **{"words": WORDS, **given})


def test_whoever_comes_later_sees_the_step_before_and_a_second_click_does_nothing(demo, person):
    ticket = ask_one(demo, person("crane"))
    step(ticket, "accept", person("science"), words="")
    step(ticket, "accept", person("science"), words="")  # a second click

    assert TicketEvent.objects.count() == 2
    with pytest.raises(QuestionRefused, match="since you opened it"):
        step(ticket, "withdraw", person("crane"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "no title"),
        ({"what": ""}, "what is asked"),
        ({"due": date(2026, 6, 1)}, "is past"),
        ({"asked_by": "science"}, "the same place"),
        ({"about": About("card", "1", "https://example.org/")}, "leads out of this desk"),
        ({"about": About("card", "1", "//example.org/")}, "leads out of this desk"),
    ],
)
def test_a_ticket_says_what_it_lacks(demo, person, change, says):
    fields = {"title": "T", "what": "W", "owner": place(SCIENCE), "due": DUE, "asked_by": place("crane"), **change}
    if fields["asked_by"] == "science":
        fields["asked_by"] = place(SCIENCE)

    with pytest.raises(QuestionRefused, match=says):
        ticket_open(season=demo, ask=Ask(**fields), by=person("steward"))


def test_nobody_asks_in_the_name_of_another(demo, person):
    for name, asked_by in (("crane", "whale"), ("crane", None), ("leader", None), ("verifier", "crane")):
        with pytest.raises(NotAllowed):
            ask_one(demo, person(name), asked_by=asked_by)

    assert Ticket.objects.count() == 0


def test_what_is_late_is_shown_to_the_leader_once(demo, person):
    ticket = brought_to(demo, person, "accepted")
    done = brought_to(demo, person, "done")
    with clock.at(datetime.fromisoformat("2026-06-23T09:00:00+08:00")):  # three days late: not yet
        assert tickets_escalate(season=demo) == 0
    with clock.at(LATE):
        assert (tickets_escalate(season=demo), tickets_escalate(season=demo)) == (1, 0)
        assert [(r.ticket.pk, r.late) for r in escalated_of(demo)] == [(ticket.pk, ESCALATION.days + 1)]
        ticket.refresh_from_db()
        step(ticket, "move_due", person("steward"), due=date(2026, 7, 1))
        assert escalated_of(demo) == []

    assert TicketEvent.objects.filter(step="escalate").values_list("ticket", "by").get() == (ticket.pk, None)
    assert done.state == "done"


def test_a_department_is_seen_by_what_it_owes_and_how_it_answers(demo, person):
    with clock.at(datetime.fromisoformat("2026-06-02T09:00:00+08:00")):
        first = ask_one(demo, person("crane"))
        ask_one(demo, person("crane"), title="Second", due=date(2026, 6, 5))
    with clock.at(datetime.fromisoformat("2026-06-04T09:00:00+08:00")):
        first = step(first, "accept", person("science"))
        first = step(first, "do", person("science"))
        step(first, "close", person("crane"), rating=4)
    with clock.at(datetime.fromisoformat("2026-06-07T09:00:00+08:00")):
        (owed,) = owed_by(demo, [place(SCIENCE), place(TALENT)])

    assert (owed.open, owed.overdue, owed.finished, owed.in_time, owed.rating) == (1, 1, 1, 1, 4)
    assert owed.answer_days == pytest.approx(2)


def test_lists_hold_what_somebody_may_see_and_asked_for(demo, person):
    own = ask_one(demo, person("crane"))
    ask_one(demo, person("whale"), asked_by="whale", owner=TALENT, title="Other")

    def listed(username, **asked):
        return list(tickets_listed(person(username), demo, Filters.of(asked)).values_list("title", flat=True))

    assert listed("steward") == [own.title, "Other"]
    assert listed("crane") == listed("science") == listed("steward", office=SCIENCE) == [own.title]
    assert listed("whale") == listed("talent") == ["Other"]
    assert listed("lantern") == listed("verifier") == listed("admin") == []
    assert listed("leader", wanted="pilot") == [own.title]
    assert listed("science", show="mine") == [own.title]
    assert listed("crane", show="mine") == listed("steward", show="finished") == []


# ---- Pages ----
def test_a_park_asks_an_office_answers_by_page(demo, signed_in):
    crane, science = signed_in("crane"), signed_in("science")
    form = {"title": "Land", "what": "A lease.", "owner": SCIENCE, "due": "2026-06-20", "from": "crane", "once": "k1"}
    form |= {"about": "indicator:doctors", "address": "/s/demo-city/i/doctors/"}
    first = crane.post("/s/demo-city/tickets/open/", form)
    again = crane.post("/s/demo-city/tickets/open/", form)

    assert (first["Location"], again["Location"]) == ("/s/demo-city/tickets/1/",) * 2
    science.post("/s/demo-city/tickets/1/step/", {"step": "accept", "seen": "1"})
    proof = SimpleUploadedFile("lease.txt", b"signed", "text/plain")
    science.post("/s/demo-city/tickets/1/step/", {"step": "do", "seen": "2", "words": "Signed.", "file": proof})
    page = crane.get("/s/demo-city/tickets/1/").content.decode()
    assert "Rate and close" in page
    assert 'href="/s/demo-city/i/doctors/"' in page
    crane.post("/s/demo-city/tickets/1/step/", {"step": "close", "seen": "3", "words": "Thanks.", "rating": "5"})
    assert "rated 5 of 5" in science.get("/s/demo-city/departments/" + SCIENCE + "/").content.decode()
    file = TicketFile.objects.get()
    assert crane.get(f"/s/demo-city/tickets/file/{file.pk}/").content == b"signed"
    assert signed_in("whale").get(f"/s/demo-city/tickets/file/{file.pk}/").status_code == 404


def test_the_form_is_filled_in_as_the_address_says(demo, signed_in):
    page = signed_in("crane").get("/s/demo-city/tickets/open/?indicator=doctors&owner=" + SCIENCE + "&title=Help")

    text = page.content.decode()
    assert 'value="Help"' in text
    assert 'name="about" value="indicator:doctors"' in text
    assert f'value="{SCIENCE}" selected' in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_say_what_to_do_when_there_is_nothing(demo, signed_in, lang):
    for path in ("tickets/", "departments/", f"departments/{SCIENCE}/"):
        assert signed_in("steward", lang).get(f"/s/demo-city/{path}").status_code == 200


def test_the_list_asks_as_much_for_three_as_for_one(demo, person, signed_in, django_assert_num_queries):
    client = signed_in("steward")
    ask_one(demo, person("crane"))
    client.get("/s/demo-city/tickets/")
    with django_assert_num_queries(11):
        client.get("/s/demo-city/tickets/")
    for n in range(2):
        ask_one(demo, person("whale"), asked_by="whale", owner=TALENT, title=f"More {n}")
    with django_assert_num_queries(11):
        client.get("/s/demo-city/tickets/")


def test_the_table_is_what_the_list_shows(demo, person, signed_in):
    ask_one(demo, person("crane"))

    text = signed_in("steward").get("/s/demo-city/tickets.csv").content.decode("utf-8-sig")

    assert text.splitlines()[0].startswith("No.,Matter,What is asked,Asked by")
    assert "Land for the pilot line" in text


REACH = {
    "ticket": {"steward", "leader", "auditor", "crane", "science"},
    "step": {"steward", "crane", "science"},
    "department": {"steward", "leader", "auditor", "science"},
    "departments": {"steward", "leader", "auditor"},
}


@pytest.mark.parametrize("username", ["", *EVERYBODY])
def test_addresses_of_a_ticket_open_to_whose_it_is(demo, person, signed_in, username):
    ticket = ask_one(demo, person("crane"))
    client = signed_in(username)
    base = "/s/demo-city/"
    note = {"step": "note", "seen": ticket.row_version, "words": "Hm."}
    got = {
        "ticket": client.get(f"{base}tickets/1/"),
        "step": client.post(f"{base}tickets/1/step/", note),
        "department": client.get(f"{base}departments/{SCIENCE}/"),
        "departments": client.get(f"{base}departments/"),
    }

    opened = {n for n, a in got.items() if a.status_code < 400 and "/accounts/login/" not in a.get("Location", "")}
    assert opened == {n for n, who in REACH.items() if username in who}


def test_may_step_knows_no_state(demo, person):
    ticket = brought_to(demo, person, "closed")

    assert may_step(held_by(person("science"), season="demo-city"), "accept", ticket) is not None
