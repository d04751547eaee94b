"""Exchange: notes on what worked beside published pace, thanks and adoption, the week's digest."""

from datetime import date, datetime

import pytest
from asking import EVERYBODY, SCIENCE, place

from saima.engine.errors import QuestionRefused
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.response.actions.exchange import Written, note_mark, note_withdraw, note_write
from saima.server.response.models import ExchangeMark, ExchangeNote
from saima.server.response.queries.exchange import exchange_digest, notes_listed, rows_of

NOTE = Written(
    title="One desk for doctors",
    what="One person answers everything a doctor asks.",
    started=date(2026, 3, 5),
    indicators=("doctors",),
    contestant="crane",
)


def write(demo, by, at="crane", **more):
    fields = {n: getattr(NOTE, n) for n in Written.__dataclass_fields__}
    return note_write(season=demo, place=place(at), written=Written(**{**fields, **more}), by=by)


def test_published_pace_stands_beside_a_note(demo, person):
    write(demo, person("crane"))

    (row,) = rows_of(notes_listed(person("whale"), demo), demo)
    around = row.indicators[0].around
    assert (str(around.before.period), str(around.after.period)) == ("2026-02", "2026-04")
    assert len(row.indicators[0].paces) == 4
    assert around.change == pytest.approx(around.after.pace - around.before.pace)


def test_a_department_writes_without_figures_or_with_those_of_a_park(demo, person):
    write(demo, person("science"), at=SCIENCE, contestant="")
    write(demo, person("science"), at=SCIENCE, contestant="whale")

    rows = rows_of(notes_listed(person("leader"), demo), demo)
    assert [(r.contestant.en if r.contestant else None, bool(r.indicators[0].around)) for r in rows] == [
        ("Glass Whale Park", True),
        (None, False),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "no title"),
        ({"what": " "}, "does not say what"),
        ({"indicators": ()}, "Choose from 1 to 5"),
        ({"indicators": ("doctors", "moon")}, "Choose from 1 to 5"),
        ({"started": date(2026, 6, 3)}, "still to come"),
        ({"contestant": "moon"}, "no contestant"),
    ],
)
def test_a_note_says_what_it_lacks(demo, person, change, says):
    with pytest.raises(QuestionRefused, match=says):
        write(demo, person("crane"), **change)


def test_places_thank_once_adopt_once_and_not_themselves(demo, person):
    note = write(demo, person("crane"))
    for kind in ("thanks", "adopted", "thanks"):
        note_mark(note=note, place=place("whale"), kind=kind, by=person("whale"))
    with pytest.raises(QuestionRefused, match="cannot thank itself"):
        note_mark(note=note, place=place("crane"), kind="thanks", by=person("crane"))
    with pytest.raises(NotAllowed):
        note_mark(note=note, place=place("ferry"), kind="thanks", by=person("whale"))

    (row,) = rows_of(notes_listed(person("leader"), demo), demo)
    assert (len(row.thanks), len(row.adopted), ExchangeMark.objects.count()) == (1, 1, 2)


def test_a_note_is_taken_back_by_its_place_or_the_bureau(demo, person):
    note = write(demo, person("crane"))
    with pytest.raises(NotAllowed):
        note_withdraw(note=note, by=person("whale"))
    note_withdraw(note=note, by=person("crane"))
    note_withdraw(note=note, by=person("steward"))

    assert list(notes_listed(person("whale"), demo)) == []
    assert Audit.objects.filter(action="exchange.withdrawn").count() == 1


@pytest.mark.parametrize("username", EVERYBODY)
def test_who_writes_for_whom(demo, person, username):
    may = {
        at for at in ("crane", SCIENCE) for who in (("crane", "crane"), (SCIENCE, "science")) if who == (at, username)
    }
    may = {"crane", SCIENCE} if username == "steward" else may
    for at in ("crane", SCIENCE):
        if at in may:
            write(demo, person(username), at=at)
        else:
            with pytest.raises(NotAllowed):
                write(demo, person(username), at=at)


def test_the_digest_of_a_week_says_what_came_in(demo, person):
    with clock.at(datetime.fromisoformat("2026-05-20T09:00:00+08:00")):
        write(demo, person("crane"), title="Earlier")
    write(demo, person("crane"))

    said = exchange_digest(demo, date(2026, 5, 27), date(2026, 6, 3))
    assert said["en"].splitlines()[1] == "1. Paper Crane Park: One desk for doctors"
    assert "pace" in said["en"].splitlines()[2]
    assert said["en"].endswith("A note is no proof: other things happened in these months, too.")
    assert "Earlier" not in said["en"]
    assert "经验分享1条" in said["zh"]
    assert "nobody shared" in exchange_digest(demo, date(2026, 1, 1), date(2026, 1, 8))["en"]


# ---- Pages ----
def test_by_page_written_read_adopted(demo, signed_in):
    crane, whale = signed_in("crane"), signed_in("whale")
    form = {"title": "One desk", "what": "One person.", "started": "2026-03-05", "place": "crane", "once": "k",
            "indicator": ["doctors", "smes"]}  # fmt: skip
    first, again = (crane.post("/s/demo-city/exchange/new/", form)["Location"] for _ in range(2))
    assert first == again
    whale.post(f"{first}mark/", {"do": "adopted", "place": "whale", "words": "We do the same now."})

    page = whale.get(first).content.decode()
    assert "We do the same now." in page
    assert "A note is no proof" in page
    assert "One desk" in signed_in("leader", "zh").get("/s/demo-city/exchange/?indicator=doctors").content.decode()
    assert "One desk" in signed_in("leader").get("/s/demo-city/exchange/digest/").content.decode()
    crane.post(f"{first}mark/", {"do": "withdraw"})
    assert whale.get(first).status_code == 404
    assert "Nothing shared yet" in whale.get("/s/demo-city/exchange/").content.decode()
    assert ExchangeNote.objects.count() == 1


def test_the_list_asks_as_much_for_three_as_for_one(demo, person, signed_in, django_assert_num_queries):
    client = signed_in("steward")
    write(demo, person("crane"))
    client.get("/s/demo-city/exchange/")
    with django_assert_num_queries(12):
        client.get("/s/demo-city/exchange/")
    note = write(demo, person("whale"), at="whale", contestant="whale")
    note_mark(note=note, place=place("crane"), kind="thanks", by=person("crane"))
    write(demo, person("science"), at=SCIENCE)
    with django_assert_num_queries(12):
        client.get("/s/demo-city/exchange/")
