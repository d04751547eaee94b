"""Actions and battles: drawn up by the bureau, told by units, confirmed by who supervises, with a light every month."""

from datetime import date, datetime

import pytest
from asking import EVERYBODY, SCIENCE, TALENT, place
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from saima.engine.errors import QuestionRefused
from saima.engine.model.periods import Period
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.models import Audit, Installation
from saima.server.response.actions.battles import (
    Drawn,
    Told,
    campaign_change,
    campaign_draw_up,
    campaign_end,
    campaign_lights_issue,
    campaign_say,
    campaign_step_add,
    campaign_step_turn,
)
from saima.server.response.models import CampaignLight, CampaignStep, Progress
from saima.server.response.models.actions import TURNS
from saima.server.response.queries.battles import months_to_issue, row_of, so_far

WORDS = "Walls and roof stand, see the photo."
WAYS = {
    "planned": (),
    "moving": ("begin",),
    "reported": ("begin", "report"),
    "confirmed": ("begin", "report", "confirm"),
    "dropped": ("drop",),
}
ACTORS = {"confirm": "talent", "drop": "steward"}


def drawn(**more):
    fields = {
        "kind": "battle",
        "title": "Tide-lamp battle",
        "goal": "The line runs.",
        "lead": place("Science Bureau 科技局"),
        "responsible": place("crane"),
        "supervising": place(TALENT),
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
    }
    return Drawn(**{**fields, **more})


@pytest.fixture
def battle(demo, person):
    return campaign_draw_up(season=demo, drawn=drawn(), by=person("steward"))


def turn(step, name, by, **told):
    told = {"words": WORDS, "done_on": date(2026, 5, 30), "due": date(2026, 7, 1), **told}
    return campaign_step_turn(step=step, name=name, seen=step.row_version, by=by, told=Told(**told))


def brought_to(battle, person, state, due=date(2026, 3, 20)):
    step = campaign_step_add(campaign=battle, title="Main building", due=due, by=person("steward"))
    for name in WAYS[state]:
        step = turn(step, name, person(ACTORS.get(name, "crane")))
    return step


def issue(demo, period):
    return [m.colour for m in campaign_lights_issue(season=demo, period=Period.parse(period), by=None)]


def test_a_red_month_turns_yellow_and_the_next_is_judged_by_itself(demo, battle, person):
    step = brought_to(battle, person, "moving")
    assert (issue(demo, "2026-02"), issue(demo, "2026-03")) == (["none"], ["red"])
    step = turn(step, "report", person("crane"), done_on=date(2026, 4, 22))
    assert [(m.issued, m.now) for m in row_of(battle).months] == [("none", "none"), ("red", "red")]
    turn(step, "confirm", person("talent"))

    assert issue(demo, "2026-04") == ["green"]
    assert [(m.issued, m.now) for m in row_of(battle).months] == [
        ("none", "none"),
        ("red", "yellow"),
        ("green", "green"),
    ]


def test_what_nobody_confirmed_is_not_done(demo, battle, person):
    brought_to(battle, person, "reported")

    assert issue(demo, "2026-05") == ["red"]


def test_moving_a_day_or_dropping_a_step_mends_no_red_month(demo, battle, person):
    step = brought_to(battle, person, "planned")
    issue(demo, "2026-03")
    step = turn(step, "move_due", person("steward"))
    assert row_of(battle).months[0].now == "red"
    turn(step, "drop", person("steward"))

    assert row_of(battle).months[0].now == "red"
    assert so_far(row_of(battle)) == "none"


def test_a_light_is_issued_once_and_not_before_the_month_ends(demo, battle, person):
    brought_to(battle, person, "planned")
    assert [str(m) for m in months_to_issue(demo)] == [f"2026-0{n}" for n in range(1, 6)]
    assert (issue(demo, "2026-04"), issue(demo, "2026-04")) == (["red"], [])
    with pytest.raises(QuestionRefused, match="no month that has ended"):
        issue(demo, "2026-06")
    with pytest.raises(QuestionRefused, match="no month that has ended"):
        issue(demo, "2026Q1")

    assert CampaignLight.objects.values_list("missing", "due", "done").get() == ("1", 1, 0)
    assert Audit.objects.filter(action="campaign.lights").count() == 1


@pytest.mark.parametrize("state", CampaignStep.State.values)
@pytest.mark.parametrize("username", EVERYBODY)
def test_turns_are_open_to_whom_the_table_says_in_each_state(battle, person, username, state):
    step = brought_to(battle, person, state)
    who = {
        "unit": {"crane", "steward"},
        "supervisor": {"talent", "steward"},
        "bureau": {"steward"},
        "side": {"crane", "talent", "science", "steward"},
    }
    for name, one in TURNS.items():
        mine = username in who[one.whose]
        want = "done" if mine and CampaignStep.State(state) in one.of else "not now" if mine else "not allowed"
        point = transaction.savepoint()
        try:
            turn(step, name, person(username))
            got = "done"
        except NotAllowed:
            got = "not allowed"
        except QuestionRefused:
            got = "not now"
        transaction.savepoint_rollback(point)
        assert got == want, (name, state)


def test_nobody_confirms_what_they_reported_unless_the_office_is_one(demo, person):
    own = campaign_draw_up(season=demo, drawn=drawn(supervising=None), by=person("steward"))
    step = turn(brought_to(own, person, "planned"), "report", person("steward"))

    with pytest.raises(QuestionRefused, match="reported this step yourself"):
        turn(step, "confirm", person("steward"))
    assert turn(step, "confirm", person("steward2")).state == "confirmed"
    Installation.objects.filter(id=1).update(solo=True)
    other = campaign_step_add(campaign=own, title="Trial run", due=date(2026, 6, 1), by=person("steward"))
    other = turn(other, "report", person("steward"))
    assert turn(other, "confirm", person("steward")).state == "confirmed"


@pytest.mark.parametrize(
    ("name", "state", "by", "told", "says"),
    [
        ("report", "planned", "crane", {"done_on": None}, "cannot be the day"),
        ("report", "planned", "crane", {"done_on": date(2026, 6, 3)}, "cannot be the day"),
        ("report", "planned", "crane", {"words": "done"}, "needs a proof"),
        ("report", "planned", "crane", {"words": ""}, "needs words"),
        ("begin", "planned", "steward", {"words": ""}, "on behalf"),
        ("move_due", "planned", "steward", {"due": date(2027, 1, 1)}, "lies outside"),
        ("move_due", "planned", "steward", {"due": None}, "new day"),
        ("vanish", "planned", "steward", {}, "not open while"),
    ],
)
def test_a_turn_asks_for_what_it_needs(battle, person, name, state, by, told, says):
    step = brought_to(battle, person, state)

    with pytest.raises(QuestionRefused, match=says):
        turn(step, name, person(by), **told)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "Give it a title"),
        ({"kind": "war"}, "Give it a title"),
        ({"goal": ""}, "no goal"),
        ({"ends": date(2026, 1, 1)}, "not after its first day"),
        ({"title": "Tide-lamp battle"}, "There is"),
    ],
)
def test_a_campaign_says_what_it_lacks(demo, battle, person, change, says):
    with pytest.raises(QuestionRefused, match=says):
        campaign_draw_up(season=demo, drawn=drawn(**{"title": "Other", **change}), by=person("steward"))


def test_a_unit_does_not_supervise_itself(demo, person):
    with pytest.raises(QuestionRefused, match="supervise itself"):
        campaign_draw_up(season=demo, drawn=drawn(supervising=place("crane")), by=person("steward"))


def test_it_is_changed_ended_and_taken_up_again(demo, battle, person):
    steward = person("steward")
    changed = campaign_change(campaign=battle, drawn=drawn(goal="More."), seen=1, by=steward)
    with pytest.raises(QuestionRefused, match="since you opened it"):
        campaign_change(campaign=battle, drawn=drawn(goal="Less."), seen=1, by=steward)
    ended = campaign_end(campaign=changed, words="It runs.", seen=2, by=steward)
    assert campaign_end(campaign=ended, words="It runs.", seen=2, by=steward).state == "ended"
    with pytest.raises(QuestionRefused, match="has ended"):
        campaign_step_add(campaign=ended, title="More", due=date(2026, 6, 1), by=steward)
    campaign_end(campaign=ended, words="Not yet.", seen=3, by=steward, again=True)

    assert list(Progress.objects.order_by("id").values_list("kind", flat=True)) == ["draw_up", "change", "end", "go_on"]


def test_units_say_a_word_and_strangers_do_not(battle, person):
    campaign_say(campaign=battle, words="All on course.", by=person("crane"))
    for username in ("whale", "leader", "auditor"):
        with pytest.raises(NotAllowed):
            campaign_say(campaign=battle, words="Hm.", by=person(username))

    assert Progress.objects.filter(kind="note").count() == 1


def test_a_second_click_changes_nothing(battle, person):
    step = campaign_step_add(campaign=battle, title="A", due=date(2026, 6, 1), by=person("steward"))
    assert campaign_step_add(campaign=battle, title="A", due=date(2026, 6, 1), by=person("steward")) == step
    turn(step, "begin", person("crane"))
    turn(step, "begin", person("crane"))

    assert Progress.objects.filter(kind="begin").count() == 1


# ---- Pages ----
def test_by_page_from_drawn_up_to_confirmed(demo, signed_in):
    steward, crane, talent = signed_in("steward"), signed_in("crane"), signed_in("talent")
    form = {"kind": "action", "title": "Eight lamps", "goal": "Light.", "lead": SCIENCE, "responsible": "crane",
            "supervising": TALENT, "starts": "2026-01-01", "ends": "2026-12-31"}  # fmt: skip
    path = steward.post("/s/demo-city/actions/new/", form)["Location"]
    steward.post(f"{path}add/", {"title": "First lamp", "due": "2026-05-20", "kind": "task"})
    proof = SimpleUploadedFile("lamp.txt", b"it shines", "text/plain")
    sent = {"turn": "report", "seen": "1", "words": "Shines.", "done_on": "2026-05-19", "file": proof}
    assert crane.post(f"{path}1/turn/", sent).status_code == 302
    assert "reported done" in talent.get(path).content.decode()
    talent.post(f"{path}1/turn/", {"turn": "confirm", "seen": "2"})
    steward.post("/s/demo-city/actions/lights/", {"period": "2026-05"})

    page = signed_in("leader", "zh").get("/s/demo-city/actions/").content.decode()
    assert "Eight lamps" in page
    assert "light-green" in page
    file = Progress.objects.get(kind="report").files.get()
    assert signed_in("verifier").get(f"/s/demo-city/actions/file/{file.pk}/").content == b"it shines"
    assert steward.get(f"{path}change/").status_code == 200
    assert steward.post(f"{path}change/", {**form, "seen": "1", "goal": "More light."}).status_code == 302
    assert steward.post(f"{path}word/", {"do": "end", "seen": "2", "words": "Done."}).status_code == 302


def test_the_list_asks_as_much_for_three_as_for_one(demo, battle, person, signed_in, django_assert_num_queries):
    client = signed_in("steward")
    brought_to(battle, person, "planned")
    client.get("/s/demo-city/actions/")
    with django_assert_num_queries(11):
        client.get("/s/demo-city/actions/")
    for n in range(2):
        other = campaign_draw_up(season=demo, drawn=drawn(title=f"More {n}"), by=person("steward"))
        brought_to(other, person, "moving")
    with django_assert_num_queries(11):
        assert client.get("/s/demo-city/actions/").content.decode().count("Main building") == 3


def test_empty_pages_say_what_to_do(demo, signed_in):
    with clock.at(datetime.fromisoformat("2026-06-02T09:00:00+08:00")):
        assert "Draw one up" in signed_in("steward").get("/s/demo-city/actions/").content.decode()
        assert "The bureau draws them up" in signed_in("crane").get("/s/demo-city/actions/").content.decode()


@pytest.mark.parametrize("username", ["", *EVERYBODY])
def test_addresses_open_to_whom_they_should(battle, signed_in, username):
    client = signed_in(username)
    path = f"/s/demo-city/actions/{battle.pk}/"
    got = {
        "see": client.get(path),
        "change": client.get(f"{path}change/"),
        "add": client.post(f"{path}add/", {"title": "T", "due": "2026-06-20"}),
        "word": client.post(f"{path}word/", {"words": "Hm."}),
    }
    opened = {n for n, a in got.items() if a.status_code < 400 and "/accounts/login/" not in a.get("Location", "")}

    assert ("see" in opened) == (username not in ("", "admin"))
    assert {"change", "add"} & opened == ({"change", "add"} if username == "steward" else set())
    assert ("word" in opened) == (username in ("steward", "crane", "talent", "science"))
